/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks in objects that are reached through pointers. */
#include <inttypes.h>
#include <stdio.h>

#include "xen/model/domain/domain.h"
#include "xen/model/channel/irq.h"
#include "lock_plan.h"
#include "xen/model/domain/vcpu.h"

/* Names what could not be read to the walk; returns e if it ends the walk. */
static struct err *leave_out(struct lock_walk *w, struct err *e)
{
	if (e && !err_is_final(e)) {
		w->lost(w->arg, e);
		return NULL;
	}
	return e;
}

struct owned {
	struct value p2m, grant_table;
};

static const struct field owned_fields[] FIELD_TABLE = {
	FIELD(struct owned, p2m, "domain.arch.p2m"),
	FIELD(struct owned, grant_table, "domain.grant_table"),
};

static const struct record_type owned_record = RECORD_TYPE("domain", owned_fields);

/* Types of the objects of a domain */
enum { OF_DOMAIN, OF_P2M, OF_GRANT_TABLE, OF_VCPU, NR_TYPES };

static const char *const type_names[NR_TYPES] = {
	[OF_DOMAIN] = "struct domain",
	[OF_P2M] = "struct p2m_domain",
	[OF_GRANT_TABLE] = "struct grant_table",
	[OF_VCPU] = "struct vcpu",
};

struct domain_plans {
	struct lock_walk *w;
	struct lock_plan of[NR_TYPES];
};

/* Visits the locks behind a pointer; does nothing for NULL or an unknown pointer. */
static struct err *locks_behind(struct lock_walk *w, const struct lock_plan *plan,
				const struct value *va, const char *name)
{
	struct err *e;

	if (!value_ok(va) || !value_of(va))
		return NULL;
	e = xen_check_pointer(w->x, value_of(va), sizeof(uint32_t), name);
	if (e) {
		w->lost(w->arg, e);
		return NULL;
	}
	return lock_plan_show(w, plan, value_of(va), name);
}

static struct err *locks_of_vcpus(const struct domain_plans *p,
				  const struct domain *d)
{
	struct lock_walk *w = p->w;
	struct vcpus vcpus;
	struct vcpu v;
	char name[32];
	struct err *e;

	e = vcpus_start(&vcpus, w->x, d);
	if (e) {
		w->lost(w->arg, e);
		return NULL;
	}
	for (;;) {
		e = vcpus_next(&vcpus, &v);
		if (err_is_final(e))
			return e;
		if (e) {
			w->lost(w->arg, e);
			continue;
		}
		if (vcpus.done)
			return NULL;
		snprintf(name, sizeof(name), "d%" PRIu64 "v%" PRIu64,
			 value_of(&d->domain_id), value_of(&v.vcpu_id));
		ERR_TRY(lock_plan_show(w, &p->of[OF_VCPU], v.va, name));
	}
}

static struct err *locks_of_domain(const struct domain_plans *p,
				   const struct domain *d)
{
	struct lock_walk *w = p->w;
	struct owned owned = { 0 };
	char name[32];
	struct err *e;

	snprintf(name, sizeof(name), "d%" PRIu64, value_of(&d->domain_id));
	ERR_TRY(lock_plan_show(w, &p->of[OF_DOMAIN], d->va, name));
	e = record_read(w->x->records, w->x->space, &owned_record, d->va, &owned);
	if (e)
		w->lost(w->arg, e);
	snprintf(name, sizeof(name), "d%" PRIu64 " p2m", value_of(&d->domain_id));
	ERR_TRY(locks_behind(w, &p->of[OF_P2M], &owned.p2m, name));
	snprintf(name, sizeof(name), "d%" PRIu64 " grant table", value_of(&d->domain_id));
	ERR_TRY(locks_behind(w, &p->of[OF_GRANT_TABLE], &owned.grant_table, name));
	return locks_of_vcpus(p, d);
}

static struct err *locks_of_all(const struct domain_plans *p)
{
	struct lock_walk *w = p->w;
	struct domains domains;
	struct domain d;
	struct err *e;

	ERR_TRY(domains_start(&domains, w->x, true));
	for (;;) {
		e = domains_next(&domains, &d);
		if (!e && domains.done)
			return NULL;
		if (!e)
			e = locks_of_domain(p, &d);
		ERR_TRY(leave_out(w, e));
	}
}

/* If the build lacks a type, only the locks of that type are missing. */
static struct err *locks_of_domains(struct lock_walk *w)
{
	struct domain_plans p = { .w = w };
	struct err *e = NULL;

	for (unsigned int i = 0; !e && i < NR_TYPES; i++) {
		e = lock_plan_of(w, type_names[i], &p.of[i]);
		if (!e || err_is_final(e))
			continue;
		w->lost(w->arg, e);
		e = NULL;
	}
	if (!e)
		e = locks_of_all(&p);
	for (unsigned int i = 0; i < NR_TYPES; i++)
		lock_plan_release(&p.of[i]);
	return e;
}

struct scheduled {
	struct value lock;	/* va */
};

