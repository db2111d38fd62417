/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/memory/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xen/model/memory/p2m.h"
#include "xen/model/memory/page_map.h"
#include "xen/model/memory/page_scan.h"
#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/progress.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* Machine frames need fewer bits than any address of Xen has. */
#define LOWEST_VA 0xffff800000000000ULL

static void note_layout(struct out *o, const struct pages *p)
{
	if (!pages_layout_sure(p))
		out_note(o, "bits of struct page_info: %s", pages_layout_proof(p));
}

/* ---- which frame is meant ---- */

/* "GFN@DOMID" */
static struct err *frame_of_gfn(struct session *s, const char *text,
				const char *at, uint64_t *mfn)
{
	char *gfn_text = strndup(text, at - text);
	struct p2m_entry entry;
	struct domain d;
	struct p2m p2m;
	uint64_t gfn;
	struct err *e;

	if (!gfn_text)
		return err_nomem();
	e = parse_hex(gfn_text, &gfn);
	free(gfn_text);
	if (e)
		return e;
	ERR_TRY(domain_argument(s, at + 1, &d));
	ERR_TRY(p2m_open(s->xen, &d, &p2m));
	ERR_TRY(p2m_lookup(&p2m, gfn, &entry));
	if (!entry.mapped)
		return err_new(ERR_NOT_FOUND, "gfn %" PRIx64 " of d%" PRIu64 " has no frame",
			       gfn, d.domain_id.u);
	*mfn = entry.mfn;
	return NULL;
}

static struct err *frame_argument(struct session *s, struct pages *p,
				  const char *text, uint64_t *mfn)
{
	const char *at = strchr(text, '@');
	struct space *space = s->xen->space;
	uint64_t va, pdx, maddr;

	if (at)
		return frame_of_gfn(s, text, at, mfn);
	ERR_TRY(parse_address(s, text, &va));
	if (va < LOWEST_VA) {
		*mfn = va;
		return NULL;
	}
	if (space_region(space, va)->id == REGION_FRAMETABLE) {
		ERR_TRY(frame_table_pdx(pages_table(p), va, &pdx));
		*mfn = pdx_to_pfn(space_pdx(space), pdx);
		return NULL;
	}
	ERR_TRY(space_translate(space, va, &maddr));
	*mfn = maddr >> XPAGE_SHIFT;
	return NULL;
}

/* ---- one page ---- */

static const struct column card_columns[] = {
	{ .key = "mfn", .title = "MFN" },
	{ .key = "page_info", .title = "PAGE_INFO" },
	{ .key = "directmap", .title = "DIRECTMAP" },
	{ .key = "state", .title = "STATE" },
	{ .key = "use", .title = "USE" },
	{ .key = "owner", .title = "OWNER" },
	{ .key = "owner_va", .title = "OWNER VA" },
	{ .key = "type", .title = "TYPE" },
	{ .key = "type_count", .title = "TYPE COUNT" },
	{ .key = "type_flags", .title = "TYPE FLAGS" },
	{ .key = "count", .title = "REFERENCES" },
	{ .key = "flags", .title = "FLAGS" },
	{ .key = "gfn", .title = "M2P" },
	{ .key = "p2m", .title = "P2M" },
	{ .key = "order", .title = "CHUNK ORDER" },
	{ .key = "first_dirty", .title = "FIRST DIRTY" },
	{ .key = "validated_ptes", .title = "VALIDATED" },
	{ .key = "linear_pt_count", .title = "LINEAR COUNT" },
	{ .key = "count_info", .title = "COUNT_INFO" },
	{ .key = "type_info", .title = "TYPE_INFO" },
	{ .key = "layout", .title = "LAYOUT" },
};

static void cell_gfn(struct session *s, struct out *o, uint64_t mfn)
{
	uint64_t entry;
	struct err *e = m2p_lookup(s->xen, mfn, &entry, NULL);

	if (e)
		out_mark(o, err_reason(e));
	else if (entry == M2P_SHARED)
		out_str(o, "shared");
	else if (entry & M2P_INVALID)
		out_none(o);
	else
		out_hex(o, entry);
	err_free(e);
}

