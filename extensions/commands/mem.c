/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/progress.h"
#include "extensions/support/view.h"
#include "xen/model/memory/ram.h"

static const struct column use_columns[] = {
	{ .key = "group", .title = "GROUP",
	  .help = "domain, Xen heap, Xen, crash kernel, free, offline, firmware or unaccounted; the lines of a card add up to RAM" },
	{ .key = "use", .title = "USE", .help = "domain, or use of the memory" },
	{ .key = "pages", .title = "PAGES", .help = "number of pages of 4 KiB" },
	{ .key = NULL, .title = "KIB", .help = "the same in KiB" },
	{ .key = "evidence", .title = "COUNTED BY",
	  .help = "source of the number: the frame table, with the address of frames without owner; or a counter of Xen" },
};

static const struct column domain_columns[] = {
	{ .key = "domid", .title = "DOMID", .help = "id of the domain" },
	{ .key = "type", .title = "TYPE", .help = "PV, PVH or HVM" },
	{ .key = "populated", .title = "POPULATED",
	  .help = "pages of its memory by Xen's counter tot_pages" },
	{ .key = "max_pages", .title = "MAXIMUM", .help = "limit of its pages" },
	{ .key = "claimed", .title = "CLAIMED",
	  .help = "pages that are reserved for it but not allocated" },
	{ .key = "writable", .title = "WRITABLE",
	  .help = "pages with the type writable: mapped for writing now, or before" },
	{ .key = "no_type", .title = "NO TYPE",
	  .help = "pages without a type: all pages of HVM and PVH guests, and pages that a PV guest has not mapped" },
	{ .key = "tables", .title = "PAGE TABLES",
	  .help = "page tables of a PV guest, levels 1 to 4" },
	{ .key = "segdesc", .title = "SEGDESC",
	  .help = "descriptor tables of a PV guest" },
	{ .key = "shared", .title = "SHARED",
	  .help = "pages shared by memory sharing; on a running host by the domain's counter" },
	{ .key = "paged", .title = "PAGED OUT",
	  .help = "pages that a pager has moved out of RAM" },
	{ .key = "xen_heap", .title = "XENHEAP",
	  .help = "pages of Xen's heap shared with it: shared_info, grant tables" },
	{ .key = "extra", .title = "EXTRA", .help = "pages on its extra_page_list" },
	{ .key = "paging", .title = "P2M POOL",
	  .help = "pages of its pool for P2M (EPT, NPT) and shadow tables, used or free" },
	{ .key = "domain_name", .title = "DOMAIN NAME", .help = DOMAIN_NAME_HELP },
};

static const struct column sum_columns[] = {
	{ .key = "total", .title = "RAM",
	  .help = "pages of RAM by Xen's counter total_pages" },
	{ .key = "map_ram", .title = "E820 RAM",
	  .help = "pages of RAM in the memory map that Xen uses" },
	{ .key = "accounted", .title = "ACCOUNTED",
	  .help = "pages in the lines above, without the unaccounted ones" },
	{ .key = "unaccounted", .title = "UNACCOUNTED",
	  .help = "the rest of RAM: other memory of Xen, such as IOMMU tables; below 0 if pages are counted twice" },
	{ .key = "free", .title = "FREE", .help = "free pages" },
	{ .key = "unscrubbed", .title = "UNSCRUBBED",
	  .help = "of these, pages that are not yet scrubbed" },
	{ .key = "claimed", .title = "CLAIMED",
	  .help = "of these, pages that domains have claimed" },
	{ .key = "available", .title = "AVAILABLE",
	  .help = "free pages that are not claimed" },
	{ .key = "reserved", .title = "RESERVED",
	  .help = "pages that are reserved in the memory map: firmware and devices, not part of RAM" },
	{ .key = "acpi", .title = "ACPI",
	  .help = "pages of ACPI tables and ACPI NVS, not part of RAM" },
	{ .key = "unusable", .title = "UNUSABLE",
	  .help = "pages that are unusable in the memory map" },
};

/* ---- uses ---- */

static void use_row(struct out *o, const char *group, const char *use,
		    uint64_t pages, const char *evidence)
{
	out_str(o, group);
	out_str(o, use);
	out_dec(o, pages);
	out_dec(o, pages * 4);
	out_str(o, evidence);
}

/* Adds a row, unless its use has no pages. */
static void use_any(struct out *o, const char *group, const char *use,
		    uint64_t pages, const char *evidence)
{
	if (pages)
		use_row(o, group, use, pages, evidence);
}

static void domain_rows(struct out *o, const struct ram *r,
			const struct domain_filter *f)
{
	for (unsigned int i = 0; i < r->nr_domains; i++) {
		const struct ram_domain *d = &r->domain[i];
		char name[DOMID_TEXT];

		if (!domain_filter_has(f, value_of(&d->d.domain_id)))
			continue;
		domid_text(value_of(&d->d.domain_id), name);
		use_row(o, "domain", name, d->pages,
			d->by_frames ? "frame table, owner" : "tot_pages");
	}
}

