/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RCU: the grace period, the pcpus that it waits for and the callbacks that
 * wait for it (common/rcupdate.c, 4.4 to master).
 */
#ifndef XEN_MODEL_RCU_H
#define XEN_MODEL_RCU_H

#include "xen/model/chain.h"
#include "xen/model/cpumask.h"
#include "xen/model/xen.h"

struct rcu_state {
	struct value cur, completed;	/* numbers of batches; equal: at rest */
	struct value next_pending;
	struct cpumask waits_for;	/* who has not passed yet */
	struct cpumask idle;		/* nr is 0 to 4.9, which have none */
	bool active;			/* a grace period has begun */
};

struct err *rcu_state_read(struct xen *x,
			   struct rcu_state *ret) ERR_MUST_CHECK;

enum rcu_list { RCU_NEXT, RCU_CURRENT, RCU_DONE, RCU_LISTS };

/* "next", "current", "done": to come, for the pcpu's batch, to be called. */
const char *rcu_list_name(enum rcu_list list);

struct rcu_pcpu {
	unsigned int id;
	uint64_t va;			/* of its struct rcu_data */
	struct value quiescbatch;	/* the batch it knows of */
	struct value qs_pending;	/* it must still pass for that one */
	struct value batch;		/* its current callbacks wait for this */
	struct value qlen;		/* its callbacks */
	struct value list[RCU_LISTS];	/* va of the first callback */
	struct value idle_timer_active;	/* 4.10+ */
	struct value process_callbacks, barrier_active;	/* 4.14+ */
	struct value readers;		/* rcu_read_lock() it is in; 4.14+ */
	bool holds_up;			/* the grace period waits for it */
	bool idle;			/* RCU takes it for idle */
};

extern const struct record_type rcu_pcpu_record;
/* rcu_ctrlblk, of which the state is made */
extern const struct record_type rcu_state_record;

/* ERR_NOT_FOUND for a pcpu that is not there. */
struct err *rcu_pcpu_read(struct xen *x, const struct rcu_state *state,
			  unsigned int cpu, struct rcu_pcpu *ret) ERR_MUST_CHECK;

/*
 * What RCU still needs of a pcpu that holds it up, "" for another one; returns
 * buf. softirq: its RCU softirq is pending.
 */
const char *rcu_wants_text(const struct rcu_state *state,
			   const struct rcu_pcpu *p, bool softirq, char *buf,
			   size_t size);

struct rcu_callback {
	uint64_t va;			/* of the struct rcu_head */
	struct value function;		/* va */
};

void rcu_callbacks_start(struct chain *c, struct xen *x,
			 const struct rcu_pcpu *p, enum rcu_list list);
/* ret->va is 0 past the last; an error ends the list. */
struct err *rcu_callbacks_next(struct chain *c,
			       struct rcu_callback *ret) ERR_MUST_CHECK;

#endif