/* Whether the owner's P2M leads from the gfn of the M2P back here. */
static void cell_p2m(struct session *s, struct out *o, const struct domain *d,
		     uint64_t mfn)
{
	struct p2m_entry entry;
	struct p2m p2m;
	uint64_t gfn;
	struct err *e;

	e = m2p_lookup(s->xen, mfn, &gfn, NULL);
	if (e || !d || gfn & M2P_INVALID) {
		err_free(e);
		out_none(o);
		return;
	}
	e = p2m_open(s->xen, d, &p2m);
	if (!e)
		e = p2m_lookup(&p2m, gfn, &entry);
	if (e && err_reason(e) == ERR_NOT_FOUND)
		out_none(o);
	else if (e)
		out_mark(o, err_reason(e));
	else if (!entry.mapped)
		out_fmt(o, "DISAGREES: gfn %" PRIx64 " has no frame", gfn);
	else if (entry.mfn != mfn)
		out_fmt(o, "DISAGREES: gfn %" PRIx64 " is mfn %" PRIx64, gfn, entry.mfn);
	else
		out_fmt(o, "agrees (%s)", p2m_kind_name(entry.kind));
	err_free(e);
}

/* What page_info says of a page that is in use. */
static void cells_in_use(struct out *o, const struct page *page,
			 const struct page_layout *l)
{
	char text[128];

	if (page_state(l, page->count_info) == PAGE_FREE) {
		out_none(o);
		out_none(o);
		out_none(o);
		return;
	}
	out_str(o, page_type_name(page_type(l, page->type_info)));
	out_dec(o, page_type_count(l, page->type_info));
	cell_text(o, page_type_flags(l, page->type_info, text, sizeof(text)));
}

/* What the same bytes are of a free chunk's first page, or of a page table. */
static void cells_by_state(struct out *o, const struct page *page,
			   const struct page_layout *l)
{
	bool free = page_state(l, page->count_info) == PAGE_FREE;
	enum page_type type = page_type(l, page->type_info);

	if (free)
		out_dec(o, page->order);
	else
		out_none(o);
	if (free && page->first_dirty != PAGE_NOT_DIRTY)
		out_dec(o, page->first_dirty);
	else
		out_none(o);
	if (!free && type >= PAGE_L1 && type <= PAGE_L4) {
		out_dec(o, page->validated_ptes);
		out_sdec(o, page->linear_pt_count);
	} else {
		out_none(o);
		out_none(o);
	}
}

static void cell_owner(struct out *o, const struct pages *p,
		       const struct page *page)
{
	const struct domain *d = page_owner_of(p, page);
	char text[32];

	if (d)
		out_str(o, page_owner_text(p, d->va, text, sizeof(text)));
	else
		out_none(o);
}

static void page_card(struct session *s, struct out *o, struct pages *p,
		      const struct page *page)
{
	const struct page_layout *l = pages_layout(p);
	const struct domain *d = page_owner_of(p, page);
	char text[128];

	out_card(o, "page[]", card_columns, N(card_columns));
	out_hex(o, page->mfn);
	out_hex(o, page->va);
	out_hex(o, space_directmap_va(s->xen->space, page->mfn << XPAGE_SHIFT));
	out_str(o, page_state_name(page_state(l, page->count_info)));
	out_str(o, page_kind_name(page_kind(l, page->count_info, page->type_info, d)));
	cell_owner(o, p, page);
	if (d)
		out_hex(o, d->va);
	else
		out_none(o);
	cells_in_use(o, page, l);
	out_dec(o, page_count(l, page->count_info));
	cell_text(o, page_count_flags(l, page->count_info, text, sizeof(text)));
	cell_gfn(s, o, page->mfn);
	cell_p2m(s, o, d, page->mfn);
	cells_by_state(o, page, l);
	out_hex(o, page->count_info);
	out_hex(o, page->type_info);
	out_str(o, pages_layout_proof(p));
	out_end(o);
}

