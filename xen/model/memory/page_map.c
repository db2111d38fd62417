/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_map.h"

#include <string.h>

#include "page_internal.h"

#define PER_TABLE	512
#define PRESENT		1ULL
#define SUPERPAGE	(1ULL << 7)
#define FRAME		0x000ffffffffff000ULL

struct search {
	struct pages *p;
	uint64_t mfn;
	page_mapping_fn *fn;
	void *arg;
	struct page_maps *ret;
};

/* A superpage of level 2 maps 512 frames, one of level 3 512 times as many. */
static bool holds(uint64_t entry, unsigned int level, uint64_t mfn)
{
	uint64_t frame = (entry & FRAME) >> XPAGE_SHIFT;
	unsigned int shift = level > 1 && level < 4 && (entry & SUPERPAGE) ?
			     9 * (level - 1) : 0;

	return (entry & PRESENT) && frame >> shift == mfn >> shift;
}

static struct err *search_table(struct search *s, const struct page *page,
				unsigned int level)
{
	uint64_t entries[PER_TABLE];
	struct page_mapping m = {
		.owner = page->owner, .table = page->mfn, .level = level,
	};
	const void *bytes;
	struct err *e = memory_page(s->p->x->memory, page->mfn << XPAGE_SHIFT, &bytes);

	s->ret->tables++;
	if (e) {
		s->ret->lost++;
		err_free(e);
		return NULL;
	}
	memcpy(entries, bytes, sizeof(entries));
	for (m.index = 0; m.index < PER_TABLE; m.index++) {
		m.entry = entries[m.index];
		if (holds(m.entry, level, s->mfn))
			ERR_TRY(s->fn(s->arg, &m));
	}
	return NULL;
}

static unsigned int table_level(enum page_type type)
{
	return type >= PAGE_L1 && type <= PAGE_L4 ? type - PAGE_L1 + 1 : 0;
}

/* Page tables of guests are frames in use with a table type. */
static struct err *search_block(void *arg, uint64_t pdx, const void *entries,
				unsigned int nr)
{
	struct search *s = arg;
	const struct page_layout *l = s->p->bits.layout;
	const char *at = entries;
	unsigned int i;

	/* reading a table may replace the block: collect the levels first */
	uint8_t level[XPAGE_SIZE];

	for (i = 0; i < nr; i++, at += s->p->table.size) {
		uint64_t count = frame_table_field(&s->p->table, at, PF_COUNT);
		uint64_t type = frame_table_field(&s->p->table, at, PF_TYPE);
		bool used = page_state(l, count) != PAGE_FREE &&
			    page_count(l, count) && page_type_count(l, type);

		level[i] = used ? table_level(page_type(l, type)) : 0;
	}
	for (i = 0; i < nr; i++) {
		struct page page;

		if (!level[i])
			continue;
		ERR_TRY(frame_table_read(&s->p->table, pdx + i, &page));
		ERR_TRY(search_table(s, &page, level[i]));
	}
	return NULL;
}

/* The M2P holds one gfn per frame, without its domain: try each of them. */
static struct err *search_p2m(struct search *s, const struct domain *d,
			      uint64_t gfn)
{
	struct page_mapping m = { .owner = d->va, .in_p2m = true, .gfn = gfn };
	struct p2m_entry entry;
	struct p2m p2m;
	struct err *e;

	if (!domain_is_hvm(d))
		return NULL;
	e = p2m_open(s->p->x, d, &p2m);
	if (!e) {
		s->ret->p2ms++;
		e = p2m_lookup(&p2m, gfn, &entry);
	}
	if (e) {
		err_free(e);
		return NULL;
	}
	if (!entry.mapped || entry.mfn != s->mfn || !entry.walk.steps)
		return NULL;
	m.table = entry.walk.step[entry.walk.steps - 1].maddr >> XPAGE_SHIFT;
	m.level = 4 - (entry.walk.steps - 1);
	m.index = entry.walk.step[entry.walk.steps - 1].maddr / 8 % PER_TABLE;
	m.entry = entry.raw;
	m.type = p2m_type_name(entry.type);
	return s->fn(s->arg, &m);
}

static struct err *search_p2ms(struct search *s)
{
	uint64_t gfn;
	unsigned int i;
	struct err *e = m2p_lookup(s->p->x, s->mfn, &gfn, NULL);

	if (e || (gfn & M2P_INVALID)) {
		err_free(e);
		return NULL;
	}
	for (i = 0; i < s->p->nr_domains; i++)
		ERR_TRY(search_p2m(s, &s->p->domains[i].d, gfn));
	return NULL;
}

struct err *page_maps_find(struct pages *p, uint64_t mfn, page_mapping_fn *fn,
			   void *arg, const struct page_progress *progress,
			   struct page_maps *ret)
{
	struct search s = { p, mfn, fn, arg, ret };
	struct page_scan scan;

	*ret = (struct page_maps){ 0 };
	ERR_TRY(search_p2ms(&s));
	return page_scan(p, search_block, &s, progress, &scan);
}
