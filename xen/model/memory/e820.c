/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "e820.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* E820MAX: 128 in 4.4, 1024 later */
#define ENTRIES_MAX	1024
#define ENTRY_SIZE	20	/* u64 addr, u64 size, u32 type, packed */

static int by_mfn(const void *a, const void *b)
{
	const struct e820_region *r = a, *s = b;

	return r->mfn < s->mfn ? -1 : r->mfn > s->mfn;
}

/*
 * RAM is reduced to the whole pages in it; other regions are extended to all
 * pages they touch.
 */
static struct err *add(struct e820 *e, const unsigned char *entry)
{
	uint64_t addr, size;
	uint32_t type;
	struct e820_region r;

	memcpy(&addr, entry, 8);
	memcpy(&size, entry + 8, 8);
	memcpy(&type, entry + 16, 4);
	if (!size)
		return NULL;
	if (addr + size < addr)
		return err_new(ERR_CORRUPT, "invalid range in the E820 map: %" PRIx64 " bytes at %" PRIx64,
			       size, addr);
	r.type = type;
	if (type == E820_RAM) {
		r.mfn = (addr >> XPAGE_SHIFT) + !!(addr & ~XPAGE_MASK);
		r.end = (addr + size) >> XPAGE_SHIFT;
	} else {
		r.mfn = addr >> XPAGE_SHIFT;
		r.end = ((addr + size - 1) >> XPAGE_SHIFT) + 1;
	}
	if (r.mfn >= r.end)
		return NULL;
	if (!ARRAY_GROW(e->at, e->nr))
		return err_nomem();
	e->at[e->nr++] = r;
	return NULL;
}

/* Removes overlaps, which result from partial pages, from the later region; sums up. */
static void settle(struct e820 *e)
{
	uint64_t done = 0;

	array_sort(e->at, e->nr, sizeof(*e->at), by_mfn);
	for (unsigned int i = 0; i < e->nr; i++) {
		struct e820_region *r = &e->at[i];

		if (r->mfn < done)
			r->mfn = done < r->end ? done : r->end;
		if (r->end > done)
			done = r->end;
		e->pages[r->type < E820_TYPES ? r->type : 0] += r->end - r->mfn;
	}
}

struct err *e820_read(struct xen *x, struct e820 *ret)
{
	unsigned char entry[ENTRY_SIZE];
	struct e820 map = { 0 };
	struct err *e = NULL;
	uint32_t nr;
	uint64_t va;

	ERR_TRY(xen_symbol(x, "e820", &va));
	ERR_TRY(err_prefix(space_read_u32(x->space, va, &nr), "e820"));
	if (!nr || nr > ENTRIES_MAX)
		return err_new(ERR_CORRUPT, "invalid number of entries in the E820 map: %u", nr);
	for (unsigned int i = 0; !e && i < nr; i++) {
		e = space_read(x->space, va + 4 + (uint64_t)i * ENTRY_SIZE, entry,
			       sizeof(entry));
		if (!e)
			e = add(&map, entry);
	}
	if (e) {
		e820_release(&map);
		return e;
	}
	settle(&map);
	*ret = map;
	return NULL;
}

void e820_release(struct e820 *e)
{
	free(e->at);
	memset(e, 0, sizeof(*e));
}
