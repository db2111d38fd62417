/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen_core.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/budget.h"
#include "xen/base/bytes.h"
#include "xen/memory/corewriter.h"
#include "xen/model/dom0/kernel_panic.h"
#include "xen/model/memory/p2m.h"

#define FRAMES_LIMIT	(1ULL << 36)
#define TABLE_ENTRIES	512
#define ENTRY_PRESENT	1ULL
#define ENTRY_PSE	(1ULL << 7)
#define ENTRY_FRAME	0x000ffffffffff000ULL


/* Use of a frame; of several uses the highest one counts. */
enum use { USE_OTHER, USE_FREE, USE_XEN, USE_GUEST, USE_DOM0, USE_TABLE };

struct selecting {
	struct xen *x;
	struct pages *pages;
	uint8_t *use;			/* enum use of each mfn */
	uint64_t nr;			/* number of mfns */
	unsigned int flags;		/* XEN_CORE_* */
	struct budget budget;		/* page tables */
};

static void mark(struct selecting *s, uint64_t mfn, enum use use)
{
	if (mfn < s->nr && s->use[mfn] < use)
		s->use[mfn] = use;
}

/* ---- by the frame table ---- */

/* Of Xen's own domains only dom_xen and dom_io own memory: that of Xen, and devices. */
static enum use use_of(const struct selecting *s, enum page_kind kind,
		       uint64_t owner)
{
	const struct domain *d = owner ? page_owner(s->pages, owner) : NULL;

	if (kind == KIND_FREE)
		return USE_FREE;
	if (kind == KIND_OFFLINE)
		return USE_OTHER;
	if (kind == KIND_XEN_HEAP || !owner)
		return USE_XEN;
	if (d && (value_of(&d->domain_id) == DOMID_XEN ||
		  value_of(&d->domain_id) == DOMID_IO))
		return USE_XEN;
	if (d && !value_of(&d->domain_id) && s->flags & XEN_CORE_DOM0)
		return USE_DOM0;
	/*
	 * an owner that is not a domain: the member has other contents in
	 * shadow page tables
	 */
	return d ? USE_GUEST : USE_OTHER;
}

static struct err *look_at_block(void *arg, uint64_t pdx, const void *entries,
				 unsigned int nr)
{
	struct selecting *s = arg;
	const struct frame_table *t = pages_table(s->pages);
	const struct page_layout *l = pages_layout(s->pages);

	for (unsigned int i = 0; i < nr; i++) {
		const char *entry = (const char *)entries + (size_t)i * t->size;
		uint64_t owner = frame_table_owner(t, frame_table_field(t, entry, PF_OWNER));
		enum page_kind kind = page_kind(l, frame_table_field(t, entry, PF_COUNT),
						frame_table_field(t, entry, PF_TYPE),
						owner != 0);

		mark(s, pdx_to_pfn(space_pdx(s->x->space), pdx + i), use_of(s, kind, owner));
	}
	return NULL;
}

/* ---- by page tables ---- */

/* Frames that Xen maps are its own, unless the frame table has another owner. */
static void mark_leaf(struct selecting *s, uint64_t mfn, uint64_t pages)
{
	for (uint64_t i = 0; i < pages && mfn + i < s->nr; i++)
		mark(s, mfn + i, USE_XEN);
}

/* Marks a table and those below it; with leaves also the frames that they map. */
static struct err *mark_table(struct selecting *s, uint64_t maddr,
			      unsigned int level, bool leaves)
{
	uint64_t entry[TABLE_ENTRIES], mfn = maddr >> XPAGE_SHIFT;
	struct err *e;

	ERR_TRY(budget_take(&s->budget, "page tables of the hypervisor"));
	mark(s, mfn, USE_TABLE);
	e = memory_read(s->x->memory, maddr, entry, sizeof(entry));
	if (err_is_final(e))
		return e;
	if (e) {
		err_free(e);
		return NULL;
	}
	for (unsigned int i = 0; i < TABLE_ENTRIES; i++) {
		uint64_t next = entry[i] & ENTRY_FRAME;

		if (!(entry[i] & ENTRY_PRESENT))
			continue;
		if (level > 1 && !(entry[i] & ENTRY_PSE))
			ERR_TRY(mark_table(s, next, level - 1, leaves));
		else if (leaves)
			mark_leaf(s, next >> XPAGE_SHIFT, 1ULL << (9 * (level - 1)));
	}
	return NULL;
}

