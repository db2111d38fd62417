/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bits of page_info.count_info and .type_info. They are macros (asm/mm.h),
 * which DWARF does not contain; they moved even between point releases.
 */
#ifndef XEN_MODEL_PAGE_LAYOUT_H
#define XEN_MODEL_PAGE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bit numbers; 0: the flag does not exist (no flag is at bit 0). */
struct page_layout {
	const char *name;	/* releases that use the layout */
	uint16_t since, until;	/* major << 8 | minor, inclusive */
	uint8_t type_shift;	/* lowest bit of the type, whose highest bit is 63 */
	uint8_t type_count;	/* bits of the type count, from bit 0 */
	uint8_t locked, non_coherent;
	uint8_t count;		/* bits of the reference count, from bit 0 */
	uint8_t state;		/* the lower of two bits */
	uint8_t page_table, cacheattr, broken, extra, shadowed_pt, need_scrub;
};

enum page_state { PAGE_INUSE, PAGE_OFFLINING, PAGE_OFFLINED, PAGE_FREE };

/* Xen's PGT_*; the values depend on the layout. */
enum page_type {
	PAGE_NONE, PAGE_L1, PAGE_L2, PAGE_L3, PAGE_L4, PAGE_SEGDESC,
	PAGE_SHARED, PAGE_WRITABLE, PAGE_TYPE_UNKNOWN,
};

enum page_state page_state(const struct page_layout *l, uint64_t count_info);
uint64_t page_count(const struct page_layout *l, uint64_t count_info);
enum page_type page_type(const struct page_layout *l, uint64_t type_info);
uint64_t page_type_count(const struct page_layout *l, uint64_t type_info);
/* Masks of the bits that determine the kind of a page, without counts. */
uint64_t page_flag_mask(const struct page_layout *l);
uint64_t page_type_mask(const struct page_layout *l);

bool page_is_xen_heap(uint64_t count_info);
bool page_is_allocated(const struct page_layout *l, uint64_t count_info);
bool page_is_extra(const struct page_layout *l, uint64_t count_info);
bool page_needs_scrub(const struct page_layout *l, uint64_t count_info);

const char *page_state_name(enum page_state state);
const char *page_type_name(enum page_type type);
/*
 * Return the flags as text, such as "allocated, xen heap" or "pinned,
 * validated", or "", in buf.
 */
const char *page_count_flags(const struct page_layout *l, uint64_t count_info,
			     char *buf, size_t size);
const char *page_type_flags(const struct page_layout *l, uint64_t type_info,
			    char *buf, size_t size);

/* Returns the layouts, oldest first; NULL past the last. */
const struct page_layout *page_layout_nth(unsigned int n);

/* State of a page as implied by the list it is on. */
enum page_known {
	KNOWN_FREE,		/* head of a chunk on a free list */
	KNOWN_DIRTY,		/* on a free list, not scrubbed */
	KNOWN_DOMAIN,		/* on a domain's page_list */
	KNOWN_XENHEAP,		/* on a domain's xenpage_list */
	KNOWN_EXTRA,		/* on a domain's extra_page_list */
};

/* True if the bits, in this layout, agree with the known state. */
bool page_layout_agrees(const struct page_layout *l, enum page_known known,
			uint64_t count_info, uint64_t type_info);

#endif
