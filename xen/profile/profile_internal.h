/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between profile_check.c, which counts, and profile_law.c, which looks. */
#ifndef XEN_MODEL_PROFILE_INTERNAL_H
#define XEN_MODEL_PROFILE_INTERNAL_H

#include "xen/model/domain/domain.h"
#include "xen/model/pcpu/pcpu.h"
#include "xen/model/domain/vcpu.h"

/* No more paths are judged than there are laws. */
#define LAWS_MAX 64

/* What was seen of one path: what lies at its place, in how many objects. */
struct law {
	const char *paths;	/* as in the field table */
	unsigned int holds, fails;
	uint64_t first;		/* va of the first object in which it fails */
};

struct checker {
	struct xen *x;
	struct law law[LAWS_MAX];
	unsigned int nr;
};

/* One more object, at va, in which the place of paths is right or wrong. */
void judge(struct checker *c, const char *paths, bool holds, uint64_t va);

/* The paths of the field of a record type that fills the value at that offset. */
const char *paths_of(const struct record_type *type, size_t at);

/* The same of a value of a record, if it could be read. */
#define JUDGE(c, type, rec, memb, holds)				\
	do {								\
		if ((rec)->memb.state == VALUE_OK)			\
			judge((c), paths_of(&(type), (char *)&(rec)->memb - \
					    (char *)(rec)), (holds), (rec)->va); \
	} while (0)

/* profile_law.c: all objects. Fails with ERR_INTERRUPTED only. */
struct err *judge_objects(struct checker *c) ERR_MUST_CHECK;

#endif