/* The slots of idle_pg_table, by the region that each maps. */
static struct err *mark_idle(struct selecting *s)
{
	uint64_t root = space_params(s->x->space)->root, entry[TABLE_ENTRIES];

	if (!root)
		return NULL;
	mark(s, root >> XPAGE_SHIFT, USE_TABLE);
	ERR_TRY(err_prefix(memory_read(s->x->memory, root, entry, sizeof(entry)),
			   "idle_pg_table"));
	for (unsigned int i = 256; i < TABLE_ENTRIES; i++) {
		uint64_t va = 0xffff000000000000ULL | (uint64_t)i << 39;
		enum region_id id = space_region(s->x->space, va)->id;

		if (!(entry[i] & ENTRY_PRESENT) || id == REGION_LINEAR_PT ||
		    id == REGION_PERDOMAIN || id == REGION_MMCFG)
			continue;
		ERR_TRY(mark_table(s, entry[i] & ENTRY_FRAME, 3, id != REGION_DIRECTMAP));
	}
	return NULL;
}

/* Marks the tables of the P2M of an HVM or PVH domain, which may be owned by the domain. */
static struct err *mark_p2m(struct selecting *s, const struct domain *d)
{
	uint64_t gfn = 0, n = 0;
	struct p2m p;

	if (!domain_is_hvm(d))
		return NULL;
	ERR_TRY(p2m_open(s->x, d, &p));
	if (!value_ok(&p.max_gfn) || value_of(&p.max_gfn) >= FRAMES_LIMIT)
		return NULL;
	while (gfn <= value_of(&p.max_gfn)) {
		struct p2m_entry entry;
		uint64_t pages;

		if (!(n++ & 0xff))
			ERR_TRY(interrupt_check());
		ERR_TRY(p2m_lookup(&p, gfn, &entry));
		for (unsigned int i = 0; i < entry.walk.steps; i++)
			mark(s, entry.walk.step[i].maddr >> XPAGE_SHIFT, USE_TABLE);
		pages = entry.page_size >> XPAGE_SHIFT;
		gfn = pages > 1 ? (gfn | (pages - 1)) + 1 : gfn + 1;
	}
	return NULL;
}

static struct err *mark_p2ms(struct selecting *s)
{
	struct domains w;
	struct domain d;

	ERR_TRY(domains_start(&w, s->x, false));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			return NULL;
		if (!e)
			e = mark_p2m(s, &d);
		ERR_TRY(err_drop(e));	/* the P2M cannot be shown from the dump either */
	}
}

/* ---- the file ---- */

static bool is_wanted(const struct selecting *s, uint64_t mfn)
{
	return s->use[mfn] == USE_XEN || s->use[mfn] == USE_TABLE ||
	       s->use[mfn] == USE_DOM0;
}

static bool is_kept(const struct selecting *s, uint64_t mfn)
{
	const void *page;
	struct err *e;

	if (!is_wanted(s, mfn))
		return false;
	e = memory_borrow_page(s->x->memory, mfn << XPAGE_SHIFT, &page);
	err_free(e);
	return !e;
}

/* Builds the segments of kept frames; counts other frames. */
static struct err *make_loads(struct selecting *s, struct core_load **loads,
			      unsigned int *nr, struct xen_core *ret)
{
	uint64_t next = 0;

	for (uint64_t mfn = 0; mfn < s->nr; mfn++) {
		struct core_load *l;

		if (!(mfn & 0xff))
			ERR_TRY(interrupt_check());
		if (!is_kept(s, mfn)) {
			ret->guests += s->use[mfn] == USE_GUEST;
			ret->free += s->use[mfn] == USE_FREE;
			ret->others += s->use[mfn] == USE_OTHER;
			ret->lost += is_wanted(s, mfn);
			continue;
		}
		ret->kept++;
		ret->dom0 += s->use[mfn] == USE_DOM0;
		if (!*nr || mfn != next) {
			if (!ARRAY_GROW(*loads, *nr))
				return err_nomem();
			l = &(*loads)[(*nr)++];
			*l = (struct core_load){ .paddr = mfn << XPAGE_SHIFT };
			l->vaddr = space_directmap_va(s->x->space, l->paddr);
		}
		(*loads)[*nr - 1].size += XPAGE_SIZE;
		next = mfn + 1;
	}
	return NULL;
}

/* The verdict requires this text of dom0's memory; a core of a core has the note. */
static struct err *add_panic(struct xen *x, unsigned char **notes, size_t *len)
{
	unsigned char desc[OWN_NOTE_PANIC_SIZE];
	struct kernel_panic k;
	struct err *e = kernel_panic_find(x, &k);
	size_t size;

