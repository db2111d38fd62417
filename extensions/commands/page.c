/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "xen/model/memory/p2m.h"
#include "xen/model/memory/page_scan.h"

/* Machine frame numbers are less than any address of Xen. */
#define LOWEST_VA 0xffff800000000000ULL

void page_layout_note(struct out *o, const struct pages *p)
{
	if (!pages_layout_sure(p))
		out_note(o, "bits of struct page_info: %s", pages_layout_proof(p));
}

/* ---- frames as arguments ---- */

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
			       gfn, value_of(&d.domain_id));
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
	{ .key = "mfn", .title = "MFN", .help = "machine frame number, hexadecimal" },
	{ .key = "page_info", .title = "PAGE_INFO", .help = "address of its entry in the frame table" },
	{ .key = "directmap", .title = "DIRECTMAP", .help = "its virtual address in Xen's directmap" },
	{ .key = "state", .title = "STATE", .help = "in use, free, offlining or offlined" },
	{ .key = "use", .title = "USE", .help = "column of the sums that includes it" },
	{ .key = "owner", .title = "OWNER", .help = "domain that owns it" },
	{ .key = "owner_va", .title = "OWNER VA", .help = "address of the owner's struct domain" },
	{ .key = "type", .title = "TYPE", .help = "permitted use: writable, or a page table of a level" },
	{ .key = "type_count", .title = "TYPE COUNT", .help = "number of references with this type" },
	{ .key = "type_flags", .title = "TYPE FLAGS", .help = "flags of the type: validated, pinned ..." },
	{ .key = "count", .title = "REFERENCES",
	  .help = "number of references: its allocation, mappings, grants, Xen itself" },
	{ .key = "flags", .title = "FLAGS", .help = "other flags: allocated, xen heap ..." },
	{ .key = "gfn", .title = "M2P", .help = "the guest's frame by Xen's M2P, hexadecimal" },
	{ .key = "p2m", .title = "P2M", .help = "whether the owner's P2M translates that gfn back to the frame, and which P2M" },
	{ .key = "order", .title = "CHUNK ORDER",
	  .help = "of a free frame: order of the chunk that starts with it (2^order frames)" },
	{ .key = "first_dirty", .title = "FIRST DIRTY",
	  .help = "of a free chunk: index of its first frame that is not yet scrubbed, from 0" },
	{ .key = "validated_ptes", .title = "VALIDATED", .help = "of a page table: number of validated entries, 0 to 512" },
	{ .key = "linear_pt_count", .title = "LINEAR COUNT",
	  .help = "of a page table: references by linear page tables; negative: its own to others" },
	{ .key = "count_info", .title = "COUNT_INFO", .help = "the member of struct page_info, hexadecimal" },
	{ .key = "type_info", .title = "TYPE_INFO", .help = "u.inuse.type_info, hexadecimal" },
	{ .key = "layout", .title = "LAYOUT",
	  .help = "releases with this layout of the bits, and the evidence for it on this dump" },
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

/* Translates the gfn of the M2P back to the frame by the owner's P2M. */
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
	else if (!entry.mapped && value_ok(&d->is_dying) && value_of(&d->is_dying))
		out_str(o, "none, the domain is being destroyed");
	else if (!entry.mapped)
		out_fmt(o, "DISAGREES: gfn %" PRIx64 " has no frame", gfn);
	else if (entry.mfn != mfn)
		out_fmt(o, "DISAGREES: gfn %" PRIx64 " is mfn %" PRIx64, gfn, entry.mfn);
	else
		out_fmt(o, "agrees (%s)", p2m_kind_name(entry.kind));
	err_free(e);
}

/* Type and its count, only of pages in use */
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

/* The same bytes in a free chunk's first page, or in a page table */
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

	out_card(o, "page[]", card_columns, ARRAY_SIZE(card_columns));
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
	{ .key = "mfn", .title = "MFN", .help = "machine frame number, hexadecimal" },
	{ .key = "page_info", .title = "PAGE_INFO", .help = "address of its entry in the frame table" },
	{ .key = "owner", .title = "OWNER", .help = "domain that owns it" },
	{ .key = "gfn", .title = "GFN", .help = "the guest's frame by Xen's M2P, hexadecimal" },
	{ .key = "state", .title = "STATE", .help = "in use, free, offlining or offlined" },
	{ .key = "count", .title = "REFERENCES", .help = "references to it" },
	{ .key = "type", .title = "TYPE", .help = "what it may be used as" },
	{ .key = "type_count", .title = "TYPE COUNT", .help = "number of references with this type" },
	{ .key = "type_flags", .title = "TYPE FLAGS", .help = "flags of the type" },
	{ .key = "flags", .title = "FLAGS", .help = "other flags" },
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

/* "1000-10ff": not a symbol with an offset, nor GFN@DOMID */
static bool is_range(const char *text)
{
	return strchr(text, '-') && text[strspn(text, "0123456789abcdefABCDEFx-")] == '\0';
}

static void show_frame(struct session *s, struct out *o, struct pages *p,
		       const char *text, uint64_t mfn)
{
	struct page page;
	struct err *e = page_read(p, mfn, &page);

	if (e)
		out_error(o, err_prefix(e, "%s", text));
	else
		page_row(s, o, p, &page);
}

