/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ram_ranges.h"
#include "xen/base/array.h"
#include "xen/model/host/sys.h"

/*
 * Pages of the pool for P2M and shadow tables: free ones, and those in use by
 * the P2M. The members were moved out of .hap and .shadow after 4.17.
 */
struct paging {
	struct value total, p2m;
	struct value hap_total, hap_p2m, shadow_total, shadow_p2m;
};

static const struct field paging_fields[] FIELD_TABLE = {
	FIELD(struct paging, total, "domain.arch.paging.total_pages"),
	FIELD(struct paging, p2m, "domain.arch.paging.p2m_pages"),
	FIELD(struct paging, hap_total, "domain.arch.paging.hap.total_pages"),
	FIELD(struct paging, hap_p2m, "domain.arch.paging.hap.p2m_pages"),
	FIELD(struct paging, shadow_total, "domain.arch.paging.shadow.total_pages"),
	FIELD(struct paging, shadow_p2m, "domain.arch.paging.shadow.p2m_pages"),
};

const struct record_type ram_paging_record = RECORD_TYPE("domain", paging_fields);

/* Tickets of a spinlock_t, or rspinlock_t (4.19+), which differ while it is held; 4.6+ */
struct page_lock {
	struct value head, tail;
};

static const struct field page_lock_fields[] FIELD_TABLE = {
	FIELD(struct page_lock, head, "domain.page_alloc_lock.tickets.head"),
	FIELD(struct page_lock, tail, "domain.page_alloc_lock.tickets.tail"),
};

static const struct record_type page_lock_record = RECORD_TYPE("domain", page_lock_fields);

/* struct xmem_pool of common/xmalloc_tlsf.c, 4.4 to master; regions of one page */
struct pool {
	struct value regions;
};

static const struct field pool_fields[] FIELD_TABLE = {
	FIELD(struct pool, regions, "xmem_pool.num_regions"),
};

static const struct record_type pool_record = RECORD_TYPE("xmem_pool", pool_fields);

/* ---- domains ---- */

static void add_value(struct value *sum, const struct value *v)
{
	if (!value_ok(v))
		return;
	sum->raw = (value_ok(sum) ? value_of(sum) : 0) + value_of(v);
	sum->state = VALUE_OK;
}

struct value ram_paging_pages(struct xen *x, const struct domain *d)
{
	struct value sum = { .state = VALUE_NO_FIELD };
	struct paging p;
	struct err *e;

	if (!d->va)
		return sum;
	e = record_read(x->records, x->space, &ram_paging_record, d->va, &p);
	if (e) {
		err_free(e);
		return sum;
	}
	add_value(&sum, &p.total);
	add_value(&sum, &p.p2m);
	if (value_ok(&sum))
		return sum;
	add_value(&sum, &p.hap_total);
	add_value(&sum, &p.hap_p2m);
	add_value(&sum, &p.shadow_total);
	add_value(&sum, &p.shadow_p2m);
	return sum;
}

static struct err *add_domain(struct xen *x, struct ram *r,
			      const struct domain *d)
{
	struct ram_domain *rd;

	if (!ARRAY_GROW(r->domain, r->nr_domains))
		return err_nomem();
	rd = &r->domain[r->nr_domains++];
	memset(rd, 0, sizeof(*rd));
	rd->d = *d;
	rd->paging = ram_paging_pages(x, d);
	if (value_ok(&d->tot_pages))
		rd->pages = value_of(&d->tot_pages);
	return NULL;
}

static struct err *read_domains(struct xen *x, struct ram *r)
{
	struct domains w;
	struct domain d;

	ERR_TRY(domains_start(&w, x, false));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			return NULL;
		if (!e)
			e = add_domain(x, r, &d);
		if (err_is_final(e))
			return e;
		r->lost += e != NULL;
		err_free(e);
	}
}

static struct ram_domain *find_domain(struct ram *r, uint64_t va)
{
	for (unsigned int i = 0; i < r->nr_domains; i++)
		if (r->domain[i].d.va == va)
			return &r->domain[i];
	return NULL;
}

/* ---- frames ---- */

static uint64_t all_kinds(const struct page_sum *s)
{
	uint64_t sum = 0;

	for (unsigned int k = 0; k < KIND_NR; k++)
		sum += s->frames[k];
	return sum;
}

/*
 * Sums the frames of a domain. In versions where tables of the P2M are owned by
 * their domain, they are the frames beyond its tot_pages (HAP 4.4, shadow up to
 * 4.16).
 */
static void take_domain(struct ram_domain *rd, const struct page_sum *s)
{
	const struct domain *d = &rd->d;

	memcpy(rd->frames, s->frames, sizeof(rd->frames));
	rd->by_frames = true;
	rd->pages = all_kinds(s);
	rd->counted = page_sum_tot_pages(s) + s->frames[KIND_EXTRA];
	if (!value_ok(&d->tot_pages) || !value_ok(&rd->paging))
		return;
	if (rd->counted > value_of(&d->tot_pages)) {
		rd->paging_owned = rd->counted - value_of(&d->tot_pages);
		if (rd->paging_owned > value_of(&rd->paging))
			rd->paging_owned = value_of(&rd->paging);
	}
}

