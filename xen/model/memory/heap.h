/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page allocator: free memory in lists per NUMA node, zone and order
 * (common/page_alloc.c, 4.4 to master). Zone n holds mfns of n significant
 * bits, zone 0 is Xen's own heap in builds where that is separate.
 */
#ifndef XEN_MODEL_HEAP_H
#define XEN_MODEL_HEAP_H

#include "page.h"

#define HEAP_ORDERS_MAX 32
/* Free pages below which no domain can be created: 4 MiB. */
#define HEAP_LOW_PAGES	1024

struct heap {
	struct xen *x;
	unsigned int nodes, zones;
	unsigned int orders;		/* 0: the lists are not available by hypercalls */
	uint64_t table;			/* va of _heap[] */
	uint64_t avail;			/* va of avail[] */
	uint64_t need_scrub;		/* va of node_need_scrub[] */
	unsigned int scrub_nodes;	/* number of its elements; 0: the build lacks it */
	uint64_t head_size;		/* size of a list's head, bytes */
	struct value total;		/* total_avail_pages */
	struct value claimed;		/* outstanding_claims */
};

/* ERR_NO_SYMBOL, ERR_NO_TYPE when the build lacks a name. */
struct err *heap_open(struct xen *x, struct heap *ret) ERR_MUST_CHECK;

/* *has is false for a node without memory. */
struct err *heap_has_node(struct heap *h, unsigned int node,
			  bool *has) ERR_MUST_CHECK;

/* Returns the va of the head of one free list. */
struct err *heap_list(struct heap *h, unsigned int node, unsigned int zone,
		      unsigned int order, uint64_t *head) ERR_MUST_CHECK;

/* Counts are pages of 4 KiB, except for chunks. */
struct heap_zone {
	unsigned int node, zone;
	struct value avail;		/* count maintained by Xen */
	struct value need_scrub;	/* count of the node, from node_need_scrub */
	uint64_t chunks[HEAP_ORDERS_MAX];	/* chunks by order */
	uint64_t pages;			/* sum of the lists */
	uint64_t dirty;			/* pages of these that are not yet scrubbed */
	unsigned int problems;
};

/*
 * Receives one problem and owns e. Only the first few per zone are passed on;
 * all are counted.
 */
typedef void heap_problem_fn(void *arg, struct err *e);

/* heap_zone.c: free pages by avail[][], Xen's other count; false if it cannot be read. */
bool heap_avail_sum(struct heap *h, uint64_t *ret);

/*
 * heap_zone.c: walks the lists of one zone and checks each chunk (state, order,
 * alignment, zone, links) and the sum. p: NULL on a running host. Fails only
 * with ERR_INTERRUPTED.
 */
struct err *heap_zone_read(struct heap *h, struct pages *p, unsigned int node,
			   unsigned int zone, struct heap_zone *ret,
			   heap_problem_fn *problem, void *arg) ERR_MUST_CHECK;

#endif