	if (e)
		return err_drop(e);
	if (k.from_note)
		return NULL;
	size = strlen(k.text) + 1;
	put_le64(desc, k.pfn);
	put_le64(desc + 8, k.unproved);
	memcpy(desc + OWN_NOTE_PANIC_TEXT, k.text, size);
	return core_add_note(notes, len, OWN_NOTE_NAME, OWN_NOTE_PANIC, desc,
			     OWN_NOTE_PANIC_TEXT + size);
}

static struct err *make_notes(struct xen *x, unsigned int flags,
			      const struct xen_core *c, unsigned char **notes,
			      size_t *len)
{
	char text[256];

	*notes = malloc(x->notes->raw_len);
	if (!*notes)
		return err_nomem();
	memcpy(*notes, x->notes->raw, x->notes->raw_len);
	*len = x->notes->raw_len;
	snprintf(text, sizeof(text), "the hypervisor of a Xen host: %" PRIu64
		 " frames, %" PRIu64 " of them dom0's; left out: %" PRIu64
		 " of domains, %" PRIu64 " free, %" PRIu64 " others",
		 c->kept, c->dom0, c->guests, c->free, c->others);
	ERR_TRY(core_add_note(notes, len, OWN_NOTE_NAME, OWN_NOTE_XEN, text, strlen(text) + 1));
	return flags & XEN_CORE_DOM0 ? NULL : add_panic(x, notes, len);
}

static struct err *write_pages(struct selecting *s, const struct core_load *load,
			       unsigned int nr, struct corewriter *c,
			       const struct page_progress *progress)
{
	const void *page;

	for (unsigned int i = 0; i < nr; i++) {
		if (progress && progress->fn)
			progress->fn(progress->arg, i, nr);
		for (uint64_t at = 0; at < load[i].size; at += XPAGE_SIZE) {
			if (!(at & 0xfffff))
				ERR_TRY(interrupt_check());
			ERR_TRY(memory_borrow_page(s->x->memory, load[i].paddr + at, &page));
			ERR_TRY(core_write_page(c, load[i].paddr + at, page));
		}
	}
	return NULL;
}

static struct err *write_core(struct selecting *s, const char *path,
			      const struct page_progress *progress,
			      struct xen_core *ret)
{
	struct core_load *loads = NULL;
	struct corewriter *c = NULL;
	unsigned char *notes = NULL;
	unsigned int nr = 0;
	size_t len = 0;
	struct err *e = make_loads(s, &loads, &nr, ret);

	if (!e)
		e = make_notes(s->x, s->flags, ret, &notes, &len);
	if (!e)
		e = core_create(path, &(struct core_params){
			.notes = notes, .notes_len = len,
			.loads = loads, .nr_loads = nr,
			.compressed = s->flags & XEN_CORE_COMPRESSED,
		}, &c);
	if (!e)
		e = write_pages(s, loads, nr, c, progress);
	if (e)
		core_abandon(c);
	else
		e = core_finish(c);
	free(notes);
	free(loads);
	return e;
}

static struct err *select_frames(struct selecting *s,
				 const struct page_progress *progress)
{
	struct page_scan result;

	s->nr = pages_table(s->pages)->max_mfn;
	if (s->nr > FRAMES_LIMIT)
		return err_new(ERR_CORRUPT, "invalid max_page: %" PRIx64, s->nr);
	s->use = calloc(s->nr ? s->nr : 1, 1);
	if (!s->use)
		return err_nomem();
	s->budget.limit = 2 * s->nr + 512;
	ERR_TRY(page_scan(s->pages, look_at_block, s, progress, &result));
	ERR_TRY(mark_idle(s));
	return mark_p2ms(s);
}

struct err *xen_core_write(struct xen *x, const char *path, unsigned int flags,
			   const struct page_progress *progress,
			   struct xen_core *ret)
{
	struct selecting s = { .x = x, .flags = flags };
	struct xen_core result = { 0 };
	struct err *e;

	if (xen_is_running(x) || !x->notes || !x->notes->raw_len)
		return err_new(ERR_UNSUPPORTED, "requires a dump with notes");
	ERR_TRY(pages_open(x, &s.pages));
	e = select_frames(&s, progress);
	if (!e)
		e = write_core(&s, path, progress, &result);
	free(s.use);
	pages_close(s.pages);
	if (!e)
		*ret = result;
	return e;
}