static const struct column list_columns[] = {
	{ .key = "mfn", .title = "MFN" },
	{ .key = "page_info", .title = "PAGE_INFO" },
	{ .key = "owner", .title = "OWNER" },
	{ .key = "gfn", .title = "GFN" },
	{ .key = "state", .title = "STATE" },
	{ .key = "count", .title = "COUNT" },
	{ .key = "type", .title = "TYPE" },
	{ .key = "type_count", .title = "TCOUNT" },
	{ .key = "type_flags", .title = "TFLAGS" },
	{ .key = "flags", .title = "FLAGS" },
};

static void page_row(struct session *s, struct out *o, struct pages *p,
		     const struct page *page)
{
	const struct page_layout *l = pages_layout(p);
	char text[128];

	out_hex(o, page->mfn);
	out_hex(o, page->va);
	cell_owner(o, p, page);
	cell_gfn(s, o, page->mfn);
	out_str(o, page_state_name(page_state(l, page->count_info)));
	out_dec(o, page_count(l, page->count_info));
	cells_in_use(o, page, l);
	cell_text(o, page_count_flags(l, page->count_info, text, sizeof(text)));
}

static struct err *show_pages(struct session *s, struct out *o, struct pages *p,
			      char **argv, int nr)
{
	struct page page;
	uint64_t mfn;
	struct err *e;
	int i;

	if (nr == 1) {
		ERR_TRY(frame_argument(s, p, argv[0], &mfn));
		ERR_TRY(page_read(p, mfn, &page));
		page_card(s, o, p, &page);
		return NULL;
	}
	out_list(o, "page", list_columns, N(list_columns));
	for (i = 0; i < nr; i++) {
		ERR_TRY(interrupt_check());
		e = frame_argument(s, p, argv[i], &mfn);
		if (!e)
			e = page_read(p, mfn, &page);
		if (e)
			out_error(o, err_prefix(e, "%s", argv[i]));
		else
			page_row(s, o, p, &page);
	}
	out_end(o);
	note_layout(o, p);
	return NULL;
}

/* ---- sums ---- */

static const struct column sum_columns[] = {
	{ .key = "owner", .title = "OWNER" },
	{ .key = "domain", .title = "DOMAIN" },
	{ .key = "frames", .title = "FRAMES" },
	{ .key = NULL, .title = "MIB" },
	{ .key = "tot_pages", .title = "TOT_PAGES" },
	{ .key = "counted", .title = "COUNTED" },
	{ .key = "free", .title = "FREE" },
	{ .key = "offline", .title = "OFFLINE" },
	{ .key = "no_type", .title = "NO TYPE" },
	{ .key = "writable", .title = "WRITABLE" },
	{ .key = "l1", .title = "L1" },
	{ .key = "l2", .title = "L2" },
	{ .key = "l3", .title = "L3" },
	{ .key = "l4", .title = "L4" },
	{ .key = "segdesc", .title = "SEGDESC" },
	{ .key = "shared", .title = "SHARED" },
	{ .key = "xen_heap", .title = "XENHEAP" },
	{ .key = "extra", .title = "EXTRA" },
	{ .key = "other", .title = "OTHER" },
};

_Static_assert(N(sum_columns) == 6 + KIND_NR, "a column per kind");

/*
 * Xen counts in 4.14 and later what is extra with the rest. Of its own domains
 * it counts nothing.
 */
static bool tot_pages(const struct domain *d, uint64_t *ret)
{
	if (d->tot_pages.state != VALUE_OK ||
	    d->domain_id.u >= DOMID_FIRST_RESERVED)
		return false;
	*ret = d->tot_pages.u;
	if (d->extra_pages.state == VALUE_OK)
		*ret -= d->extra_pages.u;
	return true;
}

static void sum_row(struct out *o, struct pages *p, const struct page_sum *sum)
{
	const struct domain *d = page_owner(p, sum->owner);
	uint64_t frames = 0, tot, counted = page_sum_tot_pages(sum);
	char text[32];
	unsigned int i;

	for (i = 0; i < KIND_NR; i++)
		frames += sum->frames[i];
	if (sum->owner == PAGE_SUM_UNKNOWN)
		out_str(o, "?");
	else
		out_str(o, page_owner_text(p, sum->owner, text, sizeof(text)));
	if (d)
		out_hex(o, d->va);
	else
		out_none(o);
	out_dec(o, frames);
	out_dec(o, frames >> 8);
	if (d && tot_pages(d, &tot)) {
		out_dec(o, tot);
		out_dec(o, counted);
		if (tot != counted)
			out_note(o, "%s: %" PRIu64 " frames of the frame table count as its memory, its struct domain says %" PRIu64,
				 text, counted, tot);
	} else {
		out_none(o);
		out_none(o);
	}
	for (i = 0; i < KIND_NR; i++)
		out_dec(o, sum->frames[i]);
}

