/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ram_ranges.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "owner.h"
#include "xen/base/array.h"
#include "xen/model/pcpu/pcpu.h"
#include "xen_tables.h"

/* Limit of ranges: 24 MiB of memory. */
#define RANGES_MAX (1U << 20)

struct finding {
	struct xen *x;
	struct pages *p;
	struct ram_ranges *r;
	uint64_t start, end;	/* va, in pages: _start, _end; 0 and ~0 without these symbols */
};

static struct err *add(struct finding *f, uint64_t mfn, uint64_t nr,
		       enum ram_use use)
{
	struct ram_ranges *r = f->r;
	uint64_t max = pages_table(f->p)->max_mfn;
	struct ram_range *last = r->nr ? &r->at[r->nr - 1] : NULL;

	if (mfn >= max)
		return NULL;	/* memory of a device */
	if (nr > max - mfn)
		nr = max - mfn;
	if (last && last->use == use && last->end == mfn) {
		last->end += nr;
		return NULL;
	}
	if (r->nr == RANGES_MAX) {
		r->lost++;
		return NULL;
	}
	if (!ARRAY_GROW(r->at, r->nr))
		return err_nomem();
	r->at[r->nr++] = (struct ram_range){ mfn, mfn + nr, use };
	return NULL;
}

/* Counts an error that affects one range. */
static struct err *lose(struct finding *f, struct err *e)
{
	if (err_is_final(e))
		return e;
	f->r->lost += e != NULL;
	err_free(e);
	return NULL;
}

/* Adds an object in the directmap. Other objects are found in the page tables. */
static struct err *add_object(struct finding *f, uint64_t va, uint64_t size,
			      enum ram_use use)
{
	uint64_t maddr;

	if (!size || space_region(f->x->space, va)->id != REGION_DIRECTMAP)
		return NULL;
	ERR_TRY(space_translate(f->x->space, va, &maddr));
	return add(f, maddr >> XPAGE_SHIFT,
		   ((maddr & ~XPAGE_MASK) + size + XPAGE_SIZE - 1) >> XPAGE_SHIFT,
		   use);
}

/* ---- page tables ---- */

/* Without the symbols all memory mapped there counts as image. */
static void find_image(struct finding *f)
{
	uint64_t va;
	struct err *e = xen_symbol(f->x, "_start", &va);

	f->start = e ? 0 : va & XPAGE_MASK;
	err_free(e);
	e = xen_symbol(f->x, "_end", &va);
	f->end = e ? ~0ULL : (va + XPAGE_SIZE - 1) & XPAGE_MASK;
	err_free(e);
}

/*
 * Pages of 2 MiB map more than the image up to 4.14 (arch/x86/setup.c:
 * l2_xenmap): the memory below _start and from _end on belongs to the heap.
 * Stubs and livepatches after the image are mapped by pages of 4 KiB.
 */
static struct err *add_image(struct finding *f, uint64_t va, uint64_t mfn, uint64_t nr)
{
	uint64_t end = va + (nr << XPAGE_SHIFT), from = va;

	if (from < f->start)
		from = f->start;
	if (nr > 1 && end > f->end)
		end = f->end;
	if (from >= end)
		return NULL;
	return add(f, mfn + ((from - va) >> XPAGE_SHIFT), (end - from) >> XPAGE_SHIFT,
		   RAM_IMAGE);
}

static struct err *add_mapped(void *arg, enum region_id region, uint64_t va,
			      uint64_t mfn, uint64_t nr)
{
	switch (region) {
	case REGION_RO_M2P:
	case REGION_M2P:
	case REGION_COMPAT_M2P:
		return add(arg, mfn, nr, RAM_M2P);
	case REGION_FRAMETABLE:
		return add(arg, mfn, nr, RAM_FRAME_TABLE);
	case REGION_IMAGE:
		return add_image(arg, va, mfn, nr);
	case REGION_VMAP:
		return add(arg, mfn, nr, RAM_VMAP);
	default:
		return NULL;
	}
}

static struct err *add_table(void *arg, uint64_t mfn)
{
	return add(arg, mfn, 1, RAM_XEN_TABLES);
}

static struct err *add_perdomain(void *arg, uint64_t mfn)
{
	return add(arg, mfn, 1, RAM_PERDOMAIN);
}

/* domain.arch.perdomain_l3_pg, 4.4 to master */
struct perdomain {
	struct value l3_pg;	/* va of a page_info */
};

static const struct field perdomain_fields[] FIELD_TABLE = {
	FIELD(struct perdomain, l3_pg, "domain.arch.perdomain_l3_pg"),
};

static const struct record_type perdomain_record =
	RECORD_TYPE("domain", perdomain_fields);

static struct err *add_domain_tables(struct finding *f, uint64_t domain)
{
	struct xen_tables_fn fn = { .table = add_perdomain, .arg = f };
	struct perdomain per;
	struct page page;
	uint64_t pdx;

