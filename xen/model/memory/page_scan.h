/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole frame table, fast: as bytes of consecutive entries.
 */
#ifndef XEN_MODEL_PAGE_SCAN_H
#define XEN_MODEL_PAGE_SCAN_H

#include "page.h"

/* Tells how far a scan is, in frames; may be NULL. */
typedef void page_progress_fn(void *arg, uint64_t done, uint64_t total);

struct page_progress {
	page_progress_fn *fn;
	void *arg;
};

/*
 * Takes nr entries from pdx on, pages_entry_size() bytes each, valid during
 * the call only. An error ends the scan.
 */
typedef struct err *page_block_fn(void *arg, uint64_t pdx, const void *entries,
				  unsigned int nr);

struct page_scan {
	uint64_t seen;		/* entries given to the function */
	uint64_t unmapped;	/* entries of holes the table does not cover */
	uint64_t lost;		/* entries that could not be read */
};

/* Gives all entries of the table, in order. ERR_INTERRUPTED, or fn's errors. */
struct err *page_scan(struct pages *p, page_block_fn *fn, void *arg,
		      const struct page_progress *progress,
		      struct page_scan *ret) ERR_MUST_CHECK;

/* What frames are used for, as far as their entry tells. */
enum page_kind {
	KIND_FREE, KIND_OFFLINE, KIND_NO_TYPE, KIND_WRITABLE, KIND_L1, KIND_L2,
	KIND_L3, KIND_L4, KIND_SEGDESC, KIND_SHARED, KIND_XEN_HEAP, KIND_EXTRA,
	KIND_OTHER,	/* nobody's: no RAM, or boot, page tables, images of Xen */
	KIND_NR,
};

enum page_kind page_kind(const struct page_layout *l, uint64_t count_info,
			 uint64_t type_info, bool owned);
const char *page_kind_name(enum page_kind kind);

/* The owner field means else in pages of shadow page tables. */
#define PAGE_SUM_UNKNOWN 1

/* Frames of one owner by kind. */
struct page_sum {
	uint64_t owner;		/* va of a domain; 0: nobody; or the above */
	uint64_t frames[KIND_NR];
};

struct page_sums {
	struct page_sum *sum;	/* in no order */
	unsigned int nr;
	struct page_scan scan;
};

/* Sums of the whole table. To be released by page_sums_free(). */
struct err *page_sums_read(struct pages *p, const struct page_progress *progress,
			   struct page_sums *ret) ERR_MUST_CHECK;
void page_sums_free(struct page_sums *s);

/* What Xen's tot_pages counts: neither Xen's heap nor extra pages (4.14+). */
uint64_t page_sum_tot_pages(const struct page_sum *s);

#endif
