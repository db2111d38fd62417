/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/channel/grant.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/view.h"

/* The records of a row; the grant is the first member, for its fields */
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

static void table_name(struct session *s, struct out *o, const void *rec)
{
	cell_name_of_domid(s, o, ((const struct table_row *)rec)->t.domid);
}

static void table_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct table_row *)rec)->t.va);
}

/* The entries of the domain's tables of mapped grants */

/* The view shows no_record: the record of the inputs has the mark of the field. */
#define T(key, title, memb, help)					\
	{ (key), (title), offsetof(struct table_row, t.memb), VIEW_DEC,	\
	  NULL, (help) }

static const struct view_column table_columns[] = {
	VIEW_CELL("domid", "DOMID", table_domid,
		  "id of the domain that the table belongs to"),
	T("version", "VERSION", version, "version of the table's format, 1 or 2"),
	T("frames", "FRAMES", frames, "frames of 4 KiB with the guest's entries"),
	T("max_frames", "MAX FRAMES", max_frames, "maximum for the domain"),
	T("status_frames", "STATUS FRAMES", status_frames,
	  "frames with the status of version 2"),
	VIEW_CELL("maptrack_frames", "MAPTRACK", table_maptrack,
		  "frames in which Xen records the mappings made by the domain"),
	T("max_maptrack_frames", "MAX MAPTRACK", max_maptrack_frames,
	  "maximum for the domain"),
	VIEW_CELL("mapped", "MAPPED", table_mapped,
		  "number of mappings that the domain has of other domains' grants"),
	VIEW_CELL("grant_table", "GRANT_TABLE", table_va,
		  "address of its struct grant_table"),
	VIEW_CELL("domain_name", "DOMAIN NAME", table_name, DOMAIN_NAME_HELP),
};

/* Older builds store the limits elsewhere: all columns remain. */
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

static void cell_name(struct session *s, struct out *o, const void *rec)
{
	cell_name_of_domid(s, o, ((const struct row *)rec)->domid);
}

static void cell_ref(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->g.ref);
}

static void cell_pins(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct row *)rec)->g.pin;
	struct grant_pins p = grant_pins(value_of(v));
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
	if (!value_ok(v)) {
		cell_missing(o, v);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
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

/* "d0:2, d0:3": the mappers and their handles */
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
	if (value_ok(&g->is_sub_page) && value_of(&g->is_sub_page))
		out_fmt(o, "%" PRIu64 "+%" PRIu64, value_of(&g->start), value_of(&g->length));
	else
		out_none(o);
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct row *)rec)->g.va);
}

/* The guest's own entry, whose layout is public */

#define F(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct row, g.memb, as, help)

static const struct view_column columns[] = {
	VIEW_CELL("domid", "DOMID", cell_domid,
		  "id of the domain that grants"),
	VIEW_CELL("domain_name", NULL, cell_name, DOMAIN_NAME_HELP),
	VIEW_CELL("ref", "REF", cell_ref, "grant reference: number of the entry"),
	F("to_domid", "TO", domid, VIEW_DEC, "id of the domain to which it is granted"),
	F("mfn", "MFN", mfn, VIEW_HEX, "machine frame, hexadecimal"),
	F("pin", "PIN", pin, VIEW_HEX, "Xen's counters of pins in one word, hexadecimal"),
	VIEW_CELL(NULL, "PINS", cell_pins,
		  "the same in words: mappings by the host and by devices, to read and write (rw) or read (ro)"),
	VIEW_CELL("frame", "GFN", cell_frame,
		  "guest frame in the guest's entry, hexadecimal"),
	VIEW_CELL(NULL, "FLAGS", cell_flags,
		  "flags of the entry, written by the guest and Xen"),
	VIEW_CELL("flags", NULL, cell_flags_hex,
		  "the same as GTF_ bits (public/grant_table.h), hexadecimal"),
	VIEW_CELL("sub_page", NULL, cell_sub,
		  "granted part of the frame, START+LENGTH in bytes; null: all of it"),
	VIEW_CELL("maps", NULL, cell_maps,
		  "number of mappings found in the tables of the mappers"),
	VIEW_CELL("handles", "HANDLES", cell_handles,
		  "each mapping as MAPPER:HANDLE, its entry in the maptrack table of that domain"),
	VIEW_CELL("active", "ACTIVE", cell_va,
		  "address of its struct active_grant_entry"),
};

