/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects the layout of the bits of page_info. The state of the pages on Xen's
 * lists is known; the layout with the fewest contradictions is chosen.
 */
#include <stdio.h>

#include "heap.h"
#include "page_internal.h"
#include "xen/base/array.h"

/*
 * Number of pages sampled per list: there are many free lists, and long lists
 * of domains.
 */
#define SAMPLE_FREE	4
#define SAMPLE_DOMAIN	32

/* Number of pages of domains, of each kind, that are enough: a host may have a thousand domains. */
#define SAMPLE_ENOUGH	1024

#define LAYOUTS_MAX	16

struct evidence {
	struct pages *p;
	unsigned int wrong[LAYOUTS_MAX];
	unsigned int free, dirty, owned, xenheap, extra;
};

static void witness(struct evidence *v, enum page_known known,
		    const struct page *page)
{
	const struct page_layout *l;
	unsigned int i;

	for (i = 0; i < LAYOUTS_MAX && (l = page_layout_nth(i)); i++)
		if (!page_layout_agrees(l, known, page->count_info,
					page->type_info))
			v->wrong[i]++;
}

/* A damaged list contributes the pages before the damage. */
static struct err *sample(struct evidence *v, uint64_t head, unsigned int max,
			  enum page_known known, unsigned int *seen)
{
	struct page_list list;
	struct page page;
	struct err *e = page_list_start(&list, &v->p->table, head, "list");

	while (!e && max--) {
		e = page_list_next(&list, &page);
		if (e || !page.va)
			break;
		witness(v, known, &page);
		++*seen;
		if (known == KNOWN_FREE && page.first_dirty != PAGE_NOT_DIRTY) {
			struct page dirty;
			struct err *lost = frame_table_read(&v->p->table, page.pdx + page.first_dirty,
							    &dirty);

			if (!lost) {
				witness(v, KNOWN_DIRTY, &dirty);
				v->dirty++;
			}
			err_free(lost);
		}
	}
	return err_drop(e);
}

static struct err *sample_heap(struct evidence *v, struct heap *h)
{
	unsigned int node, zone, order;
	uint64_t head;

	for (node = 0; node < h->nodes; node++) {
		bool has = false;

		err_free(heap_has_node(h, node, &has));
		if (!has)
			continue;
		for (zone = 0; zone < h->zones; zone++) {
			for (order = 0; order < h->orders; order++) {
				struct err *e = heap_list(h, node, zone, order, &head);

				err_free(e);
				if (!e)
					ERR_TRY(sample(v, head, SAMPLE_FREE, KNOWN_FREE,
						       &v->free));
			}
		}
	}
	return NULL;
}

/*
 * Pages of dom_xen and dom_io, which Xen shares from outside of its heap, have
 * PGC_xen_heap only since 4.7 (share_xen_page_with_guest() of arch/x86/mm.c).
 */
static bool has_unmarked_pages(const struct xen *x, const struct domain *d)
{
	return value_ok(&d->domain_id) &&
	       value_of(&d->domain_id) >= DOMID_FIRST_RESERVED &&
	       (x->id.major << 8 | (x->id.minor & 0xff)) < (4 << 8 | 7);
}

static struct err *sample_domain(struct evidence *v, uint64_t va,
				 const struct domain *d)
{
	static const struct field paths[] FIELD_TABLE = {
		FIELD_PLACE("domain.page_list"),
		FIELD_PLACE("domain.xenpage_list"),
		FIELD_PLACE("domain.extra_page_list"),
	};
	const struct {
		enum page_known known;
		unsigned int *seen;
	} lists[] = {
		{ KNOWN_DOMAIN, &v->owned },
		{ KNOWN_XENHEAP, &v->xenheap },
		{ KNOWN_EXTRA, &v->extra },
	};
	struct place m;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		struct err *e;

		if (*lists[i].seen >= SAMPLE_ENOUGH ||
		    (lists[i].known == KNOWN_XENHEAP && has_unmarked_pages(v->p->x, d)))
			continue;
		e = record_place(v->p->x->records, &paths[i], &m);
		err_free(e);
		if (!e)
			ERR_TRY(sample(v, va + m.offset, SAMPLE_DOMAIN,
				       lists[i].known, lists[i].seen));
	}
	return NULL;
}

static bool has_extra_pages(struct pages *p)
{
	struct place m;
	struct err *e = record_resolve(p->x->records, "domain.extra_page_list",
				       &m);

	err_free(e);
	return !e;
}

/* The members of a build determine some of the macros of its layout. */
static bool fits_types(struct pages *p, const struct page_layout *l)
{
	bool extra = has_extra_pages(p);
	bool scrub = p->table.has[PF_FIRST_DIRTY];

	return !l->extra == !extra && !l->need_scrub == !scrub;
}

static bool of_release(const struct xen *x, const struct page_layout *l)
{
	unsigned int release = x->id.major << 8 | (x->id.minor & 0xff);

	return release >= l->since && release <= l->until;
}

/*
 * Weight of the evidence against a layout: first the pages, then the types of
 * the build, then its release.
 */
static unsigned int against(const struct evidence *v, unsigned int i,
			    const struct page_layout *l)
{
	return 4 * v->wrong[i] + (fits_types(v->p, l) ? 0 : 2) +
	       (of_release(v->p->x, l) ? 0 : 1);
}

/* Returns the number of sampled pages that contradict the chosen layout. */
static unsigned int choose(struct evidence *v)
{
	const struct page_layout *l, *chosen = NULL;
	unsigned int i, best = 0;

	for (i = 0; i < LAYOUTS_MAX && (l = page_layout_nth(i)); i++) {
		if (chosen && against(v, i, l) > against(v, best, chosen))
			continue;
		chosen = l;
		best = i;
	}
	v->p->bits.layout = chosen;
	return v->wrong[best];
}

static struct err *sample_lists(struct evidence *v)
{
	struct pages *p = v->p;
	unsigned int i;
	struct heap heap;
	struct err *e = heap_open(p->x, &heap);

	if (!e) {
		p->table.dirty_none = (1U << heap.orders) - 1;
		e = sample_heap(v, &heap);
	}
	ERR_TRY(err_drop(e));
	for (i = 0; i < p->nr_domains; i++)
		/* pages of a dying domain may have any state */
		if (!value_of(&p->domains[i].d.is_dying))
			ERR_TRY(sample_domain(v, p->domains[i].va,
					      &p->domains[i].d));
	return NULL;
}

struct err *page_bits_detect(struct pages *p)
{
	struct evidence v = { .p = p };
	unsigned int wrong, seen;

	ERR_TRY(sample_lists(&v));
	wrong = choose(&v);
	seen = v.free + v.dirty + v.owned + v.xenheap + v.extra;
	p->bits.sure = seen && !wrong;
	p->bits.dirty_none = p->table.dirty_none;
	snprintf(p->bits.proof, sizeof(p->bits.proof),
		 "as in Xen %s; %u of %u pages contradict: %u on free lists, %u not scrubbed, %u of domains, %u of Xen's heap, %u extra",
		 p->bits.layout->name, wrong, seen, v.free, v.dirty, v.owned,
		 v.xenheap, v.extra);
	return NULL;
}
