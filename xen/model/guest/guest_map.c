/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_map.h"

#include <stdlib.h>

#include "xen/model/source.h"

/* Limit of gfns: 52 bits of address. */
#define GFN_LIMIT	(1ULL << 40)

struct collecting {
	struct xen *x;
	struct guest_map *m;
};

static struct err *add(struct guest_map *m, uint64_t gfn, uint64_t mfn,
		       enum page_kind kind)
{
	if (!ARRAY_GROW(m->frame, m->nr))
		return err_nomem();
	m->frame[m->nr++] = (struct guest_frame){ gfn, mfn, kind };
	return NULL;
}

/* A PV guest can set the M2P entries of its frames to any number. */
static struct err *add_owned(void *arg, unsigned int nr,
			     struct memory *memory, uint64_t mfn,
			     enum page_kind kind)
{
	struct collecting *c = arg;
	uint64_t entry;
	struct err *e = m2p_lookup(c->x, mfn, &entry, NULL);

	(void)nr;
	(void)memory;
	if (err_is_final(e))
		return e;
	if (e || entry >= GFN_LIMIT) {
		c->m->no_gfn++;
		err_free(e);
		return NULL;
	}
	return add(c->m, entry, mfn, kind);
}

bool guest_map_is_ram(const struct p2m_entry *e)
{
	if (!e->mapped)
		return false;
	switch (e->type) {
	case P2M_RAM_RW:
	case P2M_RAM_LOGDIRTY:
	case P2M_RAM_RO:
	case P2M_RAM_PAGING_OUT:
	case P2M_RAM_SHARED:
		return true;
	default:
		return false;
	}
}

static struct err *add_translated(struct xen *x, struct p2m *p,
				  const struct page_progress *progress,
				  struct guest_map *m)
{
	uint64_t gfn = 0, max, limit, n = 0;

	if (!value_ok(&p->max_gfn) || value_of(&p->max_gfn) >= GFN_LIMIT)
		return err_new(ERR_CORRUPT, "the highest gfn of the P2M is unknown");
	ERR_TRY(xen_variable(x, "max_page", &limit));
	max = value_of(&p->max_gfn);
	while (gfn <= max) {
		uint64_t pages;
		struct p2m_entry e;

		if (!(n++ & 0xff))
			ERR_TRY(interrupt_check());
		if (!(n & 0xffff) && progress && progress->fn)
			progress->fn(progress->arg, gfn, max);
		ERR_TRY(p2m_lookup(p, gfn, &e));
		pages = e.page_size >> XPAGE_SHIFT;
		if (guest_map_is_ram(&e)) {
			/* a P2M in which frames are repeated is damaged */
			if (m->nr > 2 * limit)
				return err_new(ERR_CORRUPT, "the P2M has more frames than the host");
			ERR_TRY(add(m, gfn, e.mfn, KIND_OTHER));
			pages = 1;
		}
		gfn = pages > 1 ? (gfn | (pages - 1)) + 1 : gfn + 1;
	}
	return NULL;
}

static int by_gfn(const void *a, const void *b)
{
	const struct guest_frame *x = a, *y = b;

	if (x->gfn != y->gfn)
		return x->gfn < y->gfn ? -1 : 1;
	return x->mfn < y->mfn ? -1 : x->mfn > y->mfn;
}

static void sort(struct guest_map *m)
{
	uint64_t left = 0;

	array_sort(m->frame, m->nr, sizeof(*m->frame), by_gfn);
	for (uint64_t i = 0; i < m->nr; i++) {
		if (left && m->frame[left - 1].gfn == m->frame[i].gfn)
			m->twice++;
		else
			m->frame[left++] = m->frame[i];
	}
	m->nr = left;
}

struct err *guest_map_read(struct xen *x, const struct domain *d,
			   const struct page_progress *progress,
			   struct guest_map *ret)
{
	const struct guest_domains one = { d, 1 };
	struct guest_map m = { .nr = 0 };
	struct collecting c = { x, &m };
	struct p2m p2m;
	struct err *e;

	ERR_TRY(p2m_open(x, d, &p2m));
	if (x->source->guest_map)
		e = x->source->guest_map(x, d, progress, &m);
	else if (p2m.translated)
		e = add_translated(x, &p2m, progress, &m);
	else
		e = guest_scan(x, &one, add_owned, &c, progress);
	if (e) {
		guest_map_free(&m);
		return e;
	}
	sort(&m);
	*ret = m;
	return NULL;
}

void guest_map_free(struct guest_map *m)
{
	free(m->frame);
	m->frame = NULL;
	m->nr = 0;
}

const struct guest_frame *guest_map_find(const struct guest_map *m, uint64_t gfn)
{
	uint64_t low = 0, high = m->nr;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		if (m->frame[mid].gfn < gfn)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->nr && m->frame[low].gfn == gfn ? &m->frame[low] : NULL;
}
