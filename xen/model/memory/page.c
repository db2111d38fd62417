/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/types/datum.h"
#include "page_internal.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* struct page_info, asm/mm.h; first_dirty came with 4.10. */
static const struct field fields[PF_NR] FIELD_TABLE = {
	[PF_COUNT] = FIELD_PLACE("page_info.count_info"),
	[PF_TYPE] = FIELD_PLACE("page_info.u.inuse.type_info"),
	[PF_OWNER] = FIELD_PLACE("page_info.v.inuse._domain"),
	[PF_NEXT] = FIELD_PLACE("page_info.list.next"),
	[PF_PREV] = FIELD_PLACE("page_info.list.prev"),
	[PF_ORDER] = FIELD_PLACE("page_info.v.free.order"),
	[PF_FIRST_DIRTY] = FIELD_PLACE("page_info.u.free.first_dirty"),
	[PF_TIMESTAMP] = FIELD_PLACE("page_info.tlbflush_timestamp"),
	[PF_VALIDATED] = FIELD_PLACE("page_info.nr_validated_ptes"),
	[PF_LINEAR_PT] = FIELD_PLACE("page_info.linear_pt_count"),
};

static bool is_page_field(const struct place *m, unsigned int size)
{
	/* a bit field may straddle the bytes its size tells of */
	return m->size && m->size <= 8 && m->offset + m->size <= size;
}

static struct err *resolve_fields(struct pages *p)
{
	struct place whole;
	unsigned int i;

	ERR_TRY(record_resolve(p->x->records, "page_info", &whole));
	if (!whole.size || whole.size > PAGE_INFO_MAX)
		return err_new(ERR_CORRUPT, "struct page_info of %" PRIu64 " bytes",
			       whole.size);
	p->size = whole.size;
	for (i = 0; i < PF_NR; i++) {
		struct err *e = record_place(p->x->records, &fields[i],
					     &p->field[i]);

		if (!e && !is_page_field(&p->field[i], p->size))
			e = err_new(ERR_NO_TYPE, "%s is no number", fields[i].path);
		if (e && i < PF_REQUIRED)
			return e;
		p->has[i] = !e;
		err_free(e);
	}
	p->list_of_pointers = p->field[PF_NEXT].is_pointer;
	p->list_offset = p->field[PF_NEXT].offset;
	return NULL;
}

static struct err *find_table(struct pages *p)
{
	const struct region *r;
	unsigned int n;

	for (n = 0; (r = space_region_nth(p->x->space, n)); n++) {
		if (r->id == REGION_FRAMETABLE) {
			p->base = r->start;
			p->end = r->end;
		}
	}
	ERR_TRY(xen_variable(p->x, "max_page", &p->max_mfn));
	ERR_TRY(xen_variable(p->x, "max_pdx", &p->max_pdx));
	if (p->max_pdx > (p->end - p->base) / p->size)
		return err_new(ERR_CORRUPT,
			       "max_pdx %" PRIx64 " is more than a frame table holds",
			       p->max_pdx);
	return NULL;
}

/* Domains that cannot be read own nothing that could be named. */
static struct err *read_domains(struct pages *p)
{
	struct domains w;
	struct domain d;
	struct err *e;

	e = domains_start(&w, p->x, true);
	while (!e || err_reason(e) != ERR_INTERRUPTED) {
		struct page_domain *more;

		if (e) {
			err_free(e);
			if (!p->nr_domains)
				return NULL;
		}
		e = domains_next(&w, &d);
		if (e)
			continue;
		if (!d.va)
			return NULL;
		more = realloc(p->domains, (p->nr_domains + 1) * sizeof(*more));
		if (!more)
			return err_nomem();
		p->domains = more;
		p->domains[p->nr_domains++] = (struct page_domain){ d.va, d };
	}
	return e;
}

struct err *pages_open(struct xen *x, struct pages **ret)
{
	struct pages *p = calloc(1, sizeof(*p));
	struct err *e;

