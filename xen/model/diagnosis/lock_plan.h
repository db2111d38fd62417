/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places of the locks in a type. The members of a type are visited once,
 * independent of the number of its objects.
 */
#ifndef XEN_MODEL_LOCK_PLAN_H
#define XEN_MODEL_LOCK_PLAN_H

#include "lock.h"

#define LOCK_NAME_SIZE	192

struct planned_lock {
	uint64_t offset;	/* offset, bytes */
	enum lock_kind kind;
	char *name;		/* name after that of the object: ".arch.lock" */
};

struct lock_plan {
	struct planned_lock *lock;
	size_t nr;
};

/*
 * Finds the locks in t. name: start of the text of an error. Members beyond the
 * budget of an object or of the walk are left out, and reported to w->lost.
 */
struct err *lock_plan_make(struct lock_walk *w, const struct type *t,
			   const char *name, struct lock_plan *ret) ERR_MUST_CHECK;
/* Likewise for a type given by its name; ERR_NO_TYPE if the build lacks it. */
struct err *lock_plan_of(struct lock_walk *w, const char *type,
			 struct lock_plan *ret) ERR_MUST_CHECK;
/* Passes the locks of the object at va to w->fn. */
struct err *lock_plan_show(struct lock_walk *w, const struct lock_plan *plan,
			   uint64_t va, const char *name) ERR_MUST_CHECK;
void lock_plan_release(struct lock_plan *plan);

/* lock.c: false if the type is not a lock */
bool lock_type_kind(const char *type, enum lock_kind *kind);
/* lock.c: reads a lock and passes it to w->fn, or the error to w->lost. */
struct err *lock_show(struct lock_walk *w, enum lock_kind kind, uint64_t va,
		      const char *name) ERR_MUST_CHECK;

#endif
