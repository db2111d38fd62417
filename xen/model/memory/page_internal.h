/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that implement struct pages. */
#ifndef XEN_MODEL_PAGE_INTERNAL_H
#define XEN_MODEL_PAGE_INTERNAL_H

#include "page.h"
#include "xen/base/hash.h"

struct page_domain {
	uint64_t va;
	struct domain d;
};

/* Result of the detection; kept in struct xen until memory or types change. */
struct page_bits {
	const struct page_layout *layout;
	bool sure;
	bool unproved;		/* based on something unproved; each use of the layout counts as a use of it */
	unsigned int dirty_none;	/* see struct frame_table */
	char proof[256];
};

struct pages {
	struct xen *x;
	struct frame_table table;
	struct page_bits bits;
	struct page_domain *domains;
	unsigned int nr_domains;
	struct hash by_va;	/* of domains: each page has an owner */
};

/* page_detect.c: sets bits; fails only by ERR_INTERRUPTED. */
struct err *page_bits_detect(struct pages *p) ERR_MUST_CHECK;

#endif
