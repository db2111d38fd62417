/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/memory/heap.h"

#include <inttypes.h>
#include <stdio.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"

static const struct column zone_columns[] = {
	{ .key = "node", .title = "NODE", .help = "NUMA node" },
	{ .key = "zone", .title = "ZONE", .help = "zone of the heap: one for each bit width of an mfn" },
	{ .key = "first", .title = "FROM", .help = "lowest mfn of the zone, hexadecimal" },
	{ .key = "last", .title = "TO", .help = "highest mfn of the zone, hexadecimal" },
	{ .key = "pages", .title = "PAGES", .help = "pages of 4 KiB on the zone's free lists" },
	{ .title = "KIB", .help = "the same in KiB" },
	{ .key = "avail", .title = "AVAIL", .help = "free pages by Xen's own counter" },
	{ .key = "dirty", .title = "UNSCRUBBED", .help = "pages of these that are not yet scrubbed" },
	{ .key = "chunks", .title = "CHUNKS", .help = "number of chunks on the free lists" },
	{ .key = "largest_order", .title = "LARGEST", .help = "order of the largest chunk (2^order pages)" },
	{ .title = "ORDER:CHUNKS", .help = "number of chunks by order" },
};

static const struct column order_columns[] = {
	{ .key = "node", .help = "NUMA node" },
	{ .key = "zone", .help = "zone of the heap" },
	{ .key = "order", .help = "order of the chunks on the list (2^order pages)" },
	{ .key = "chunks", .help = "number of chunks on the list" },
};

static const struct column sum_columns[] = {
	{ .key = "pages", .title = "FREE", .help = "pages of 4 KiB on the free lists, and KiB" },
	{ .key = "total_avail_pages", .title = "COUNTED FREE",
	  .help = "free pages by Xen's counter total_avail_pages" },
	{ .key = "dirty", .title = "UNSCRUBBED",
	  .help = "pages on the free lists that are not yet scrubbed" },
	{ .key = "node_need_scrub", .title = "COUNTED UNSCRUBBED",
	  .help = "pages to be scrubbed by Xen's counters node_need_scrub" },
	{ .key = "outstanding_claims", .title = "CLAIMED",
	  .help = "pages claimed for domains that are being built" },
	{ .key = "problems", .title = "PROBLEMS", .help = "number of errors found in the free lists" },
};

struct sums {
	uint64_t pages, dirty, need_scrub;
	unsigned int problems;
};

/* A number from the free lists, which are not available on a running host */
static void cell_list(struct out *o, const struct heap *h, uint64_t n)
{
	if (h->orders)
		out_dec(o, n);
	else
		out_none(o);
}

static void zone_row(struct out *o, const struct heap *h,
		     const struct heap_zone *z)
{
	uint64_t first = z->zone ? 1ULL << (z->zone - 1) : 0, chunks = 0;
	unsigned int order, largest = 0;
	char text[512] = "";
	size_t n = 0;

	for (order = 0; order < h->orders; order++) {
		if (!z->chunks[order])
			continue;
		chunks += z->chunks[order];
		largest = order;
		n += snprintf(text + n, sizeof(text) - n, "%s%u:%" PRIu64,
			      n ? " " : "", order, z->chunks[order]);
		if (n >= sizeof(text))
			n = sizeof(text) - 1;
	}
	out_dec(o, z->node);
	out_dec(o, z->zone);
	out_hex(o, first);
	out_hex(o, z->zone ? 2 * first - 1 : 0);
	cell_list(o, h, z->pages);
	cell_list(o, h, z->pages * 4);
	cell_dec(o, &z->avail);
	cell_list(o, h, z->dirty);
	cell_list(o, h, chunks);
	if (chunks)
		out_dec(o, largest);
	else
		out_none(o);
	cell_text(o, text);
}

static void show_problem(void *arg, struct err *e)
{
	out_error(arg, e);
}

struct listing {
	struct ranges nodes, zones;
	bool all;
};

typedef void show_fn(struct out *o, const struct heap *h,
		     const struct heap_zone *z);

static struct err *each_zone_of(struct out *o, struct heap *h, struct pages *p,
				unsigned int node, const struct listing *l,
				struct sums *sums, show_fn *show)
{
	struct heap_zone z = { .zone = 0 };
	unsigned int zone;

	for (zone = 0; zone < h->zones; zone++) {
		if (!ranges_has(&l->zones, zone))
			continue;
		ERR_TRY(heap_zone_read(h, p, node, zone, &z, show_problem, o));
		sums->pages += z.pages;
		sums->dirty += z.dirty;
		sums->problems += z.problems;
		if (z.pages || z.problems || l->all ||
		    (value_ok(&z.avail) && value_of(&z.avail)))
			show(o, h, &z);
	}
	if (value_ok(&z.need_scrub))
		sums->need_scrub += value_of(&z.need_scrub);
	return NULL;
}

/* Calls show for each zone to be listed. */
static struct err *each_zone(struct out *o, struct heap *h, struct pages *p,
			     const struct listing *l, struct sums *sums,
			     show_fn *show)
{
	unsigned int node;

	for (node = 0; node < h->nodes; node++) {
		bool has = false;
		struct err *e;

		if (!ranges_has(&l->nodes, node))
			continue;
		e = heap_has_node(h, node, &has);
		sums->problems += !!e;
		out_error(o, e);
		if (has)
			ERR_TRY(each_zone_of(o, h, p, node, l, sums, show));
	}
	return NULL;
}

static void show_zone(struct out *o, const struct heap *h,
		      const struct heap_zone *z)
{
	zone_row(o, h, z);
}

