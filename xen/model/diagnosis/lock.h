/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks: spinlock_t, rspinlock_t (4.19+), rwlock_t, percpu_rwlock_t (4.7+) of
 * include/xen/spinlock.h and rwlock.h, at any depth of a type.
 */
#ifndef XEN_MODEL_LOCK_H
#define XEN_MODEL_LOCK_H

#include "xen/base/budget.h"
#include "xen/model/cpumask.h"
#include "xen/model/xen.h"

enum lock_kind { LOCK_IS_SPIN, LOCK_IS_RSPIN, LOCK_IS_RW, LOCK_IS_PERCPU_RW };

#define LOCK_NO_PCPU (~0U)

struct lock {
	uint64_t va;
	enum lock_kind kind;
	const char *name;	/* "domain_hash#lock"; valid during the call */
	bool held;		/* rw locks: held by a writer */
	unsigned int holder;	/* pcpu; LOCK_NO_PCPU if the build records none */
	unsigned int waiting;	/* number of tickets in the queue; rw locks: of waiting writers */
	unsigned int readers;
	struct cpumask reading;	/* of LOCK_IS_PERCPU_RW: the pcpus that read */
	unsigned int recursion;	/* nesting depth, by its holder */
	bool has_tickets;	/* spinlocks since 4.6; head is valid */
	uint16_t head;		/* the ticket that is served */
	bool odd;		/* impossible state; probably not a lock */
};

typedef struct err *lock_fn(void *arg, const struct lock *lock);
/* Receives errors that affect one lock or one object; owns them. */
typedef void lock_lost_fn(void *arg, struct err *e);

struct lock_walk {
	struct xen *x;
	lock_fn *fn;
	lock_lost_fn *lost;
	void *arg;
	unsigned int seen;
	struct budget all;	/* private to the walk: members and locks visited */
};

/* Walks the locks in variables, per-cpu variables included; none without types (DWARF). */
struct err *locks_of_variables(struct lock_walk *w) ERR_MUST_CHECK;
/* Likewise the locks in domains, P2Ms, grant tables, vcpus, interrupts and schedulers. */
struct err *locks_of_objects(struct lock_walk *w) ERR_MUST_CHECK;
/*
 * Likewise the locks whose places a profile contains, for a build without types;
 * none with types: page_alloc_lock of each domain, and the locks of run queues.
 */
struct err *locks_of_profile(struct lock_walk *w) ERR_MUST_CHECK;

/*
 * True if the tickets of the spinlock at va prove that no pcpu waits for it: at
 * most one ticket, that of the holder, is in use. False for a lock of zeros,
 * and for locks without tickets (up to 4.5).
 */
bool lock_has_no_waiter(struct xen *x, uint64_t va);

const char *lock_kind_name(enum lock_kind kind);
/* Size of a lock of this kind in bytes; 0 if the build lacks the type. */
uint64_t lock_size(struct xen *x, enum lock_kind kind);

#endif
