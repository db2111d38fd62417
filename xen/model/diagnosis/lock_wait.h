/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pcpus that wait for a lock: those whose traces end in a locking function,
 * matched with the locks that their registers point to. A cycle of pcpus that
 * wait for each other is a deadlock.
 */
#ifndef XEN_MODEL_LOCK_WAIT_H
#define XEN_MODEL_LOCK_WAIT_H

#include "lock.h"
#include "verdict_trace.h"

struct lock_wait {
	unsigned int pcpu;
	const char *what;	/* "waits for a spinlock" */
	enum spin_kind spin_kind;	/* of what */
	bool irqs_off;		/* it waits with interrupts disabled */
	uint64_t caller;	/* va; 0: unknown */
	struct cpu_state regs;	/* va in the function that waits */
	/* the lock, set by lock_waits_see() */
	uint64_t lock;		/* va; 0: unknown */
	enum lock_kind kind;
	char name[96];
	char by[4];		/* register that points to it: "rdi" */
	unsigned int holder;	/* as in struct lock */
	struct cpumask reading;	/* of LOCK_IS_PERCPU_RW */
};

/* Pcpus that do not wait for a lock, but may hold one: in the hypervisor, or unknown. */
struct lock_suspects {
	unsigned int nr;
	unsigned int first;	/* number of pcpus; the lowest of them */
	char where[96];		/* innermost function of the lowest: "udelay+0x46"; or "" */
	bool irqs_off;		/* interrupts of the lowest were disabled there */
	bool flushes;		/* the lowest waits for other pcpus, interrupts enabled */
};

struct lock_waits {
	struct lock_wait *at;
	unsigned int nr;
	struct lock_suspects suspects;
};

/*
 * Finds the pcpus that wait for a lock, except those that cannot be read.
 * Requires symbols. Fails only without them, with ERR_NO_MEMORY and
 * ERR_INTERRUPTED.
 */
struct err *lock_waits_read(struct xen *x, struct lock_waits *ret) ERR_MUST_CHECK;
void lock_waits_release(struct lock_waits *w);

/* Records a lock if a pcpu waits for it. size: bytes of the lock. */
void lock_waits_see(struct lock_waits *w, const struct lock *lock,
		    uint64_t size);

/*
 * Text on the holder of the spinlock that w waits for, in builds that do not
 * record it, or where the lock is unknown: by elimination, since only a pcpu in
 * the hypervisor can hold a spinlock. "" if more than one pcpu remains. *holder
 * is the only remaining pcpu, or LOCK_NO_PCPU. Returns buf.
 */
const char *lock_holder_text(const struct lock_waits *w, const struct lock_wait *wait,
			     unsigned int *holder, char *buf, size_t size);

/*
 * The n-th cycle, from 0: indices into w->at, each waiting for a lock of the
 * next, the last for one of the first. Returns the number of indices, 0 past
 * the last cycle. at has space for w->nr.
 */
unsigned int lock_waits_circle(const struct lock_waits *w, unsigned int n,
			       unsigned int *at);

/* "pcpu 0 waits for d0#lock (ffff...), held by pcpu 1; pcpu 1 ..."; returns buf. */
const char *lock_circle_text(const struct lock_waits *w, const unsigned int *at,
			     unsigned int nr, char *buf, size_t size);

#endif
