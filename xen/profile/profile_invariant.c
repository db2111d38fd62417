/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants of every Xen, independent of the layout: pointers back to the
 * object through which they were reached, ids that equal an index, values known
 * from other sources than structures. A place is right if many objects fulfil
 * them.
 */
#include "profile_vcpu.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/channel/evtchn.h"
#include "xen/model/domain/domain.h"
#include "xen/model/sched/sched.h"
#include "xen/stack/geometry.h"

/* Number of event channels checked in each domain; a bucket contains more. */
#define PORTS		8

/* Pointers that are used only by the invariants. */
struct links {
	uint64_t va;
	struct value next;	/* of a vcpu */
	struct value p2m;	/* of a domain */
};

static const struct field vcpu_links[] FIELD_TABLE = {
	FIELD(struct links, next, "vcpu.next_in_list"),
};

static const struct field domain_links[] FIELD_TABLE = {
	FIELD(struct links, p2m, "domain.arch.p2m"),
};

static const struct record_type vcpu_links_record =
	RECORD_TYPE("vcpu", vcpu_links);
static const struct record_type domain_links_record =
	RECORD_TYPE("domain", domain_links);

static const struct field grants_part[] FIELD_TABLE = {
	FIELD(struct part, domain, "grant_table.domain"),
};

static const struct field p2m_part[] FIELD_TABLE = {
	FIELD(struct part, domain, "p2m_domain.domain"),
};

static const struct record_type grants_record =
	RECORD_TYPE("grant_table", grants_part);
static const struct record_type p2m_record =
	RECORD_TYPE("p2m_domain", p2m_part);

/* ---- pcpus ---- */

/* struct cpu_info is also found by its contents: stack/geometry.h. */
static struct err *check_pcpu(struct checker *c, const struct pcpu *p)
{
	struct cpu_info_found found;
	struct err *e = pcpu_find_info(c->x, p, &found);

	if (e) {
		err_free(e);
		return NULL;
	}
	check_path(c, "struct cpu_info", found.va == p->cpu_info, found.va);
	check_path(c, "struct cpu_info.guest_cpu_user_regs",
		   found.va == p->guest_regs, found.va);
	check_number(c, "struct cpu_info.processor_id", p->id, value_of(&p->processor_id),
		     found.va);
	check_path(c, "struct cpu_info.current_vcpu",
		   value_of(&p->current_vcpu) == found.current_vcpu, found.va);
	return interrupt_check();
}

static uint64_t switching_from(struct xen *x, const struct pcpu *p)
{
	struct vcpu v;
	struct err *e;

	if (!value_ok(&p->current_vcpu))
		return 0;
	e = vcpu_read(x, value_of(&p->current_vcpu), &v);
	if (e) {
		err_free(e);
		return 0;
	}
	return value_ok(&v.runstate) && value_of(&v.runstate) != RUNSTATE_RUNNING ?
	       v.va : 0;
}

static struct err *check_pcpus(struct running *r)
{
	unsigned int i;

	r->pcpu = calloc(r->c->x->nr_cpus, sizeof(*r->pcpu));
	r->switching = calloc(r->c->x->nr_cpus, sizeof(*r->switching));
	if (!r->pcpu || !r->switching)
		return err_nomem();
	for (i = 0; i < r->c->x->nr_cpus; i++) {
		struct pcpu *p = &r->pcpu[r->nr];
		struct err *e = pcpu_read(r->c->x, i, p);

		if (e) {
			err_free(e);
			continue;
		}
		r->switching[r->nr++].current = switching_from(r->c->x, p);
		ERR_TRY(check_pcpu(r->c, p));
	}
	return NULL;
}

/* Array and list of vcpus end with the same vcpu, to which Xen may not have added others yet. */
static void check_last(struct checker *c, const struct domain *d,
		       const struct links *links, uint64_t id)
{
	if (value_of(&links->next))
		CHECK_FIELD(c, domain_record, d, max_vcpus, false);
	else if (value_of(&d->max_vcpus) == id + 1)
		CHECK_NUMBER(c, domain_record, d, max_vcpus, id + 1);
	else
		check_doubt(c, PATHS_OF(domain_record, d, max_vcpus));
}

/* All vcpus of a domain. */
static struct err *check_vcpus(struct running *r, const struct domain *d)
{
	struct links links = { .va = 0 }, next = { .va = 0 };
	struct xen *x = r->c->x;
	uint64_t last = 0;
	struct vcpus w;
	struct vcpu v;
	struct err *e = vcpus_start(&w, x, d);

	while (!e) {
		e = vcpus_next(&w, &v);
		if (e || w.done)
			break;
		next = (struct links){ .va = v.va };
		err_free(record_read(x->records, x->space, &vcpu_links_record,
				     v.va, &next));
		if (links.va)
			CHECK_FIELD(r->c, vcpu_links_record, &links, next,
				    value_of(&links.next) == v.va);
		links = next;
		last = value_of(&v.vcpu_id);
		CHECK_FIELD(r->c, domain_record, d, vcpu, true);
		check_vcpu(r, d, &v);
	}
	if (err_is_final(e))
		return e;
	if (check_is_wrong(e))
		CHECK_FIELD(r->c, domain_record, d, vcpu, false);
	else if (value_ok(&links.next))
		check_last(r->c, d, &links, last);
	return NULL;
}