static struct err *show_word(struct session *s, struct out *o, struct pages *p,
			     const char *text)
{
	struct range r;
	struct err *e;

	if (is_range(text)) {
		ERR_TRY(parse_frames(text, "FRAME", &r));
	} else {
		e = frame_argument(s, p, text, &r.from);
		if (e) {
			out_error(o, err_prefix(e, "%s", text));
			return NULL;
		}
		r.to = r.from;
	}
	for (uint64_t n = 0; n <= r.to - r.from; n++) {
		ERR_TRY(interrupt_check());
		show_frame(s, o, p, text, r.from + n);
	}
	return NULL;
}

static struct err *show_pages(struct session *s, struct out *o, struct pages *p,
			      const struct args *a)
{
	struct page page;
	uint64_t mfn;
	unsigned int i;

	if (a->nr_words == 1 && !is_range(a->word[0])) {
		ERR_TRY(frame_argument(s, p, a->word[0], &mfn));
		ERR_TRY(page_read(p, mfn, &page));
		page_card(s, o, p, &page);
		return NULL;
	}
	out_list(o, "page", list_columns, ARRAY_SIZE(list_columns));
	for (i = 0; i < a->nr_words; i++)
		ERR_TRY(show_word(s, o, p, a->word[i]));
	out_end(o);
	page_layout_note(o, p);
	return NULL;
}

/* ---- the command ---- */

static struct err *run_with(struct session *s, struct out *o, struct pages *p,
			    const struct args *a)
{
	uint64_t mfn;

	if (args_has(a, "w")) {
		if (is_range(args_text(a, "w")))
			return command_usage("\"-w\" takes one frame, not a range");
		ERR_TRY(frame_argument(s, p, args_text(a, "w"), &mfn));
		return page_mappings_show(s, o, p, &a->domains, mfn);
	}
	if (a->nr_words)
		return show_pages(s, o, p, a);
	return page_sums_show(s, o, p, &a->domains);
}

static struct err *run_page(struct session *s, struct out *o,
			    const struct args *a)
{
	struct pages *p;
	struct err *e;

	if (a->nr_words && args_has(a, "w"))
		return command_usage("\"-w\" requires one FRAME");
	if (a->nr_words && a->domains.nr)
		return command_usage("\"-d\" and \"-o\" exclude FRAME");
	ERR_TRY(pages_open(s->xen, &p));
	e = run_with(s, o, p, a);
	pages_close(p);
	return e;
}

static const struct option_spec options[] = {
	{ "w", OPTION_TEXT, .group = 1, .value = "FRAME",
	  .help = "the mappings of a frame: all entries of page tables that contain it, with the virtual address of each" },
	{ "o", OPTION_DOMAINS, .group = 1, .value = "DOMID", .many = true,
	  .help = "only the sums of this domain (3, d3, name)" },
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true,
	  .help = "only this domain (3, d3, name): with -w its page tables, else its sums" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("owners", page_sum_columns),
	COLUMNS("frame_table", page_table_columns),
	COLUMNS("page of several frames", list_columns),
	COLUMNS("page of one frame", card_columns),
	COLUMNS("mappings", page_mapping_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Without FRAME, sums up the whole frame table by owner and use, and shows",
	"  how many of its frames are RAM.",
	"",
	"  With a FRAME, shows its use: owner, type, references, flags, the guest's",
	"  frame (M2P), and if the guest's P2M agrees. A FRAME is a hexadecimal MFN, a",
	"  range of them (1000-10ff), GFN@DOMID, or an address of Xen: an address in",
	"  the frame table means the frame of that entry, any other the frame to which",
	"  it is mapped. Several frames are shown as a list.",
	"",
	"  The bits of struct page_info differ by release and are not in debuginfo: the",
	"  layout used is the one that agrees with the pages whose use is known.",
	NULL
};

static const char *const example[] = {
	"    crash> xen page 1000@0 27d4b 4000",
	"      MFN         PAGE_INFO  OWNER   GFN  STATE   REFERENCES  TYPE      TYPE COUNT  TYPE FLAGS  FLAGS",
	"    11000  ffff82e000220000  d0     1000  in use           2  writable           0  validated   allocated",
	"    27d4b  ffff82e0004fa960  d0        -  in use           2  writable           2  validated   allocated, xen heap",
	"     4000  ffff82e000080000  -         -  free             0  -                  -  -           -",
	"",
	"    crash> xen page -w 27d4b",
	"    OWNER  LEVEL  TABLE MFN  INDEX             ENTRY  FLAGS                    VIRTUAL  GFN  P2M TYPE",
	"    d0     L1         12c2a    380  8010000027d4b067  P|RW|US|A|D|NX  ffffffffff57c000  -    -",
	"    note: mfn 27d4b: 1 entry found in 550 page tables of PV guests (0 not readable) and no P2M, as the M2P has no gfn for it; Xen also maps all memory in its directmap",
	"    note: 2 references are counted: 1 of the allocation, 1 of these entries",
	NULL
};

const struct command command_page = {
	.needs = NEEDS_RECORDS,
	.run = run_page,
	.args = { .options = options, .words = { "[FRAME]...", .max = 0 } },
	.tables = tables,
	.description = description,
	.example = example,
};
