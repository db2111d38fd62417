/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/channel/grant.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* What a row is made from; the grant first, for its fields. */
struct row {
	struct grant g;
	uint64_t domid;
	struct grant_map *maps;
	size_t nr_maps;
};

_Static_assert(!offsetof(struct row, g), "the grant comes first");

struct listing {
	struct view view;
	struct grant_maps maps;
	struct domain_filter filter;
};

/* ---- tables ---- */

struct table_row {
	struct grant_table t;
	size_t mapped;
};

static void table_domid(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct table_row *)rec)->t.domid);
}

static void table_maptrack(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct table_row *)rec)->t.nr_maptrack_frames);
}

static void table_mapped(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct table_row *)rec)->mapped);
}

static void table_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct table_row *)rec)->t.va);
}

#define TABLE_INPUT(memb) \
	{ &grant_table_record, offsetof(struct grant_table, memb) }
/* The entries of the domain's tables of mapped grants */
#define MAP_INPUTS							\
	TABLE_INPUT(maptrack), TABLE_INPUT(maptrack_limit),		\
	{ &grant_mapping_record, VIEW_WHOLE }

static const struct view_input table_domid_inputs[] = {
	DOMAIN_INPUT(domain_id),
};
static const struct view_input maptrack_inputs[] = {
	TABLE_INPUT(maptrack_limit),
};
static const struct view_input mapped_inputs[] = { MAP_INPUTS };
static const struct view_input table_va_inputs[] = { DOMAIN_INPUT(grant_table) };

/* The view is of no_record: the inputs stand in for the field's own mark. */
#define T(key, title, memb)						\
	{ (key), (title), offsetof(struct table_row, t.memb), VIEW_DEC,	\
	  NULL, NULL, (const struct view_input[]){ TABLE_INPUT(memb) }, 1 }

static const struct view_column table_columns[] = {
	VIEW_CELL_FROM("domid", "DOM", table_domid, table_domid_inputs),
	T("version", "VERSION", version),
	T("frames", "FRAMES", frames),
	T("max_frames", "MAX", max_frames),
	T("status_frames", "STATUS", status_frames),
	VIEW_CELL_FROM("maptrack_frames", "MAPTRACK", table_maptrack, maptrack_inputs),
	T("max_maptrack_frames", "MAX", max_maptrack_frames),
	VIEW_CELL_FROM("mapped", "MAPPED", table_mapped, mapped_inputs),
	VIEW_CELL_FROM("grant_table", "GRANT_TABLE", table_va, table_va_inputs),
};

/* Limits come from elsewhere in older builds: no column goes missing. */
static const struct record_type no_record = { "grant table", NULL, 0 };

static struct err *show_table(struct session *s, struct out *o,
			      const struct domain *d, void *arg)
{
	struct listing *l = arg;
	struct table_row row = { .mapped = 0 };

	(void)o;
	ERR_TRY(grant_table_read(s->xen, d, &row.t));
	if (!row.t.va)
		return NULL;
	for (size_t i = 0; i < l->maps.nr; i++)
		row.mapped += l->maps.at[i].mapper == row.t.domid;
	view_row(&l->view, &row);
	return NULL;
}

/* ---- grants ---- */

static void cell_domid(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->domid);
}

static void cell_ref(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->g.ref);
}

static void cell_pins(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct row *)rec)->g.pin;
	struct grant_pins p = grant_pins(v->u);
	char text[80] = "";
	const struct {
		unsigned int n;
		const char *what;
	} counts[] = {
		{ p.host_rw, "rw" }, { p.host_ro, "ro" },
		{ p.device_rw, "device rw" }, { p.device_ro, "device ro" },
	};
	unsigned int i, n = 0;

	(void)s;
	if (v->state != VALUE_OK) {
		cell_missing(o, v);
		return;
	}
	for (i = 0; i < N(counts); i++) {
		if (counts[i].n)
			n += snprintf(text + n, sizeof(text) - n, "%s%u %s",
				      n ? ", " : "", counts[i].n,
				      counts[i].what);
	}
	out_str(o, text);
}