struct owners_left {
	uint64_t other, heap;	/* without an owner: KIND_OTHER, or Xen's heap */
	uint64_t shadow;	/* frames whose owner is no domain */
	uint64_t io, xen;	/* of dom_io, dom_xen */
	uint64_t rest;		/* of other system domains */
};

static void take_sum(struct ram *r, const struct pages *p,
		     const struct page_sum *s, struct owners_left *left)
{
	struct ram_domain *rd = find_domain(r, s->owner);
	const struct domain *d = page_owner(p, s->owner);

	if (rd) {
		take_domain(rd, s);
	} else if (s->owner == PAGE_SUM_UNKNOWN) {
		left->shadow += all_kinds(s);
	} else if (!s->owner) {
		left->other += s->frames[KIND_OTHER];
		left->heap += s->frames[KIND_XEN_HEAP];
		left->rest += s->frames[KIND_EXTRA];
		r->free.raw += s->frames[KIND_FREE];
		r->offline += s->frames[KIND_OFFLINE];
	} else if (d && value_of(&d->domain_id) == DOMID_IO) {
		left->io += all_kinds(s);
	} else if (d && value_of(&d->domain_id) == DOMID_XEN) {
		left->xen += all_kinds(s);
	} else {
		left->rest += all_kinds(s);
	}
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Classifies frames without owner by their address. */
static void split(struct ram *r, const struct ram_count *c,
		  const struct owners_left *left)
{
	uint64_t heap = left->heap, pools = 0;

	memcpy(r->use, c->use, sizeof(r->use));
	r->use[RAM_M2P] += c->m2p_owned;
	for (unsigned int u = 0; u < RAM_USES; u++)
		if (ram_use_is_heap(u))
			heap = less(heap, r->use[u]);
	r->heap_rest = heap;
	r->not_ram = c->holes;
	r->low = less(left->io, c->hole_io);
	r->trace = less(less(left->xen, c->m2p_owned), c->hole_xen);
	for (unsigned int i = 0; i < r->nr_domains; i++)
		if (value_ok(&r->domain[i].paging))
			pools += value_of(&r->domain[i].paging) - r->domain[i].paging_owned;
	r->paging = pools;
}

static bool page_lock_is_held(struct xen *x, const struct domain *d)
{
	struct page_lock lock;
	struct err *e = record_read(x->records, x->space, &page_lock_record, d->va, &lock);

	if (e) {
		err_free(e);
		return false;
	}
	return value_ok(&lock.head) && value_ok(&lock.tail) &&
	       value_of(&lock.head) != value_of(&lock.tail);
}

/*
 * Compares the frames of a domain with its tot_pages. assign_pages() of
 * common/page_alloc.c counts each page that it gives an owner, since 4.14 also
 * those allocated with MEMF_no_refcount, which are PGC_extra then. Pages of
 * Xen's heap are in xenheap_pages instead; shared ones are owned by dom_cow.
 * Counter and owners are changed with page_alloc_lock held, except that
 * free_domheap_pages() releases it before free_heap_pages() removes the owner:
 * of one page for each pcpu. Not for the domains of Xen itself, whose pages
 * are not counted.
 */
static void compare(struct xen *x, const struct ram *r, struct ram_domain *rd)
{
	const struct domain *d = &rd->d;
	uint64_t tot;

	if (!value_ok(&d->tot_pages) || value_of(&d->domain_id) >= DOMID_FIRST_RESERVED)
		return;
	tot = value_of(&d->tot_pages);
	if (rd->counted < tot) {
		/* an unreadable entry may be one of its frames */
		rd->contradicts = !r->unreadable;
	} else if (rd->counted > tot) {
		/* unless the excess is, or may be, tables of its P2M */
		rd->contradicts = value_ok(&rd->paging) &&
				  rd->counted - tot > rd->paging_owned;
	}
	if (rd->contradicts)
		rd->in_flight = (rd->counted > tot && rd->counted - tot <= x->nr_cpus) ||
				page_lock_is_held(x, d);
}

static struct err *count_frames(struct xen *x, struct pages *p,
				const struct page_progress *progress,
				struct ram *r)
{
	struct owners_left left = { 0 };
	struct ram_ranges ranges;
	struct ram_count count;
	struct page_sums sums;
	struct err *e;

	ERR_TRY(page_sums_read(p, progress, &sums));
	r->free = (struct value){ .state = VALUE_OK };
	for (unsigned int i = 0; i < sums.nr; i++)
		take_sum(r, p, &sums.sum[i], &left);
	r->unreadable = sums.scan.lost;
	page_sums_free(&sums);
	ERR_TRY(ram_ranges_read(x, p, &ranges));
	e = ram_count_frames(p, &ranges, &r->map, &count);
	r->lost += ranges.lost;
	ram_ranges_release(&ranges);
	if (e)
		return e;
	split(r, &count, &left);
	r->by_frames = true;
	/* the memory of a running host changes while it is read */
	for (unsigned int i = 0; i < r->nr_domains && !xen_is_running(x); i++)
		compare(x, r, &r->domain[i]);
	return NULL;
}

/* ---- counters ---- */

static void read_small(struct xen *x, struct ram *r)
{
	struct pool pool;
	uint64_t va;
	struct err *e = xen_variable(x, "xmalloc_tlsf.c#xenpool", &va);

	r->small.state = VALUE_NO_FIELD;
	if (!e)
		e = xen_check_pointer(x, va, 8, "xenpool");
	if (!e)
		e = record_read(x->records, x->space, &pool_record, va, &pool);
	if (!e)
		r->small = pool.regions;
	err_free(e);
}

static void read_unscrubbed(struct heap *h, struct ram *r)
{
	struct value sum = { .state = VALUE_OK };

	r->unscrubbed.state = VALUE_NO_FIELD;
	if (!h->scrub_nodes)
		return;
	for (unsigned int i = 0; i < h->scrub_nodes; i++) {
		uint64_t v;
		struct err *e = space_read_u64(h->x->space, h->need_scrub + 8ULL * i, &v);

		if (e) {
			err_free(e);
			return;
		}
		sum.raw += v;
	}
	r->unscrubbed = sum;
}

static struct err *read_counters(struct xen *x, struct ram *r)
{
	struct sys *sys = malloc(sizeof(*sys));
	struct heap h;
	struct err *e;

	if (!sys)
		return err_nomem();
	e = sys_read(x, sys);
	if (!e)
		r->total = sys->total_pages;
	free(sys);
	if (err_is_final(e))
		return e;
	err_free(e);
	ERR_TRY(heap_open(x, &h));
	r->free = h.total;
	r->claimed = h.claimed;
	read_unscrubbed(&h, r);
	return NULL;
}

/* ---- all ---- */

static struct err *read_frames(struct xen *x, const struct page_progress *progress,
			       struct ram *r)
{
	struct pages *p;
	struct err *e;

	if (!xen_reads_memory(x))
		return NULL;
	/* without the map, the few frames of dom_io that are not RAM count as RAM */
	e = e820_read(x, &r->map);
	if (err_is_final(e))
		return e;
	r->lost += e != NULL;
	err_free(e);
	ERR_TRY(pages_open(x, &p));
	e = count_frames(x, p, progress, r);
	pages_close(p);
	return e;
}

static struct err *read_all(struct xen *x, const struct page_progress *progress,
			    struct ram *r)
{
	struct err *e;

	ERR_TRY(read_counters(x, r));
	ERR_TRY(read_domains(x, r));
	read_small(x, r);
	e = read_frames(x, progress, r);
	if (err_is_final(e))
		return e;
	if (e)
		snprintf(r->no_frames, sizeof(r->no_frames), "%s", err_text(e));
	err_free(e);
	if (value_ok(&r->total)) {
		r->has_unaccounted = true;
		r->unaccounted = (int64_t)(value_of(&r->total) - ram_accounted(r));
	}
	return NULL;
}

struct err *ram_read(struct xen *x, const struct page_progress *progress,
		     struct ram *ret)
{
	struct err *e;

	memset(ret, 0, sizeof(*ret));
	e = read_all(x, progress, ret);
	if (e)
		ram_release(ret);
	return e;
}

void ram_release(struct ram *r)
{
	e820_release(&r->map);
	free(r->domain);
	memset(r, 0, sizeof(*r));
}

uint64_t ram_accounted(const struct ram *r)
{
	uint64_t sum = r->low + r->trace + r->heap_rest + r->paging + r->offline;

	for (unsigned int u = 0; u < RAM_USES; u++)
		sum += r->use[u];
	for (unsigned int i = 0; i < r->nr_domains; i++)
		sum += r->domain[i].pages;
	return sum + (value_ok(&r->free) ? value_of(&r->free) : 0);
}

const char *ram_use_name(enum ram_use use)
{
	static const char *const names[RAM_USES] = {
		[RAM_IMAGE] = "Xen image", [RAM_FRAME_TABLE] = "frame table",
		[RAM_M2P] = "M2P", [RAM_XEN_TABLES] = "page tables of Xen",
		[RAM_VMAP] = "vmap", [RAM_PERDOMAIN] = "per-domain page tables",
		[RAM_CRASH_KERNEL] = "crash kernel",
		[RAM_DOMAINS] = "struct domain", [RAM_VCPUS] = "struct vcpu",
		[RAM_STACKS] = "stacks of pcpus",
		[RAM_PERCPU] = "per-cpu areas", [RAM_CONSOLE] = "console ring",
	};

	return use < RAM_USES ? names[use] : "?";
}

bool ram_use_is_heap(enum ram_use use)
{
	return use >= RAM_DOMAINS && use < RAM_USES;
}
