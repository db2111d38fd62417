/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ring pages, found by the grants that the backend maps. */
#include "pv_internal.h"

#include <inttypes.h>
#include <stdio.h>

#include "xen/model/memory/p2m.h"

/* GNTTAB_RESERVED_CONSOLE and _XENSTORE (public/grant_table.h) */
#define GRANT_CONSOLE	0
#define GRANT_XENSTORE	1

/* Limit of machine frames: 52 bits of addresses. */
#define MFN_MAX		(1ULL << (52 - XPAGE_SHIFT))

static struct err *open_table(struct pv_job *j, const struct pv_domain *d)
{
	ERR_TRY(grant_table_read(j->x, &d->d, &j->table));
	if (!j->table.va)
		return err_new(ERR_NOT_FOUND, "the domain has no grant table");
	return grants_start(j->grants, &j->table);
}

bool pv_grants_open(struct pv_job *j, const struct pv_domain *d)
{
	unsigned int nr = d - j->domain;
	struct err *e;

	if (j->grants_of == nr)
		return j->has_grants;
	e = open_table(j, d);
	j->grants_of = nr;
	j->has_grants = !e;
	j->no_grants[0] = '\0';
	if (e)
		snprintf(j->no_grants, sizeof(j->no_grants), "%s", err_text(e));
	err_free(e);
	return j->has_grants;
}

static void read_page(struct pv_job *j, uint64_t mfn, struct pv_ring *r)
{
	const void *page;
	struct err *e;

	if (mfn >= MFN_MAX) {
		PV_TEXT(r->problem, "mfn %" PRIx64 " is too large", mfn);
		return;
	}
	r->mfn = mfn;
	r->has_mfn = true;
	e = memory_page(j->x->memory, mfn << XPAGE_SHIFT, &page);
	if (!e) {
		ring_parse(r->kind, page, r->size, &r->ring);
		r->has_ring = !(r->ring.blank && ring_has_indexes(r->kind));
		if (!r->has_ring)
			PV_TEXT(r->problem, "ring page: has no indexes, only zeros: excluded from the dump, or not initialised");
	} else {
		PV_TEXT(r->problem, "ring page: %s", err_text(e));
	}
	err_free(e);
}

static void read_grant(struct pv_job *j, struct pv_device *device,
		       const struct grant *g, struct pv_ring *r)
{
	if (!value_ok(&g->domid) || !value_ok(&g->mfn)) {
		PV_TEXT(r->problem, "grant %u cannot be read", r->ref);
		return;
	}
	if (r->kind == RING_XENSTORE && value_of(&g->domid) < DOMID_FIRST_RESERVED)
		device->backend_domid = value_of(&g->domid);
	r->mapped = device->has_backend &&
		    value_of(&g->domid) == device->backend_domid;
	if (!r->mapped)
		PV_TEXT(r->problem, "grant %u is mapped by d%" PRIu64, r->ref,
			value_of(&g->domid));
	read_page(j, value_of(&g->mfn), r);
}

void pv_ring_read(struct pv_job *j, const struct pv_domain *d,
		  struct pv_device *device, struct pv_ring *r)
{
	struct grant g;
	struct err *e;

	if (!xen_reads_memory(j->x))
		return;
	if (!pv_grants_open(j, d)) {
		PV_TEXT(r->problem, "%s", j->no_grants);
		return;
	}
	e = grants_find(j->grants, r->ref, &g);
	if (e) {
		PV_TEXT(r->problem, "%s", err_text(e));
		err_free(e);
		return;
	}
	if (g.va)
		read_grant(j, device, &g, r);
	r->unmapped = !g.va;
	grant_release(&g);
}

void pv_ring_read_frame(struct pv_job *j, const struct pv_domain *d,
			uint64_t gfn, struct pv_ring *r)
{
	uint64_t maddr = gfn << XPAGE_SHIFT;
	struct err *e = NULL;
	struct p2m p;

	if (!xen_reads_memory(j->x))
		return;
	/* a PV guest's toolstack writes machine frames */
	if (domain_is_hvm(&d->d)) {
		e = p2m_open(j->x, &d->d, &p);
		if (!e)
			e = p2m_maddr(&p, gfn << XPAGE_SHIFT, &maddr);
	}
	if (e)
		PV_TEXT(r->problem, "frame %" PRIx64 ": %s", gfn, err_text(e));
	else
		read_page(j, maddr >> XPAGE_SHIFT, r);
	err_free(e);
}

/* ---- without a xenstore ---- */

/* Kind of the ring on the page of a grant; false if it is not a ring. */
static bool find_kind(struct pv_job *j, const struct grant *g, enum ring_kind *kind,
		      const char **class)
{
	const void *page;
	struct err *e;
	bool is;

	*class = g->ref == GRANT_CONSOLE ? "console" :
		 g->ref == GRANT_XENSTORE ? "xenstore" : "ring";
	*kind = g->ref == GRANT_CONSOLE ? RING_CONSOLE : RING_XENSTORE;
	if (g->ref == GRANT_CONSOLE || g->ref == GRANT_XENSTORE)
		return true;
	if (value_of(&g->mfn) >= MFN_MAX)
		return false;
	e = memory_page(j->x->memory, value_of(&g->mfn) << XPAGE_SHIFT, &page);
	is = !e && ring_is_plausible(page, kind);
	j->ret->hidden += !!e;
	err_free(e);
	return is;
}

static struct err *add_grant(struct pv_job *j, const struct pv_domain *d,
			     const struct grant *g)
{
	struct pv_device *device;
	enum ring_kind kind;
	const char *class;
	struct pv_ring *r;
	char id[24];

	if (!value_ok(&g->domid) || !value_ok(&g->mfn) ||
	    value_of(&g->domid) == value_of(&d->d.domain_id) ||
	    j->ret->nr >= PV_DEVICES_MAX || !find_kind(j, g, &kind, &class))
		return NULL;
	if (ring_has_indexes(kind))
		snprintf(id, sizeof(id), "ref %u", g->ref);
	else
		snprintf(id, sizeof(id), "0");
	device = pv_device_add(j, d, class, id);
	r = device ? pv_ring_add(device, kind) : NULL;
	if (!r)
		return err_nomem();
	device->has_backend = true;
	device->backend_domid = value_of(&g->domid);
	r->ref = g->ref;
	r->has_ref = true;
	read_grant(j, device, g, r);
	return NULL;
}

static struct err *add_grants(struct pv_job *j, const struct pv_domain *d)
{
	struct grant g;

	if (!pv_grants_open(j, d))
		return NULL;
	for (;;) {
		struct err *e = interrupt_check();

		if (!e)
			e = grants_next(j->grants, &g);
		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (e) {
			err_free(e);	/* affects one page of grants */
			continue;
		}
		if (!g.va)
			return NULL;
		e = add_grant(j, d, &g);
		grant_release(&g);
		ERR_TRY(e);
	}
}

struct err *pv_devices_of_grants(struct pv_job *j)
{
	for (unsigned int i = 0; i < j->nr_domains; i++)
		ERR_TRY(add_grants(j, &j->domain[i]));
	return NULL;
}
