/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The heap of one node: its counters, and no pages, common/page_alloc.c. */
struct page_list_head { void *next, *tail; };
typedef struct page_list_head heap_by_zone_and_order_t[2][3];

static heap_by_zone_and_order_t heap0;
static heap_by_zone_and_order_t *_heap[1] __attribute__((used)) = { &heap0 };
static unsigned long avail0[2];
static unsigned long *avail[1] __attribute__((used)) = { avail0 };
long total_avail_pages = 5000;
long outstanding_claims = 1000;
