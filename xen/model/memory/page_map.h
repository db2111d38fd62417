/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mappings of a frame: entries of page tables that contain its mfn, in the
 * tables of PV guests (pages of the types l1 to l4) and in Xen's P2Ms of other
 * guests.
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
	/*
	 * Virtual address of the frame, or of the first byte that a table of
	 * this mfn maps. If there are several, the first one found.
	 */
	bool has_va;
	uint64_t va;
	bool in_p2m;		/* an entry of a P2M: index and va have no meaning */
	uint64_t gfn;		/* of a P2M: gfn of the frame */
	const char *type;	/* of a P2M: Xen's type of the entry */
};

struct page_maps {
	struct page_mapping *mapping;
	size_t nr;
	uint64_t omitted;	/* mappings beyond PAGE_MAPPINGS_MAX */
	uint64_t tables;	/* number of page tables of PV guests that were searched */
	uint64_t lost;		/* number of these that are unreadable */
	bool given_up;		/* too many tables above them: the other mappings have no va */
	bool has_gfn;		/* the M2P contains a gfn, at which P2Ms were searched */
	unsigned int p2ms;	/* number of domains whose P2M was searched */
};

#define PAGE_MAPPINGS_MAX	(1U << 20)

/*
 * Finds the entries of mfn. A superpage counts for every frame that it maps.
 * ERR_INTERRUPTED or ERR_NO_MEMORY; in either case *ret contains the entries
 * found so far, and the caller releases it by page_maps_free().
 */
struct err *page_maps_find(struct pages *p, uint64_t mfn,
			   const struct page_progress *progress,
			   struct page_maps *ret) ERR_MUST_CHECK;
void page_maps_free(struct page_maps *m);

#endif
