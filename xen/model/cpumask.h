/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Masks of pcpus or NUMA nodes: bitmaps of unsigned long, lowest bit first
 * (include/xen/cpumask.h, nodemask.h; 4.4 to master).
 */
#ifndef XEN_MODEL_CPUMASK_H
#define XEN_MODEL_CPUMASK_H

#include "xen.h"

#define CPUMASK_MAX	8192
/* Enough for the text of a few ranges; longer texts are cut with "...". */
#define CPUMASK_TEXT	256

struct cpumask {
	unsigned int nr;	/* valid bits */
	uint64_t bits[CPUMASK_MAX / 64];
};

/*
 * Reads the nr lowest bits at va. Bits from nr on, undefined in Xen, become 0.
 * ERR_CORRUPT: nr is above CPUMASK_MAX.
 */
struct err *cpumask_read(struct xen *x, uint64_t va, unsigned int nr,
			 struct cpumask *ret) ERR_MUST_CHECK;

bool cpumask_has(const struct cpumask *m, unsigned int bit);
bool cpumask_is_full(const struct cpumask *m);

/* Formats as xl prints affinities: "all", "none", "0-3,8"; returns buf. */
const char *cpumask_text(const struct cpumask *m, char *buf, size_t size);

#endif