static int by_owner(const void *a, const void *b)
{
	const struct page_sum *x = a, *y = b;

	return x->owner < y->owner ? -1 : x->owner > y->owner;
}

/* For a text without columns of zeros. */
static void hide_empty(struct column *columns, const struct page_sums *sums,
		       bool json)
{
	unsigned int i, k;

	memcpy(columns, sum_columns, sizeof(sum_columns));
	for (k = 0; k < KIND_NR && !json; k++) {
		uint64_t any = 0;

		for (i = 0; i < sums->nr; i++)
			any |= sums->sum[i].frames[k];
		if (!any)
			columns[6 + k].title = NULL;
	}
}

static void show_sums(struct session *s, struct out *o, struct pages *p,
		      struct page_sums *sums, const struct domain_filter *f)
{
	struct column columns[N(sum_columns)];
	unsigned int i;

	(void)s;
	qsort(sums->sum, sums->nr, sizeof(*sums->sum), by_owner);
	hide_empty(columns, sums, out_format(o) == OUT_JSON);
	out_list(o, "owners", columns, N(columns));
	for (i = 0; i < sums->nr; i++) {
		const struct domain *d = page_owner(p, sums->sum[i].owner);

		if (!f->nr || (d && domain_filter_has(f, d->domain_id.u)))
			sum_row(o, p, &sums->sum[i]);
	}
	out_end(o);
	if (sums->scan.lost)
		out_note(o, "%" PRIu64 " entries of the frame table could not be read",
			 sums->scan.lost);
	note_layout(o, p);
}

static struct err *run_sums(struct session *s, struct out *o, struct pages *p,
			    const struct domain_filter *f)
{
	struct progress progress;
	struct page_progress step = { progress_step, &progress };
	struct page_sums sums;
	struct domain d;
	unsigned int i;
	struct err *e;

	for (i = 0; i < f->nr; i++)
		ERR_TRY(domain_find(s->xen, f->id[i], &d));
	progress_start(&progress, "frame table");
	e = page_sums_read(p, &step, &sums);
	progress_end(&progress);
	if (e)
		return e;
	show_sums(s, o, p, &sums, f);
	page_sums_free(&sums);
	return NULL;
}

/* ---- who maps it ---- */

static const struct column map_columns[] = {
	{ .key = "owner", .title = "DOMAIN" },
	{ .key = "level", .title = "LEVEL" },
	{ .key = "table", .title = "TABLE MFN" },
	{ .key = "index", .title = "INDEX" },
	{ .key = "entry", .title = "ENTRY" },
	{ .key = "flags", .title = "FLAGS" },
	{ .key = "gfn", .title = "GFN" },
	{ .key = "type", .title = "P2M TYPE" },
};

struct map_listing {
	struct out *o;
	struct pages *p;
	const struct domain_filter *filter;
	uint64_t shown;
};

static struct err *map_row(void *arg, const struct page_mapping *m)
{
	struct map_listing *l = arg;
	const struct domain *d = page_owner(l->p, m->owner);
	char text[64];

	if (l->filter->nr && !(d && domain_filter_has(l->filter, d->domain_id.u)))
		return NULL;
	l->shown++;
	out_str(l->o, page_owner_text(l->p, m->owner, text, sizeof(text)));
	out_fmt(l->o, m->in_p2m ? "P2M L%u" : "L%u", m->level);
	out_hex(l->o, m->table);
	out_dec(l->o, m->index);
	out_hex(l->o, m->entry);
	cell_text(l->o, table_flags_text(&tables_amd64, m->entry, text, sizeof(text)));
	if (m->in_p2m) {
		out_hex(l->o, m->gfn);
		out_str(l->o, m->type);
	} else {
		out_none(l->o);
		out_none(l->o);
	}
	return NULL;
}

