/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heap.h"

#include <inttypes.h>
#include <stdio.h>

#include "xen/base/budget.h"
#include "xen/model/memory_source.h"

/* Maximum number of problems reported per zone; a corrupt heap has one per page. */
#define PROBLEMS_MAX 16

static struct value node_value(struct heap *h, uint64_t table,
			       unsigned int node, unsigned int zone)
{
	struct value v = { .state = VALUE_UNREADABLE };
	uint64_t array;
	struct err *e;

	if (!table)
		return (struct value){ .state = VALUE_NO_FIELD };
	e = space_read_u64(h->x->space, table + 8ULL * node, &array);
	if (!e)
		e = xen_check_pointer(h->x, array, sizeof(uint64_t), "avail");
	if (!e)
		e = space_read_u64(h->x->space, array + 8ULL * zone, &v.raw);
	if (e)
		v.why = err_reason(e);
	else
		v.state = VALUE_OK;
	err_free(e);
	return v;
}

static struct value need_scrub(struct heap *h, unsigned int node)
{
	struct value v = { .state = VALUE_NO_FIELD };
	struct err *e;

	if (node >= h->scrub_nodes)
		return v;
	e = space_read_u64(h->x->space, h->need_scrub + 8ULL * node, &v.raw);
	v.state = e ? VALUE_UNREADABLE : VALUE_OK;
	v.why = e ? err_reason(e) : 0;
	err_free(e);
	return v;
}

struct walk_state {
	struct heap *h;
	const struct frame_table *t;
	const struct page_layout *l;
	struct heap_zone *z;
	heap_problem_fn *problem;
	void *arg;
	struct budget frames;	/* read to count the pages to scrub */
};

static void report(struct walk_state *w, struct err *e)
{
	if (!e)
		return;
	if (++w->z->problems == PROBLEMS_MAX) {
		err_free(e);
		e = err_new(ERR_CORRUPT, "further problems of the free lists are only counted");
	}
	if (w->z->problems > PROBLEMS_MAX) {
		err_free(e);
		return;
	}
	w->problem(w->arg, err_prefix(e, "node %u, zone %u", w->z->node,
				      w->z->zone));
}

/* Significant bits of an mfn; 0 counts as one (page_to_zone). */
static unsigned int zone_of(uint64_t mfn)
{
	return mfn ? 64 - __builtin_clzll(mfn) : 1;
}

static struct err *check_chunk(struct walk_state *w, const struct page *page,
			       unsigned int order)
{
	const struct page_layout *l = w->l;

	if (page_state(l, page->count_info) != PAGE_FREE)
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " is on a free list, but is %s (count_info %" PRIx64 ")",
			       page->mfn, page_state_name(page_state(l, page->count_info)),
			       page->count_info);
	if (page_count(l, page->count_info))
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " is free, but has %" PRIu64 " references",
			       page->mfn, page_count(l, page->count_info));
	if (page->order != order)
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " is on the list of order %u, but has order %u",
			       page->mfn, order, page->order);
	if (page->mfn & ((1ULL << order) - 1))
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " is not aligned to its order %u",
			       page->mfn, order);
	if (w->z->zone && zone_of(page->mfn) != w->z->zone)
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 " belongs to zone %u",
			       page->mfn, zone_of(page->mfn));
	return NULL;
}

/*
 * Adds the pages of a chunk that are to be scrubbed. Those before the first
 * dirty one are clean; each of the others has a bit. Chunks that overlap, in a
 * damaged zone, have more frames than the zone.
 */
static struct err *count_dirty(struct walk_state *w, const struct page *head,
			       unsigned int order)
{
	struct page page;
	uint64_t i;

	if (head->first_dirty == PAGE_NOT_DIRTY)
		return NULL;
	if (head->first_dirty >= 1ULL << order)
		return err_new(ERR_CORRUPT, "mfn %" PRIx64 ": first dirty page %u is outside of its chunk of order %u",
			       head->mfn, head->first_dirty, order);
	for (i = head->first_dirty; i < 1ULL << order; i++) {
		struct err *e;

		ERR_TRY(interrupt_check());
		ERR_TRY(budget_take(&w->frames, "dirty frames of the free lists"));
		e = frame_table_read(w->t, head->pdx + i, &page);
		if (!e && page_needs_scrub(w->l, page.count_info))
			w->z->dirty++;
		err_free(e);
	}
	return NULL;
}

static struct err *read_list(struct walk_state *w, unsigned int order)
{
	struct page_list list;
	struct page page;
	uint64_t head;
	struct err *e;
	char what[32];

	snprintf(what, sizeof(what), "free list of order %u", order);
	e = heap_list(w->h, w->z->node, w->z->zone, order, &head);
	if (!e)
		e = page_list_start(&list, w->t, head, what);
	while (!e) {
		e = page_list_next(&list, &page);
		if (e || !page.va)
			break;
		ERR_TRY(interrupt_check());
		w->z->chunks[order]++;
		w->z->pages += 1ULL << order;
		e = count_dirty(w, &page, order);
		if (err_is_final(e))
			return e;
		report(w, e);
		report(w, check_chunk(w, &page, order));
		e = NULL;
	}
	if (err_is_final(e))
		return e;
	report(w, e);
	return NULL;
}

bool heap_avail_sum(struct heap *h, uint64_t *ret)
{
	uint64_t sum = 0;
	bool has;

	for (unsigned int node = 0; node < h->nodes; node++) {
		struct err *e = heap_has_node(h, node, &has);

		if (e) {
			err_free(e);
			return false;
		}
		for (unsigned int zone = 0; has && zone < h->zones; zone++) {
			struct value v = node_value(h, h->avail, node, zone);

			if (!value_ok(&v))
				return false;
			sum += value_of(&v);
		}
	}
	*ret = sum;
	return true;
}

struct err *heap_zone_read(struct heap *h, struct pages *p, unsigned int node,
			   unsigned int zone, struct heap_zone *ret,
			   heap_problem_fn *problem, void *arg)
{
	*ret = (struct heap_zone){ .node = node, .zone = zone };
	return h->x->source->heap_zone_read(h, p, ret, problem, arg);
}

/* Zone n contains the frames of n significant bits; zone 0, Xen's own, any frame. */
static uint64_t frames_of_zone(const struct frame_table *t, unsigned int zone)
{
	uint64_t frames = zone && zone < 64 ? 1ULL << (zone - 1) : t->max_mfn;

	return frames < t->max_mfn ? frames : t->max_mfn;
}

struct err *mem_heap_zone_read(struct heap *h, struct pages *p,
			       struct heap_zone *z, heap_problem_fn *problem,
			       void *arg)
{
	struct walk_state w = {
		.h = h, .z = z, .problem = problem, .arg = arg,
		.t = pages_table(p), .l = pages_layout(p),
	};
	unsigned int order;

	w.frames.limit = frames_of_zone(w.t, z->zone);
	z->avail = node_value(h, h->avail, z->node, z->zone);
	z->need_scrub = need_scrub(h, z->node);
	for (order = 0; order < h->orders; order++)
		ERR_TRY(read_list(&w, order));
	if (value_ok(&z->avail) && value_of(&z->avail) != z->pages)
		report(&w, err_new(ERR_CORRUPT, "the lists contain %" PRIu64 " pages, avail[][] is %" PRIu64,
				   z->pages, value_of(&z->avail)));
	return NULL;
}
