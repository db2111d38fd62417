/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page allocator: free memory in lists per NUMA node, zone and order
 * (common/page_alloc.c, 4.4 to master). Zone n holds mfns of n significant
 * bits, zone 0 Xen's own heap where that is apart.
 */
#ifndef XEN_MODEL_HEAP_H
#define XEN_MODEL_HEAP_H

#include "page.h"

#define HEAP_ORDERS_MAX 32

struct heap {
	struct xen *x;
	unsigned int nodes, zones;
	unsigned int orders;		/* 0: live, the lists cannot be seen */
	uint64_t table;			/* va of _heap[] */
	uint64_t avail;			/* va of avail[] */
	uint64_t head_size;		/* bytes of a list's head */
	struct value total;		/* total_avail_pages */
	struct value claimed;		/* outstanding_claims */
};

/* ERR_NO_SYMBOL, ERR_NO_TYPE when the build does not say. */
struct err *heap_open(struct xen *x, struct heap *ret) ERR_MUST_CHECK;

/* *has is false where there is no memory of that node. */
struct err *heap_has_node(struct heap *h, unsigned int node,
			  bool *has) ERR_MUST_CHECK;

/* The head of one free list. */
struct err *heap_list(struct heap *h, unsigned int node, unsigned int zone,
		      unsigned int order, uint64_t *head) ERR_MUST_CHECK;

/* All in pages of 4 KiB but for chunks. */
struct heap_zone {
	unsigned int node, zone;
	struct value avail;		/* what Xen counts itself */
	struct value need_scrub;	/* of the node: node_need_scrub */
	uint64_t chunks[HEAP_ORDERS_MAX];	/* by order */
	uint64_t pages;			/* sum of the lists */
	uint64_t dirty;			/* of these, still to be scrubbed */
	unsigned int problems;
};

/* Tells of one problem, and takes e. All are counted, few of a zone told. */
typedef void heap_problem_fn(void *arg, struct err *e);

/*
 * Walks the lists of one zone and checks each chunk: its state, order,
 * alignment, zone, links, and the sum. Fails only by ERR_INTERRUPTED.
 */
struct err *heap_zone_read(struct heap *h, struct pages *p, unsigned int node,
			   unsigned int zone, struct heap_zone *ret,
			   heap_problem_fn *problem, void *arg) ERR_MUST_CHECK;

#endif