	ERR_TRY(record_read(f->x->records, f->x->space, &perdomain_record, domain,
			    &per));
	if (!value_ok(&per.l3_pg) || !value_of(&per.l3_pg))
		return NULL;
	ERR_TRY(frame_table_pdx(pages_table(f->p), value_of(&per.l3_pg), &pdx));
	ERR_TRY(frame_table_read(pages_table(f->p), pdx, &page));
	return xen_tables_below(f->x, page.mfn, 3, &fn, &f->r->lost);
}

/* ---- objects ---- */

static struct err *add_owners(struct finding *f)
{
	struct owners o;
	struct err *e;

	ERR_TRY(owners_read(f->x, &o));
	e = interrupt_check();
	for (size_t i = 0; !e && i < o.nr; i++) {
		const struct owner *at = &o.at[i];

		e = lose(f, add_object(f, at->va, at->end - at->va,
				       at->vcpu < 0 ? RAM_DOMAINS : RAM_VCPUS));
		if (!e && at->vcpu < 0 && at->domid < DOMID_FIRST_RESERVED)
			e = lose(f, add_domain_tables(f, at->va));
	}
	owners_release(&o);
	return e;
}

/* Allocated in powers of two pages (PERCPU_ORDER). */
static uint64_t percpu_size(struct xen *x)
{
	uint64_t start, end, size = XPAGE_SIZE;
	struct err *e = xen_symbol(x, "__per_cpu_start", &start);

	if (!e)
		e = xen_symbol(x, "__per_cpu_data_end", &end);
	if (e || end <= start || end - start > 1U << 24) {
		err_free(e);
		return 0;
	}
	while (size < end - start)
		size *= 2;
	return size;
}

static struct err *percpu_area(struct xen *x, unsigned int cpu, uint64_t *va)
{
	uint64_t start, offset, at;

	ERR_TRY(xen_symbol(x, "__per_cpu_start", &start));
	ERR_TRY(xen_symbol(x, "__per_cpu_offset", &at));
	ERR_TRY(space_read_u64(x->space, at + 8ULL * cpu, &offset));
	*va = start + offset;
	return NULL;
}

static struct err *add_pcpus(struct finding *f)
{
	uint64_t size = percpu_size(f->x), va;

	for (unsigned int cpu = 0; cpu < f->x->nr_cpus; cpu++) {
		struct pcpu p;
		struct err *e;

		ERR_TRY(interrupt_check());
		e = percpu_area(f->x, cpu, &va);
		if (!e)
			e = add_object(f, va, size, RAM_PERCPU);
		ERR_TRY(lose(f, e));
		e = pcpu_read(f->x, cpu, &p);
		if (e) {	/* offline pcpu */
			err_free(e);
			continue;
		}
		ERR_TRY(lose(f, add_object(f, p.stack, STACK_SIZE, RAM_STACKS)));
	}
	return NULL;
}

static struct err *add_console(struct finding *f)
{
	uint64_t ring, size;

	ERR_TRY(xen_variable(f->x, "console.c#conring", &ring));
	ERR_TRY(xen_variable(f->x, "console.c#conring_size", &size));
	return size > 1U << 30 ? NULL : add_object(f, ring, size, RAM_CONSOLE);
}

/* kexec_crash_area: unsigned long size, paddr_t start (xen/kexec.h) */
static struct err *add_crash_kernel(struct finding *f)
{
	uint64_t va, size, start;

	ERR_TRY(xen_symbol(f->x, "kexec_crash_area", &va));
	ERR_TRY(space_read_u64(f->x->space, va, &size));
	ERR_TRY(space_read_u64(f->x->space, va + 8, &start));
	if (!size)
		return NULL;
	return add(f, start >> XPAGE_SHIFT, size >> XPAGE_SHIFT, RAM_CRASH_KERNEL);
}

static int by_mfn(const void *a, const void *b)
{
	const struct ram_range *r = a, *s = b;

	if (r->mfn != s->mfn)
		return r->mfn < s->mfn ? -1 : 1;
	return (int)r->use - (int)s->use;
}

struct err *ram_ranges_read(struct xen *x, struct pages *p,
			    struct ram_ranges *ret)
{
	struct finding f = { .x = x, .p = p, .r = ret };
	struct xen_tables_fn fn = {
		.mapped = add_mapped, .table = add_table, .arg = &f,
	};
	struct err *e;

	memset(ret, 0, sizeof(*ret));
	find_image(&f);
	e = lose(&f, xen_tables_visit(x, &fn, &ret->lost));
	if (!e)
		e = lose(&f, add_owners(&f));
	if (!e)
		e = add_pcpus(&f);
	if (!e)
		e = lose(&f, add_console(&f));
	if (!e)
		e = lose(&f, add_crash_kernel(&f));
	if (e)
		ram_ranges_release(ret);
	else
		array_sort(ret->at, ret->nr, sizeof(*ret->at), by_mfn);
	return e;
}

void ram_ranges_release(struct ram_ranges *r)
{
	free(r->at);
	r->at = NULL;
	r->nr = 0;
}

/* ---- the frames in them ---- */

