/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who waits for which lock: the pcpus whose traces end in a function that
 * takes locks, brought together with the locks that their registers point to.
 * A circle of pcpus that wait for each other is a deadlock.
 */
#ifndef XEN_MODEL_LOCK_WAIT_H
#define XEN_MODEL_LOCK_WAIT_H

#include "lock.h"
#include "verdict_trace.h"

struct lock_wait {
	unsigned int pcpu;
	const char *what;	/* "waits for a spinlock" */
	uint64_t caller;	/* va; 0: not known */
	struct cpu_state regs;	/* of the function that waits */
	/* the lock, once lock_waits_see() was shown it */
	uint64_t lock;		/* va; 0: not known */
	enum lock_kind kind;
	char name[96];
	char by[4];		/* the register that points to it: "rdi" */
	unsigned int holder;	/* as in struct lock */
	struct cpumask reading;	/* of LOCK_IS_PERCPU_RW */
};

struct lock_waits {
	struct lock_wait *at;
	unsigned int nr;
};

/*
 * The pcpus that wait for a lock. What cannot be had of a pcpu costs that one:
 * fails by ERR_INTERRUPTED and without memory. Needs symbols.
 */
struct err *lock_waits_read(struct xen *x, struct lock_waits *ret) ERR_MUST_CHECK;
void lock_waits_release(struct lock_waits *w);

/* Takes note of a lock if one of them waits for it; size: of the lock, bytes. */
void lock_waits_see(struct lock_waits *w, const struct lock *lock,
		    uint64_t size);

/*
 * The n-th circle, from 0: indices into w->at, each waiting for what the next
 * one holds, and the last for what the first one holds. Returns how many; 0:
 * there are no more. at has room for w->nr.
 */
unsigned int lock_waits_circle(const struct lock_waits *w, unsigned int n,
			       unsigned int *at);

/*
 * "pcpu 0 waits for d0#lock that pcpu 1 holds, pcpu 1 waits for ..."; returns
 * buf.
 */
const char *lock_circle_text(const struct lock_waits *w, const unsigned int *at,
			     unsigned int nr, char *buf, size_t size);

#endif
