/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/memory/heap.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define NO_FILTER UINT64_MAX

static const struct column zone_columns[] = {
	{ .key = "node", .title = "NODE" },
	{ .key = "zone", .title = "ZONE" },
	{ .key = "first", .title = "FROM" },
	{ .key = "last", .title = "TO" },
	{ .key = "pages", .title = "PAGES" },
	{ .key = NULL, .title = "KIB" },
	{ .key = "avail", .title = "AVAIL" },
	{ .key = "dirty", .title = "UNSCRUBBED" },
	{ .key = "chunks", .title = "CHUNKS" },
	{ .key = "largest_order", .title = "LARGEST" },
	{ .key = NULL, .title = "ORDER:CHUNKS" },
};

static const struct column order_columns[] = {
	{ .key = "node", .title = NULL },
	{ .key = "zone", .title = NULL },
	{ .key = "order", .title = NULL },
	{ .key = "chunks", .title = NULL },
};

static const struct column sum_columns[] = {
	{ .key = "pages", .title = "FREE" },
	{ .key = "total_avail_pages", .title = "XEN COUNTS" },
	{ .key = "dirty", .title = "UNSCRUBBED" },
	{ .key = "node_need_scrub", .title = "XEN COUNTS UNSCRUBBED" },
	{ .key = "outstanding_claims", .title = "CLAIMED" },
	{ .key = "problems", .title = "PROBLEMS" },
};

struct sums {
	uint64_t pages, dirty, need_scrub;
	unsigned int problems;
};

/* What only the free lists say. */
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

static void tell_problem(void *arg, struct err *e)
{
	out_error(arg, e);
}

struct listing {
	uint64_t node, zone;
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
		if (l->zone != NO_FILTER && l->zone != zone)
			continue;
		ERR_TRY(heap_zone_read(h, p, node, zone, &z, tell_problem, o));
		sums->pages += z.pages;
		sums->dirty += z.dirty;
		sums->problems += z.problems;
		if (z.pages || z.problems || l->all ||
		    (z.avail.state == VALUE_OK && z.avail.u))
			show(o, h, &z);
	}
	if (z.need_scrub.state == VALUE_OK)
		sums->need_scrub += z.need_scrub.u;
	return NULL;
}

/* Calls show for what is to be listed. */
static struct err *each_zone(struct out *o, struct heap *h, struct pages *p,
			     const struct listing *l, struct sums *sums,
			     show_fn *show)
{
	unsigned int node;

	for (node = 0; node < h->nodes; node++) {
		bool has = false;
		struct err *e;

		if (l->node != NO_FILTER && l->node != node)
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

/* For programs: a row per list. */
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
	struct value scrub = { .u = sums->need_scrub,
			       .state = h->orders ? VALUE_OK : VALUE_NO_FIELD };

	out_card(o, "heap", sum_columns, N(sum_columns));
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
	if (h->orders && whole && h->total.state == VALUE_OK && h->total.u != sums->pages)
		out_note(o, "the lists hold %" PRIu64 " pages, but total_avail_pages is %" PRIu64
			 ": the heap was being changed, or its lists are damaged",
			 sums->pages, h->total.u);
}

static struct err *heap_show(struct out *o, struct heap *h, struct pages *p,
			     const struct listing *l)
{
	struct sums sums = { 0 }, again = { 0 };
	struct err *e;

	out_list(o, "zones", zone_columns, N(zone_columns));
	e = each_zone(o, h, p, l, &sums, show_zone);
	out_end(o);
	if (!e && out_format(o) == OUT_JSON) {
		out_list(o, "lists", order_columns, N(order_columns));
		e = each_zone(o, h, p, l, &again, show_orders);
		out_end(o);
	}
	if (e)
		return e;
	sum_card(o, h, &sums, l->node == NO_FILTER && l->zone == NO_FILTER);
	if (p && !pages_layout_sure(p))
		out_note(o, "bits of struct page_info: %s",
			 pages_layout_proof(p));
	return NULL;
}

static struct err *run_heap(struct session *s, struct out *o, int argc,
			    char **argv)
{
	struct listing l = { NO_FILTER, NO_FILTER, false };
	bool has = false;
	struct pages *p = NULL;
	struct heap h;
	struct err *e;
	int c;

	while ((c = getopt(argc, argv, "an:z:")) != -1) {
		switch (c) {
		case 'a':
			l.all = true;
			break;
		case 'n':
			ERR_TRY(parse_decimal(optarg, &l.node));
			break;
		case 'z':
			ERR_TRY(parse_decimal(optarg, &l.zone));
			break;
		default:
			return command_usage("unknown option");
		}
	}
	if (optind < argc)
		return command_usage("heap takes no %s", argv[optind]);
	ERR_TRY(heap_open(s->xen, &h));
	if (l.node < h.nodes)
		ERR_TRY(heap_has_node(&h, l.node, &has));
	if (l.node != NO_FILTER && !has)
		return err_new(ERR_NOT_FOUND, "no memory of node %" PRIu64, l.node);
	if (l.zone != NO_FILTER && l.zone >= h.zones)
		return err_new(ERR_NOT_FOUND, "no zone %" PRIu64 ": there are %u",
			       l.zone, h.zones);
	if (h.orders)
		ERR_TRY(pages_open(s->xen, &p));
	e = heap_show(o, &h, p, &l);
	pages_close(p);
	return e;
}

static const char *const help[] = {
	"  Shows the free memory of the host: a line for each NUMA node and zone that has",
	"  any. FROM and TO are the mfns a zone is made for, PAGES what its free lists",
	"  hold, AVAIL what Xen counts; ORDER:CHUNKS how many chunks of 2^ORDER pages.",
	"  Every chunk is checked: its state, references, order, alignment, zone and its",
	"  neighbours in the list; what is wrong is told, and counted as PROBLEMS.",
	"    -a        also zones without free memory",
	"    -n NODE   only this node",
	"    -z ZONE   only this zone",
	"",
	"EXAMPLE",
	"    crash> xen heap -z 17",
	"    NODE  ZONE   FROM     TO  PAGES  KIB  AVAIL  UNSCRUBBED  CHUNKS  LARGEST  ORDER:CHUNKS",
	"       0    17  10000  1ffff    191  764    191           0       7        7  0:1 1:1 2:1 3:1 4:1 5:1 7:1",
	NULL
};

const struct command command_heap = {
	.live = true,
	.live_unknown = "the free lists and what is still to be scrubbed: hypercalls tell what Xen counts by zone",
	.needs = NEEDS_RECORDS,
	.run_words = run_heap,
	.synopsis = "[-j] [-a] [-n NODE] [-z ZONE]",
	.help = help,
};
