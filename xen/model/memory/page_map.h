/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who maps a frame: entries of page tables that hold its mfn, in the tables
 * of PV guests (pages of the types l1 to l4) and in Xen's P2Ms of the others.
 */
#ifndef XEN_MODEL_PAGE_MAP_H
#define XEN_MODEL_PAGE_MAP_H

#include "p2m.h"
#include "page_scan.h"

struct page_mapping {
	uint64_t owner;		/* va of the domain whose table it is */
	uint64_t table;		/* mfn of the table */
	unsigned int level;	/* 1 to 4 */
	unsigned int index;
	uint64_t entry;
	bool in_p2m;		/* an entry of a P2M: index means nothing */
	uint64_t gfn;		/* then: the domain's frame */
	const char *type;	/* then: Xen's type of the entry */
};

typedef struct err *page_mapping_fn(void *arg, const struct page_mapping *m);

/* What was searched, for the reader of an empty list. */
struct page_maps {
	uint64_t tables;	/* page tables of PV guests */
	uint64_t lost;		/* of these, could not be read */
	unsigned int p2ms;	/* domains whose P2M was asked */
};

/*
 * Searches entries of mfn. Superpages of PV guests count with the frame they
 * begin at only when they hold mfn. ERR_INTERRUPTED, or fn's errors.
 */
struct err *page_maps_find(struct pages *p, uint64_t mfn, page_mapping_fn *fn,
			   void *arg, const struct page_progress *progress,
			   struct page_maps *ret) ERR_MUST_CHECK;

#endif