/*
 * Limit of rows and problems listed per table; others are counted. By default a
 * domain may have 32768 grants (64 frames of version 1), a damaged table has
 * millions.
 */
#define ROWS_MAX	65536
#define PROBLEMS_MAX	16

/* Owns e, which may be NULL. */
static void problem(struct out *o, unsigned int *nr, struct err *e)
{
	if (e && ++*nr > PROBLEMS_MAX) {
		err_free(e);
		return;
	}
	out_error(o, e);
}

static void left_out(struct out *o, size_t nr, size_t max, const char *what)
{
	if (nr > max)
		out_error(o, err_new(ERR_CORRUPT, "%zu further %s are not listed",
				     nr - max, what));
}

/* A grant in use prevents that a dying domain is freed. */
static struct err *check_dying(const struct domain *d, unsigned int count)
{
	if (!count || !value_ok(&d->is_dying) || !value_of(&d->is_dying))
		return NULL;
	return err_new(ERR_CORRUPT, "domain %" PRIu64 " is dying, but grants of it are still in use: %u",
		       value_of(&d->domain_id), count);
}

/*
 * Fails for more mappings than pins. More pins than mappings are valid: grant
 * copies hold a pin temporarily and have no handle.
 */
static struct err *check_pins(const struct row *row)
{
	struct grant_pins pins = grant_pins(value_of(&row->g.pin));
	struct grant_pins maps = grant_maps_pins(row->maps, row->nr_maps);

	if (pins.host_rw >= maps.host_rw && pins.host_ro >= maps.host_ro &&
	    pins.device_rw >= maps.device_rw && pins.device_ro >= maps.device_ro)
		return NULL;
	return err_new(ERR_CORRUPT, "grant %u of domain %" PRIu64
		       " is mapped %zu times, more than its pins (%" PRIx64 ") allow",
		       row->g.ref, row->domid, row->nr_maps, value_of(&row->g.pin));
}

static void show_grant(struct out *o, struct listing *l, uint16_t domid,
		       struct row *row, unsigned int *problems, bool listed)
{
	row->maps = grant_maps_find(&l->maps, domid, row->g.ref, &row->nr_maps);
	for (size_t i = 0; i < row->nr_maps; i++)
		row->maps[i].seen = true;
	if (listed)
		view_row(&l->view, row);
	problem(o, problems, check_pins(row));
}

static struct err *show_grants(struct session *s, struct out *o,
			       const struct domain *d, void *arg)
{
	struct row row = { .domid = value_of(&d->domain_id) };
	unsigned int count = 0, problems = 0;
	struct listing *l = arg;
	struct grant_table t;
	struct grants w;

	ERR_TRY(grant_table_read(s->xen, d, &t));
	if (!t.va)
		return NULL;
	ERR_TRY(grants_start(&w, &t));
	for (;;) {
		struct err *e = grants_next(&w, &row.g);

		if (err_is_final(e))
			return e;
		if (e) {
			problem(o, &problems, e);
			continue;
		}
		if (!row.g.va)
			break;
		show_grant(o, l, t.domid, &row, &problems, ++count <= ROWS_MAX);
		grant_release(&row.g);
	}
	left_out(o, count, ROWS_MAX, "grants in use of this domain");
	left_out(o, problems, PROBLEMS_MAX, "problems of this grant table");
	out_error(o, check_dying(d, count));
	return NULL;
}

/* Lists mappings of grants that are not in use; requires that all grants were read. */
static void check_maps(struct out *o, const struct listing *l)
{
	unsigned int problems = 0;

	for (size_t i = 0; !l->filter.nr && i < l->maps.nr; i++) {
		const struct grant_map *m = &l->maps.at[i];

		if (!m->seen)
			problem(o, &problems, err_new(ERR_CORRUPT, "domain %u, handle %u: maps grant %u of domain %u, which is not in use",
						      m->mapper, m->handle, m->ref,
						      m->granter));
	}
	left_out(o, problems, PROBLEMS_MAX, "mappings of grants that are not in use");
}

/* ---- maptrack ---- */

