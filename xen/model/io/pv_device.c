/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pv_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pv_internal.h"
#include "xen/base/array.h"
#include "xen/model/domain/vcpu.h"
#include "xen/model/host/now.h"

/* ---- domains ---- */

/* Sets idle and idle_ns: no vcpu runs or waits for a pcpu. */
static struct err *read_idle(struct pv_job *j, struct pv_domain *p)
{
	uint64_t last = 0;
	struct vcpus w;
	struct vcpu v;
	bool any = false;

	ERR_TRY(vcpus_start(&w, j->x, &p->d));
	for (;;) {
		ERR_TRY(interrupt_check());
		ERR_TRY(vcpus_next(&w, &v));
		if (w.done)
			break;
		if (value_ok(&v.pause_flags) && value_of(&v.pause_flags) & VPF_DOWN)
			continue;
		any = true;
		if (!value_ok(&v.runstate) || value_of(&v.runstate) != RUNSTATE_BLOCKED)
			return NULL;
		if (value_ok(&v.state_entry_time) && value_of(&v.state_entry_time) > last)
			last = value_of(&v.state_entry_time);
	}
	p->idle = any;
	if (last && value_ok(&j->now) && value_of(&j->now) > last)
		p->idle_ns = value_of(&j->now) - last;
	return NULL;
}

static struct err *add_domain(struct pv_job *j, const struct domain *d)
{
	struct provenance before;
	struct pv_domain *p;
	struct err *e;

	if (!value_ok(&d->domain_id))
		return err_new(ERR_NO_TYPE, "no domain.domain_id in this build");
	if (!ARRAY_GROW(j->domain, j->nr_domains))
		return err_nomem();
	p = &j->domain[j->nr_domains++];
	memset(p, 0, sizeof(*p));
	p->d = *d;
	before = provenance_enter();
	p->paused = value_ok(&d->controller_pause_count) &&
		    (int64_t)value_of(&d->controller_pause_count) > 0;
	p->shut = domain_is_shut_down(d);
	e = read_idle(j, p);
	p->unproved = provenance_leave(before);
	if (e && err_reason(e) == ERR_INTERRUPTED)
		return e;
	err_free(e);	/* "xen vcpus" reports it */
	return NULL;
}

static int compare_domains(const void *a, const void *b)
{
	uint64_t m = value_of(&((const struct pv_domain *)a)->d.domain_id);
	uint64_t n = value_of(&((const struct pv_domain *)b)->d.domain_id);

	return m < n ? -1 : m > n;
}

static struct err *read_domains(struct pv_job *j)
{
	struct domains w;
	struct domain d;

	if (xen_reads_memory(j->x))
		ERR_TRY(now_read(j->x, &j->now));
	ERR_TRY(domains_start(&w, j->x, false));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			break;
		if (!e)
			e = add_domain(j, &d);
		if (e && (err_reason(e) == ERR_INTERRUPTED ||
			  err_reason(e) == ERR_NO_MEMORY))
			return e;
		j->ret->lost += !!e;
		err_free(e);
		if (w.done)
			break;
	}
	array_sort(j->domain, j->nr_domains, sizeof(*j->domain), compare_domains);
	return NULL;
}

/* ---- devices ---- */

/* Compares numbers by value. */
static int compare_ids(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);

	return m != n ? (m < n ? -1 : 1) : strcmp(a, b);
}

static int compare_devices(const void *a, const void *b)
{
	const struct pv_device *d = a, *e = b;
	int order = strcmp(d->class, e->class);

	if (d->domid != e->domid)
		return d->domid < e->domid ? -1 : 1;
	return order ? order : compare_ids(d->id, e->id);
}

static struct err *read_store(struct pv_job *j)
{
	struct err *e = store_read(j->x, "/local/domain", 0, &j->store);

	j->has_store = !e;
	if (e && (err_reason(e) == ERR_INTERRUPTED || err_reason(e) == ERR_NO_MEMORY))
		return e;
	if (e)
		snprintf(j->ret->no_store, sizeof(j->ret->no_store), "%s", err_text(e));
	err_free(e);
	return NULL;
}

/* Only dom0's kernel is read; threads of another backend domain are unknown. */
static void read_tasks(struct pv_device *d, pv_task_fn *task)
{
	for (unsigned int i = 0; i < d->nr && !d->backend_domid; i++) {
		struct pv_ring *r = &d->ring[i];

		if (!*r->thread && !r->pid)
			continue;
		r->task.pid = r->pid;
		task(r->thread, &r->task);
		if (r->task.pid && !*r->thread)
			snprintf(r->thread, sizeof(r->thread), "%s", r->task.comm);
	}
}

static struct err *read_all(struct pv_job *j, pv_task_fn *task)
{
	ERR_TRY(read_domains(j));
	ERR_TRY(read_store(j));
	if (!xen_reads_memory(j->x))
		snprintf(j->ret->no_rings, sizeof(j->ret->no_rings),
			 "rings and grants are in memory, which hypercalls do not return");
	if (j->has_store)
		ERR_TRY(pv_devices_of_store(j));
	else if (xen_reads_memory(j->x))
		ERR_TRY(pv_devices_of_grants(j));
	for (unsigned int i = 0; i < j->ret->nr; i++) {
		ERR_TRY(interrupt_check());
		if (task)
			read_tasks(&j->ret->at[i], task);
		pv_device_judge(j, &j->ret->at[i]);
	}
	array_sort(j->ret->at, j->ret->nr, sizeof(*j->ret->at), compare_devices);
	return NULL;
}

struct err *pv_devices_read(struct xen *x, pv_task_fn *task, struct pv_devices *ret)
{
	struct provenance before = provenance_enter();
	struct pv_job j = { .x = x, .ret = ret, .grants_of = ~0U };
	struct err *e;

	memset(ret, 0, sizeof(*ret));
	j.grants = malloc(sizeof(*j.grants));
	e = j.grants ? read_all(&j, task) : err_nomem();
	if (j.has_store)
		store_free(&j.store);
	free(j.domain);
	free(j.grants);
	if (e)
		pv_devices_release(ret);
	ret->unproved = provenance_leave(before);
	return e;
}

void pv_devices_release(struct pv_devices *d)
{
	for (unsigned int i = 0; i < d->nr; i++)
		free(d->at[i].ring);
	free(d->at);
	d->at = NULL;
	d->nr = 0;
}
