/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which layout the bits of page_info have: pages whose state is known from
 * the lists they are on are read by each layout, and only one that never
 * contradicts what is known can be it.
 */
#include <stdio.h>

#include "heap.h"
#include "page_internal.h"

/* Pages looked at per list: free lists are many, those of domains long. */
#define SAMPLE_FREE	4
#define SAMPLE_DOMAIN	32

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

/* Damaged lists tell as much as can be walked of them. */
static struct err *sample(struct evidence *v, uint64_t head, unsigned int max,
			  enum page_known known, unsigned int *seen)
{
	struct page_list list;
	struct page page;
	struct err *e = page_list_start(&list, v->p, head, "list");

	while (!e && max--) {
		e = page_list_next(&list, &page);
		if (e || !page.va)
			break;
		witness(v, known, &page);
		++*seen;
		if (known == KNOWN_FREE && page.first_dirty != PAGE_NOT_DIRTY) {
			struct page dirty;
			struct err *lost = page_read_pdx(v->p, page.pdx + page.first_dirty,
							 &dirty);

			if (!lost) {
				witness(v, KNOWN_DIRTY, &dirty);
				v->dirty++;
			}
			err_free(lost);
		}
	}
	if (e && err_reason(e) == ERR_INTERRUPTED)
		return e;
	err_free(e);
	return NULL;
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

static struct err *sample_domain(struct evidence *v, uint64_t va)
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

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct err *e = record_place(v->p->x->records, &paths[i], &m);

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

/* What the types of a build say of its macros, without any page. */
static bool fits_types(struct pages *p, const struct page_layout *l)
{
	bool extra = has_extra_pages(p);
	bool scrub = p->has[PF_FIRST_DIRTY];

	return !l->extra == !extra && !l->need_scrub == !scrub;
}

static bool of_release(const struct xen *x, const struct page_layout *l)
{
	unsigned int release = x->id.major << 8 | (x->id.minor & 0xff);

	return release >= l->since && release <= l->until;
}

/*
 * What contradicts a layout: pages, and less the types of the build. Where
 * neither tells two apart, that of this release is taken.
 */
static unsigned int against(const struct evidence *v, unsigned int i,
			    const struct page_layout *l)
{
	return 4 * v->wrong[i] + (fits_types(v->p, l) ? 0 : 2) +
	       (of_release(v->p->x, l) ? 0 : 1);
}

/* Returns how many of the pages looked at the best layout cannot explain. */
static unsigned int choose(struct evidence *v)
{
	const struct page_layout *l;
	unsigned int i, best = 0;

	for (i = 0; i < LAYOUTS_MAX && (l = page_layout_nth(i)); i++) {
		if (v->p->layout && against(v, i, l) > against(v, best, v->p->layout))
			continue;
		v->p->layout = l;
		best = i;
	}
	return v->wrong[best];
}

struct err *pages_detect_layout(struct pages *p)
{
	struct evidence v = { .p = p };
	unsigned int i, wrong, seen;
	struct heap heap;
	struct err *e;

	p->dirty_none = (1U << 19) - 1;
	e = heap_open(p->x, &heap);
	if (!e) {
		p->dirty_none = (1U << heap.orders) - 1;
		e = sample_heap(&v, &heap);
	}
	if (e && err_reason(e) == ERR_INTERRUPTED)
		return e;
	err_free(e);
	for (i = 0; i < p->nr_domains; i++)
		/* what is left of one that dies is no more like other pages */
		if (!p->domains[i].d.is_dying.u)
			ERR_TRY(sample_domain(&v, p->domains[i].va));
	wrong = choose(&v);
	seen = v.free + v.dirty + v.owned + v.xenheap + v.extra;
	p->sure = seen && !wrong;
	snprintf(p->proof, sizeof(p->proof),
		 "as in Xen %s; %u of %u pages contradict: %u on free lists, %u not scrubbed, %u of domains, %u of Xen's heap, %u extra",
		 p->layout->name, wrong, seen, v.free, v.dirty, v.owned,
		 v.xenheap, v.extra);
	return NULL;
}