static void cell_frame(struct session *s, struct out *o, const void *rec)
{
	const struct grant *g = &((const struct row *)rec)->g;

	(void)s;
	if (g->shared_error)
		out_mark(o, err_reason(g->shared_error));
	else
		out_hex(o, g->shared_frame);
}

static void cell_flags(struct session *s, struct out *o, const void *rec)
{
	const struct grant *g = &((const struct row *)rec)->g;
	char text[128];

	(void)s;
	if (g->shared_error)
		out_mark(o, err_reason(g->shared_error));
	else
		out_str(o, grant_flags_text(g->flags, text, sizeof(text)));
}

static void cell_flags_hex(struct session *s, struct out *o, const void *rec)
{
	const struct grant *g = &((const struct row *)rec)->g;

	(void)s;
	if (g->shared_error)
		out_mark(o, err_reason(g->shared_error));
	else
		out_hex(o, g->flags);
}

/* The handles under which it is mapped; the mapper is in the row already. */
static void cell_handles(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;
	char text[64];
	size_t i;
	unsigned int n = 0;

	(void)s;
	if (!row->nr_maps) {
		out_none(o);
		return;
	}
	for (i = 0; i < row->nr_maps && n + 24 < sizeof(text); i++)
		n += snprintf(text + n, sizeof(text) - n, "%sd%u:%u",
			      i ? ", " : "", row->maps[i].mapper,
			      row->maps[i].handle);
	if (i < row->nr_maps)
		snprintf(text + n, sizeof(text) - n, " ...");
	out_str(o, text);
}

static void cell_maps(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->nr_maps);
}

static void cell_sub(struct session *s, struct out *o, const void *rec)
{
	const struct grant *g = &((const struct row *)rec)->g;

	(void)s;
	if (g->is_sub_page.state == VALUE_OK && g->is_sub_page.u)
		out_fmt(o, "%" PRIu64 "+%" PRIu64, g->start.u, g->length.u);
	else
		out_none(o);
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct row *)rec)->g.va);
}

/* The guest's own entry, of which the layout is public */
#define SHARED_INPUTS	TABLE_INPUT(shared), TABLE_INPUT(version)

static const struct view_input domid_inputs[] = { DOMAIN_INPUT(domain_id) };
static const struct view_input pins_inputs[] = {
	{ NULL, offsetof(struct grant, pin) },
};
static const struct view_input shared_inputs[] = { SHARED_INPUTS };
static const struct view_input flags_inputs[] = {
	SHARED_INPUTS, TABLE_INPUT(status),
};
static const struct view_input sub_inputs[] = {
	{ NULL, offsetof(struct grant, is_sub_page) },
	{ NULL, offsetof(struct grant, start) },
	{ NULL, offsetof(struct grant, length) },
};
static const struct view_input active_inputs[] = { TABLE_INPUT(active) };

#define F(key, title, memb, as) \
	VIEW_FIELD(key, title, struct row, g.memb, as)

static const struct view_column columns[] = {
	VIEW_CELL_FROM("domid", "DOM", cell_domid, domid_inputs),
	VIEW_CELL("ref", "REF", cell_ref),
	F("to_domid", "TO", domid, VIEW_DEC),
	F("mfn", "MFN", mfn, VIEW_HEX),
	F("pin", "PIN", pin, VIEW_HEX),
	VIEW_CELL_FROM(NULL, "PINS", cell_pins, pins_inputs),
	VIEW_CELL_FROM("frame", "GFN", cell_frame, shared_inputs),
	VIEW_CELL_FROM(NULL, "SHARED", cell_flags, flags_inputs),
	VIEW_CELL_FROM("flags", NULL, cell_flags_hex, flags_inputs),
	VIEW_CELL_FROM("sub_page", NULL, cell_sub, sub_inputs),
	VIEW_CELL_FROM("maps", NULL, cell_maps, mapped_inputs),
	VIEW_CELL_FROM("handles", "MAPTRACK", cell_handles, mapped_inputs),
	VIEW_CELL_FROM("active", "ACTIVE", cell_va, active_inputs),
};