/* ---- domains ---- */

/* A channel has its own number (common/event_channel.c). */
static void check_channels(struct checker *c, const struct domain *d)
{
	struct place channel, port;
	unsigned int i;

	if (!value_ok(&d->evtchn) || !value_of(&d->evtchn) ||
	    check_is_wrong(record_resolve(c->x->records, "evtchn", &channel)) ||
	    check_is_wrong(record_resolve(c->x->records, "evtchn.port", &port)))
		return;
	for (i = 1; i < PORTS; i++) {
		uint64_t va = value_of(&d->evtchn) + i * channel.size;
		uint32_t number;
		struct err *e = space_read_u32(c->x->space, va + port.offset,
					       &number);

		if (e && check_unreadable(e)) {
			err_free(e);
			return;
		}
		check_path(c, "evtchn", !e && number == i, va);
		check_path(c, "evtchn.port", !e && number == i, va);
		CHECK_FIELD(c, domain_record, d, evtchn, !e && number == i);
		err_free(e);
	}
}

/* Dom0 is privileged and Xen's own domains are not; few others may be. */
static void check_privileged(struct checker *c, const struct domain *d)
{
	bool is = value_ok(&d->is_privileged) && value_of(&d->is_privileged);
	uint64_t id = value_of(&d->domain_id);

	if (!id || id == DOMID_XEN || id == DOMID_IO)
		CHECK_FLAG(c, domain_record, d, is_privileged, !id, is);
	else if (is)
		check_doubt(c, PATHS_OF(domain_record, d, is_privileged));
}

static struct err *check_domain(struct running *r, const struct domain *d,
				const struct domain *last)
{
	struct links links = { .va = d->va };
	struct xen *x = r->c->x;
	uint64_t pool;

	if (value_of(&d->domain_id) < DOMID_FIRST_RESERVED) {
		/* the list is in the order of ids, dom0 first */
		CHECK_FIELD(r->c, domain_record, d, domain_id, last->va ?
			    value_of(&d->domain_id) > value_of(&last->domain_id) : !value_of(&d->domain_id));
		check_path(r->c, "domain.next_in_list", true, d->va);
		check_shared_info(r->c, d);
		check_channels(r->c, d);
		err_free(record_read(x->records, x->space, &domain_links_record,
				     d->va, &links));
		check_part(r->c, &grants_record, &d->grant_table,
			   "domain.grant_table", d->va);
		check_there(r->c, &d->grant_table, "domain.grant_table");
		check_part(r->c, &p2m_record, &links.p2m, "domain.arch.p2m",
			   d->va);
	}
	if (!value_of(&d->domain_id) && !check_is_wrong(xen_variable(x, "cpupool0", &pool)))
		CHECK_FIELD(r->c, domain_record, d, cpupool, value_of(&d->cpupool) == pool);
	check_privileged(r->c, d);
	return check_vcpus(r, d);
}

/* Domains that are not on a list have a symbol and a fixed id (public/xen.h). */
static void check_system(struct checker *c)
{
	static const struct {
		const char *symbol;
		uint64_t id;
	} systems[] = { { "dom_xen", DOMID_XEN }, { "dom_io", DOMID_IO } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(systems); i++) {
		struct domain d;
		uint64_t va;
		struct err *e = xen_variable(c->x, systems[i].symbol, &va);

		if (!e)
			e = domain_read(c->x, va, &d);
		if (!e)
			CHECK_FIELD(c, domain_record, &d, domain_id,
				    value_of(&d.domain_id) == systems[i].id);
		err_free(e);
	}
}

static struct err *check_domains(struct running *r)
{
	struct domain d, last = { .va = 0 };
	struct domains w;
	struct err *e = domains_start(&w, r->c->x, true);

	if (e)
		return err_is_final(e) ? e :
		       err_prefix(e, "no list of domains");
	for (;;) {
		e = domains_next(&w, &d);
		if (err_is_final(e))
			return e;
		if (e) {
			if (check_is_wrong(e))
				check_path(r->c, "domain.next_in_list", false, last.va);
			continue;
		}
		if (w.done) {
			check_counts(r->c);
			return NULL;
		}
		ERR_TRY(check_pages(r->c, &d));
		ERR_TRY(check_domain(r, &d, &last));
		last = d;
	}
}

struct err *check_objects(struct checker *c)
{
	struct running r = { .c = c };
	struct err *e = check_pcpus(&r);

	if (!e)
		e = check_domains(&r);
	if (!e)
		check_switching(&r);
	free(r.switching);
	free(r.pcpu);
	if (e)
		return e;
	check_system(c);
	check_runstate(c, r.times_differ);
	return NULL;
}
