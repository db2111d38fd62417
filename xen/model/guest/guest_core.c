/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_core_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guest_ram.h"
#include "guest_symbols.h"

/* Linux, arch/x86/include/asm/page_64_types.h */
#define START_KERNEL_MAP	0xffffffff80000000ULL
#define PAGE_OFFSET_4		0xffff888000000000ULL
#define PAGE_OFFSET_5		0xff11000000000000ULL
#define KERNEL_IMAGE_MAX	(1ULL << 30)

/*
 * Segments leave gaps out; gaps that do not fit into the maximum number of
 * segments are written as zeros.
 */
#define SEGMENTS_MAX		8192

struct writing {
	struct xen *x;
	const struct domain *d;
	struct guest *g;		/* confirmed Linux, or NULL */
	struct guest_pages pages;
	uint64_t nr_frames;		/* number of frames of the map that are written */
	struct core_load *load;
	unsigned int nr_loads;
	enum guest_core_form form;
	struct guest_core *ret;
	const struct page_progress *progress;
};

/* ---- segments ---- */

/* Builds at most max segments of the frames; gaps of less than min pages are included. */
static unsigned int make_loads(const struct writing *w, uint64_t min,
			       unsigned int max, struct core_load *load,
			       uint64_t *holes)
{
	unsigned int nr = 0;
	uint64_t next = 0;

	*holes = 0;
	for (uint64_t i = 0; i < w->nr_frames; i++) {
		uint64_t gfn = w->pages.map.frame[i].gfn;

		if (nr && gfn - next < min) {
			*holes += gfn - next;
			load[nr - 1].size += (gfn + 1 - next) << XPAGE_SHIFT;
		} else {
			if (nr == max)
				return nr + 1;
			load[nr++] = (struct core_load){
				.paddr = gfn << XPAGE_SHIFT, .size = XPAGE_SIZE,
			};
		}
		next = gfn + 1;
	}
	return nr;
}

static uint64_t page_offset(const struct writing *w)
{
	uint64_t base = w->g && w->g->levels == 5 ? PAGE_OFFSET_5 : PAGE_OFFSET_4, va;
	struct err *e;

	if (!w->g)
		return base;
	/* a variable with CONFIG_RANDOMIZE_MEMORY */
	e = guest_symbol(w->g, "page_offset_base", &va);
	if (!e)
		e = guest_tables_read(&w->g->tables, va, &base, sizeof(base));
	err_free(e);
	return base & XPAGE_MASK;
}

/* The kernel's image from the address of its text on, as far as it is in one segment. */
static void add_text(struct writing *w)
{
	uint64_t va, paddr, end = 0;

	if (!w->g || !vmcoreinfo_symbol(w->g->info, "_stext", &va))
		return;
	va &= XPAGE_MASK;
	paddr = va - START_KERNEL_MAP + w->g->phys_base;
	for (unsigned int i = 0; i < w->nr_loads; i++)
		if (paddr >= w->load[i].paddr && paddr - w->load[i].paddr < w->load[i].size)
			end = w->load[i].paddr + w->load[i].size;
	if (!end)
		return;
	if (end - paddr > KERNEL_IMAGE_MAX)
		end = paddr + KERNEL_IMAGE_MAX;
	w->load[w->nr_loads++] = (struct core_load){
		.paddr = paddr, .vaddr = va, .size = end - paddr, .is_inside = true,
	};
}

static struct err *find_loads(struct writing *w)
{
	uint64_t base = page_offset(w), min = 1;
	unsigned int max = SEGMENTS_MAX;

	/* sections have no gaps */
	if (w->form == GUEST_CORE_XC)
		max = w->nr_frames < CORE_LOADS_MAX ? w->nr_frames : CORE_LOADS_MAX;
	w->load = calloc(max + 1, sizeof(*w->load));
	if (!w->load)
		return err_nomem();
	do {
		w->nr_loads = make_loads(w, min, max, w->load, &w->ret->holes);
		min *= 2;
	} while (w->nr_loads > max && w->form != GUEST_CORE_XC);
	if (w->form == GUEST_CORE_COMPRESSED)
		w->ret->holes = 0;
	for (unsigned int i = 0; i < w->nr_loads; i++)
		w->load[i].vaddr = base + w->load[i].paddr;
	if (w->form == GUEST_CORE_ELF || w->form == GUEST_CORE_EMPTY)
		add_text(w);
	return NULL;
}

/* The address of xen_start_info is only in the kernel's symbols. */
static void hide_start_info(struct writing *w)
{
	struct err *e;
	uint64_t info;

	if (!w->g || domain_type(w->d) != DOMAIN_PV)
		return;
	e = guest_symbol(w->g, "xen_start_info", &info);
	if (!e && info >= START_KERNEL_MAP) {
		uint64_t paddr = info - START_KERNEL_MAP + w->g->phys_base;

		w->ret->hidden = guest_map_find(&w->pages.map, paddr >> XPAGE_SHIFT) &&
				 guest_pages_hide(&w->pages, paddr);
	}
	err_free(e);
}

/* ---- the pages ---- */

