/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/source.h"

#define ENTRY_PRESENT		1ULL
#define ENTRY_PSE		(1ULL << 7)
#define ENTRY_FRAME		0x000ffffffffff000ULL

/* L4 slots that Xen itself uses (asm/config.h: ROOT_PAGETABLE_FIRST_XEN_SLOT). */
#define XEN_SLOT_FIRST		256
#define XEN_SLOT_LAST		271

/* A rewritten page table, stored under its gfn. */
struct guest_pages_table {
	bool used;
	uint64_t gfn;
	uint64_t entry[512];
};

struct err *guest_pages_open(struct xen *x, const struct domain *d, bool all,
			     const struct page_progress *progress,
			     struct guest_pages *ret)
{
	struct guest_pages p = { .x = x };

	if (domain_type(d) == DOMAIN_PV && value_ok(&d->is_32bit) && value_of(&d->is_32bit))
		return err_new(ERR_UNSUPPORTED, "page tables of a 32-bit PV domain cannot be rewritten");
	ERR_TRY(p2m_open(x, d, &p.p2m));
	p.table = calloc(GUEST_PAGES_TABLES, sizeof(*p.table));
	if (!p.table)
		return err_nomem();
	if (all || !(p.p2m.translated || x->source->guest_frame)) {
		struct err *e = guest_map_read(x, d, progress, &p.map);

		if (!e && !p.map.nr)
			e = err_new(ERR_NOT_FOUND, "the domain has no memory");
		if (e) {
			guest_pages_close(&p);
			return e;
		}
	}
	*ret = p;
	return NULL;
}

void guest_pages_close(struct guest_pages *p)
{
	guest_map_free(&p->map);
	free(p->table);
	p->table = NULL;
}

bool guest_pages_hide(struct guest_pages *p, uint64_t paddr)
{
	if (p->p2m.translated)
		return true;
	for (unsigned int i = 0; i < p->nr_hidden; i++)
		if (p->hidden[i] == paddr)
			return true;
	if (p->nr_hidden == GUEST_PAGES_HIDDEN || paddr & 7)
		return false;
	p->hidden[p->nr_hidden++] = paddr;
	return true;
}

/* ---- page tables ---- */

void guest_pages_rewrite(uint64_t entry[512], enum page_kind level,
			 guest_gfn_fn *gfn, void *arg, uint64_t *cleared)
{
	for (unsigned int i = 0; i < 512; i++) {
		uint64_t e = entry[i], own;

		if (level == KIND_L4 && i >= XEN_SLOT_FIRST && i <= XEN_SLOT_LAST) {
			entry[i] = 0;
			continue;
		}
		if (!(e & ENTRY_PRESENT))
			continue;
		if ((level == KIND_L1 || !(e & ENTRY_PSE)) &&
		    gfn(arg, (e & ENTRY_FRAME) >> XPAGE_SHIFT, &own)) {
			entry[i] = (e & ~ENTRY_FRAME) | own << XPAGE_SHIFT;
			continue;
		}
		entry[i] = 0;
		++*cleared;
	}
}

/* True if the domain has that mfn at the gfn. */
static bool is_frame(struct guest_pages *p, uint64_t gfn, uint64_t mfn)
{
	const struct guest_frame *f;
	struct guest_frame frame;
	struct err *e;

	if (p->map.nr) {
		f = guest_map_find(&p->map, gfn);
		return f && f->mfn == mfn;
	}
	e = p->x->source->guest_frame(&p->p2m, gfn, false, &frame);
	if (e) {
		err_free(e);
		return false;
	}
	return frame.mfn == mfn;
}

/* A frame belongs to the domain if the domain has it at the gfn in the M2P. */
static bool own_gfn(void *arg, uint64_t mfn, uint64_t *gfn)
{
	struct guest_pages *p = arg;
	uint64_t entry;
	struct err *e = m2p_lookup(p->x, mfn, &entry, NULL);

	if (e) {
		err_free(e);
		return false;
	}
	if (entry & M2P_INVALID || !is_frame(p, entry, mfn))
		return false;
	*gfn = entry;
	return true;
}

static bool is_table(enum page_kind kind)
{
	return kind >= KIND_L1 && kind <= KIND_L4;
}

/* ---- pages ---- */

struct err *guest_pages_frame(struct guest_pages *p, const struct guest_frame *f,
			      uint64_t copy[512], const void **ret)
{
	const void *page;

	ERR_TRY(memory_borrow_page(p->p2m.memory, f->mfn << XPAGE_SHIFT, &page));
	if (is_table(f->kind)) {
		memcpy(copy, page, XPAGE_SIZE);
		guest_pages_rewrite(copy, f->kind, own_gfn, p, &p->cleared);
		p->tables++;
		page = copy;
	}
	for (unsigned int i = 0; i < p->nr_hidden; i++) {
		if (p->hidden[i] >> XPAGE_SHIFT != f->gfn)
			continue;
		if (page != copy)
			memcpy(copy, page, XPAGE_SIZE);
		copy[p->hidden[i] % XPAGE_SIZE / sizeof(*copy)] = 0;
		page = copy;
	}
	*ret = page;
	return NULL;
}

static struct err *find_frame(struct guest_pages *p, uint64_t gfn,
			      struct guest_frame *ret)
{
	const struct guest_frame *f;
	struct p2m_entry entry;

	if (p->x->source->guest_frame)
		return p->x->source->guest_frame(&p->p2m, gfn, !p->p2m.translated, ret);
	if (p->p2m.translated) {
		ERR_TRY(p2m_lookup(&p->p2m, gfn, &entry));
		if (!guest_map_is_ram(&entry))
			return err_new(ERR_NOT_FOUND, "no memory at gfn %" PRIx64, gfn);
		*ret = (struct guest_frame){ gfn, entry.mfn, KIND_OTHER };
		return NULL;
	}
	f = guest_map_find(&p->map, gfn);
	if (!f)
		return err_new(ERR_NOT_FOUND, "no memory at gfn %" PRIx64, gfn);
	*ret = *f;
	return NULL;
}

/* Reads the page of a gfn; page tables of a PV guest are taken from the rewritten ones. */
static struct err *read_page(struct guest_pages *p, uint64_t gfn,
			     uint64_t copy[512], const void **ret)
{
	struct guest_pages_table *t = &p->table[gfn % GUEST_PAGES_TABLES];
	struct guest_frame f;

	if (t->used && t->gfn == gfn) {
		*ret = t->entry;
		return NULL;
	}
	ERR_TRY(find_frame(p, gfn, &f));
	ERR_TRY(guest_pages_frame(p, &f, copy, ret));
	if (is_table(f.kind)) {
		memcpy(t->entry, *ret, XPAGE_SIZE);
		t->gfn = gfn;
		t->used = true;
	}
	return NULL;
}

void guest_pages_refresh(struct guest_pages *p)
{
	memory_flush(p->p2m.memory);
	for (unsigned int i = 0; i < GUEST_PAGES_TABLES; i++)
		p->table[i].used = false;
}

struct err *guest_pages_read(struct guest_pages *p, uint64_t paddr, void *buf,
			     size_t len)
{
	uint64_t copy[XPAGE_SIZE / sizeof(uint64_t)];
	char *to = buf;

	while (len) {
		size_t in_page = paddr & ~XPAGE_MASK, n = XPAGE_SIZE - in_page;
		const void *page;

		if (n > len)
			n = len;
		ERR_TRY(read_page(p, paddr >> XPAGE_SHIFT, copy, &page));
		memcpy(to, (const char *)page + in_page, n);
		to += n;
		paddr += n;
		len -= n;
	}
	return NULL;
}
