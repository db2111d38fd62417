/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers of the pcpus (common/timer.c, 4.4 to master): a heap ordered by expiry,
 * a list of timers that did not fit, a list of inactive ones.
 */
#ifndef XEN_MODEL_TIMER_H
#define XEN_MODEL_TIMER_H

#include "xen/model/chain.h"
#include "xen/model/xen.h"

/* TIMER_STATUS_* (include/xen/timer.h) */
enum timer_status {
	TIMER_INVALID, TIMER_INACTIVE, TIMER_KILLED, TIMER_IN_HEAP,
	TIMER_IN_LIST,
};

struct timer {
	uint64_t va;
	struct value expires;		/* ns since Xen booted */
	struct value function, data;	/* va; argument */
	struct value cpu, status;	/* enum timer_status */
	struct value heap_offset;	/* index while in the heap */
	enum timer_status where;	/* the place where it was found */
	bool running;			/* its function is running */
};

/* The timers of one pcpu; also a walk over them. */
struct timers {
	struct xen *x;
	unsigned int cpu;
	bool inactive;			/* also walk the inactive ones */
	uint64_t va;
	struct value heap, list, running;	/* va */
	struct value inactive_at;	/* va of the list_head */
	uint64_t deadline;		/* ns; deadline programmed into the hardware; 0: none */
	unsigned int size, limit;	/* of the heap; timers */
	unsigned int next;
	enum timer_status where;	/* the place being walked */
	struct chain chain;
	uint64_t link;			/* offset of the list_head, bytes */
};

extern const struct record_type timer_record;
/* struct timers, of a pcpu */
extern const struct record_type timers_record;

/* ERR_NOT_FOUND for an absent pcpu. */
struct err *timers_start(struct timers *w, struct xen *x, unsigned int cpu,
			 bool inactive) ERR_MUST_CHECK;
/*
 * Returns the next timer: first those of the heap (the first one expires first,
 * the others are in heap order), then those of the list, then the inactive
 * ones; ret->va is 0 past the last. An error affects one timer or the rest of a
 * list; the walk can continue, unless it is ERR_INTERRUPTED.
 */
struct err *timers_next(struct timers *w, struct timer *ret) ERR_MUST_CHECK;

/* "heap", "list" ...; "?" */
const char *timer_status_name(uint64_t status);

#endif
