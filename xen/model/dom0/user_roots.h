/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_USER_ROOTS_H
#define XEN_MODEL_USER_ROOTS_H

#include "xen/model/domain/domain.h"

/* The topmost page tables of a domain's processes. */
struct user_roots {
	uint64_t domain;	/* va of the domain */
	size_t nr;
	size_t lost;		/* number of tables that cannot be read */
	bool unproved;		/* based on something unproved; each read counts as a use of it */
	uint64_t maddr[];	/* in the order in which they were found */
};

/*
 * Finds them among the pages of a 64-bit PV domain by the type that Xen gives
 * to a page table of level 4 (asm/mm.h): on the domain's list of pages or,
 * where that is damaged, by the owner of each frame of the frame table. Leaves
 * out tables with an empty lower half, and the second table of a process, which
 * Linux loads in user mode. ERR_UNSUPPORTED for other domains. The result is
 * kept in x, which owns it, until the next call for another domain; that of a
 * running host until the next command.
 */
struct err *user_roots_find(struct xen *x, const struct domain *d,
			    const struct user_roots **ret) ERR_MUST_CHECK;

#endif
