/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/hypercall/live.h"

#define NODES_MAX 1024
#define ZONES_MAX 64

/* Of one zone; what is thoroughly broken has one per page. */
#define PROBLEMS_TOLD 16


/* heap_by_zone_and_order_t: list heads, [zones][orders]. */
static struct err *resolve_dimensions(struct heap *h)
{
	struct records *r = h->x->records;
	struct place table, row, head;
	uint64_t zones, orders;

	ERR_TRY(record_resolve(r, "heap_by_zone_and_order_t", &table));
	ERR_TRY(record_resolve(r, "heap_by_zone_and_order_t[0]", &row));
	ERR_TRY(record_resolve(r, "heap_by_zone_and_order_t[0][0]", &head));
	h->head_size = head.size;
	zones = row.size ? table.size / row.size : 0;
	orders = head.size ? row.size / head.size : 0;
	if (!zones || zones > ZONES_MAX || !orders || orders > HEAP_ORDERS_MAX ||
	    h->head_size < 16)
		return err_new(ERR_CORRUPT,
			       "a heap of %" PRIu64 " zones, %" PRIu64 " orders", zones, orders);
	h->zones = zones;
	h->orders = orders;
	return NULL;
}

static struct value variable(struct xen *x, const char *name)
{
	struct value v = { .state = VALUE_NO_FIELD };
	struct err *e = xen_variable(x, name, &v.u);

	if (!e) {
		v.state = VALUE_OK;
	} else if (err_reason(e) != ERR_NO_SYMBOL) {
		v.state = VALUE_UNREADABLE;
		v.why = err_reason(e);
	}
	err_free(e);
	return v;
}

/* By size only: xen_variable() does not take arrays. */
static struct err *array_symbol(struct xen *x, const char *name, uint64_t *va,
				unsigned int *nr)
{
	const struct symbol *sym;

	ERR_TRY(symbols_by_name(x->symbols, name, &sym));
	*va = sym->addr;
	*nr = xen_symbol_size(x, sym) / sizeof(uint64_t);
	if (!*nr || *nr > NODES_MAX)
		return err_new(ERR_CORRUPT, "%s is for %u nodes", name, *nr);
	return NULL;
}

struct err *heap_open(struct xen *x, struct heap *ret)
{
	struct heap h = { .x = x };
	unsigned int nodes;

	*ret = h;
	if (x->live)
		return live_heap(x->live, ret);
	if (!x->symbols)
		return err_new(ERR_NO_SYMBOL, "the heap needs symbols");
	ERR_TRY(array_symbol(x, "page_alloc.c#_heap", &h.table, &h.nodes));
	ERR_TRY(array_symbol(x, "page_alloc.c#avail", &h.avail, &nodes));
	if (nodes != h.nodes)
		return err_new(ERR_CORRUPT, "_heap is for %u nodes, avail for %u",
			       h.nodes, nodes);
	ERR_TRY(resolve_dimensions(&h));
	h.total = variable(x, "total_avail_pages");
	h.claimed = variable(x, "outstanding_claims");
	*ret = h;
	return NULL;
}

static struct err *node_table(struct heap *h, unsigned int node, uint64_t *va)
{
	return err_prefix(space_read_u64(h->x->space, h->table + 8ULL * node, va),
			  "_heap[%u]", node);
}

struct err *heap_has_node(struct heap *h, unsigned int node, bool *has)
{
	uint64_t va;

	if (h->x->live) {
		*has = node < h->nodes;
		return NULL;
	}
	ERR_TRY(node_table(h, node, &va));
	if (va)
		ERR_TRY(err_prefix(xen_check_pointer(h->x, va, sizeof(uint64_t),
						     "its table"),
				   "_heap[%u]", node));
	*has = va;
	return NULL;
}

struct err *heap_list(struct heap *h, unsigned int node, unsigned int zone,
		      unsigned int order, uint64_t *head)
{
	uint64_t table;

	ERR_TRY(node_table(h, node, &table));
	*head = table + (zone * h->orders + order) * h->head_size;
	return NULL;
}

static struct value node_value(struct heap *h, uint64_t table,
			       unsigned int node, unsigned int zone)
{
	struct value v = { .state = VALUE_UNREADABLE };
	uint64_t array;
	struct err *e = space_read_u64(h->x->space, table + 8ULL * node, &array);

	if (!e)
		e = xen_check_pointer(h->x, array, sizeof(uint64_t), "avail");
	if (!e)
		e = space_read_u64(h->x->space, array + 8ULL * zone, &v.u);
	if (e)
		v.why = err_reason(e);
	else
		v.state = VALUE_OK;
	err_free(e);
	return v;
}

static struct value need_scrub(struct heap *h, unsigned int node)
{
	struct value v = { .state = VALUE_NO_FIELD };
	unsigned int nodes;
	uint64_t va;
	struct err *e = array_symbol(h->x, "node_need_scrub", &va, &nodes);

