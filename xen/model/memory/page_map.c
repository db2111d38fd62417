/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_map.h"

#include <stdlib.h>
#include <string.h>

#include "page_internal.h"
#include "xen/base/array.h"

#define PER_TABLE	512
#define PRESENT		1ULL
#define SUPERPAGE	(1ULL << 7)
#define FRAME		0x000ffffffffff000ULL
/*
 * Limits: entries of upper tables that are stored, entries tried for one table,
 * and tables looked up for all mappings. An intact mapping requires up to three
 * lookups; one below damaged tables a few hundred.
 */
#define PARENTS_MAX	(1U << 21)
#define PARENTS_TRIED	16
#define LOOKUPS_MAX(nr)	(65536 + 8 * (uint64_t)(nr))

/* An entry of a table of level 2 to 4, to reconstruct a virtual address */
struct parent {
	uint64_t child;		/* mfn in the entry */
	uint64_t table;		/* mfn of the table that contains it */
	uint16_t index;
	uint8_t level;
};

struct search {
	struct pages *p;
	uint64_t mfn;
	struct parent *parent;
	size_t nr_parents;
	uint64_t lookups;
	struct page_maps *ret;
};

static bool is_superpage(uint64_t entry, unsigned int level)
{
	return level > 1 && level < 4 && (entry & SUPERPAGE);
}

/* A superpage of level 2 maps 512 frames, one of level 3 512 times as many. */
static bool holds(uint64_t entry, unsigned int level, uint64_t mfn)
{
	uint64_t frame = (entry & FRAME) >> XPAGE_SHIFT;
	unsigned int shift = is_superpage(entry, level) ? 9 * (level - 1) : 0;

	return (entry & PRESENT) && frame >> shift == mfn >> shift;
}

static struct err *mapping_add(struct search *s, const struct page_mapping *m)
{
	struct page_maps *r = s->ret;

	if (r->nr == PAGE_MAPPINGS_MAX) {
		r->omitted++;
		return NULL;
	}
	if (!ARRAY_GROW(r->mapping, r->nr))
		return err_nomem();
	r->mapping[r->nr++] = *m;
	return NULL;
}

/* Without memory, or beyond the limit, mappings have no va. */
static void parent_add(struct search *s, const struct page_mapping *m)
{
	if (!(m->entry & PRESENT) || m->level == 1 ||
	    is_superpage(m->entry, m->level) || s->nr_parents == PARENTS_MAX ||
	    !ARRAY_GROW(s->parent, s->nr_parents))
		return;
	s->parent[s->nr_parents++] = (struct parent){
		.child = (m->entry & FRAME) >> XPAGE_SHIFT, .table = m->table,
		.index = m->index, .level = m->level,
	};
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
		parent_add(s, &m);
		if (holds(m.entry, level, s->mfn))
			ERR_TRY(mapping_add(s, &m));
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

/* The M2P has one gfn per frame, without its domain: each domain is tried. */
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
	return mapping_add(s, &m);
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
	s->ret->has_gfn = true;
	for (i = 0; i < s->p->nr_domains; i++)
		ERR_TRY(search_p2m(s, &s->p->domains[i].d, gfn));
	return NULL;
}

/* ---- virtual addresses ---- */

static int parent_order(const struct parent *p, uint64_t child, unsigned int level)
{
	if (p->child != child)
		return p->child < child ? -1 : 1;
	return (int)p->level - (int)level;
}

static int parent_compare(const void *a, const void *b)
{
	const struct parent *p = a, *q = b;
	int order = parent_order(p, q->child, q->level);

	if (!order)
		order = p->table < q->table ? -1 : p->table > q->table;
	return order ? order : (int)p->index - (int)q->index;
}

/* Finds the first of the entries of that level that refer to a table. */
static size_t parent_find(const struct search *s, uint64_t child,
			  unsigned int level)
{
	size_t low = 0, high = s->nr_parents;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (parent_order(&s->parent[mid], child, level) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * Adds the indexes above a table of that level. The topmost table is of level
 * 4, and of level 3 in a 32-bit guest: Xen's table above it is not the guest's.
 */
static bool walk_up(struct search *s, uint64_t table, unsigned int level,
		    bool is_32bit, uint64_t *va)
{
	unsigned int tried;
	size_t i;

	if (level == 4)
		return true;
	if (s->lookups == LOOKUPS_MAX(s->ret->nr)) {
		s->ret->given_up = true;
		return false;
	}
	s->lookups++;
	i = parent_find(s, table, level + 1);
	for (tried = 0; tried < PARENTS_TRIED && i < s->nr_parents; tried++, i++) {
		const struct parent *p = &s->parent[i];

		if (parent_order(p, table, level + 1))
			break;
		if (walk_up(s, p->table, level + 1, is_32bit, va)) {
			*va |= (uint64_t)p->index << (12 + 9 * level);
			return true;
		}
	}
	return level == 3 && is_32bit;
}

static void mapping_locate(struct search *s, struct page_mapping *m)
{
	unsigned int below = 9 * (m->level - 1);
	const struct domain *d = page_owner(s->p, m->owner);
	uint64_t va = (uint64_t)m->index << (12 + below);

	if (m->in_p2m ||
	    !walk_up(s, m->table, m->level,
		     d && value_ok(&d->is_32bit) && value_of(&d->is_32bit), &va))
		return;
	if (is_superpage(m->entry, m->level))
		va |= (s->mfn & ((1ULL << below) - 1)) << XPAGE_SHIFT;
	m->has_va = true;
	m->va = va >> 47 ? va | 0xffffULL << 48 : va;
}

static struct err *locate_all(struct search *s)
{
	size_t i;

	array_sort(s->parent, s->nr_parents, sizeof(*s->parent), parent_compare);
	for (i = 0; i < s->ret->nr; i++) {
		ERR_TRY(interrupt_check());
		mapping_locate(s, &s->ret->mapping[i]);
	}
	return NULL;
}

struct err *page_maps_find(struct pages *p, uint64_t mfn,
			   const struct page_progress *progress,
			   struct page_maps *ret)
{
	struct search s = { .p = p, .mfn = mfn, .ret = ret };
	struct page_scan scan;
	struct err *e;

	*ret = (struct page_maps){ 0 };
	e = search_p2ms(&s);
	if (!e)
		e = page_scan(p, search_block, &s, progress, &scan);
	if (!e)
		e = locate_all(&s);
	free(s.parent);
	return e;
}

void page_maps_free(struct page_maps *m)
{
	free(m->mapping);
	*m = (struct page_maps){ 0 };
}
