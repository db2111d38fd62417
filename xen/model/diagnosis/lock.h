/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks: spinlock_t, rspinlock_t (4.19+), rwlock_t, percpu_rwlock_t (4.7+) of
 * include/xen/spinlock.h and rwlock.h, wherever a type has one.
 */
#ifndef XEN_MODEL_LOCK_H
#define XEN_MODEL_LOCK_H

#include "xen/model/cpumask.h"
#include "xen/model/xen.h"

enum lock_kind { LOCK_IS_SPIN, LOCK_IS_RSPIN, LOCK_IS_RW, LOCK_IS_PERCPU_RW };

#define LOCK_NO_PCPU (~0U)

struct lock {
	uint64_t va;
	enum lock_kind kind;
	const char *name;	/* "domain_hash#lock"; lives during the call */
	bool held;		/* by somebody, for writing where that matters */
	unsigned int holder;	/* pcpu; LOCK_NO_PCPU where builds do not say */
	unsigned int waiting;	/* that drew a ticket, or writers to be */
	unsigned int readers;
	struct cpumask reading;	/* of LOCK_IS_PERCPU_RW: the pcpus */
	unsigned int recursion;	/* times its holder has it */
	bool odd;		/* a state no lock of Xen has: not a lock? */
};

typedef struct err *lock_fn(void *arg, const struct lock *lock);
/* Takes errors that cost one lock or one object. */
typedef void lock_lost_fn(void *arg, struct err *e);

struct lock_walk {
	struct xen *x;
	lock_fn *fn;
	lock_lost_fn *lost;
	void *arg;
	unsigned int seen;
};

/* The locks of an object of a type ("struct domain"), named by prefix. */
struct err *locks_of_object(struct lock_walk *w, const char *type, uint64_t va,
			    const char *prefix) ERR_MUST_CHECK;
/* Those in variables: plain ones, and per-cpu ones of each pcpu. */
struct err *locks_of_variables(struct lock_walk *w) ERR_MUST_CHECK;
/* Those of domains, their P2Ms and grant tables, vcpus and interrupts. */
struct err *locks_of_objects(struct lock_walk *w) ERR_MUST_CHECK;

const char *lock_kind_name(enum lock_kind kind);
/* Bytes of a lock of this kind; 0: the build has none. */
uint64_t lock_size(struct xen *x, enum lock_kind kind);

#endif