static const struct column map_columns[] = {
	{ .key = "domid", .title = "MAPPER", .help = "id of the domain that maps" },
	{ .key = "handle", .title = "HANDLE", .help = "number of the mapping in that domain" },
	{ .key = "of_domid", .title = "GRANTER", .help = "id of the domain that grants" },
	{ .key = "ref", .title = "REF", .help = "grant reference in that domain" },
	{ .key = "flags", .help = "GNTMAP_ bits (public/grant_table.h), hexadecimal" },
	{ .title = "ACCESS", .help = "mapped for host or device, to read and write (rw) or read (ro)" },
	{ .key = "vcpu_id", .title = "VCPU", .help = "vcpu that mapped it; - if not recorded" },
	{ .key = "maptrack", .title = "MAPTRACK", .help = "address of its struct grant_mapping" },
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

static void show_maps(struct out *o, const struct listing *l)
{
	size_t nr = 0;

	out_list(o, "maptrack", map_columns, ARRAY_SIZE(map_columns));
	for (size_t i = 0; i < l->maps.nr; i++) {
		if (!l->filter.nr ||
		    domain_filter_has(&l->filter, l->maps.at[i].mapper) ||
		    domain_filter_has(&l->filter, l->maps.at[i].granter))
			if (++nr <= ROWS_MAX)
				show_map(o, &l->maps.at[i]);
	}
	left_out(o, nr, ROWS_MAX, "mappings");
	out_end(o);
}

/* ---- the command ---- */

static struct err *show(struct session *s, struct out *o, struct listing *l,
			bool maptrack)
{
	unsigned int problems = 0;

	view_list(&l->view, s, o, "tables", table_columns, ARRAY_SIZE(table_columns),
		  &no_record);
	ERR_TRY(domains_show(s, o, &l->filter, false, show_table, l));
	out_end(o);
	view_list(&l->view, s, o, "grants", columns, ARRAY_SIZE(columns), &grant_record);
	ERR_TRY(domains_show(s, o, &l->filter, false, show_grants, l));
	check_maps(o, l);
	out_end(o);
	if (maptrack)
		show_maps(o, l);
	for (size_t i = 0; i < l->maps.nr_errors; i++) {
		problem(o, &problems, l->maps.errors[i]);
		l->maps.errors[i] = NULL;
	}
	left_out(o, problems, PROBLEMS_MAX, "problems of maptrack tables");
	return NULL;
}

static struct err *run_grants(struct session *s, struct out *o,
			      const struct args *a)
{
	struct listing l;
	struct err *e;

	memset(&l, 0, sizeof(l));
	l.filter = a->domains;
	ERR_TRY(domains_check(s, &l.filter));
	ERR_TRY(grant_maps_read(s->xen, &l.maps));
	e = show(s, o, &l, args_has(a, "m"));
	grant_maps_release(&l.maps);
	return e;
}

static const struct option_spec options[] = {
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true, .word = true,
	  .help = "only grants of this domain (3, d3, name), and mappings of or by it" },
	{ "m", OPTION_FLAG, .help = "also the mappings, by mapper and handle" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	VIEWS("tables", table_columns),
	VIEWS("grants", columns),
	COLUMNS("maptrack", map_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the grant table of each domain with its limits, then the grants in",
	"  use: the frame, the domain to which it is granted, and the number of pins by",
	"  mappings. GFN and FLAGS are read from memory of the guest. A mapping",
	"  without a pin, and a grant in use of a domain that is dying, are errors.",
	NULL
};

static const char *const example[] = {
	"    crash> xen grants",
	"    DOMAIN  VERSION  FRAMES  MAX FRAMES  STATUS FRAMES  MAPTRACK  MAX MAPTRACK  MAPPED       GRANT_TABLE  DOMAIN NAME",
	"         0        1       1          64              0         2          1024       8  ffff830027d60b80  Domain-0",
	"         1        1       1          64              0         0          1024       0  ffff8300276cece0  pv1",
	"         2        1       1          64              0         0          1024       0  ffff830027d02dc0  pvh2",
	"",
	"    DOMAIN  REF  TO    MFN  PIN  PINS    GFN  FLAGS                     HANDLES                   ACTIVE",
	"         1    0   0  1b202    2  2 rw  1b202  access, reading, writing  d0:2, d0:3      ffff830027bbf000",
	"         1    1   0  1b201    2  2 rw  1b201  access, reading, writing  d0:0, d0:1      ffff830027bbf020",
	"         2    0   0  27e6c    2  2 rw  fefff  access, reading, writing  d0:258, d0:259  ffff83002686b000",
	"         2    1   0  27e6f    2  2 rw  feffc  access, reading, writing  d0:256, d0:257  ffff83002686b020",
	NULL
};

const struct command command_grants = {
	.needs = NEEDS_RECORDS,
	.run = run_grants,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