/* Who pins a grant of a domain that is to go away keeps it from going. */
static struct err *check_dying(const struct domain *d, unsigned int count)
{
	if (!count || d->is_dying.state != VALUE_OK || !d->is_dying.u)
		return NULL;
	return err_new(ERR_CORRUPT, "domain %" PRIu64 " is dying, but %u of its grants are still in use",
		       d->domain_id.u, count);
}

/*
 * Mappings that no pin accounts for. More pins than mappings are not wrong:
 * grant copies pin for a moment and have no handle.
 */
static struct err *check_pins(const struct row *row)
{
	struct grant_pins pins = grant_pins(row->g.pin.u);
	struct grant_pins maps = grant_maps_pins(row->maps, row->nr_maps);

	if (pins.host_rw >= maps.host_rw && pins.host_ro >= maps.host_ro &&
	    pins.device_rw >= maps.device_rw && pins.device_ro >= maps.device_ro)
		return NULL;
	return err_new(ERR_CORRUPT, "grant %u of domain %" PRIu64
		       " is mapped %zu times, more than its pins %" PRIx64 " say",
		       row->g.ref, row->domid, row->nr_maps, row->g.pin.u);
}

static struct err *show_grants(struct session *s, struct out *o,
			       const struct domain *d, void *arg)
{
	struct row row = { .domid = d->domain_id.u };
	struct listing *l = arg;
	struct grant_table t;
	struct grants w;
	unsigned int count = 0;

	ERR_TRY(grant_table_read(s->xen, d, &t));
	if (!t.va)
		return NULL;
	ERR_TRY(grants_start(&w, &t));
	for (;;) {
		struct err *e = grants_next(&w, &row.g);

		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (e) {
			out_error(o, e);
			continue;
		}
		if (!row.g.va)
			break;
		count++;
		row.maps = grant_maps_find(&l->maps, t.domid, row.g.ref,
					   &row.nr_maps);
		for (size_t i = 0; i < row.nr_maps; i++)
			row.maps[i].seen = true;
		view_row(&l->view, &row);
		out_error(o, check_pins(&row));
		grant_release(&row.g);
	}
	out_error(o, check_dying(d, count));
	return NULL;
}

/* Mappings of grants that are not in use, when all of those were seen. */
static void check_maps(struct out *o, const struct listing *l)
{
	for (size_t i = 0; !l->filter.nr && i < l->maps.nr; i++) {
		const struct grant_map *m = &l->maps.at[i];

		if (!m->seen)
			out_error(o, err_new(ERR_CORRUPT, "domain %u, handle %u: maps grant %u of domain %u, which is not in use",
					     m->mapper, m->handle, m->ref,
					     m->granter));
	}
}

/* ---- maptrack ---- */

static const struct column map_columns[] = {
	{ .key = "domid", .title = "DOM" },
	{ .key = "handle", .title = "HANDLE" },
	{ .key = "of_domid", .title = "OF" },
	{ .key = "ref", .title = "REF" },
	{ .key = "flags" },
	{ .title = "HOW" },
	{ .key = "vcpu_id", .title = "VCPU" },
	{ .key = "maptrack", .title = "MAPTRACK" },
};

static void show_map(struct out *o, const struct grant_map *m)
{
	out_dec(o, m->mapper);
	out_dec(o, m->handle);
	out_dec(o, m->granter);
	out_dec(o, m->ref);
	out_hex(o, m->flags);
	out_fmt(o, "%s%s%s", m->flags & GRANT_MAP_HOST ? "host " : "",
		m->flags & GRANT_MAP_DEVICE ? "device " : "",
		m->flags & GRANT_MAP_READONLY ? "ro" : "rw");
	if (m->vcpu == ~0U)
		out_none(o);
	else
		out_dec(o, m->vcpu);
	out_hex(o, m->va);
}