static struct err *run_who(struct session *s, struct out *o, struct pages *p,
			   const struct domain_filter *f, const char *text)
{
	struct map_listing listing = { o, p, f, 0 };
	struct progress progress;
	struct page_progress step = { progress_step, &progress };
	struct page_maps maps;
	struct page page;
	uint64_t mfn;
	struct err *e;

	ERR_TRY(frame_argument(s, p, text, &mfn));
	ERR_TRY(page_read(p, mfn, &page));
	progress_start(&progress, "page tables");
	out_list(o, "mappings", map_columns, N(map_columns));
	e = page_maps_find(p, mfn, map_row, &listing, &step, &maps);
	out_end(o);
	progress_end(&progress);
	if (e)
		return e;
	out_note(o, "mfn %" PRIx64 ": %" PRIu64 " entries; searched were %" PRIu64 " page tables of PV guests (%" PRIu64 " not readable) and the P2M of %u translated guests; Xen itself maps all memory in its directmap",
		 mfn, listing.shown, maps.tables, maps.lost, maps.p2ms);
	note_layout(o, p);
	return NULL;
}

static struct err *run_on(struct session *s, struct out *o, struct pages *p,
			  const struct domain_filter *f, bool sums, bool who,
			  int argc, char **argv)
{
	if (sums || (!argc && !who))
		return run_sums(s, o, p, f);
	if (who)
		return run_who(s, o, p, f, argv[0]);
	return show_pages(s, o, p, argv, argc);
}

static struct err *run_page(struct session *s, struct out *o, int argc,
			    char **argv)
{
	struct domain_filter filter = { 0 };
	bool sums = false, who = false;
	struct pages *p;
	struct err *e;
	int c;

	while ((c = getopt(argc, argv, "d:o:w")) != -1) {
		switch (c) {
		case 'o':
		case 'd':
			ERR_TRY(domain_filter_add(s, &filter, optarg));
			sums = sums || c == 'o';
			break;
		case 'w':
			who = true;
			break;
		default:
			return command_usage("unknown option");
		}
	}
	argc -= optind;
	argv += optind;
	if (sums && (who || argc))
		return command_usage("-o sums up a domain, and takes no frame");
	if (who && argc != 1)
		return command_usage("-w takes one frame");
	ERR_TRY(pages_open(s->xen, &p));
	e = run_on(s, o, p, &filter, sums, who, argc, argv);
	pages_close(p);
	return e;
}

static const char *const help[] = {
	"  Shows what a machine frame is used for: owner, type and count of its use as a",
	"  page table or for writing, references, flags, the guest's frame it is (M2P) and",
	"  whether the guest's P2M agrees. A frame is given as MFN, as GFN@DOMID, or by an",
	"  address of Xen: one of the frame table means the frame of this entry, any other",
	"  the frame behind it. Several frames make a list.",
	"  Without a frame the whole frame table is summed up by owner and use. COUNTED is",
	"  what Xen itself would count as the domain's memory (TOT_PAGES).",
	"    -o DOMID   sums of this domain; may be repeated",
	"    -w FRAME   who maps it: entries of page tables that hold it",
	"    -d DOMID   with -w, only tables of this domain; may be repeated",
	"  The bits of struct page_info moved in many releases, and are not in debuginfo:",
	"  LAYOUT is the one that fits the pages of this dump whose use is known.",
	"",
	"EXAMPLE",
	"    crash> xen page 1000@0 27d4b 4000",
	"      MFN         PAGE_INFO  OWNER   GFN  STATE   COUNT  TYPE      TCOUNT  TFLAGS     FLAGS",
	"    11000  ffff82e000220000  d0     1000  in use      2  writable       0  validated  allocated",
	"    27d4b  ffff82e0004fa960  d0        -  in use      2  writable       2  validated  allocated, xen heap",
	"     4000  ffff82e000080000  -         -  free        0  -              -  -          -",
	NULL
};

const struct command command_page = {
	.needs = NEEDS_RECORDS,
	.run_words = run_page,
	.synopsis = "[-j] [-o DOMID]... | [-d DOMID]... -w FRAME | FRAME...",
	.help = help,
};
