/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "user_roots.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "xen/base/hash.h"
#include "xen/model/memory/page_scan.h"

#define LOWER_HALF	256	/* entries of a table of level 4 */
#define PRESENT		1ULL
#define FRAME		0x000ffffffffff000ULL

struct root_search {
	struct xen *x;
	uint64_t *maddr;	/* of each root */
	uint64_t *sum;		/* digest of its lower half, of each root */
	size_t nr, lost;
	struct hash seen;	/* roots by the frames of their lower halves */
};

/* Digest of the frames in the lower half; 0: it is empty or unreadable. */
static uint64_t lower_half(struct root_search *s, uint64_t maddr)
{
	uint64_t entries[LOWER_HALF], sum = 0;
	struct err *e = memory_read(s->x->memory, maddr, entries, sizeof(entries));
	unsigned int i;

	if (e) {
		s->lost++;
		err_free(e);
		return 0;
	}
	for (i = 0; i < LOWER_HALF; i++) {
		uint64_t entry = le64toh(entries[i]);

		if (entry & PRESENT)
			sum = hash_number(sum ^ (entry & FRAME) ^ i);
	}
	return sum;
}

static struct err *add_root(struct root_search *s, uint64_t maddr)
{
	uint64_t sum = lower_half(s, maddr);
	const struct hash_slot *slot;
	size_t nr = s->nr;

	if (!sum)
		return NULL;
	for (slot = hash_first(&s->seen, sum >> 32); slot;
	     slot = hash_next(&s->seen, slot))
		if (s->sum[slot->number] == sum)
			return NULL;
	if (!ARRAY_GROW(s->maddr, nr) || !ARRAY_GROW(s->sum, nr) ||
	    !hash_add(&s->seen, sum >> 32, nr))
		return err_nomem();
	s->maddr[nr] = maddr;
	s->sum[nr] = sum;
	s->nr++;
	return NULL;
}

static struct err *add_if_root(struct root_search *s, struct pages *p,
			       uint64_t mfn, uint64_t type_info)
{
	const struct page_layout *l = pages_layout(p);

	if (page_type(l, type_info) != PAGE_L4 || !page_type_count(l, type_info))
		return NULL;
	return add_root(s, mfn << XPAGE_SHIFT);
}

static struct err *search_list(struct root_search *s, struct pages *p,
			       const struct domain *d)
{
	struct page_list list;
	struct place m;
	struct page page;

	ERR_TRY(record_resolve(s->x->records, "domain.page_list", &m));
	ERR_TRY(page_list_start(&list, pages_table(p), d->va + m.offset,
				"dom0's pages"));
	for (;;) {
		ERR_TRY(page_list_next(&list, &page));
		if (!page.va)
			return NULL;
		ERR_TRY(add_if_root(s, p, page.mfn, page.type_info));
	}
}

struct table_search {
	struct root_search *s;
	struct pages *pages;
	uint64_t owner;		/* va of the domain */
};

static struct err *look_at_block(void *arg, uint64_t pdx, const void *entries,
				 unsigned int nr)
{
	struct table_search *t = arg;
	const struct frame_table *f = pages_table(t->pages);
	const char *entry = entries;

	for (unsigned int i = 0; i < nr; i++, entry += f->size) {
		if (!(i & 0x3f))
			ERR_TRY(interrupt_check());
		if (frame_table_owner(f, frame_table_field(f, entry, PF_OWNER)) != t->owner)
			continue;
		ERR_TRY(add_if_root(t->s, t->pages,
				    pdx_to_pfn(space_pdx(f->x->space), pdx + i),
				    frame_table_field(f, entry, PF_TYPE)));
	}
	return NULL;
}

/*
 * The list is as long as the domain's memory, the frame table as long as that
 * of the host: it is scanned only if the list is damaged.
 */
static struct err *search_roots(struct root_search *s, struct pages *p,
				const struct domain *d)
{
	struct table_search table = { s, p, d->va };
	struct page_scan result;
	struct err *e = search_list(s, p, d);

	if (!e || err_is_final(e))
		return e;
	err_free(e);
	return page_scan(p, look_at_block, &table, NULL, &result);
}

static struct user_roots *take_roots(const struct root_search *s,
				     const struct domain *d)
{
	struct user_roots *r = malloc(sizeof(*r) + s->nr * sizeof(*r->maddr));

	if (!r)
		return NULL;
	*r = (struct user_roots){ .domain = d->va, .nr = s->nr, .lost = s->lost };
	if (s->nr)
		memcpy(r->maddr, s->maddr, s->nr * sizeof(*r->maddr));
	return r;
}

static struct err *search(struct xen *x, const struct domain *d,
			  struct user_roots **ret)
{
	struct root_search s = { .x = x };
	struct pages *p;
	struct err *e;

	if (domain_type(d) != DOMAIN_PV ||
	    (value_ok(&d->is_32bit) && value_of(&d->is_32bit)))
		return err_new(ERR_UNSUPPORTED,
			       "processes are found in 64-bit PV domains only, domain %" PRIu64 " is %s",
			       value_of(&d->domain_id), domain_type(d) == DOMAIN_PV ?
			       "a 32-bit PV domain" : domain_type_name(domain_type(d)));
	ERR_TRY(pages_open(x, &p));
	e = search_roots(&s, p, d);
	pages_close(p);
	if (!e && !(*ret = take_roots(&s, d)))
		e = err_nomem();
	hash_clear(&s.seen);
	free(s.maddr);
	free(s.sum);
	return e;
}

struct err *user_roots_find(struct xen *x, const struct domain *d,
			    const struct user_roots **ret)
{
	if (!x->roots || x->roots->domain != d->va) {
		struct provenance before = provenance_enter();
		struct user_roots *roots = NULL;
		struct err *e = search(x, d, &roots);
		bool unproved = provenance_leave(before);

		provenance_use_if(unproved);
		if (e)
			return e;
		roots->unproved = unproved;
		free(x->roots);
		x->roots = roots;
	}
	provenance_use_if(x->roots->unproved);
	*ret = x->roots;
	return NULL;
}
