/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame_table.h"

#include <inttypes.h>

#include "xen/types/datum.h"

/*
 * INVALID_DIRTY_IDX for the usual MAX_ORDER (4.10+); the actual one is read
 * from the heap.
 */
#define DIRTY_NONE	((1U << 19) - 1)

/* Limit: frames of 52 bits of machine address. */
#define MFN_MAX		(1ULL << 40)

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
	/* the storage unit of a bit field may not contain all of its bits */
	return m->size && m->size <= 8 && m->offset + m->size <= size;
}

static struct err *resolve_fields(struct frame_table *t)
{
	struct place whole;
	unsigned int i;

	ERR_TRY(record_resolve(t->x->records, "page_info", &whole));
	if (!whole.size || whole.size > PAGE_INFO_MAX)
		return err_new(ERR_CORRUPT, "invalid size of struct page_info: %" PRIu64 " bytes",
			       whole.size);
	t->size = whole.size;
	for (i = 0; i < PF_NR; i++) {
		struct err *e = record_place(t->x->records, &fields[i],
					     &t->field[i]);

		if (!e && !is_page_field(&t->field[i], t->size))
			e = err_new(ERR_NO_TYPE, "%s is not a number", fields[i].path);
		if (e && i < PF_REQUIRED)
			return e;
		t->has[i] = !e;
		err_free(e);
	}
	t->list_of_pointers = t->field[PF_NEXT].is_pointer;
	t->list_offset = t->field[PF_NEXT].offset;
	return NULL;
}

/*
 * One past the last pdx. A symbol table of functions contains neither this
 * variable nor the masks of the compression (common/pdx.c): in this case frame
 * numbers are taken as not compressed if the frame table has an entry for the
 * last frame at its number.
 */
static struct err *find_max_pdx(struct frame_table *t)
{
	struct err *e = xen_variable(t->x, "max_pdx", &t->max_pdx);
	char entry[1];

	if (!e || err_reason(e) != ERR_NO_SYMBOL || !t->x->variables_found)
		return e;
	err_free(e);
	if (!t->max_mfn || t->max_mfn > MFN_MAX)
		return err_new(ERR_CORRUPT, "invalid max_page: %" PRIx64, t->max_mfn);
	e = space_read(t->x->space, t->base + (t->max_mfn - 1) * t->size, entry,
		       sizeof(entry));
	if (e)
		return err_prefix(e, "no max_pdx, and the entry of the last frame");
	t->max_pdx = t->max_mfn;
	return NULL;
}

static struct err *find_table(struct frame_table *t)
{
	const struct region *r;
	uint64_t end = 0;
	unsigned int n;

	for (n = 0; (r = space_region_nth(t->x->space, n)); n++) {
		if (r->id == REGION_FRAMETABLE) {
			t->base = r->start;
			end = r->end;
		}
	}
	ERR_TRY(xen_variable(t->x, "max_page", &t->max_mfn));
	ERR_TRY(find_max_pdx(t));
	if (t->max_pdx > (end - t->base) / t->size)
		return err_new(ERR_CORRUPT,
			       "max_pdx %" PRIx64 " exceeds the frame table's region",
			       t->max_pdx);
	return NULL;
}

struct err *frame_table_open(struct xen *x, struct frame_table *ret)
{
	struct frame_table t = { .x = x, .dirty_none = DIRTY_NONE };

	ERR_TRY(err_prefix(resolve_fields(&t), "frame table"));
	ERR_TRY(err_prefix(find_table(&t), "frame table"));
	*ret = t;
	return NULL;
}

struct err *frame_table_pdx(const struct frame_table *t, uint64_t va, uint64_t *pdx)
{
	uint64_t n = (va - t->base) / t->size;

	if (va < t->base || n >= t->max_pdx || va != t->base + n * t->size)
		return err_new(ERR_BAD_POINTER,
			       "%" PRIx64 " is not an entry of the frame table", va);
	*pdx = n;
	return NULL;
}

/* Decodes the pdx of a neighbour in a list. */
static uint64_t neighbour(const struct frame_table *t, uint64_t stored)
{
	uint64_t pdx = PAGE_NO_PDX;

	if (!t->list_of_pointers)
		return stored < t->max_pdx ? stored : PAGE_NO_PDX;
	err_free(frame_table_pdx(t, stored - t->list_offset, &pdx));
	return pdx;
}

static uint64_t bits_of(const struct frame_table *t, const void *bytes,
			enum page_field f)
{
	const struct place *m = &t->field[f];

