/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invariants of the frame table: lists of pages, and the owners of pages. */
#include "profile_check.h"

#include "xen/model/domain/domain.h"
#include "xen/model/memory/page_layout.h"

/* Limit of pages counted on the lists of all domains: 1 GiB */
#define PAGES_MAX	(1U << 18)

static uint64_t frame_table(struct xen *x)
{
	const struct region *region;
	unsigned int i;

	for (i = 0; (region = space_region_nth(x->space, i)); i++)
		if (region->id == REGION_FRAMETABLE)
			return region->start;
	return 0;
}

/* A domain's pages of Xen's heap are on a separate list. */
static struct err *check_kind(struct xen *x, uint64_t page)
{
	struct place count_info;
	uint64_t count;

	ERR_TRY(record_resolve(x->records, "page_info.count_info", &count_info));
	ERR_TRY(space_read_u64(x->space, page + count_info.offset, &count));
	return page_is_xen_heap(count) ?
	       err_new(ERR_MISMATCH, "a page of Xen's heap is in a list of RAM") : NULL;
}

/*
 * Counts a list of pages of RAM, which are linked by pdx (asm/mm.h); all ones
 * end it. Fails if memory is missing, and above PAGES_MAX.
 */
static struct err *count_pages(struct xen *x, uint64_t head, uint64_t *ret)
{
	uint64_t page, table = frame_table(x), pdx, count = 0;
	struct place info, next;

	ERR_TRY(record_resolve(x->records, "page_info", &info));
	ERR_TRY(record_resolve(x->records, "page_info.list.next", &next));
	if (next.is_pointer || !next.size || next.size > sizeof(pdx))
		return err_new(ERR_UNSUPPORTED, "pages are not linked by pdx");
	ERR_TRY(space_read_u64(x->space, head, &page));
	if (page)
		ERR_TRY(check_kind(x, page));
	while (page) {
		if (++count > PAGES_MAX)
			return err_new(ERR_UNSUPPORTED, "too many pages");
		if (!(count & 0xff))
			ERR_TRY(interrupt_check());
		pdx = 0;
		ERR_TRY(space_read(x->space, page + next.offset, &pdx, next.size));
		page = pdx == ~0ULL >> (64 - 8 * next.size) ? 0 :
		       table + pdx * info.size;
	}
	*ret = count;
	return NULL;
}

static void doubt_pages(struct checker *c)
{
	struct domain d;

	check_doubt(c, PATHS_OF(domain_record, &d, tot_pages));
	check_doubt(c, "domain.page_list");
	check_doubt(c, "page_info.list.next");
}

static void count_equals(struct checker *c, const struct domain *d, uint64_t count)
{
	if (count) {
		CHECK_NUMBER(c, domain_record, d, tot_pages, count);
		check_path(c, "domain.page_list", true, d->va);
		check_path(c, "page_info.list.next", true, d->va);
		c->counts_differ |= c->counted && c->counted != count;
		c->counted = count;
		c->pages += count;
	}
}

/*
 * A domain has as many pages as are on its lists. A difference is no reason to
 * refuse: the host may have crashed while the lists changed. Domains with more
 * pages than the limit leaves are not counted.
 */
struct err *check_pages(struct checker *c, const struct domain *d)
{
	struct xen *x = c->x;
	uint64_t count = 0;
	struct place list;
	struct err *e;

	if (!value_ok(&d->tot_pages))
		return NULL;
	if (value_of(&d->tot_pages) > PAGES_MAX - c->pages) {
		c->not_counted = true;
		return NULL;
	}
	e = record_resolve(x->records, "domain.page_list", &list);
	if (!e)
		e = count_pages(x, d->va + list.offset, &count);
	if (err_is_final(e))
		return e;
	if (!e && value_ok(&d->extra_pages))
		count += value_of(&d->extra_pages);
	if (!e && count == value_of(&d->tot_pages))
		count_equals(c, d, count);
	else if (!e || !check_unreadable(e))
		doubt_pages(c);
	err_free(e);
	return NULL;
}

/* A single number may be right by chance; that of a domain not counted may be wrong. */
void check_counts(struct checker *c)
{
	if (c->not_counted && !c->counts_differ)
		doubt_pages(c);
}

/* The owner of a domain's shared_info page is the domain. */
void check_shared_info(struct checker *c, const struct domain *d)
{
	const struct pdx *pdx = space_pdx(c->x->space);
	uint64_t page, domain, owner = 0, table = frame_table(c->x);
	struct place info, field;
	struct err *e;

	e = record_resolve(c->x->records, "page_info", &info);
	if (!e)
		e = record_resolve(c->x->records, "page_info.v.inuse._domain",
				   &field);
	if (!e)
		e = space_translate(c->x->space, d->va, &domain);
	if (!e)
		e = space_translate(c->x->space, value_of(&d->shared_info), &page);
	if (!e && field.size <= sizeof(owner))
		e = space_read(c->x->space, table + field.offset +
			       pdx_from_pfn(pdx, page >> 12) * info.size,
			       &owner, field.size);
	if (!check_is_wrong(e) && !(value_of(&d->shared_info) & 0xfff))
		CHECK_FIELD(c, domain_record, d, shared_info,
			    owner == pdx_from_pfn(pdx, domain >> 12));
	else
		CHECK_FIELD(c, domain_record, d, shared_info, false);
}
