/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/progress.h"
#include "xen/model/memory/page_scan.h"
#include "xen/model/memory/ram.h"
#include "xen/base/array.h"

const struct column page_sum_columns[PAGE_SUM_COLUMNS] = {
	{ .key = "owner", .title = "OWNER",
	  .help = "domain that owns the frames; none; ? if the owner is not a domain" },
	{ .key = "domain", .title = "DOMAIN", .help = "address of its struct domain" },
	{ .key = "frames", .title = "FRAMES", .help = "number of frames of 4 KiB" },
	{ .title = "MIB", .help = "the same in MiB" },
	{ .key = "tot_pages", .title = "TOT_PAGES",
	  .help = "pages of the domain's memory by Xen's own counter" },
	{ .key = "counted", .title = "COUNTED",
	  .help = "frames found that this counter has to include" },
	{ .key = "free", .title = "FREE", .help = "frames that are free" },
	{ .key = "offline", .title = "OFFLINE", .help = "frames offline, or going offline" },
	{ .key = "no_type", .title = "NO TYPE",
	  .help = "frames without a type: not (yet) used as page table or for writing" },
	{ .key = "writable", .title = "WRITABLE", .help = "frames with the type writable: mapped for writing now, or before" },
	{ .key = "l1", .title = "L1", .help = "page tables of level 1 of PV guests, in frames" },
	{ .key = "l2", .title = "L2", .help = "page tables of level 2, in frames" },
	{ .key = "l3", .title = "L3", .help = "page tables of level 3, in frames" },
	{ .key = "l4", .title = "L4", .help = "page tables of level 4, in frames" },
	{ .key = "segdesc", .title = "SEGDESC", .help = "frames with descriptor tables (GDT, LDT) of PV guests" },
	{ .key = "shared", .title = "SHARED", .help = "frames shared by memory sharing" },
	{ .key = "xen_heap", .title = "XENHEAP", .help = "frames of Xen's heap: its own objects" },
	{ .key = "extra", .title = "EXTRA", .help = "frames on the domain's extra_page_list" },
	{ .key = "other", .title = "OTHER",
	  .help = "frames without owner that are not free: Xen's image and page tables, the crash kernel, frames that are not RAM" },
};

_Static_assert(PAGE_SUM_COLUMNS == 6 + KIND_NR, "a column per kind");

const struct column page_table_columns[PAGE_TABLE_COLUMNS] = {
	{ .key = "frames", .title = "FRAMES", .help = "frames that have an entry of the frame table" },
	{ .key = "ram", .title = "RAM",
	  .help = "frames of RAM by Xen's counter total_pages, as \"xen sys\" shows them" },
	{ .key = "holes", .title = "HOLES",
	  .help = "frames with an entry that are not RAM: holes of the memory map, such as a0000 to fffff" },
	{ .key = "no_entry", .title = "NO ENTRY",
	  .help = "frames below MAX MFN for which the frame table has no memory" },
	{ .key = "lost", .title = "UNREADABLE", .help = "frames whose entry is not readable" },
};

/*
 * tot_pages includes extra pages since Xen 4.14. It is not maintained for Xen's
 * own domains.
 */
static bool tot_pages(const struct domain *d, uint64_t *ret)
{
	if (!value_ok(&d->tot_pages) ||
	    value_of(&d->domain_id) >= DOMID_FIRST_RESERVED)
		return false;
	*ret = value_of(&d->tot_pages);
	if (value_ok(&d->extra_pages))
		*ret -= value_of(&d->extra_pages);
	return true;
}

/* Adds a note if a sum differs from tot_pages, which tables of the P2M may explain. */
static void note_sum(struct session *s, struct out *o, const struct domain *d,
		     const char *name, uint64_t counted, uint64_t tot)
{
	struct value paging = ram_paging_pages(s->xen, d);

	if (counted > tot && value_ok(&paging) && counted - tot <= value_of(&paging))
		out_note(o, "%s: %" PRIu64 " frames of the frame table are its tot_pages and %" PRIu64 " tables of its P2M",
			 name, counted, counted - tot);
	else
		out_note(o, "%s: %" PRIu64 " frames of the frame table count as its memory, but tot_pages is %" PRIu64,
			 name, counted, tot);
}

static void sum_row(struct session *s, struct out *o, struct pages *p,
		    const struct page_sum *sum)
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
			note_sum(s, o, d, text, counted, tot);
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

/* Omits columns of zeros in text. */
static void hide_empty(struct column *columns, const struct page_sums *sums,
		       bool json)
{
	unsigned int i, k;

	memcpy(columns, page_sum_columns, sizeof(page_sum_columns));
	for (k = 0; k < KIND_NR && !json; k++) {
		uint64_t any = 0;

		for (i = 0; i < sums->nr; i++)
			any |= sums->sum[i].frames[k];
		if (!any)
			columns[6 + k].title = NULL;
	}
}

/* Sums of the frame table as a whole; it also covers frames that are not RAM. */
static void show_table(struct session *s, struct out *o,
		       const struct page_scan *scan)
{
	uint64_t ram;
	struct err *e = xen_variable(s->xen, "total_pages", &ram);

	out_card(o, "frame_table", page_table_columns, PAGE_TABLE_COLUMNS);
	out_dec(o, scan->seen);
	if (e)
		out_mark(o, err_reason(e));
	else
		out_dec(o, ram);
	if (e || ram > scan->seen)
		out_none(o);
	else
		out_dec(o, scan->seen - ram);
	out_dec(o, scan->unmapped);
	out_dec(o, scan->lost);
	out_end(o);
	err_free(e);
}

static void show_sums(struct session *s, struct out *o, struct pages *p,
		      struct page_sums *sums, const struct domain_filter *f)
{
	struct column columns[PAGE_SUM_COLUMNS];
	unsigned int i;

	array_sort(sums->sum, sums->nr, sizeof(*sums->sum), by_owner);
	hide_empty(columns, sums, out_format(o) == OUT_JSON);
	out_list(o, "owners", columns, PAGE_SUM_COLUMNS);
	for (i = 0; i < sums->nr; i++) {
		const struct domain *d = page_owner(p, sums->sum[i].owner);

		if (!f->nr || (d && domain_filter_has(f, value_of(&d->domain_id))))
			sum_row(s, o, p, &sums->sum[i]);
	}
	out_end(o);
	if (!f->nr)
		show_table(s, o, &sums->scan);
	if (sums->scan.lost)
		out_note(o, "%" PRIu64 " entries of the frame table are not readable",
			 sums->scan.lost);
	page_layout_note(o, p);
}

struct err *page_sums_show(struct session *s, struct out *o, struct pages *p,
			   const struct domain_filter *f)
{
	struct progress progress;
	struct page_progress step = { progress_step, &progress };
	struct page_sums sums;
	struct err *e;

	ERR_TRY(domains_check(s, f));
	progress_start(&progress, "frame table");
	e = page_sums_read(p, &step, &sums);
	progress_end(&progress);
	if (e)
		return e;
	show_sums(s, o, p, &sums, f);
	page_sums_free(&sums);
	return NULL;
}
