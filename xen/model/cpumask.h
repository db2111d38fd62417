/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of pcpus or NUMA nodes: bitmaps of unsigned long, lowest bit first
 * (include/xen/cpumask.h, nodemask.h; 4.4 to master).
 */
#ifndef XEN_MODEL_CPUMASK_H
#define XEN_MODEL_CPUMASK_H

#include "xen.h"

#define CPUMASK_MAX	8192
/* Fits the text of any set of a few ranges; longer ones are cut with "...". */
#define CPUMASK_TEXT	256

struct cpumask {
	unsigned int nr;	/* bits that mean something */
	uint64_t bits[CPUMASK_MAX / 64];
};

/*
 * The nr lowest bits at va. Bits from nr on are 0 in the result: Xen leaves
 * them undefined. nr above CPUMASK_MAX is ERR_CORRUPT.
 */
struct err *cpumask_read(struct xen *x, uint64_t va, unsigned int nr,
			 struct cpumask *ret) ERR_MUST_CHECK;

bool cpumask_has(const struct cpumask *m, unsigned int bit);
bool cpumask_is_full(const struct cpumask *m);

/* "all", "none" or "0-3,8" as xl prints affinities; returns buf. */
const char *cpumask_text(const struct cpumask *m, char *buf, size_t size);

#endif