	if (!p)
		return err_nomem();
	p->x = x;
	e = resolve_fields(p);
	if (!e)
		e = find_table(p);
	if (!e)
		e = read_domains(p);
	if (!e)
		e = pages_detect_layout(p);
	if (e) {
		pages_close(p);
		return err_prefix(e, "frame table");
	}
	*ret = p;
	return NULL;
}

void pages_close(struct pages *p)
{
	if (!p)
		return;
	free(p->domains);
	free(p);
}

const struct page_layout *pages_layout(const struct pages *p)
{
	return p->layout;
}

const char *pages_layout_proof(const struct pages *p)
{
	return p->proof;
}

bool pages_layout_sure(const struct pages *p)
{
	return p->sure;
}

uint64_t pages_max_pdx(const struct pages *p)
{
	return p->max_pdx;
}

uint64_t pages_max_mfn(const struct pages *p)
{
	return p->max_mfn;
}

unsigned int pages_entry_size(const struct pages *p)
{
	return p->size;
}

struct err *page_pdx_of(const struct pages *p, uint64_t va, uint64_t *pdx)
{
	uint64_t n = (va - p->base) / p->size;

	if (va < p->base || n >= p->max_pdx || va != p->base + n * p->size)
		return err_new(ERR_BAD_POINTER,
			       "%" PRIx64 " is no entry of the frame table", va);
	*pdx = n;
	return NULL;
}

/* A neighbour in a list, as its pdx. */
static uint64_t neighbour(const struct pages *p, uint64_t stored)
{
	uint64_t pdx = PAGE_NO_PDX;

	if (!p->list_of_pointers)
		return stored < p->max_pdx ? stored : PAGE_NO_PDX;
	err_free(page_pdx_of(p, stored - p->list_offset, &pdx));
	return pdx;
}

static uint64_t bits_of(const struct pages *p, const void *bytes,
			enum page_field f)
{
	const struct place *m = &p->field[f];

	if (!p->has[f])
		return 0;
	return scalar_extract((const char *)bytes + m->offset, m->size,
			      m->bit_offset, m->bit_size, m->is_signed);
}

static unsigned int dirty_index(const struct pages *p, const void *bytes)
{
	uint64_t v = bits_of(p, bytes, PF_FIRST_DIRTY);

	return p->has[PF_FIRST_DIRTY] && v < p->dirty_none ? v : PAGE_NOT_DIRTY;
}

struct err *page_read_pdx(struct pages *p, uint64_t pdx, struct page *ret)
{
	unsigned char bytes[PAGE_INFO_MAX];
	uint64_t va = p->base + pdx * p->size;

	if (pdx >= p->max_pdx)
		return err_new(ERR_NOT_FOUND,
			       "pdx %" PRIx64 " is beyond the frame table (%" PRIx64 " entries)",
			       pdx, p->max_pdx);
	ERR_TRY(err_prefix(space_read(p->x->space, va, bytes, p->size),
			   "frame table entry of pdx %" PRIx64, pdx));
	*ret = (struct page){
		.va = va,
		.pdx = pdx,
		.mfn = pdx_to_pfn(space_pdx(p->x->space), pdx),
		.count_info = page_field(p, bytes, PF_COUNT),
		.type_info = page_field(p, bytes, PF_TYPE),
		.owner = pages_owner_va(p, page_field(p, bytes, PF_OWNER)),
		.next = neighbour(p, page_field(p, bytes, PF_NEXT)),
		.prev = neighbour(p, page_field(p, bytes, PF_PREV)),
		.order = page_field(p, bytes, PF_ORDER),
		.first_dirty = dirty_index(p, bytes),
		.tlbflush_timestamp = bits_of(p, bytes, PF_TIMESTAMP),
		.validated_ptes = bits_of(p, bytes, PF_VALIDATED),
		.linear_pt_count = bits_of(p, bytes, PF_LINEAR_PT),
	};
	return NULL;
}

