/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's radix trees, 6 bits of the index per level (include/xen/radix-tree.h,
 * common/radix-tree.c; 4.4 to master).
 */
#ifndef XEN_MODEL_RADIX_H
#define XEN_MODEL_RADIX_H

#include "xen.h"

/* Looks up an index in the tree at va; *ret is 0 when there is no entry. */
struct err *radix_lookup(struct xen *x, uint64_t tree, uint64_t index,
			 uint64_t *ret) ERR_MUST_CHECK;

/* Receives the entries, in the order of their index. */
typedef struct err *radix_fn(void *arg, uint64_t index, uint64_t entry);

/* Walks all entries; an error of fn or an unreadable node ends the walk. */
struct err *radix_each(struct xen *x, uint64_t tree, radix_fn *fn,
		       void *arg) ERR_MUST_CHECK;

/* Decodes a number stored in place of a pointer (radix_tree_int_to_ptr()). */
static inline int64_t radix_int(uint64_t entry)
{
	return (int64_t)entry >> 2;
}

#endif
