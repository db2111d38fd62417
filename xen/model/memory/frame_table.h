/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame table: struct page_info (asm/mm.h, 4.4 to master), one entry per
 * pdx, and the lists that link its entries. The bits of count_info and
 * type_info are decoded by a layout (page.h).
 */
#ifndef XEN_MODEL_FRAME_TABLE_H
#define XEN_MODEL_FRAME_TABLE_H

#include <string.h>

#include "xen/model/xen.h"

/* Limit of an entry, bytes; the largest one known has 40 (CONFIG_BIGMEM). */
#define PAGE_INFO_MAX 128

#define PAGE_NO_PDX	(~0ULL)
#define PAGE_NOT_DIRTY	(~0U)

struct page {
	uint64_t va;		/* va of its struct page_info */
	uint64_t mfn, pdx;
	uint64_t count_info, type_info;
	uint64_t owner;		/* va of a struct domain; 0: none */
	uint64_t next, prev;	/* pdx of its neighbours, or PAGE_NO_PDX */
	/* the same bytes, in a free page that is the head of a chunk */
	unsigned int order;
	unsigned int first_dirty;	/* index in the chunk, or PAGE_NOT_DIRTY */
	/* for display only; 0 in builds without the member, and in a list */
	uint64_t tlbflush_timestamp;
	unsigned int validated_ptes;
	int linear_pt_count;
};

enum page_field {
	PF_COUNT, PF_TYPE, PF_OWNER, PF_NEXT, PF_PREV, PF_ORDER,
	PF_REQUIRED,		/* number of members that are in every build */
	PF_FIRST_DIRTY = PF_REQUIRED, PF_TIMESTAMP, PF_VALIDATED, PF_LINEAR_PT,
	PF_NR,
};

struct frame_table {
	struct xen *x;
	uint64_t base;			/* va */
	uint64_t max_mfn, max_pdx;	/* one past the last pdx */
	unsigned int size;		/* bytes of an entry */
	struct place field[PF_NR];
	bool has[PF_NR];
	bool list_of_pointers;		/* CONFIG_BIGMEM: struct list_head */
	uint64_t list_offset;		/* offset of the list entry in page_info */
	unsigned int dirty_none;	/* INVALID_DIRTY_IDX: no dirty page */
};

/* ERR_NO_SYMBOL, ERR_NO_TYPE and ERR_CORRUPT. Nothing has to be released. */
struct err *frame_table_open(struct xen *x, struct frame_table *ret) ERR_MUST_CHECK;

/* ERR_NOT_FOUND beyond the table. */
struct err *frame_table_read(const struct frame_table *t, uint64_t pdx,
			     struct page *ret) ERR_MUST_CHECK;
/* Returns the pdx whose page_info is at va; ERR_BAD_POINTER if there is none. */
struct err *frame_table_pdx(const struct frame_table *t, uint64_t va,
			    uint64_t *pdx) ERR_MUST_CHECK;

/* Reads a member from the bytes of one entry; 0 in builds without it. */
static inline uint64_t frame_table_field(const struct frame_table *t,
					 const void *bytes, enum page_field f)
{
	const char *at = (const char *)bytes + t->field[f].offset;
	uint64_t v = 0;

	if (!t->has[f])
		return 0;
	/* most members, without a call of memcpy() */
	if (t->field[f].size == sizeof(uint32_t))
		memcpy(&v, at, sizeof(uint32_t));
	else if (t->field[f].size == sizeof(v))
		memcpy(&v, at, sizeof(v));
	else
		memcpy(&v, at, t->field[f].size);
	return v;
}

/*
 * Returns the va of the owner; page_info stores the pdx of the frame of its
 * struct domain.
 */
static inline uint64_t frame_table_owner(const struct frame_table *t, uint64_t pdx)
{
	return pdx ? space_directmap_va(t->x->space, 0) + (pdx << XPAGE_SHIFT) : 0;
}

/*
 * A list of pages: struct page_list_head, or struct list_head with
 * CONFIG_BIGMEM (include/xen/mm.h). Each page refers to the one before it, so
 * that a loop is detected at its first page.
 */
struct page_list {
	const struct frame_table *t;
	const char *what;	/* name in errors; must outlive the list */
	uint64_t tail;		/* pdx; PAGE_NO_PDX: the list is empty */
	uint64_t next, prev;	/* pdx; next is PAGE_NO_PDX at the end */
	uint64_t count;
};

/* head: va. */
struct err *page_list_start(struct page_list *l, const struct frame_table *t,
			    uint64_t head, const char *what) ERR_MUST_CHECK;
/*
 * Returns the next page, without its members for display; ret->va is 0 past the last.
 * An error is returned once and ends the list.
 */
struct err *page_list_next(struct page_list *l, struct page *ret) ERR_MUST_CHECK;

#endif
