/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mappings of a frame: page table entries with its mfn, in the tables of PV
 * guests (pages of types l1 to l4) and in Xen's P2Ms for translated guests.
 */
#ifndef XEN_MODEL_PAGE_MAP_H
#define XEN_MODEL_PAGE_MAP_H

#include "p2m.h"
#include "page_scan.h"

struct page_mapping {
	uint64_t owner;		/* va of the domain that owns the table */
	uint64_t table;		/* mfn of the table */
	unsigned int level;	/* 1 to 4 */
	unsigned int index;
	uint64_t entry;
	bool in_p2m;		/* an entry of a P2M */
	uint64_t gfn;		/* P2M only: the domain's frame */
	const char *type;	/* P2M only: Xen's type of the entry */
};

typedef struct err *page_mapping_fn(void *arg, const struct page_mapping *m);

/* Extent of the search. */
struct page_maps {
	uint64_t tables;	/* page tables of PV guests */
	uint64_t lost;		/* unreadable ones among them */
	unsigned int p2ms;	/* domains whose P2M was searched */
};

/*
 * Calls fn for each entry that maps mfn, superpages included. Fails with
 * ERR_INTERRUPTED, or with fn's error.
 */
struct err *page_maps_find(struct pages *p, uint64_t mfn, page_mapping_fn *fn,
			   void *arg, const struct page_progress *progress,
			   struct page_maps *ret) ERR_MUST_CHECK;

#endif
