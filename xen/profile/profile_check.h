/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of a profile on the memory of a hypervisor: profile_invariant.c walks
 * the objects, profile_count.c counts, profile_check.c draws the conclusions.
 */
#ifndef XEN_PROFILE_CHECK_H
#define XEN_PROFILE_CHECK_H

#include "xen/model/xen.h"
#include "profile.h"

/* Limit of paths to check; the invariants use some 70. */
#define CHECKED_MAX 128

/* The result for one path, over all objects that have it. */
struct checked_path {
	const char *paths;	/* as in the field table */
	/* by the value of a flag that is expected; else of [true] only */
	unsigned int holds[2], fails[2];
	bool is_flag;
	bool is_number;
	bool varied;		/* several numbers were expected, or a large one */
	bool doubted;		/* an object that may differ does differ */
	uint64_t number;	/* the first that was expected */
	uint64_t first;		/* va of the first object in which it fails */
};

struct checker {
	struct xen *x;
	struct checked_path path[CHECKED_MAX];
	unsigned int nr;
	/* of check_pages() */
	uint64_t pages, counted;	/* of all domains; of one */
	bool counts_differ, not_counted;	/* those of two domains; those of some domain */
};

/*
 * Checks the objects read by x->records, which must use p, and marks in p the
 * paths that are proved. ERR_MISMATCH with the first check that fails, or when
 * too little memory could be read. *checks: number of checks passed.
 */
struct err *profile_check(struct xen *x, struct profile *p,
			  unsigned int *checks) ERR_MUST_CHECK;

/* Counts one more object, at va, in which the place of paths is right or wrong. */
void check_path(struct checker *c, const char *paths, bool holds, uint64_t va);

/*
 * Likewise for a flag. A flag with the same value in all objects is not a
 * proof: both values must be expected in some objects, and be found there.
 */
void check_flag(struct checker *c, const char *paths, bool expected, bool is,
		uint64_t va);

/*
 * Likewise for a number. A small number that is equal in all objects is not a
 * proof, since much memory is 0 or 1.
 */
void check_number(struct checker *c, const char *paths, uint64_t expected,
		  uint64_t is, uint64_t va);

/* The place is not proved, although no object contradicts. */
void check_doubt(struct checker *c, const char *paths);

/* Returns the paths of the field of a record type that fills the value at that offset. */
const char *paths_of(const struct record_type *type, size_t at);

#define PATHS_OF(type, rec, memb) \
	paths_of(&(type), (char *)&(rec)->memb - (char *)(rec))

/* Calls check_path() for a value of a record, if the value could be read. */
#define CHECK_FIELD(c, type, rec, memb, holds)				\
	do {								\
		if ((rec)->memb.state == VALUE_OK)			\
			check_path((c), PATHS_OF(type, rec, memb),	\
				   (holds), (rec)->va);			\
	} while (0)

/* Calls check_number() for a value of a record, if the value could be read. */
#define CHECK_NUMBER(c, type, rec, memb, expected)			\
	do {								\
		if ((rec)->memb.state == VALUE_OK)			\
			check_number((c), PATHS_OF(type, rec, memb),	\
				     (expected), value_of(&(rec)->memb), \
				     (rec)->va);			\
	} while (0)

/* Calls check_flag() for a value of a record, if the value could be read. */
#define CHECK_FLAG(c, type, rec, memb, expected, is)			\
	do {								\
		if ((rec)->memb.state == VALUE_OK)			\
			check_flag((c), PATHS_OF(type, rec, memb),	\
				   (expected), (is), (rec)->va);	\
	} while (0)

struct domain;

/* profile_pages.c: the number of pages of a domain. Fails with ERR_INTERRUPTED only. */
struct err *check_pages(struct checker *c, const struct domain *d) ERR_MUST_CHECK;
/* profile_pages.c: after all domains. */
void check_counts(struct checker *c);
/* profile_pages.c: the owner of a domain's shared_info page. */
void check_shared_info(struct checker *c, const struct domain *d);

/* Memory missing from the dump neither confirms nor contradicts. */
bool check_unreadable(const struct err *e);
/* Frees e; true if it indicates a corrupt object, not missing memory. */
bool check_is_wrong(struct err *e);

/* profile_invariant.c: checks all objects. Fails only with ERR_INTERRUPTED. */
struct err *check_objects(struct checker *c) ERR_MUST_CHECK;

#endif
