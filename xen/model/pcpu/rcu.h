/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RCU: the grace period, the pcpus it waits for and the callbacks that wait for
 * it (common/rcupdate.c, 4.4 to master).
 */
#ifndef XEN_MODEL_RCU_H
#define XEN_MODEL_RCU_H

#include "xen/model/chain.h"
#include "xen/model/cpumask.h"
#include "xen/model/xen.h"

struct rcu_state {
	struct value cur, completed;	/* batch numbers; equal: no grace period is active */
	struct value next_pending;
	struct cpumask waits_for;	/* pcpus that have not yet passed a quiescent state */
	struct cpumask idle;		/* nr is 0 up to 4.9, which lack it */
	bool active;			/* a grace period has begun */
};

struct err *rcu_state_read(struct xen *x,
			   struct rcu_state *ret) ERR_MUST_CHECK;

enum rcu_list { RCU_NEXT, RCU_CURRENT, RCU_DONE, RCU_LISTS };

/* Callbacks of a later batch, of the pcpu's current batch, and ready to be called. */
const char *rcu_list_name(enum rcu_list list);

struct rcu_pcpu {
	unsigned int id;
	uint64_t va;			/* va of its struct rcu_data */
	struct value quiescbatch;	/* the last batch it has noticed */
	struct value qs_pending;	/* its quiescent state is still pending */
	struct value batch;		/* the batch that its current callbacks wait for */
	struct value qlen;		/* its callbacks */
	struct value list[RCU_LISTS];	/* va of the first callback */
	struct value idle_timer_active;	/* 4.10+ */
	struct value process_callbacks, barrier_active;	/* 4.14+ */
	struct value readers;		/* nesting depth of rcu_read_lock(); 4.14+ */
	bool holds_up;			/* the grace period waits for this pcpu */
	bool idle;			/* in idle_cpumask */
};

extern const struct record_type rcu_pcpu_record;
/* rcu_ctrlblk */
extern const struct record_type rcu_state_record;

/* ERR_NOT_FOUND for an absent pcpu. */
struct err *rcu_pcpu_read(struct xen *x, const struct rcu_state *state,
			  unsigned int cpu, struct rcu_pcpu *ret) ERR_MUST_CHECK;

/*
 * Lists the conditions on a pcpu that the grace period waits for; "" when it
 * does not wait. Returns buf. softirq: the pcpu's RCU softirq is pending.
 */
const char *rcu_wants_text(const struct rcu_state *state,
			   const struct rcu_pcpu *p, bool softirq, char *buf,
			   size_t size);

struct rcu_callback {
	uint64_t va;			/* va of the struct rcu_head */
	struct value function;		/* va */
};

void rcu_callbacks_start(struct chain *c, struct xen *x,
			 const struct rcu_pcpu *p, enum rcu_list list);
/* ret->va is 0 past the last; an error ends the list. */
struct err *rcu_callbacks_next(struct chain *c,
			       struct rcu_callback *ret) ERR_MUST_CHECK;

#endif
