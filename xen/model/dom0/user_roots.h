/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_USER_ROOTS_H
#define XEN_MODEL_USER_ROOTS_H

#include "xen/model/domain/domain.h"

/* The topmost page tables of a domain's processes. */
struct user_roots {
	uint64_t *maddr;	/* in the order in which they were found */
	size_t nr;
	size_t lost;		/* number of tables that cannot be read */
};

/*
 * Finds them among the pages of a 64-bit PV domain by the type that Xen gives
 * to a page table of level 4 (asm/mm.h): on the domain's list of pages or,
 * where that is damaged, by the owner of each frame of the frame table. Leaves
 * out tables with an empty lower half, and the second table of a process, which
 * Linux loads in user mode. ERR_UNSUPPORTED for other domains. Release with
 * user_roots_free().
 */
struct err *user_roots_find(struct xen *x, const struct domain *d,
			    struct user_roots *ret) ERR_MUST_CHECK;
void user_roots_free(struct user_roots *r);

#endif