struct err *page_read(struct pages *p, uint64_t mfn, struct page *ret)
{
	if (mfn >= p->max_mfn)
		return err_new(ERR_NOT_FOUND,
			       "mfn %" PRIx64 " is beyond the machine's memory (mfns end at %" PRIx64 ")",
			       mfn, p->max_mfn);
	ERR_TRY(err_prefix(page_read_pdx(p, pdx_from_pfn(space_pdx(p->x->space), mfn), ret),
			   "mfn %" PRIx64, mfn));
	return NULL;
}

const struct domain *page_owner(const struct pages *p, uint64_t va)
{
	unsigned int i;

	for (i = 0; i < p->nr_domains; i++)
		if (p->domains[i].va == va)
			return &p->domains[i].d;
	return NULL;
}

const struct domain *page_owner_of(const struct pages *p,
				   const struct page *page)
{
	return page_state(p->layout, page->count_info) == PAGE_FREE ?
	       NULL : page_owner(p, page->owner);
}

const char *page_owner_text(const struct pages *p, uint64_t va, char *buf,
			    size_t size)
{
	static const struct {
		uint16_t id;
		const char *name;
	} special[] = {
		{ DOMID_IO, "dom_io" }, { DOMID_XEN, "dom_xen" },
		{ DOMID_COW, "dom_cow" }, { DOMID_IDLE, "idle" },
	};
	const struct domain *d = page_owner(p, va);
	unsigned int i;

	if (!d) {
		snprintf(buf, size, "%s", va ? "?" : "none");
		return buf;
	}
	snprintf(buf, size, "d%" PRIu64, d->domain_id.u);
	for (i = 0; i < N(special); i++)
		if (d->domain_id.u == special[i].id)
			snprintf(buf, size, "%s", special[i].name);
	return buf;
}

struct err *page_list_start(struct page_list *l, struct pages *p,
			    uint64_t head, const char *what)
{
	uint64_t va[2];

	/* both kinds of head: first page, last page */
	ERR_TRY(err_prefix(space_read(p->x->space, head, va, sizeof(va)),
			   "%s", what));
	*l = (struct page_list){
		.p = p, .what = what, .head = head,
		.tail = PAGE_NO_PDX, .next = PAGE_NO_PDX, .prev = PAGE_NO_PDX,
	};
	if (!va[0] || va[0] == head)
		return NULL;
	if (p->list_of_pointers) {
		va[0] -= p->list_offset;
		va[1] -= p->list_offset;
	}
	ERR_TRY(err_prefix(page_pdx_of(p, va[0], &l->next), "%s: first page", what));
	return err_prefix(page_pdx_of(p, va[1], &l->tail), "%s: last page", what);
}

static struct err *bad_list(const struct page_list *l, const struct page *page,
			    const char *how)
{
	return err_new(ERR_CORRUPT, "%s: page %" PRIu64 " of it, mfn %" PRIx64 ", %s",
		       l->what, l->count, page->mfn, how);
}

struct err *page_list_next(struct page_list *l, struct page *ret)
{
	uint64_t pdx = l->next;

	if (pdx == PAGE_NO_PDX) {
		ret->va = 0;
		return NULL;
	}
	l->next = PAGE_NO_PDX;
	if (!(l->count & 0xfff))
		ERR_TRY(interrupt_check());
	ERR_TRY(err_prefix(page_read_pdx(l->p, pdx, ret), "%s", l->what));
	l->count++;
	if (ret->prev != l->prev)
		return bad_list(l, ret, "does not name the one before it");
	l->prev = pdx;
	if (pdx == l->tail)
		return NULL;
	if (ret->next == PAGE_NO_PDX)
		return bad_list(l, ret, "names no next one, and is not the last");
	l->next = ret->next;
	return NULL;
}
