/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Heap of the host of host.c, one node: in zone 13 a clean page (1076) and two
 * pages (1078) of which the second is not scrubbed, common/page_alloc.c.
 */
typedef unsigned long u64;
struct page_list_head { u64 next, tail; };
typedef struct page_list_head heap_by_zone_and_order_t[14][3];

#define FRAME(pfn) (0xffff82e000000000UL + (pfn) * 32)
heap_by_zone_and_order_t heap0 = {
	[13] = { [0] = { FRAME(0x1076), FRAME(0x1076) }, [1] = { FRAME(0x1078), FRAME(0x1078) } },
};
static heap_by_zone_and_order_t *_heap[1] __attribute__((used)) = { &heap0 };
u64 avail0[14] = { [13] = 3 };
static u64 *avail[1] __attribute__((used)) = { avail0 };
u64 node_need_scrub[1] = { 1 };
u64 total_avail_pages = 3, outstanding_claims = 2;
u64 total_pages = 0x2000;
