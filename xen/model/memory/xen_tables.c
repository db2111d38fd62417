/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen_tables.h"

#include <string.h>

#include "xen/base/budget.h"

#define ENTRIES		512
#define PRESENT		1ULL
#define SUPERPAGE	(1ULL << 7)
#define FRAME		0x000ffffffffff000ULL
/* Limit of tables: as many as map 4 TiB by pages of 4 KiB. */
#define TABLES_MAX	(1U << 21)
/* Xen's half of the address space */
#define FIRST_SLOT	256

struct visit {
	struct xen *x;
	const struct xen_tables_fn *fn;
	struct budget tables;
	unsigned int *lost;
	bool only_tables;
};

static unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

static struct err *visit_table(struct visit *v, uint64_t mfn, unsigned int level,
			       uint64_t va);

static struct err *visit_entry(struct visit *v, uint64_t entry,
			       unsigned int level, uint64_t va)
{
	enum region_id region;

	if (level > 1 && !(entry & SUPERPAGE))
		return visit_table(v, (entry & FRAME) >> XPAGE_SHIFT, level - 1, va);
	if (v->only_tables || !v->fn->mapped)
		return NULL;
	region = space_region(v->x->space, va)->id;
	if (region == REGION_DIRECTMAP)
		return NULL;
	/* bit 12 of a superpage is PAT, not part of the frame */
	return v->fn->mapped(v->fn->arg, region, va, (entry & FRAME) >>
			     shift_of(level) << (shift_of(level) - XPAGE_SHIFT),
			     1ULL << (shift_of(level) - XPAGE_SHIFT));
}

static bool differs_by_table(struct visit *v, unsigned int level, uint64_t va)
{
	enum region_id id;

	if (level < 4 || v->only_tables)
		return false;
	id = space_region(v->x->space, va)->id;
	return id == REGION_LINEAR_PT || id == REGION_PERDOMAIN;
}

static struct err *visit_table(struct visit *v, uint64_t mfn, unsigned int level,
			       uint64_t va)
{
	uint64_t entry[ENTRIES];
	unsigned int i = level == 4 ? FIRST_SLOT : 0;
	struct err *e;

	ERR_TRY(budget_take(&v->tables, "Xen's page tables"));
	e = memory_read(v->x->memory, mfn << XPAGE_SHIFT, entry, sizeof(entry));
	if (e) {
		++*v->lost;
		err_free(e);
		return NULL;
	}
	ERR_TRY(v->fn->table(v->fn->arg, mfn));
	/* a subtree of level 1 contains no further table */
	if (level == 1 && v->only_tables)
		return NULL;
	for (; i < ENTRIES; i++) {
		uint64_t at = va | (uint64_t)i << shift_of(level);

		if (level == 4)
			at |= 0xffffULL << 48;
		if (entry[i] & PRESENT && !differs_by_table(v, level, at))
			ERR_TRY(visit_entry(v, entry[i], level, at));
	}
	return NULL;
}

struct err *xen_tables_visit(struct xen *x, const struct xen_tables_fn *fn,
			     unsigned int *lost)
{
	struct visit v = {
		.x = x, .fn = fn, .tables = { TABLES_MAX, 0 }, .lost = lost,
	};
	uint64_t root = space_params(x->space)->root;

	if (!root)
		return err_new(ERR_UNSUPPORTED, "idle_pg_table is unknown");
	return visit_table(&v, root >> XPAGE_SHIFT, 4, 0);
}

struct err *xen_tables_below(struct xen *x, uint64_t mfn, unsigned int level,
			     const struct xen_tables_fn *fn, unsigned int *lost)
{
	struct visit v = {
		.x = x, .fn = fn, .tables = { TABLES_MAX, 0 }, .lost = lost,
		.only_tables = true,
	};

	return visit_table(&v, mfn, level, 0);
}