/* In JSON: a row for each free list */
static void show_orders(struct out *o, const struct heap *h,
			const struct heap_zone *z)
{
	unsigned int order;

	for (order = 0; order < h->orders; order++) {
		if (!z->chunks[order])
			continue;
		out_dec(o, z->node);
		out_dec(o, z->zone);
		out_dec(o, order);
		out_dec(o, z->chunks[order]);
	}
}

static void sum_card(struct out *o, const struct heap *h,
		     const struct sums *sums, bool whole)
{
	struct value scrub = { .raw = sums->need_scrub,
			       .state = h->orders ? VALUE_OK : VALUE_NO_FIELD };

	out_card(o, "heap", sum_columns, ARRAY_SIZE(sum_columns));
	if (h->orders)
		out_fmt(o, "%" PRIu64 " pages, %" PRIu64 " KiB", sums->pages,
			sums->pages * 4);
	else
		out_none(o);
	cell_dec(o, &h->total);
	cell_list(o, h, sums->dirty);
	cell_dec(o, &scrub);
	cell_dec(o, &h->claimed);
	cell_list(o, h, sums->problems);
	out_end(o);
	if (h->orders && whole && value_ok(&h->total) && value_of(&h->total) != sums->pages)
		out_note(o, "the lists contain %" PRIu64 " pages, but total_avail_pages is %" PRIu64
			 ": the heap was being changed at the time of the dump, or its lists are damaged",
			 sums->pages, value_of(&h->total));
}

static struct err *heap_show(struct out *o, struct heap *h, struct pages *p,
			     const struct listing *l)
{
	struct sums sums = { 0 }, again = { 0 };
	struct err *e;

	out_list(o, "zones", zone_columns, ARRAY_SIZE(zone_columns));
	e = each_zone(o, h, p, l, &sums, show_zone);
	out_end(o);
	if (!e && out_format(o) == OUT_JSON) {
		out_list(o, "lists", order_columns, ARRAY_SIZE(order_columns));
		e = each_zone(o, h, p, l, &again, show_orders);
		out_end(o);
	}
	if (e)
		return e;
	sum_card(o, h, &sums, !l->nodes.nr && !l->zones.nr);
	if (p && !pages_layout_sure(p))
		out_note(o, "bits of struct page_info: %s",
			 pages_layout_proof(p));
	return NULL;
}

static struct err *read_ranges(const struct args *a, const char *option,
			       const char *name, struct ranges *ret)
{
	const char *text;
	unsigned int at = 0;

	while ((text = args_next(a, option, &at)))
		ERR_TRY(ranges_add(ret, text, name));
	return NULL;
}

/* ERR_NOT_FOUND for a zone after the last, and if no node has memory. */
static struct err *check_listing(struct heap *h, const struct listing *l)
{
	bool has = !l->nodes.nr;
	unsigned int i;

	for (i = 0; i < l->zones.nr; i++)
		if (l->zones.range[i].to >= h->zones)
			return err_new(ERR_NOT_FOUND, "no zone %" PRIu64 ": there are %u",
				       l->zones.range[i].to, h->zones);
	for (i = 0; !has && i < h->nodes; i++)
		if (ranges_has(&l->nodes, i))
			ERR_TRY(heap_has_node(h, i, &has));
	if (!has)
		return err_new(ERR_NOT_FOUND, "no memory of node %" PRIu64,
			       l->nodes.range[0].from);
	return NULL;
}

static struct err *run_heap(struct session *s, struct out *o,
			    const struct args *a)
{
	struct listing l = { .all = args_has(a, "a") };
	struct pages *p = NULL;
	struct heap h;
	struct err *e;

	ERR_TRY(read_ranges(a, "n", "NODE", &l.nodes));
	ERR_TRY(read_ranges(a, "z", "ZONE", &l.zones));
	ERR_TRY(heap_open(s->xen, &h));
	ERR_TRY(check_listing(&h, &l));
	if (h.orders)
		ERR_TRY(pages_open(s->xen, &p));
	e = heap_show(o, &h, p, &l);
	pages_close(p);
	return e;
}

static const struct option_spec options[] = {
	{ "a", OPTION_FLAG, .help = "also zones without free memory" },
	{ "n", OPTION_TEXT, .value = "NODE", .many = true,
	  .help = "only this NUMA node, or a range of them (0-3)" },
	{ "z", OPTION_TEXT, .value = "ZONE", .many = true,
	  .help = "only this zone, or a range of them (15-17)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("zones", zone_columns),
	COLUMNS("lists", order_columns),
	COLUMNS("heap", sum_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the free memory of the host: a line for each NUMA node and zone that",
	"  has free memory, then the sums. It is kept in chunks of 2^order pages, on",
	"  one list for each node, zone and order. Every chunk is checked for its",
	"  state, references, order, alignment, zone and neighbours on the list; an",
	"  error is printed where it is found, and counted as a problem.",
	NULL
};

static const char *const example[] = {
	"    crash> xen heap -z 17",
	"    NODE  ZONE   FROM     TO  PAGES  KIB  AVAIL  UNSCRUBBED  CHUNKS  LARGEST  ORDER:CHUNKS",
	"       0    17  10000  1ffff    173  692    173           0       5        7  0:1 2:1 3:1 5:1 7:1",
	"",
	"                  FREE: 173 pages, 692 KiB",
	"          COUNTED FREE: 21370",
	"            UNSCRUBBED: 0",
	"    COUNTED UNSCRUBBED: 0",
	"               CLAIMED: 0",
	"              PROBLEMS: 0",
	NULL
};

const struct command command_heap = {
	.live = true,
	.live_unknown = "free lists and unscrubbed pages: hypercalls return only Xen's counters by zone",
	.needs = NEEDS_RECORDS,
	.run = run_heap,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