static struct err *write_frame(struct writing *w, struct corewriter *c,
			       const struct guest_frame *f)
{
	uint64_t copy[XPAGE_SIZE / sizeof(uint64_t)];
	const void *page;
	struct err *e;

	if (w->form == GUEST_CORE_XC)
		e = memory_borrow_page(w->pages.p2m.memory, f->mfn << XPAGE_SHIFT, &page);
	else
		e = guest_pages_frame(&w->pages, f, copy, &page);
	if (err_is_final(e))
		return e;
	if (e) {
		err_free(e);
		w->ret->lost++;
		return NULL;
	}
	return core_write_page(c, f->gfn << XPAGE_SHIFT, page);
}

static struct err *write_frames(struct writing *w, struct corewriter *c)
{
	for (uint64_t i = 0; i < w->nr_frames; i++) {
		if (!(i & 0xff)) {
			ERR_TRY(interrupt_check());
			if (w->progress && w->progress->fn)
				w->progress->fn(w->progress->arg, i, w->nr_frames);
		}
		ERR_TRY(write_frame(w, c, &w->pages.map.frame[i]));
	}
	return NULL;
}

/* Writes the pages, unless there are none, and completes the file. */
static struct err *write_all(struct writing *w, struct corewriter *c)
{
	struct err *e = w->form == GUEST_CORE_EMPTY ? NULL : write_frames(w, c);

	if (!e && w->ret->lost && w->ret->lost == w->nr_frames)
		e = err_new(ERR_NOT_IN_DUMP, "none of its %" PRIu64 " pages is readable: its memory was left out of this dump",
			    w->nr_frames);
	if (e) {
		core_abandon(c);
		return e;
	}
	w->ret->zeros = core_nr_zeros(c);
	return core_finish(c);
}

static struct err *write_xc(struct writing *w, const char *path)
{
	struct guest_core_xc xc;
	struct corewriter *c;
	struct err *e = guest_core_xc_make(w->x, w->d, &w->pages.map, &xc, w->ret);

	if (!e)
		e = core_create(path, &(struct core_params){
			.notes = xc.notes, .notes_len = xc.notes_len,
			.loads = w->load, .nr_loads = w->nr_loads,
			.xc = &xc.sections,
		}, &c);
	guest_core_xc_free(&xc);
	return e ? e : write_all(w, c);
}

static struct err *write_core(struct writing *w, const char *path)
{
	struct corewriter *c;
	unsigned char *notes;
	size_t len;
	struct err *e;

	ERR_TRY(find_loads(w));
	if (w->form == GUEST_CORE_XC)
		return write_xc(w, path);
	hide_start_info(w);
	ERR_TRY(guest_core_notes(w->x, w->d, w->g, &notes, &len, w->ret));
	e = core_create(path, &(struct core_params){
		.notes = notes, .notes_len = len,
		.loads = w->load, .nr_loads = w->nr_loads,
		.compressed = w->form == GUEST_CORE_COMPRESSED,
		.phys_base = w->g ? w->g->phys_base : 0,
		.release = w->g ? w->g->release : NULL,
		.version = w->g ? w->g->version : NULL,
		/* as makedumpfile sets it in a copy of the ELF core */
		.max_mapnr = w->ret->above ? w->ret->end : 0,
	}, &c);
	free(notes);
	return e ? e : write_all(w, c);
}

/*
 * Leaves frames above the kernel's memory out of the compressed format: pages of
 * Xen and of the firmware below 4 GiB. makedumpfile (1.7.2) reduces max_mapnr to
 * the kernel's memory, and then expects the second bitmap of its input where it
 * would be with this number. Nodes that exclude half of the memory are not
 * plausible: nothing is left out.
 */
static struct err *limit_frames(struct writing *w)
{
	const struct guest_map *m = &w->pages.map;
	uint64_t end, nr = m->nr;
	struct err *e;

	w->nr_frames = m->nr;
	if (w->form != GUEST_CORE_COMPRESSED || !w->g)
		return NULL;
	e = guest_ram_end(w->g, &end);
	if (e)
		return err_drop(e);
	while (nr && m->frame[nr - 1].gfn >= end)
		nr--;
	if (nr <= m->nr / 2)
		return NULL;
	w->nr_frames = nr;
	w->ret->above = m->nr - nr;
	w->ret->end = end;
	return NULL;
}

struct err *guest_core_write(struct xen *x, const struct domain *d,
			     const char *path, enum guest_core_form form,
			     const struct page_progress *progress,
			     struct guest_core *ret)
{
	struct guest_core result = { .empty = form == GUEST_CORE_EMPTY,
				     .xc = form == GUEST_CORE_XC };
	struct writing w = { .x = x, .d = d, .ret = &result, .progress = progress,
			     .form = form };
	struct err *e;

	if (result.xc && domain_type(d) != DOMAIN_PV)
		return err_new(ERR_UNSUPPORTED, "xc_core is only for PV domains: other cores contain unaltered memory without it");
	ERR_TRY(guest_find(x, d, progress, &w.g));
	if (!w.g->confirmed)
		w.g = NULL;
	ERR_TRY(guest_pages_open(x, d, true, progress, &w.pages));
	e = limit_frames(&w);
	result.pages = w.nr_frames;
	result.twice = w.pages.map.twice;
	result.no_gfn = w.pages.map.no_gfn;
	if (!e)
		e = write_core(&w, path);
	result.tables = w.pages.tables;
	result.cleared = w.pages.cleared;
	guest_pages_close(&w.pages);
	free(w.load);
	if (!e)
		*ret = result;
	return e;
}
