/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What waits to be done on the pcpus outside of interrupts: softirqs,
 * tasklets (common/{softirq,tasklet}.c) and RCU (common/rcupdate.c), 4.4 to
 * master.
 */
#ifndef XEN_MODEL_SOFTIRQ_H
#define XEN_MODEL_SOFTIRQ_H

#include "chain.h"
#include "cpumask.h"
#include "xen.h"

#define SOFTIRQS_MAX	32

struct softirq_pcpu {
	unsigned int id;
	struct value pending;		/* a bit for each softirq */
	/* how deep it is in each kind of handler */
	struct value in_irq;
	struct value in_nmi, in_mce;	/* 4.14+ */
	struct value nmis;		/* how many it had; to 4.13 */
	struct value in_mwait;		/* idle, woken by writing .pending */
	uint64_t work_to_do;		/* TASKLET_*: 1 enqueued, 2 scheduled */
	uint64_t tasklets[2];		/* va of list_heads: vcpu's, softirq's */
	uint64_t rcu_data;		/* va */
	struct value rcu_quiescbatch, rcu_qs_pending, rcu_batch, rcu_qlen;
	struct value rcu_nxtlist, rcu_curlist, rcu_donelist;	/* va */
	struct value rcu_barrier;
	bool holds_up;			/* the grace period waits for it */
	bool rcu_idle;			/* RCU takes it for idle */
};

extern const struct record_type softirq_rcu_record;

/* ERR_NOT_FOUND for a pcpu that is not there. */
struct err *softirq_pcpu_read(struct xen *x, unsigned int cpu,
			      struct softirq_pcpu *ret) ERR_MUST_CHECK;

/*
 * The names of set bits, by Xen's enum or by the function that handles them;
 * "" for none. Returns buf.
 */
const char *softirq_text(struct xen *x, uint64_t bits, char *buf, size_t size);

struct tasklet {
	uint64_t va;
	struct value scheduled_on, is_softirq, is_running, is_dead;
	struct value function, data;	/* va; argument */
};

/* One of the lists of a pcpu: which is 0 or 1, as in .tasklets. */
void tasklets_start(struct chain *c, struct xen *x,
		    const struct softirq_pcpu *p, unsigned int which);
/* ret->va is 0 past the last; an error ends the list. */
struct err *tasklets_next(struct chain *c, struct tasklet *ret) ERR_MUST_CHECK;

struct rcu_state {
	struct value cur, completed;	/* numbers of batches; equal: at rest */
	struct value next_pending;
	struct cpumask waits_for;	/* who has not passed yet */
	struct cpumask idle;		/* nr is 0 to 4.9, which have none */
	bool active;			/* a grace period has begun */
};

extern const struct record_type rcu_record;

struct err *rcu_state_read(struct xen *x,
			   struct rcu_state *ret) ERR_MUST_CHECK;

#endif