static const char *const use_evidence[RAM_USES] = {
	[RAM_IMAGE] = "frame table, mapped as image",
	[RAM_FRAME_TABLE] = "frame table, mapped as frame table",
	[RAM_M2P] = "frame table, mapped as M2P",
	[RAM_XEN_TABLES] = "frame table, below idle_pg_table",
	[RAM_VMAP] = "frame table, mapped as vmap",
	[RAM_PERDOMAIN] = "frame table, below perdomain_l3_pg",
	[RAM_CRASH_KERNEL] = "frame table, kexec_crash_area",
	[RAM_DOMAINS] = "frame table, domain list",
	[RAM_VCPUS] = "frame table, vcpus of the domains",
	[RAM_STACKS] = "frame table, stack_base",
	[RAM_PERCPU] = "frame table, __per_cpu_offset",
	[RAM_CONSOLE] = "frame table, conring",
};

static void heap_rows(struct out *o, const struct ram *r)
{
	uint64_t rest = r->heap_rest;

	for (unsigned int u = 0; u < RAM_USES; u++)
		if (ram_use_is_heap(u))
			use_any(o, "Xen heap", ram_use_name(u), r->use[u],
				use_evidence[u]);
	if (r->by_frames && value_ok(&r->small) && value_of(&r->small) <= rest) {
		use_any(o, "Xen heap", "small objects", value_of(&r->small),
			"xenpool, num_regions");
		rest -= value_of(&r->small);
	}
	use_any(o, "Xen heap", "other", rest, "frame table, bit of Xen's heap");
	use_any(o, "Xen heap", "trace buffers", r->trace,
		"frame table, owner dom_xen");
}

/* f: for these domains only their own pages. */
static void rows(struct out *o, const struct ram *r,
		 const struct domain_filter *f)
{
	uint64_t dirty = value_ok(&r->unscrubbed) ? value_of(&r->unscrubbed) : 0;
	const char *free_by = r->by_frames ? "frame table, state" : "total_avail_pages";

	domain_rows(o, r, f);
	if (f->nr)
		return;
	use_any(o, "domain", "dom_io: first MiB", r->low, "frame table, owner");
	use_any(o, "domain", "pools for P2M and shadow", r->paging,
		"total_pages and p2m_pages of the pools");
	heap_rows(o, r);
	for (unsigned int u = 0; u < RAM_USES; u++)
		if (!ram_use_is_heap(u) && u != RAM_CRASH_KERNEL)
			use_any(o, "Xen", ram_use_name(u), r->use[u],
				use_evidence[u]);
	use_any(o, "crash kernel", "reserved area", r->use[RAM_CRASH_KERNEL],
		use_evidence[RAM_CRASH_KERNEL]);
	if (value_ok(&r->free) && dirty <= value_of(&r->free)) {
		use_row(o, "free", dirty ? "scrubbed" : "free", value_of(&r->free) - dirty,
			free_by);
		use_any(o, "free", "not scrubbed", dirty, "node_need_scrub");
	}
	use_any(o, "offline", "offlined or broken", r->offline,
		"frame table, state");
	if (!r->has_unaccounted)
		return;
	out_str(o, "unaccounted");
	out_str(o, r->by_frames ? "other memory of Xen" :
				  "Xen, its heap, the crash kernel");
	out_sdec(o, r->unaccounted);
	/* a damaged counter may exceed any size in KiB */
	out_sdec(o, (int64_t)((uint64_t)r->unaccounted * 4));
	out_str(o, "RAM less the lines above");
}

/* ---- domains ---- */

static void cell_frames(struct out *o, const struct ram_domain *d, uint64_t pages)
{
	if (d->by_frames)
		out_dec(o, pages);
	else
		out_none(o);
}

static void domain_row(struct session *s, struct out *o,
		       const struct ram_domain *d)
{
	const uint64_t *f = d->frames;

	cell_dec(o, &d->d.domain_id);
	out_str(o, domain_type_name(domain_type(&d->d)));
	cell_dec(o, &d->d.tot_pages);
	cell_dec(o, &d->d.max_pages);
	cell_dec(o, &d->d.outstanding_pages);
	cell_frames(o, d, f[KIND_WRITABLE]);
	cell_frames(o, d, f[KIND_NO_TYPE]);
	cell_frames(o, d, f[KIND_L1] + f[KIND_L2] + f[KIND_L3] + f[KIND_L4]);
	cell_frames(o, d, f[KIND_SEGDESC]);
	if (d->by_frames)
		out_dec(o, f[KIND_SHARED]);
	else
		cell_dec(o, &d->d.shr_pages);
	cell_dec(o, &d->d.paged_pages);
	cell_frames(o, d, f[KIND_XEN_HEAP]);
	cell_frames(o, d, f[KIND_EXTRA]);
	cell_dec(o, &d->paging);
	cell_domain_name(s, o, &d->d);
}

/* ---- all ---- */

static void cell_map(struct out *o, const struct ram *r, uint64_t pages)
{
	if (r->map.nr)
		out_dec(o, pages);
	else
		out_none(o);
}

