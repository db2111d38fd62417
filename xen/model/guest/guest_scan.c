/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_scan.h"

#include "guest_map.h"
#include "xen/base/hash.h"
#include "xen/model/source.h"

struct scanning {
	struct pages *pages;
	const struct guest_domains *domains;
	guest_frame_fn *fn;
	void *arg;
	unsigned int last;		/* domain of the previous frame */
	struct hash by_va;		/* of the domains */
};

static uint32_t va_value(uint64_t va)
{
	return va >> 12 ^ va >> 44;
}

/* Finds the domain at va; neighbouring frames mostly have the same owner. */
static bool find_domain(struct scanning *s, uint64_t va, unsigned int *nr)
{
	const struct guest_domains *d = s->domains;
	const struct hash_slot *slot;

	if (!va)
		return false;
	if (d->domain[s->last].va == va) {
		*nr = s->last;
		return true;
	}
	slot = hash_first(&s->by_va, va_value(va));
	while (slot && d->domain[slot->number].va != va)
		slot = hash_next(&s->by_va, slot);
	if (!slot)
		return false;
	*nr = s->last = slot->number;
	return true;
}

static struct err *look_at_entry(struct scanning *s, uint64_t pdx,
				 const void *entry)
{
	const struct frame_table *t = pages_table(s->pages);
	const struct page_layout *l = pages_layout(s->pages);
	uint64_t count_info = frame_table_field(t, entry, PF_COUNT);
	enum page_kind kind;
	unsigned int nr;

	if (!find_domain(s, frame_table_owner(t, frame_table_field(t, entry, PF_OWNER)),
			 &nr))
		return NULL;
	kind = page_kind(l, count_info, frame_table_field(t, entry, PF_TYPE), true);
	if (kind == KIND_FREE || kind == KIND_OFFLINE || kind == KIND_XEN_HEAP)
		return NULL;
	return s->fn(s->arg, nr, t->x->memory, pdx_to_pfn(space_pdx(t->x->space), pdx), kind);
}

static struct err *look_at_block(void *arg, uint64_t pdx, const void *entries,
				 unsigned int nr)
{
	struct scanning *s = arg;
	unsigned int size = pages_table(s->pages)->size;

	for (unsigned int i = 0; i < nr; i++) {
		if (!(i & 0x3f))
			ERR_TRY(interrupt_check());
		ERR_TRY(look_at_entry(s, pdx + i,
				      (const char *)entries + (size_t)i * size));
	}
	return NULL;
}

/* Passes the frames of one domain in the order of the source. */
static struct err *scan_map(struct xen *x, const struct guest_domains *domains,
			    guest_frame_fn *fn, void *arg,
			    const struct page_progress *progress)
{
	struct guest_map m = { .nr = 0 };
	struct err *e = NULL;
	struct p2m p2m;

	if (domains->nr != 1)
		return err_new(ERR_UNSUPPORTED, "cannot read frames of several domains at once");
	ERR_TRY(p2m_open(x, domains->domain, &p2m));
	ERR_TRY(x->source->guest_map(x, domains->domain, progress, &m));
	for (uint64_t i = 0; !e && i < m.nr; i++) {
		if (!(i & 0xff))
			e = interrupt_check();
		if (!e)
			e = fn(arg, 0, p2m.memory, m.frame[i].mfn, m.frame[i].kind);
	}
	guest_map_free(&m);
	return e;
}

struct err *guest_scan(struct xen *x, const struct guest_domains *domains,
		       guest_frame_fn *fn, void *arg,
		       const struct page_progress *progress)
{
	struct scanning s = { .domains = domains, .fn = fn, .arg = arg };
	struct page_scan result;
	struct err *e = NULL;

	if (!domains->nr)
		return NULL;
	if (x->source->guest_map)
		return scan_map(x, domains, fn, arg, progress);
	ERR_TRY(pages_open(x, &s.pages));
	for (unsigned int i = 0; i < domains->nr && !e; i++)
		if (!hash_add(&s.by_va, va_value(domains->domain[i].va), i))
			e = err_nomem();
	if (!e)
		e = page_scan(s.pages, look_at_block, &s, progress, &result);
	hash_clear(&s.by_va);
	pages_close(s.pages);
	return e;
}
