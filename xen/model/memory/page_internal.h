/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the model of pages: the frame table as bytes. */
#ifndef XEN_MODEL_PAGE_INTERNAL_H
#define XEN_MODEL_PAGE_INTERNAL_H

#include <string.h>

#include "page.h"

/* No build has more: 40 bytes are the most known (CONFIG_BIGMEM). */
#define PAGE_INFO_MAX 128

enum page_field {
	PF_COUNT, PF_TYPE, PF_OWNER, PF_NEXT, PF_PREV, PF_ORDER,
	PF_REQUIRED,		/* so many a build must have */
	PF_FIRST_DIRTY = PF_REQUIRED, PF_TIMESTAMP, PF_VALIDATED, PF_LINEAR_PT,
	PF_NR,
};

struct page_domain {
	uint64_t va;
	struct domain d;
};

struct pages {
	struct xen *x;
	uint64_t base, end;		/* va */
	uint64_t max_mfn, max_pdx;
	unsigned int size;
	struct place field[PF_NR];	/* size 0: the build has none */
	bool has[PF_NR];
	bool list_of_pointers;		/* CONFIG_BIGMEM: struct list_head */
	uint64_t list_offset;		/* of the list entry in page_info */
	unsigned int dirty_none;	/* INVALID_DIRTY_IDX: no dirty page */
	const struct page_layout *layout;
	bool sure;
	char proof[256];
	struct page_domain *domains;
	unsigned int nr_domains;
};

/* A field out of the bytes of one page_info; 0 when the build has none. */
static inline uint64_t page_field(const struct pages *p, const void *bytes,
				  enum page_field f)
{
	uint64_t v = 0;

	if (p->has[f])
		memcpy(&v, (const char *)bytes + p->field[f].offset,
		       p->field[f].size);
	return v;
}

static inline uint64_t pages_owner_va(const struct pages *p, uint64_t pdx)
{
	/* what is stored is the pdx of the struct domain's frame */
	return pdx ? space_directmap_va(p->x->space, 0) + (pdx << XPAGE_SHIFT) : 0;
}

/* page_detect.c: sets layout, sure, proof and dirty_none. */
struct err *pages_detect_layout(struct pages *p) ERR_MUST_CHECK;

#endif