	if (!t->has[f])
		return 0;
	return scalar_extract((const char *)bytes + m->offset, m->size,
			      m->bit_offset, m->bit_size, m->is_signed);
}

static unsigned int dirty_index(const struct frame_table *t, const void *bytes)
{
	uint64_t v;

	if (!t->has[PF_FIRST_DIRTY])
		return PAGE_NOT_DIRTY;
	v = bits_of(t, bytes, PF_FIRST_DIRTY);
	return v < t->dirty_none ? v : PAGE_NOT_DIRTY;
}

/* Reads an entry, whose bytes are returned, without the members for display. */
static struct err *read_entry(const struct frame_table *t, uint64_t pdx, void *bytes,
			      struct page *ret)
{
	uint64_t va = t->base + pdx * t->size;

	if (pdx >= t->max_pdx)
		return err_new(ERR_NOT_FOUND,
			       "pdx %" PRIx64 " is beyond the frame table (%" PRIx64 " entries)",
			       pdx, t->max_pdx);
	ERR_TRY(err_prefix(space_read(t->x->space, va, bytes, t->size),
			   "frame table entry of pdx %" PRIx64, pdx));
	*ret = (struct page){
		.va = va,
		.pdx = pdx,
		.mfn = pdx_to_pfn(space_pdx(t->x->space), pdx),
		.count_info = frame_table_field(t, bytes, PF_COUNT),
		.type_info = frame_table_field(t, bytes, PF_TYPE),
		.owner = frame_table_owner(t, frame_table_field(t, bytes, PF_OWNER)),
		.next = neighbour(t, frame_table_field(t, bytes, PF_NEXT)),
		.prev = neighbour(t, frame_table_field(t, bytes, PF_PREV)),
		.order = frame_table_field(t, bytes, PF_ORDER),
		.first_dirty = dirty_index(t, bytes),
	};
	return NULL;
}

struct err *frame_table_read(const struct frame_table *t, uint64_t pdx,
			     struct page *ret)
{
	unsigned char bytes[PAGE_INFO_MAX];

	ERR_TRY(read_entry(t, pdx, bytes, ret));
	ret->tlbflush_timestamp = bits_of(t, bytes, PF_TIMESTAMP);
	ret->validated_ptes = bits_of(t, bytes, PF_VALIDATED);
	ret->linear_pt_count = bits_of(t, bytes, PF_LINEAR_PT);
	return NULL;
}

struct err *page_list_start(struct page_list *l, const struct frame_table *t,
			    uint64_t head, const char *what)
{
	uint64_t va[2];

	/* both kinds of list head contain the first and the last page */
	ERR_TRY(err_prefix(space_read(t->x->space, head, va, sizeof(va)),
			   "%s", what));
	*l = (struct page_list){
		.t = t, .what = what, .tail = PAGE_NO_PDX,
		.next = PAGE_NO_PDX, .prev = PAGE_NO_PDX,
	};
	if (!va[0] || va[0] == head)
		return NULL;
	if (t->list_of_pointers) {
		va[0] -= t->list_offset;
		va[1] -= t->list_offset;
	}
	ERR_TRY(err_prefix(frame_table_pdx(t, va[0], &l->next), "%s: first page", what));
	return err_prefix(frame_table_pdx(t, va[1], &l->tail), "%s: last page", what);
}

static struct err *bad_list(const struct page_list *l, const struct page *page,
			    const char *how)
{
	return err_new(ERR_CORRUPT, "%s: page %" PRIu64 ", mfn %" PRIx64 ": %s",
		       l->what, l->count, page->mfn, how);
}

struct err *page_list_next(struct page_list *l, struct page *ret)
{
	unsigned char bytes[PAGE_INFO_MAX];
	uint64_t pdx = l->next;

	if (pdx == PAGE_NO_PDX) {
		ret->va = 0;
		return NULL;
	}
	l->next = PAGE_NO_PDX;
	if (!(l->count & 0xff))
		ERR_TRY(interrupt_check());
	ERR_TRY(err_prefix(read_entry(l->t, pdx, bytes, ret), "%s", l->what));
	l->count++;
	if (ret->prev != l->prev)
		return bad_list(l, ret, "no back link to the page before it");
	l->prev = pdx;
	if (pdx == l->tail)
		return NULL;
	if (ret->next == PAGE_NO_PDX)
		return bad_list(l, ret, "no next page, but not the last one of the list");
	l->next = ret->next;
	return NULL;
}
