/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks in objects that are found through others. */
#include <inttypes.h>
#include <stdio.h>

#include "domain.h"
#include "irq.h"
#include "lock.h"
#include "vcpu.h"

struct owned {
	struct value p2m, grant_table;
};

static const struct field owned_fields[] = {
	FIELD(struct owned, p2m, "domain.arch.p2m"),
	FIELD(struct owned, grant_table, "domain.grant_table"),
};

static const struct record_type owned_record = RECORD_TYPE("domain", owned_fields);

/* Where it is not, or not mapped, there are no locks to be shown. */
static struct err *locks_behind(struct lock_walk *w, const char *type,
				const struct value *va, const char *name)
{
	struct err *e;

	if (va->state != VALUE_OK || !va->u)
		return NULL;
	e = xen_check_pointer(w->x, va->u, sizeof(uint64_t), name);
	if (e) {
		w->lost(w->arg, e);
		return NULL;
	}
	return locks_of_object(w, type, va->u, name);
}

static struct err *locks_of_vcpus(struct lock_walk *w, const struct domain *d)
{
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
		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (e) {
			w->lost(w->arg, e);
			continue;
		}
		if (!v.va)
			return NULL;
		snprintf(name, sizeof(name), "d%" PRIu64 "v%" PRIu64,
			 d->domain_id.u, v.vcpu_id.u);
		ERR_TRY(locks_of_object(w, "struct vcpu", v.va, name));
	}
}

static struct err *locks_of_domain(struct lock_walk *w, const struct domain *d)
{
	struct owned owned = { 0 };
	char name[32];
	struct err *e;

	snprintf(name, sizeof(name), "d%" PRIu64, d->domain_id.u);
	ERR_TRY(locks_of_object(w, "struct domain", d->va, name));
	e = record_read(w->x->records, w->x->space, &owned_record, d->va, &owned);
	if (e)
		w->lost(w->arg, e);
	snprintf(name, sizeof(name), "d%" PRIu64 " p2m", d->domain_id.u);
	ERR_TRY(locks_behind(w, "struct p2m_domain", &owned.p2m, name));
	snprintf(name, sizeof(name), "d%" PRIu64 " grant table", d->domain_id.u);
	ERR_TRY(locks_behind(w, "struct grant_table", &owned.grant_table, name));
	return locks_of_vcpus(w, d);
}

static struct err *locks_of_domains(struct lock_walk *w)
{
	struct domains domains;
	struct domain d;
	struct err *e;

	ERR_TRY(domains_start(&domains, w->x, true));
	for (;;) {
		e = domains_next(&domains, &d);
		if (!e && !d.va)
			return NULL;
		if (!e)
			e = locks_of_domain(w, &d);
		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (e)
			w->lost(w->arg, e);
	}
}

static struct err *locks_of_irqs(struct lock_walk *w)
{
	unsigned int i, nr;
	struct irq irq;
	char name[32];

	ERR_TRY(irq_count(w->x, &nr));
	for (i = 0; i < nr; i++) {
		struct err *e = irq_read(w->x, i, &irq);

		if (e) {
			w->lost(w->arg, e);
			continue;
		}
		snprintf(name, sizeof(name), "irq %u", i);
		ERR_TRY(locks_of_object(w, "struct irq_desc", irq.va, name));
	}
	return NULL;
}

struct err *locks_of_objects(struct lock_walk *w)
{
	struct err *e = locks_of_domains(w);

	if (!e)
		e = locks_of_irqs(w);
	if (e && err_reason(e) == ERR_INTERRUPTED)
		return e;
	if (e)
		w->lost(w->arg, e);
	return NULL;
}