	if (!e && node < nodes) {
		e = space_read_u64(h->x->space, va + 8ULL * node, &v.u);
		v.state = e ? VALUE_UNREADABLE : VALUE_OK;
		v.why = e ? err_reason(e) : 0;
	}
	err_free(e);
	return v;
}

struct walk_state {
	struct heap *h;
	struct pages *p;
	struct heap_zone *z;
	heap_problem_fn *problem;
	void *arg;
};

static void tell(struct walk_state *w, struct err *e)
{
	if (!e)
		return;
	if (++w->z->problems == PROBLEMS_TOLD) {
		err_free(e);
		e = err_new(ERR_CORRUPT, "more problems of its free lists, which are counted only");
	}
	if (w->z->problems > PROBLEMS_TOLD) {
		err_free(e);
		return;
	}
	w->problem(w->arg, err_prefix(e, "node %u, zone %u", w->z->node,
				      w->z->zone));
}

/* Significant bits of an mfn; 0 counts as one (page_to_zone). */
static unsigned int zone_of(uint64_t mfn)
{
	return mfn ? 64 - __builtin_clzll(mfn) : 1;
}

static struct err *check_chunk(struct walk_state *w, const struct page *page,
			       unsigned int order)
{
	const struct page_layout *l = pages_layout(w->p);

	if (page_state(l, page->count_info) != PAGE_FREE)
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " is on a free list, but is %s (count_info %" PRIx64 ")",
			       page->mfn, page_state_name(page_state(l, page->count_info)),
			       page->count_info);
	if (page_count(l, page->count_info))
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " is free, but has %" PRIu64 " references",
			       page->mfn, page_count(l, page->count_info));
	if (page->order != order)
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " is on the list of order %u, but says %u",
			       page->mfn, order, page->order);
	if (page->mfn & ((1ULL << order) - 1))
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " is not aligned to its order %u",
			       page->mfn, order);
	if (w->z->zone && zone_of(page->mfn) != w->z->zone)
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " belongs to zone %u",
			       page->mfn, zone_of(page->mfn));
	return NULL;
}

/* Pages of a chunk from the first dirty one on may be dirty; each has a bit. */
static uint64_t count_dirty(struct walk_state *w, const struct page *head,
			    unsigned int order)
{
	uint64_t i, dirty = 0;
	struct page page;

	if (head->first_dirty == PAGE_NOT_DIRTY)
		return 0;
	if (head->first_dirty >= 1ULL << order) {
		tell(w, err_new(ERR_CORRUPT, "mfn %" PRIx64 ": first dirty page %u of a chunk of order %u",
				head->mfn, head->first_dirty, order));
		return 0;
	}
	for (i = head->first_dirty; i < 1ULL << order; i++) {
		struct err *e = page_read_pdx(w->p, head->pdx + i, &page);

		if (!e && page_needs_scrub(pages_layout(w->p), page.count_info))
			dirty++;
		err_free(e);
	}
	return dirty;
}

static struct err *read_list(struct walk_state *w, unsigned int order)
{
	struct page_list list;
	struct page page;
	uint64_t head;
	struct err *e;
	char what[32];

	snprintf(what, sizeof(what), "free list of order %u", order);
	e = heap_list(w->h, w->z->node, w->z->zone, order, &head);
	if (!e)
		e = page_list_start(&list, w->p, head, what);
	while (!e) {
		e = page_list_next(&list, &page);
		if (e || !page.va)
			break;
		w->z->chunks[order]++;
		w->z->pages += 1ULL << order;
		w->z->dirty += count_dirty(w, &page, order);
		tell(w, check_chunk(w, &page, order));
	}
	if (e && err_reason(e) == ERR_INTERRUPTED)
		return e;
	tell(w, e);
	return NULL;
}

struct err *heap_zone_read(struct heap *h, struct pages *p, unsigned int node,
			   unsigned int zone, struct heap_zone *ret,
			   heap_problem_fn *problem, void *arg)
{
	struct walk_state w = { h, p, ret, problem, arg };
	unsigned int order;

	if (h->x->live) {
		*ret = (struct heap_zone){ .node = node, .zone = zone };
		return live_heap_zone(h->x->live, ret);
	}
	*ret = (struct heap_zone){
		.node = node, .zone = zone,
		.avail = node_value(h, h->avail, node, zone),
		.need_scrub = need_scrub(h, node),
	};
	for (order = 0; order < h->orders; order++)
		ERR_TRY(read_list(&w, order));
	if (ret->avail.state == VALUE_OK && ret->avail.u != ret->pages)
		tell(&w, err_new(ERR_CORRUPT, "the lists hold %" PRIu64 " pages, avail[][] says %" PRIu64,
				 ret->pages, ret->avail.u));
	return NULL;
}
