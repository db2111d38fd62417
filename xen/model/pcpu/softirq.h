/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deferred work of the pcpus: softirqs and tasklets
 * (common/{softirq,tasklet}.c), 4.4 to master.
 */
#ifndef XEN_MODEL_SOFTIRQ_H
#define XEN_MODEL_SOFTIRQ_H

#include "xen/model/chain.h"
#include "xen/model/xen.h"

#define SOFTIRQS_MAX	32

struct softirq_pcpu {
	unsigned int id;
	struct value pending;		/* a bit for each softirq */
	/* nesting depth of each kind of handler */
	struct value in_irq;
	struct value in_nmi, in_mce;	/* 4.14+ */
	struct value nmis;		/* count; up to 4.13 */
	struct value in_mwait;		/* idle; woken by a write to .pending */
	uint64_t work_to_do;		/* TASKLET_*: 1 enqueued, 2 scheduled */
	uint64_t tasklets[2];		/* va of list_heads: vcpu's, softirq's */
};

extern const struct record_type softirq_record;

/* ERR_NOT_FOUND for an absent pcpu. */
struct err *softirq_pcpu_read(struct xen *x, unsigned int cpu,
			      struct softirq_pcpu *ret) ERR_MUST_CHECK;

/* name as in Xen's enum: "RCU_SOFTIRQ". */
bool softirq_is_pending(struct xen *x, const struct softirq_pcpu *p,
			const char *name);

/* Names of the set bits, by Xen's enum or by their handlers; "" for none. Returns buf. */
const char *softirq_text(struct xen *x, uint64_t bits, char *buf, size_t size);

struct tasklet {
	uint64_t va;
	struct value scheduled_on, is_softirq, is_running, is_dead;
	struct value function, data;	/* va; argument */
};

/* Walks one list of a pcpu; which: index of .tasklets. */
void tasklets_start(struct chain *c, struct xen *x,
		    const struct softirq_pcpu *p, unsigned int which);
/* ret->va is 0 past the last; an error ends the list. */
struct err *tasklets_next(struct chain *c, struct tasklet *ret) ERR_MUST_CHECK;

#endif