struct counting {
	struct pages *p;
	struct ram_count *count;
	int use;		/* enum ram_use; -1: not RAM */
	unsigned char *bytes;	/* BLOCK entries */
};

#define BLOCK 128

static void count_hole(struct counting *c, const struct domain *d)
{
	c->count->holes++;
	if (!d)
		c->count->hole_none++;
	else if (value_of(&d->domain_id) == DOMID_IO)
		c->count->hole_io++;
	else if (value_of(&d->domain_id) == DOMID_XEN)
		c->count->hole_xen++;
}

static void count_entry(struct counting *c, const unsigned char *bytes)
{
	const struct frame_table *t = pages_table(c->p);
	const struct page_layout *l = pages_layout(c->p);
	uint64_t count = frame_table_field(t, bytes, PF_COUNT);
	uint64_t owner = frame_table_field(t, bytes, PF_OWNER);
	enum page_kind kind = page_kind(l, count,
					frame_table_field(t, bytes, PF_TYPE), owner);
	const struct domain *d = NULL;

	if (kind != KIND_FREE && owner)
		d = page_owner(c->p, frame_table_owner(t, owner));
	/* freed by the domain, but referenced by Xen: as in page_sums_read() */
	if (kind == KIND_XEN_HEAP && !page_is_allocated(l, count))
		d = NULL;
	if (c->use < 0)
		count_hole(c, d);
	else if (c->use == RAM_M2P && d && value_of(&d->domain_id) == DOMID_XEN)
		c->count->m2p_owned++;
	else if (!d && kind == (ram_use_is_heap(c->use) ? KIND_XEN_HEAP : KIND_OTHER))
		c->count->use[c->use]++;
}

/* Counts consecutive entries; those that cannot be read are in a hole. */
static struct err *count_frames(struct counting *c, uint64_t mfn, uint64_t end)
{
	const struct frame_table *t = pages_table(c->p);
	const struct pdx *pdx = space_pdx(pages_table(c->p)->x->space);

	while (mfn < end && mfn < t->max_mfn) {
		uint64_t at = pdx_from_pfn(pdx, mfn), nr = BLOCK - at % BLOCK;
		struct err *e;

		ERR_TRY(interrupt_check());
		if (nr > end - mfn)
			nr = end - mfn;
		if (at >= t->max_pdx)
			return NULL;
		if (nr > t->max_pdx - at)
			nr = t->max_pdx - at;
		e = space_read(pages_table(c->p)->x->space, t->base + at * t->size, c->bytes,
			       nr * t->size);
		for (uint64_t i = 0; !e && i < nr; i++)
			count_entry(c, c->bytes + i * t->size);
		err_free(e);
		mfn += nr;
	}
	return NULL;
}

/* Counts frames between the regions of RAM, up to the end of the frame table. */
static struct err *count_holes(struct counting *c, const struct e820 *map)
{
	uint64_t done = 0;

	c->use = -1;
	for (unsigned int i = 0; i < map->nr; i++) {
		if (map->at[i].type != E820_RAM)
			continue;
		if (map->at[i].mfn > done)
			ERR_TRY(count_frames(c, done, map->at[i].mfn));
		done = map->at[i].end;
	}
	return count_frames(c, done, pages_table(c->p)->max_mfn);
}

static bool is_ram(const struct e820 *map, uint64_t mfn, uint64_t *end)
{
	for (unsigned int i = 0; i < map->nr; i++) {
		const struct e820_region *r = &map->at[i];

		if (mfn < r->mfn || mfn >= r->end)
			continue;
		if (*end > r->end)
			*end = r->end;
		return r->type == E820_RAM;
	}
	/* between regions, or without a map */
	for (unsigned int i = 0; i < map->nr; i++)
		if (map->at[i].mfn > mfn && map->at[i].mfn < *end)
			*end = map->at[i].mfn;
	return !map->nr;
}

/* Counts the parts of a range that are RAM. */
static struct err *count_range(struct counting *c, const struct e820 *map,
			       uint64_t mfn, uint64_t end)
{
	while (mfn < end) {
		uint64_t part = end;

		if (is_ram(map, mfn, &part))
			ERR_TRY(count_frames(c, mfn, part));
		mfn = part;
	}
	return NULL;
}

struct err *ram_count_frames(struct pages *p, struct ram_ranges *r,
			     const struct e820 *map, struct ram_count *ret)
{
	struct counting c = { .p = p, .count = ret };
	struct err *e = NULL;
	uint64_t done = 0;

	memset(ret, 0, sizeof(*ret));
	c.bytes = malloc((size_t)BLOCK * pages_table(p)->size);
	if (!c.bytes)
		return err_nomem();
	for (unsigned int i = 0; !e && i < r->nr; i++) {
		uint64_t from = r->at[i].mfn > done ? r->at[i].mfn : done;

		c.use = r->at[i].use;
		if (from < r->at[i].end) {
			e = count_range(&c, map, from, r->at[i].end);
			done = r->at[i].end;
		}
	}
	if (!e && map->nr)
		e = count_holes(&c, map);
	free(c.bytes);
	return e;
}
