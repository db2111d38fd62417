/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of a profile on the memory of a hypervisor: profile_check.c counts,
 * profile_invariant.c goes through the objects.
 */
#ifndef XEN_PROFILE_CHECK_H
#define XEN_PROFILE_CHECK_H

#include "xen/model/xen.h"
#include "profile.h"

/* Paths that can be checked; more than the invariants name. */
#define CHECKED_MAX 64

/* The outcome for one path, over all objects that have it. */
struct checked_path {
	const char *paths;	/* as in the field table */
	unsigned int holds, fails;
	uint64_t first;		/* va of the first object in which it fails */
};

struct checker {
	struct xen *x;
	struct checked_path path[CHECKED_MAX];
	unsigned int nr;
};

/*
 * Checks all that x->records, which must be of p, reads, and marks in p what
 * is proved. ERR_MISMATCH with the first check that fails, or when too little
 * memory could be read. *checks: how many held.
 */
struct err *profile_check(struct xen *x, struct profile *p,
			  unsigned int *checks) ERR_MUST_CHECK;

/* Counts one more object, at va, in which the place of paths is right or wrong. */
void check_path(struct checker *c, const char *paths, bool holds, uint64_t va);

/* The paths of the field of a record type that fills the value at that offset. */
const char *paths_of(const struct record_type *type, size_t at);

/* check_path() for a value of a record, if the value could be read. */
#define CHECK_FIELD(c, type, rec, memb, holds)				\
	do {								\
		if ((rec)->memb.state == VALUE_OK)			\
			check_path((c), paths_of(&(type),		\
						 (char *)&(rec)->memb -	\
						 (char *)(rec)),	\
				   (holds), (rec)->va);			\
	} while (0)

/* profile_invariant.c: all objects. Fails with ERR_INTERRUPTED only. */
struct err *check_objects(struct checker *c) ERR_MUST_CHECK;

#endif
