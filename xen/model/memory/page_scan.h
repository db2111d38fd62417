/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fast walk over the whole frame table, as bytes of consecutive entries. */
#ifndef XEN_MODEL_PAGE_SCAN_H
#define XEN_MODEL_PAGE_SCAN_H

#include "page.h"

/* Receives the progress of a scan, in frames; may be NULL. */
typedef void page_progress_fn(void *arg, uint64_t done, uint64_t total);

struct page_progress {
	page_progress_fn *fn;
	void *arg;
};

/*
 * Receives nr entries from pdx on, of frame_table.size bytes each, valid during
 * the call only. An error ends the scan.
 */
typedef struct err *page_block_fn(void *arg, uint64_t pdx, const void *entries,
				  unsigned int nr);

struct page_scan {
	uint64_t seen;		/* entries passed to the function */
	uint64_t unmapped;	/* entries in holes of the table */
	uint64_t lost;		/* unreadable entries */
};

/* Passes all entries to fn, in order. Fails with ERR_INTERRUPTED, or fn's error. */
struct err *page_scan(struct pages *p, page_block_fn *fn, void *arg,
		      const struct page_progress *progress,
		      struct page_scan *ret) ERR_MUST_CHECK;

/* Use of a frame, as shown by its entry. */
enum page_kind {
	KIND_FREE, KIND_OFFLINE, KIND_NO_TYPE, KIND_WRITABLE, KIND_L1, KIND_L2,
	KIND_L3, KIND_L4, KIND_SEGDESC, KIND_SHARED, KIND_XEN_HEAP, KIND_EXTRA,
	KIND_OTHER,	/* without owner: not RAM, or Xen's image, page tables, boot data */
	KIND_NR,
};

enum page_kind page_kind(const struct page_layout *l, uint64_t count_info,
			 uint64_t type_info, bool owned);
const char *page_kind_name(enum page_kind kind);

/* Owner of pages whose owner field is not a domain (shadow page tables). */
#define PAGE_SUM_UNKNOWN 1

/* Frames of one owner by kind. */
struct page_sum {
	uint64_t owner;		/* va of a domain; 0: none; or PAGE_SUM_UNKNOWN */
	uint64_t frames[KIND_NR];
};

struct page_sums {
	struct page_sum *sum;	/* not sorted */
	unsigned int nr;
	struct page_scan scan;
};

/* Reads the sums over the whole table. Release with page_sums_free(). */
struct err *page_sums_read(struct pages *p, const struct page_progress *progress,
			   struct page_sums *ret) ERR_MUST_CHECK;
void page_sums_free(struct page_sums *s);

/* Sum equivalent to Xen's tot_pages: neither Xen's heap nor extra pages (4.14+). */
uint64_t page_sum_tot_pages(const struct page_sum *s);

#endif