static void show_maps(struct session *s, struct out *o, const struct listing *l)
{
	static const struct column_input inputs[] = {
		{ "of_domid", { &grant_mapping_record, VIEW_WHOLE } },
		{ "ref", { &grant_mapping_record, VIEW_WHOLE } },
		{ "flags", { &grant_mapping_record, VIEW_WHOLE } },
		{ "vcpu_id", { &grant_mapping_record, VIEW_WHOLE } },
		{ "maptrack", TABLE_INPUT(maptrack) },
	};

	view_plain_list(s, o, "maptrack", map_columns, N(map_columns), inputs,
			N(inputs));
	for (size_t i = 0; i < l->maps.nr; i++) {
		if (!l->filter.nr ||
		    domain_filter_has(&l->filter, l->maps.at[i].mapper) ||
		    domain_filter_has(&l->filter, l->maps.at[i].granter))
			show_map(o, &l->maps.at[i]);
	}
	out_end(o);
}

/* ---- the command ---- */

static struct err *show(struct session *s, struct out *o, struct listing *l,
			bool maptrack)
{
	view_list(&l->view, s, o, "tables", table_columns, N(table_columns),
		  &no_record);
	ERR_TRY(domains_show(s, o, &l->filter, false, show_table, l));
	out_end(o);
	view_list(&l->view, s, o, "grants", columns, N(columns), &grant_record);
	ERR_TRY(domains_show(s, o, &l->filter, false, show_grants, l));
	check_maps(o, l);
	out_end(o);
	if (maptrack)
		show_maps(s, o, l);
	for (size_t i = 0; i < l->maps.nr_errors; i++) {
		out_error(o, l->maps.errors[i]);
		l->maps.errors[i] = NULL;
	}
	return NULL;
}

static struct err *run_grants(struct session *s, struct out *o, int argc,
			      char **argv)
{
	struct listing l;
	bool maptrack = false;
	struct err *e;
	int c;

	memset(&l, 0, sizeof(l));
	while ((c = getopt(argc, argv, "d:m")) != -1) {
		switch (c) {
		case 'd':
			ERR_TRY(domain_filter_add(s, &l.filter, optarg));
			break;
		case 'm':
			maptrack = true;
			break;
		default:
			return command_usage("unknown option");
		}
	}
	if (optind < argc)
		return command_usage("grants takes no %s", argv[optind]);
	ERR_TRY(grant_maps_read(s->xen, &l.maps));
	e = show(s, o, &l, maptrack);
	grant_maps_release(&l.maps);
	return e;
}

static const char *const help[] = {
	"  Lists each domain's grant table with its limits, then the grants in use: which",
	"  frame of DOM is granted to whom, and how often it is pinned for host and device",
	"  mappings. GFN and SHARED are what the guest wrote; MAPTRACK is the other side,",
	"  DOMID:HANDLE of each mapping. MAPPED counts what a domain has mapped of others.",
	"  Mappings without pins, and grants in use of a domain that is dying, are errors.",
	"    -d DOMID   only grants of this domain; may be repeated",
	"    -m         also the mappings, by handle",
	"",
	"EXAMPLE",
	"    crash> xen grants",
	"    DOM  VERSION  FRAMES  MAX  STATUS  MAPTRACK   MAX  MAPPED       GRANT_TABLE",
	"      0        1       1   64       0         2  1024       8  ffff830027d60b80",
	"      1        1       1   64       0         0  1024       0  ffff830026420ce0",
	"      2        1       1   64       0         0  1024       0  ffff830027d03da0",
	"",
	"    DOM  REF  TO    MFN  PIN  PINS    GFN  SHARED                    MAPTRACK                  ACTIVE",
	"      1    0   0  1b202    2  2 rw  1b202  access, reading, writing  d0:2, d0:3      ffff830027d13000",
	"      1    1   0  1b201    2  2 rw  1b201  access, reading, writing  d0:0, d0:1      ffff830027d13020",
	"      2    0   0  27cdd    2  2 rw  fefff  access, reading, writing  d0:256, d0:257  ffff830027e5c000",
	"      2    1   0  27ce0    2  2 rw  feffc  access, reading, writing  d0:4, d0:5      ffff830027e5c020",
	NULL
};

const struct command command_grants = {
	.needs = NEEDS_RECORDS,
	.run_words = run_grants,
	.synopsis = "[-j] [-m] [-d DOMID]...",
	.help = help,
};
