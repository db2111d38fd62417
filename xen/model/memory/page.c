/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "page_internal.h"
#include "xen/base/array.h"

static uint32_t va_value(uint64_t va)
{
	return hash_number(va) >> 32;
}

/* Unreadable domains are left out: their pages show an unknown owner. */
static struct err *read_domains(struct pages *p)
{
	struct domains w;
	struct domain d;
	struct err *e;

	e = domains_start(&w, p->x, true);
	while (!err_is_final(e)) {
		if (e) {
			err_free(e);
			if (!p->nr_domains)
				return NULL;
		}
		e = domains_next(&w, &d);
		if (e)
			continue;
		if (w.done)
			return NULL;
		if (!ARRAY_GROW(p->domains, p->nr_domains) ||
		    !hash_add(&p->by_va, va_value(d.va), p->nr_domains))
			return err_nomem();
		p->domains[p->nr_domains++] = (struct page_domain){ d.va, d };
	}
	return e;
}

/*
 * On a running host, lists change while they are sampled, which may cause
 * contradictions.
 */
static bool is_final(const struct pages *p)
{
	return p->bits.sure || !xen_is_running(p->x);
}

/* Without memory for the copy, the next command detects the layout again. */
static struct err *get_bits(struct pages *p)
{
	struct provenance before;
	struct xen *x = p->x;
	struct err *e;

	if (x->page_bits) {
		p->bits = *x->page_bits;
	} else {
		before = provenance_enter();
		e = page_bits_detect(p);
		p->bits.unproved = provenance_leave(before);
		if (e)
			return e;
		if (is_final(p))
			x->page_bits = malloc(sizeof(*x->page_bits));
		if (x->page_bits)
			*x->page_bits = p->bits;
	}
	p->table.dirty_none = p->bits.dirty_none;
	provenance_use_if(p->bits.unproved);
	return NULL;
}

struct err *pages_open(struct xen *x, struct pages **ret)
{
	struct pages *p = calloc(1, sizeof(*p));
	struct err *e;

	if (!p)
		return err_nomem();
	p->x = x;
	e = frame_table_open(x, &p->table);
	if (!e)
		e = read_domains(p);
	if (!e)
		e = get_bits(p);
	if (e) {
		pages_close(p);
		return e;
	}
	*ret = p;
	return NULL;
}

void pages_close(struct pages *p)
{
	if (!p)
		return;
	free(p->domains);
	hash_clear(&p->by_va);
	free(p);
}

const struct frame_table *pages_table(const struct pages *p)
{
	return &p->table;
}

const struct page_layout *pages_layout(const struct pages *p)
{
	return p->bits.layout;
}

const char *pages_layout_proof(const struct pages *p)
{
	return p->bits.proof;
}

bool pages_layout_sure(const struct pages *p)
{
	return p->bits.sure;
}

struct err *page_read(const struct pages *p, uint64_t mfn, struct page *ret)
{
	const struct pdx *pdx = space_pdx(p->x->space);

	if (mfn >= p->table.max_mfn)
		return err_new(ERR_NOT_FOUND,
			       "mfn %" PRIx64 " is beyond the machine's memory (mfns end at %" PRIx64 ")",
			       mfn, p->table.max_mfn);
	return err_prefix(frame_table_read(&p->table, pdx_from_pfn(pdx, mfn), ret),
			  "mfn %" PRIx64, mfn);
}

const struct domain *page_owner(const struct pages *p, uint64_t va)
{
	const struct hash_slot *slot = hash_first(&p->by_va, va_value(va));

	while (slot && p->domains[slot->number].va != va)
		slot = hash_next(&p->by_va, slot);
	return slot ? &p->domains[slot->number].d : NULL;
}

const struct domain *page_owner_of(const struct pages *p,
				   const struct page *page)
{
	return page_state(p->bits.layout, page->count_info) == PAGE_FREE ?
	       NULL : page_owner(p, page->owner);
}

const char *page_owner_text(const struct pages *p, uint64_t va, char *buf,
			    size_t size)
{
	const struct domain *d = page_owner(p, va);
	char text[DOMID_TEXT];

	if (d)
		snprintf(buf, size, "%s", domid_text(value_of(&d->domain_id), text));
	else
		snprintf(buf, size, "%s", va ? "?" : "none");
	return buf;
}
