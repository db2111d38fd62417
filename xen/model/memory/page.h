/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine frames: struct page_info of the frame table (asm/mm.h), one per pdx,
 * 4.4 to master.
 */
#ifndef XEN_MODEL_PAGE_H
#define XEN_MODEL_PAGE_H

#include "xen/model/domain/domain.h"
#include "page_layout.h"
#include "xen/model/xen.h"

struct page {
	uint64_t va;		/* of its struct page_info */
	uint64_t mfn, pdx;
	uint64_t count_info, type_info;
	uint64_t owner;		/* va of a struct domain; 0: none */
	uint64_t next, prev;	/* pdx of its neighbours, or PAGE_NO_PDX */
	/* what the same bytes mean for a free page that heads a chunk */
	unsigned int order;
	unsigned int first_dirty;	/* index in the chunk; ~0: none */
	/* what is shown only; not known on builds that lack it */
	uint64_t tlbflush_timestamp;
	unsigned int validated_ptes;
	int linear_pt_count;
};

#define PAGE_NO_PDX	(~0ULL)
#define PAGE_NOT_DIRTY	(~0U)

struct pages;

/* The frame table, with the layout of its bits found out. To be closed. */
struct err *pages_open(struct xen *x, struct pages **ret) ERR_MUST_CHECK;
void pages_close(struct pages *p);

const struct page_layout *pages_layout(const struct pages *p);
/* Which layout it is, and what that rests on, for people. */
const char *pages_layout_proof(const struct pages *p);
/* Whether all that was looked at agrees with the layout. */
bool pages_layout_sure(const struct pages *p);

uint64_t pages_max_pdx(const struct pages *p);	/* entries of the table */
uint64_t pages_max_mfn(const struct pages *p);	/* mfn past the last */
unsigned int pages_entry_size(const struct pages *p);	/* bytes */

/* ERR_NOT_FOUND beyond the table. */
struct err *page_read(struct pages *p, uint64_t mfn,
		      struct page *ret) ERR_MUST_CHECK;
struct err *page_read_pdx(struct pages *p, uint64_t pdx,
			  struct page *ret) ERR_MUST_CHECK;
/* The pdx whose page_info is at va; ERR_BAD_POINTER if there is none. */
struct err *page_pdx_of(const struct pages *p, uint64_t va,
			uint64_t *pdx) ERR_MUST_CHECK;

/*
 * The domain at va among all there are, those of Xen included; NULL when none
 * is there. Lives as long as p.
 */
const struct domain *page_owner(const struct pages *p, uint64_t va);
/*
 * The owner of a page; NULL when it has none. The field means other things in
 * free pages, in large allocations of Xen's own, in shadow page tables.
 */
const struct domain *page_owner_of(const struct pages *p,
				   const struct page *page);
/* "d1", "dom_io" ...; "none" for 0, "?" for what is no domain; returns buf. */
const char *page_owner_text(const struct pages *p, uint64_t va, char *buf,
			    size_t size);

/*
 * A list of pages: struct page_list_head, or struct list_head with
 * CONFIG_BIGMEM (include/xen/mm.h). Each page names the one before, so that a
 * loop shows at once.
 */
struct page_list {
	struct pages *p;
	const char *what;	/* for errors */
	uint64_t head;		/* va */
	uint64_t tail;		/* pdx; PAGE_NO_PDX when it does not matter */
	uint64_t next, prev;	/* pdx; next is PAGE_NO_PDX at the end */
	uint64_t count;
};

/* what must live on. */
struct err *page_list_start(struct page_list *l, struct pages *p,
			    uint64_t head, const char *what) ERR_MUST_CHECK;
/*
 * The next page; ret->va is 0 past the last. An error is told once and ends
 * the list.
 */
struct err *page_list_next(struct page_list *l, struct page *ret) ERR_MUST_CHECK;

#endif
