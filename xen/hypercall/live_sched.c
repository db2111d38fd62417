/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The schedulers by hypercalls: cpupools, parameters, the vcpus that run. */
#include "live_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xen/model/pcpu/pcpu.h"
#include "xen/model/sched/sched_kind.h"

_Static_assert(LIVE_CPUS_MAX == CPUMASK_MAX, "live_pool.cpus is copied into a cpumask");

/* Names of the schedulers (common/sched), by XEN_SCHEDULER_* (public/domctl.h). */
static const struct {
	const char *name, *opt_name;
} schedulers[] = {
	[SCHED_CREDIT] = { "SMP Credit Scheduler", "credit" },
	[SCHED_CREDIT2] = { "SMP Credit Scheduler rev2", "credit2" },
	[SCHED_ARINC653] = { "ARINC 653 Scheduler", "arinc653" },
	[SCHED_RTDS] = { "SMP RTDS Scheduler", "rtds" },
	[SCHED_NULL] = { "null Scheduler", "null" },
};

const char *live_scheduler_name(uint32_t id)
{
	return id < sizeof(schedulers) / sizeof(schedulers[0]) &&
	       schedulers[id].name ? schedulers[id].name : "";
}

static struct err *add_pool(struct sched *s, const struct live_pool *from)
{
	struct sched_pool *p = SCHED_ADD(&s->pools);

	if (!p)
		return err_nomem();
	p->id = live_known(from->id);
	p->sched_id = live_known(from->scheduler);
	p->nr_domains = live_known(from->nr_domains);
	p->mask.nr = s->x->nr_cpus;
	memcpy(p->mask.bits, from->cpus, sizeof(p->mask.bits));
	if (*live_scheduler_name(from->scheduler)) {
		snprintf(p->name, sizeof(p->name), "%s",
			 schedulers[from->scheduler].name);
		snprintf(p->opt_name, sizeof(p->opt_name), "%s",
			 schedulers[from->scheduler].opt_name);
	}
	if (from->has_tslice)
		p->tslice = live_known(1000ULL * from->tslice_us);
	if (from->has_ratelimit)
		p->ratelimit = live_known(from->ratelimit_us);
	return NULL;
}

static struct err *read_pools(struct sched *s, struct live *l)
{
	struct live_pool p = { 0 };
	uint32_t next = 0;

	for (;;) {
		int rc;

		ERR_TRY(interrupt_check());
		rc = l->ops->pool(l->priv, next, &p);
		if (rc == -ENOENT || (!rc && p.id < next))
			return NULL;
		if (rc)
			return live_failed(rc, "asking the hypervisor for cpupools");
		ERR_TRY(add_pool(s, &p));
		next = p.id + 1;
	}
}

static struct err *read_pcpus(struct sched *s)
{
	unsigned int id;

	for (id = 0; id < s->x->nr_cpus; id++) {
		struct sched_pcpu *p;
		struct pcpu pcpu;

		ERR_TRY(interrupt_check());
		ERR_TRY(pcpu_read(s->x, id, &pcpu));
		if (!pcpu.online)
			continue;
		p = SCHED_ADD(&s->pcpus);
		if (!p)
			return err_nomem();
		p->id = id;
		p->pool = sched_pool_of_pcpu(s, id);
		p->unit = p->queue = SCHED_NONE;
	}
	return NULL;
}

static unsigned int pool_of(const struct sched *s, const struct domain *d)
{
	unsigned int i;

	for (i = 0; value_ok(&d->cpupool_id) && i < s->pools.nr; i++)
		if (value_of(&s->pools.at[i].id) == value_of(&d->cpupool_id))
			return i;
	return SCHED_NONE;
}

/* The columns are empty on -ENOSYS, and if the domain was removed. */
static void read_share(struct sched *s, struct live *l, struct sched_unit *u)
{
	uint64_t scheduler = u->pool == SCHED_NONE ? 0 :
			     value_of(&s->pools.at[u->pool].sched_id);
	struct live_share share = { 0 };

	if (l->ops->share(l->priv, u->domid, u->id, scheduler, &share))
		return;
	if (scheduler == SCHED_RTDS) {
		u->period = live_known(1000ULL * share.period_us);
		u->budget = live_known(1000ULL * share.budget_us);
	} else {
		u->weight = live_known(share.weight);
		u->cap = live_known(share.cap);
	}
}

static struct err *add_unit(struct sched *s, struct live *l,
			    const struct domain *d, const struct vcpu *v)
{
	struct sched_unit *u = SCHED_ADD(&s->units);
	unsigned int i;

	if (!u)
		return err_nomem();
	u->nr_vcpus = 1;
	u->domid = value_of(&d->domain_id);
	u->id = value_of(&v->vcpu_id);
	u->queue = SCHED_NONE;
	u->pool = pool_of(s, d);
	u->is_running = v->is_running;
	u->pcpu = v->processor;
	u->runnable = !value_of(&v->pause_flags);
	u->place = value_of(&v->is_running) ? SCHED_RUNS :
		   u->runnable ? SCHED_WAITS : SCHED_OUT;
	u->runstate = value_of(&v->is_running) ? RUNSTATE_RUNNING :
		      u->runnable ? RUNSTATE_RUNNABLE :
		      value_of(&v->pause_flags) & VPF_DOWN ? RUNSTATE_OFFLINE :
						    RUNSTATE_BLOCKED;
	read_share(s, l, u);
	for (i = 0; value_of(&v->is_running) && i < s->pcpus.nr; i++)
		if (s->pcpus.at[i].id == value_of(&v->processor))
			s->pcpus.at[i].unit = s->units.nr - 1;
	return NULL;
}

static struct err *add_units(struct sched *s, struct live *l,
			     const struct domain *d)
{
	struct vcpus w;
	struct vcpu v;

	ERR_TRY(vcpus_start(&w, s->x, d));
	for (;;) {
		ERR_TRY(vcpus_next(&w, &v));
		if (w.done)
			return NULL;
		ERR_TRY(add_unit(s, l, d, &v));
	}
}

struct err *live_sched_read(struct sched *s)
{
	struct live *l = live_of(s->x);
	struct domains w;
	struct domain d;

	ERR_TRY(read_pools(s, l));
	ERR_TRY(read_pcpus(s));
	ERR_TRY(domains_start(&w, s->x, false));
	for (;;) {
		ERR_TRY(domains_next(&w, &d));
		if (w.done)
			break;
		ERR_TRY(sched_keep(s, add_units(s, l, &d)));
	}
	return sched_sort_shown(s);
}