static const struct field scheduled_fields[] FIELD_TABLE = {
	FIELD(struct scheduled, lock, "sched_resource.schedule_lock | "
				      "schedule_data.schedule_lock"),
};

static const struct record_type scheduled_record = RECORD_TYPE("schedule lock",
							       scheduled_fields);

/* sched_res points to the resource (4.13+); schedule_data is the structure. */
static struct err *schedule_lock(struct xen *x, unsigned int cpu,
				 struct scheduled *ret)
{
	uint64_t va;
	struct err *e = xen_percpu(x, "sched_res", cpu, &va);

	if (e && err_reason(e) == ERR_NO_SYMBOL) {
		err_free(e);
		e = xen_percpu(x, "schedule_data", cpu, &va);
	} else if (!e) {
		e = space_read_u64(x->space, va, &va);
	}
	if (!e)
		e = xen_check_pointer(x, va, sizeof(uint64_t), "sched_res");
	return e ? e : record_read(x->records, x->space, &scheduled_record, va, ret);
}

/* Passes a lock that was read from a pointer to w->fn. */
static struct err *show_schedule_lock(struct lock_walk *w, const struct value *va,
				      const char *name)
{
	struct err *e = xen_check_pointer(w->x, value_of(va), sizeof(uint32_t), name);

	if (e) {
		w->lost(w->arg, e);
		return NULL;
	}
	return lock_show(w, LOCK_IS_SPIN, value_of(va), name);
}

/* Pcpus of one run queue share a lock, which is named after the first. */
static struct err *locks_of_schedulers(struct lock_walk *w)
{
	uint64_t last = 0;
	char name[32];

	for (unsigned int cpu = 0; cpu < w->x->nr_cpus; cpu++) {
		struct scheduled s = { 0 };
		struct err *e = schedule_lock(w->x, cpu, &s);

		if (e && err_reason(e) != ERR_NOT_FOUND)
			w->lost(w->arg, err_prefix(e, "pcpu %u", cpu));
		else
			err_free(e);	/* absent pcpu */
		if (!value_ok(&s.lock) || value_of(&s.lock) == last)
			continue;
		last = value_of(&s.lock);
		snprintf(name, sizeof(name), "pcpu %u schedule_lock", cpu);
		ERR_TRY(show_schedule_lock(w, &s.lock, name));
	}
	return NULL;
}

static struct err *irq_locks(struct lock_walk *w, const struct lock_plan *plan,
			     unsigned int nr)
{
	unsigned int i;
	struct irq irq;
	char name[32];

	for (i = 0; i < nr; i++) {
		struct err *e = interrupt_check();

		if (!e)
			e = irq_read(w->x, i, &irq);
		if (err_is_final(e))
			return e;
		if (e) {
			w->lost(w->arg, e);
			continue;
		}
		snprintf(name, sizeof(name), "irq %u", i);
		ERR_TRY(lock_plan_show(w, plan, irq.va, name));
	}
	return NULL;
}

static struct err *locks_of_irqs(struct lock_walk *w)
{
	struct lock_plan plan;
	unsigned int nr;
	struct err *e;

	ERR_TRY(irq_count(w->x, &nr));
	ERR_TRY(lock_plan_of(w, "struct irq_desc", &plan));
	e = irq_locks(w, &plan, nr);
	lock_plan_release(&plan);
	return e;
}

struct err *locks_of_objects(struct lock_walk *w)
{
	struct err *e;

	if (!w->x->types)
		return NULL;
	e = locks_of_domains(w);
	if (!e)
		e = locks_of_irqs(w);
	if (!e)
		e = locks_of_schedulers(w);
	return leave_out(w, e);
}

/* ---- without types ---- */

static struct err *page_alloc_lock(struct lock_walk *w, const struct domain *d,
				   const struct place *at)
{
	/* a recursive lock is a type of its own since 4.19 */
	enum lock_kind kind = lock_size(w->x, LOCK_IS_RSPIN) ? LOCK_IS_RSPIN : LOCK_IS_SPIN;
	char name[48];

	snprintf(name, sizeof(name), "d%" PRIu64 ".page_alloc_lock", value_of(&d->domain_id));
	return lock_show(w, kind, d->va + at->offset, name);
}

static struct err *locks_of_page_alloc(struct lock_walk *w)
{
	struct domains domains;
	struct place at;
	struct domain d;

	/* the tickets are the first member of a lock */
	ERR_TRY(record_resolve(w->x->records, "domain.page_alloc_lock.tickets.head", &at));
	ERR_TRY(domains_start(&domains, w->x, false));
	for (;;) {
		struct err *e = domains_next(&domains, &d);

		if (!e && domains.done)
			return NULL;
		if (!e)
			e = page_alloc_lock(w, &d, &at);
		ERR_TRY(leave_out(w, e));
	}
}

struct err *locks_of_profile(struct lock_walk *w)
{
	struct err *e;

	if (w->x->types)
		return NULL;
	e = locks_of_page_alloc(w);
	if (!e)
		e = locks_of_schedulers(w);
	return leave_out(w, e);
}
