/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's radix trees, 6 bits of the index a level (include/xen/radix-tree.h,
 * common/radix-tree.c; 4.4 to master).
 */
#ifndef XEN_MODEL_RADIX_H
#define XEN_MODEL_RADIX_H

#include "xen.h"

/* What the tree at va has for an index; 0 when nothing. */
struct err *radix_lookup(struct xen *x, uint64_t tree, uint64_t index,
			 uint64_t *ret) ERR_MUST_CHECK;

/* Walks all entries in the order of their index. */
typedef struct err *radix_fn(void *arg, uint64_t index, uint64_t entry);

/* Errors of fn end the walk; nodes that cannot be read do, too. */
struct err *radix_each(struct xen *x, uint64_t tree, radix_fn *fn,
		       void *arg) ERR_MUST_CHECK;

/* A number stored in place of a pointer (radix_tree_int_to_ptr). */
static inline int64_t radix_int(uint64_t entry)
{
	return (int64_t)entry >> 2;
}

#endif
