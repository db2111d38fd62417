/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heap.h"

#include <inttypes.h>

#include "xen/model/memory_source.h"

#define NODES_MAX 1024
#define ZONES_MAX 64

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
			       "invalid size of the heap: %" PRIu64 " zones, %" PRIu64 " orders", zones, orders);
	h->zones = zones;
	h->orders = orders;
	return NULL;
}

static struct value variable(struct xen *x, const char *name)
{
	struct value v = { .state = VALUE_NO_FIELD };
	struct err *e = xen_variable(x, name, &v.raw);

	if (!e) {
		v.state = VALUE_OK;
	} else if (err_reason(e) != ERR_NO_SYMBOL) {
		v.state = VALUE_UNREADABLE;
		v.why = err_reason(e);
	}
	err_free(e);
	return v;
}

/* Reads an array of one uint64_t per node; the symbol's size gives the number of nodes. */
static struct err *array_symbol(struct xen *x, const char *name, uint64_t *va,
				unsigned int *nr)
{
	const struct symbol *sym;

	ERR_TRY(symbols_by_name(x->symbols, name, &sym));
	*va = sym->addr;
	*nr = xen_symbol_size(x, sym) / sizeof(uint64_t);
	if (!*nr || *nr > NODES_MAX)
		return err_new(ERR_CORRUPT, "invalid number of nodes in %s: %u", name, *nr);
	return NULL;
}

/* node_need_scrub[] came with 4.10. */
static void find_need_scrub(struct heap *h)
{
	struct err *e = array_symbol(h->x, "node_need_scrub", &h->need_scrub,
				     &h->scrub_nodes);

	if (e)
		h->scrub_nodes = 0;
	err_free(e);
}

/* Without variables the places of the lists are found (variables.h), but not the counts. */
static struct err *find_avail(struct heap *h)
{
	unsigned int nodes;
	struct err *e = array_symbol(h->x, "page_alloc.c#avail", &h->avail, &nodes);

	if (e && err_reason(e) == ERR_NO_SYMBOL) {
		err_free(e);
		h->avail = 0;
		return NULL;
	}
	ERR_TRY(e);
	if (nodes != h->nodes)
		return err_new(ERR_CORRUPT, "number of nodes differs: _heap has %u, avail has %u",
			       h->nodes, nodes);
	return NULL;
}

struct err *heap_open(struct xen *x, struct heap *ret)
{
	struct heap h = { .x = x };

	ERR_TRY(x->source->heap_open(&h));
	*ret = h;
	return NULL;
}

struct err *mem_heap_open(struct heap *h)
{
	struct xen *x = h->x;

	if (!x->symbols)
		return err_new(ERR_NO_SYMBOL, "the heap requires symbols");
	ERR_TRY(array_symbol(x, "page_alloc.c#_heap", &h->table, &h->nodes));
	ERR_TRY(find_avail(h));
	ERR_TRY(resolve_dimensions(h));
	find_need_scrub(h);
	h->total = variable(x, "total_avail_pages");
	h->claimed = variable(x, "outstanding_claims");
	return NULL;
}

static struct err *node_table(struct heap *h, unsigned int node, uint64_t *va)
{
	return err_prefix(space_read_u64(h->x->space, h->table + 8ULL * node, va),
			  "_heap[%u]", node);
}

struct err *heap_has_node(struct heap *h, unsigned int node, bool *has)
{
	return h->x->source->heap_has_node(h, node, has);
}

struct err *mem_heap_has_node(struct heap *h, unsigned int node, bool *has)
{
	uint64_t va;

	ERR_TRY(node_table(h, node, &va));
	if (va)
		ERR_TRY(err_prefix(xen_check_pointer(h->x, va, sizeof(uint64_t),
						     "table"),
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