static void show_sums(struct out *o, const struct ram *r)
{
	const uint64_t *map = r->map.pages;

	out_card(o, "ram", sum_columns, ARRAY_SIZE(sum_columns));
	cell_dec(o, &r->total);
	cell_map(o, r, map[E820_RAM]);
	if (r->has_unaccounted) {
		out_dec(o, ram_accounted(r));
		out_sdec(o, r->unaccounted);
	} else {
		/* parts of a sum that is unknown */
		out_none(o);
		out_none(o);
	}
	cell_dec(o, &r->free);
	cell_dec(o, &r->unscrubbed);
	cell_dec(o, &r->claimed);
	if (value_ok(&r->free) && value_ok(&r->claimed) &&
	    value_of(&r->claimed) <= value_of(&r->free))
		out_dec(o, value_of(&r->free) - value_of(&r->claimed));
	else
		out_none(o);
	cell_map(o, r, map[E820_RESERVED]);
	cell_map(o, r, map[E820_ACPI] + map[E820_NVS]);
	cell_map(o, r, map[E820_UNUSABLE]);
	out_end(o);
}

/* Adds a note for a domain whose tot_pages contradicts its frames. */
static void note_contradiction(struct out *o, const struct ram_domain *d)
{
	if (!d->contradicts)
		return;
	out_note(o, "d%" PRIu64 ": %" PRIu64 " frames of the frame table count as its memory, but tot_pages is %"
		 PRIu64 "%s", value_of(&d->d.domain_id), d->counted, value_of(&d->d.tot_pages),
		 d->in_flight ? ": pages were being assigned or freed, or one of the two is wrong" : "");
}

static void show_domains(struct session *s, struct out *o, const struct ram *r,
			 const struct domain_filter *f)
{
	out_list(o, "domains", domain_columns, ARRAY_SIZE(domain_columns));
	for (unsigned int i = 0; i < r->nr_domains; i++) {
		const struct ram_domain *d = &r->domain[i];

		if (!domain_filter_has(f, value_of(&d->d.domain_id)))
			continue;
		domain_row(s, o, d);
		note_contradiction(o, d);
	}
	out_end(o);
}

static void show(struct session *s, struct out *o, const struct ram *r,
		 const struct domain_filter *f)
{
	out_list(o, "uses", use_columns, ARRAY_SIZE(use_columns));
	rows(o, r, f);
	out_end(o);
	show_domains(s, o, r, f);
	if (!f->nr)
		show_sums(o, r);
	out_note(o, "numbers are pages of 4 KiB; those in column KIB are KiB");
	if (*r->no_frames)
		out_note(o, "by counters only, the frame table is not available: %s",
			 r->no_frames);
	else if (!r->map.nr)
		out_note(o, "the E820 map is not available: frames of the first MiB without memory are counted, too");
	if (r->unreadable)
		out_note(o, "%" PRIu64 " entries of the frame table are not readable",
			 r->unreadable);
	if (r->lost)
		out_note(o, "%u page tables or objects are not readable: their memory is unaccounted",
			 r->lost);
	if (r->has_unaccounted && r->unaccounted < 0)
		out_note(o, "some pages are counted twice: memory changed while it was read, or a counter is wrong");
}

static struct err *run_mem(struct session *s, struct out *o, const struct args *a)
{
	struct progress progress;
	struct page_progress step = { progress_step, &progress };
	struct ram r;
	struct err *e;

	ERR_TRY(domains_check(s, &a->domains));
	progress_start(&progress, "frame table");
	e = ram_read(s->xen, &step, &r);
	progress_end(&progress);
	if (e)
		return e;
	show(s, o, &r, &a->domains);
	ram_release(&r);
	return NULL;
}

static const struct option_spec options[] = {
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true, .word = true,
	  .help = "only the memory of this domain (3, d3, name)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("uses", use_columns),
	COLUMNS("domains", domain_columns),
	COLUMNS("ram", sum_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the use of the whole RAM: domains, Xen's heap by user, Xen",
	"  itself, the crash kernel, free memory; each page once. Memory that none of",
	"  these explains has a separate line. Then follow the pages of each domain by",
	"  use, and the sums; memory of firmware is not part of RAM. All numbers are",
	"  pages of 4 KiB, except those in the column KIB.",
	NULL
};

static const char *const example[] = {
	"    crash> xen mem",
	"    GROUP         USE                       PAGES     KIB  COUNTED BY",
	"    domain        d0                        65538  262152  frame table, owner",
	"    ...",
	"    domain        pools for P2M and shadow    352    1408  total_pages and p2m_pages of the pools",
	"    Xen heap      struct vcpu                   6      24  frame table, vcpus of the domains",
	"    ...",
	"    Xen           frame table                1280    5120  frame table, mapped as frame table",
	"    Xen           M2P                         512    2048  frame table, mapped as M2P",
	"    ...",
	"    crash kernel  reserved area             24576   98304  frame table, kexec_crash_area",
	"    free          free                      21370   85480  frame table, state",
	"    unaccounted   other memory of Xen          10      40  RAM less the lines above",
	NULL
};

const struct command command_mem = {
	.live = true,
	.live_unknown = "pages by type and Xen's own memory: hypercalls return the pages of domains, the free and the claimed ones",
	.needs = NEEDS_RECORDS,
	.run = run_mem,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
