/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <inttypes.h>
#include <stdio.h>

#include "extensions/support/cells.h"
#include "extensions/support/progress.h"
#include "xen/address/tables.h"
#include "xen/model/memory/page_map.h"

const struct column page_mapping_columns[PAGE_MAPPING_COLUMNS] = {
	{ .key = "owner", .title = "OWNER", .help = "domain of the page table" },
	{ .key = "level", .title = "LEVEL",
	  .help = "level of the table, L1 to L4; P2M: Xen's table of a translated guest" },
	{ .key = "table", .title = "TABLE MFN", .help = "machine frame of the table, hexadecimal" },
	{ .key = "index", .title = "INDEX", .help = "number of the entry in its table, 0 to 511" },
	{ .key = "entry", .title = "ENTRY", .help = "the entry, hexadecimal" },
	{ .key = "flags", .title = "FLAGS", .help = "names of the entry's flags" },
	{ .key = "va", .title = "VIRTUAL",
	  .help = "virtual address that the entry maps, through the first tables found above it; - if none is found" },
	{ .key = "gfn", .title = "GFN", .help = "of a P2M: the guest's frame, hexadecimal" },
	{ .key = "type", .title = "P2M TYPE", .help = "of a P2M: Xen's type of the entry" },
};

static void show_row(struct out *o, struct pages *p, const struct page_mapping *m)
{
	char text[64];

	out_str(o, page_owner_text(p, m->owner, text, sizeof(text)));
	out_fmt(o, m->in_p2m ? "P2M L%u" : "L%u", m->level);
	out_hex(o, m->table);
	out_dec(o, m->index);
	out_hex(o, m->entry);
	cell_text(o, table_flags_text(&tables_amd64, m->entry, text, sizeof(text)));
	if (m->has_va)
		out_hex(o, m->va);
	else
		out_none(o);
	if (m->in_p2m) {
		out_hex(o, m->gfn);
		out_str(o, m->type);
	} else {
		out_none(o);
		out_none(o);
	}
}

static bool is_wanted(struct pages *p, const struct domain_filter *f,
		      const struct page_mapping *m)
{
	const struct domain *d = page_owner(p, m->owner);

	return !f->nr || (d && domain_filter_has(f, value_of(&d->domain_id)));
}

/* "1 entry", "2 entries" */
static const char *plural(uint64_t n, const char *one, const char *more)
{
	return n == 1 ? one : more;
}

static void note_search(struct out *o, uint64_t mfn, const struct page_maps *maps)
{
	char p2ms[96] = "no P2M, as the M2P has no gfn for it";

	if (maps->has_gfn)
		snprintf(p2ms, sizeof(p2ms), "the P2M of %u translated %s", maps->p2ms,
			 plural(maps->p2ms, "guest", "guests"));
	out_note(o, "mfn %" PRIx64 ": %zu %s found in %" PRIu64 " page %s of PV guests (%" PRIu64 " not readable) and %s; Xen also maps all memory in its directmap",
		 mfn, maps->nr, plural(maps->nr, "entry", "entries"), maps->tables,
		 plural(maps->tables, "table", "tables"), maps->lost, p2ms);
	if (maps->omitted)
		out_note(o, "%" PRIu64 " more entries are not shown", maps->omitted);
	if (maps->given_up)
		out_note(o, "virtual addresses are missing: too many entries lead to the same tables");
}

/*
 * References of a page in use: one for its allocation, one for each entry in
 * page tables of PV guests. Entries of a P2M have none (asm/mm.h, 4.4 to
 * master).
 */
static void note_references(struct out *o, struct pages *p,
			    const struct page *page, const struct page_maps *maps)
{
	const struct page_layout *l = pages_layout(p);
	uint64_t count = page_count(l, page->count_info), known = 0;
	bool allocated = page_is_allocated(l, page->count_info);
	size_t i;

	if (page_state(l, page->count_info) == PAGE_FREE || !count)
		return;
	for (i = 0; i < maps->nr; i++)
		known += !maps->mapping[i].in_p2m;
	known += maps->omitted + allocated;
	if (count > known)
		out_note(o, "%" PRIu64 " %s counted: %s%" PRIu64 " of these entries, and %" PRIu64 " not found (also pinned and active page tables, grants and Xen itself hold references)",
			 count, plural(count, "reference is", "references are"),
			 allocated ? "1 of the allocation, " : "",
			 known - allocated, count - known);
	else if (count == known)
		out_note(o, "%" PRIu64 " %s counted: %s%" PRIu64 " of these entries",
			 count, plural(count, "reference is", "references are"),
			 allocated ? "1 of the allocation, " : "",
			 known - allocated);
}

struct err *page_mappings_show(struct session *s, struct out *o,
			       struct pages *p, const struct domain_filter *f,
			       uint64_t mfn)
{
	struct progress progress;
	struct page_progress step = { progress_step, &progress };
	struct page_maps maps;
	struct page page;
	struct err *e;
	size_t i;

	ERR_TRY(domains_check(s, f));
	ERR_TRY(page_read(p, mfn, &page));
	progress_start(&progress, "page tables");
	e = page_maps_find(p, mfn, &step, &maps);
	progress_end(&progress);
	out_list(o, "mappings", page_mapping_columns, PAGE_MAPPING_COLUMNS);
	for (i = 0; i < maps.nr; i++)
		if (is_wanted(p, f, &maps.mapping[i]))
			show_row(o, p, &maps.mapping[i]);
	if (!e) {
		out_end(o);
		note_search(o, mfn, &maps);
		note_references(o, p, &page, &maps);
		page_layout_note(o, p);
	}
	page_maps_free(&maps);
	return e;
}
