/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits of vcpus, and of domains that are paused. */
#include "waits_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "xen/model/channel/evtchn_lost.h"
#include "xen/model/domain/context.h"

/* Bits of pause_flags that are cleared only by an answer from outside of the vcpu. */
#define VPF_BLOCKED_IN_XEN	(1U << 2)
#define VPF_VM_EVENT		(1U << 4 | 1U << 5 | 1U << 6)

static bool has(const struct value *v, uint64_t bits)
{
	return value_ok(v) && value_of(v) & bits;
}

static bool is_positive(const struct value *v)
{
	return value_ok(v) && (int64_t)value_of(v) > 0;
}

static struct wait *add(struct waits_job *j, enum wait_kind kind,
			const struct domain *d, const struct vcpu *v)
{
	struct wait *w = waits_add(j->w, kind);

	if (!w)
		return NULL;
	vcpu_name(d, v, w->who);
	w->domid = value_of(&d->domain_id);
	w->vcpu = value_of(&v->vcpu_id);
	if (value_ok(&v->state_entry_time))
		waits_since(j->w, w, value_of(&v->state_entry_time));
	return w;
}

static const struct sched_pcpu *sched_pcpu_of(const struct sched *s, uint64_t id)
{
	for (unsigned int i = 0; s && i < s->pcpus.nr; i++)
		if (s->pcpus.at[i].id == id)
			return &s->pcpus.at[i];
	return NULL;
}

/* The unit of a vcpu; in builds without units it is the vcpu. */
static const struct sched_unit *unit_of(struct sched *s, const struct vcpu *v)
{
	return s ? sched_find_unit(s, value_ok(&v->sched_unit) ?
				   value_of(&v->sched_unit) : v->va, false) : NULL;
}

/*
 * Adds the vcpu that runs on a pcpu to the explanation. The pcpus of a running host
 * were read before its vcpus: the waiter itself may have run then.
 */
static void add_runner(struct waits_job *j, struct wait *w, const struct vcpu *v,
		       uint64_t cpu)
{
	const struct sched_pcpu *p = sched_pcpu_of(j->sched, cpu);
	char name[VCPU_NAME];

	if (!p || !p->current_vcpu ||
	    (p->current_vcpu == v->va && xen_is_running(j->x)))
		return;
	if (p->current_vcpu == p->idle_vcpu)
		WAIT_TEXT(w->holder, "idle");
	else
		WAIT_TEXT(w->holder, "%s",
			  vcpu_name_at(j->x, p->current_vcpu, name));
}

/* Adds the pcpus to which a vcpu is pinned, if these are not all. */
static void add_pins(struct waits_job *j, struct wait *w, const struct domain *d,
		     const struct vcpu *v)
{
	char text[CPUMASK_TEXT];
	struct cpumask m;
	struct err *e = vcpu_affinity(j->x, d, v, false, &m);

	if (!e && !cpumask_is_full(&m))
		WAIT_TEXT(w->because, "pinned to pcpu %.60s",
			  cpumask_text(&m, text, sizeof(text)));
	err_free(e);
}

/*
 * Greatest weight of the units in a pool, to compare others with; 0: none. Found once
 * for all pools: thousands of vcpus may wait.
 */
static uint64_t max_weight(struct waits_job *j, unsigned int pool)
{
	const struct sched *s = j->sched;

	if (pool >= s->pools.nr)
		return 0;
	if (!j->max_weight) {
		j->max_weight = calloc(s->pools.nr, sizeof(*j->max_weight));
		for (unsigned int i = 0; j->max_weight && i < s->units.nr; i++) {
			const struct sched_unit *u = &s->units.at[i];

			if (u->pool < s->pools.nr && !u->idle && value_ok(&u->weight) &&
			    value_of(&u->weight) > j->max_weight[u->pool])
				j->max_weight[u->pool] = value_of(&u->weight);
		}
	}
	return j->max_weight ? j->max_weight[pool] : 0;
}

/*
 * Adds cap, weight and queue of a vcpu's unit, as far as they explain the wait. The
 * units of a running host were read before its vcpus: it may have slept then.
 */
static void add_unit(struct waits_job *j, struct wait *w,
		     const struct sched_unit *u)
{
	uint64_t max;

	if (!u)
		return;
	if (u->place == SCHED_WAITS && u->position != SCHED_NONE &&
	    u->queue != SCHED_NONE)
		WAIT_TEXT(w->because, "number %u in its run queue",
			  u->position + 1);
	else if (u->place != SCHED_RUNS &&
		 !(u->place == SCHED_OUT && xen_is_running(j->x)))
		WAIT_TEXT(w->because, "%s", sched_place_text(u->place));
	if (value_ok(&u->cap) && value_of(&u->cap))
		WAIT_TEXT(w->because, "cap %" PRIu64 " percent of a pcpu", value_of(&u->cap));
	max = max_weight(j, u->pool);
	if (value_ok(&u->weight) && value_of(&u->weight) && value_of(&u->weight) < max)
		WAIT_TEXT(w->because, "weight %" PRIu64 " where others have %" PRIu64,
			  value_of(&u->weight), max);
}

/* A vcpu is runnable while another one runs on its pcpu. */
static struct err *add_runnable(struct waits_job *j, const struct domain *d,
				const struct vcpu *v, const struct sched_unit *u)
{
	struct wait *w = add(j, WAIT_PCPU, d, v);

	if (!w)
		return err_nomem();
	if (value_ok(&v->processor)) {
		w->pcpu = value_of(&v->processor);
		WAIT_TEXT(w->what, "pcpu %" PRIu64, value_of(&v->processor));
		add_runner(j, w, v, value_of(&v->processor));
		if (value_of(&v->processor) < j->x->nr_cpus &&
		    j->pcpu[value_of(&v->processor)].overdue)
			WAIT_TEXT(w->because, "that pcpu has not served its timers for %.3f s",
				  j->pcpu[value_of(&v->processor)].overdue / 1e9);
	} else {
		WAIT_TEXT(w->what, "a pcpu");
	}
	add_unit(j, w, u);
	add_pins(j, w, d, v);
	return NULL;
}

static struct err *add_parked(struct waits_job *j, const struct domain *d,
			      const struct vcpu *v, const struct sched_unit *u)
{
	struct wait *w = add(j, WAIT_CAP, d, v);

	if (!w)
		return err_nomem();
	if (u && value_ok(&u->cap))
		WAIT_TEXT(w->what, "its cap of %" PRIu64 " percent of a pcpu", value_of(&u->cap));
	else
		WAIT_TEXT(w->what, "its cap");
	WAIT_TEXT(w->holder, "scheduler");
	WAIT_TEXT(w->because, "parked until it gains credit");
	if (value_ok(&v->time[RUNSTATE_OFFLINE]))
		WAIT_TEXT(w->because, "offline %.3f s before",
			  value_of(&v->time[RUNSTATE_OFFLINE]) / 1e9);
	add_pins(j, w, d, v);
	return NULL;
}

static struct err *add_for(struct waits_job *j, enum wait_kind kind,
			   const struct domain *d, const struct vcpu *v,
			   const char *what, const char *holder)
{
	struct wait *w = add(j, kind, d, v);
	char text[128];

	if (!w)
		return err_nomem();
	WAIT_TEXT(w->what, "%s", what);
	WAIT_TEXT(w->holder, "%s", holder);
	WAIT_TEXT(w->because, "%s", vcpu_pause_text(v, text, sizeof(text)));
	return NULL;
}

/* A vcpu waits for one thing at a time; an offline vcpu waits for none. */
static struct err *add_vcpu(struct waits_job *j, const struct domain *d,
			    const struct vcpu *v)
{
	const struct sched_unit *u;

	if (!value_ok(&v->runstate) || has(&v->pause_flags, VPF_DOWN))
		return NULL;
	u = unit_of(j->sched, v);
	if (value_of(&v->runstate) == RUNSTATE_RUNNABLE)
		return add_runnable(j, d, v, u);
	if (u && u->pool != SCHED_NONE && value_of(&v->runstate) == RUNSTATE_OFFLINE &&
	    sched_unit_is_parked(&j->sched->pools.at[u->pool], u))
		return add_parked(j, d, v, u);
	if (has(&v->pause_flags, VPF_BLOCKED_IN_XEN))
		return add_for(j, WAIT_DEVICE_MODEL, d, v,
			       "an answer to an I/O request", "device model");
	if (has(&v->pause_flags, VPF_VM_EVENT) ||
	    is_positive(&v->vm_event_pause_count))
		return add_for(j, WAIT_VM_EVENT, d, v, "an answer to a vm_event",
			       "pager or monitor");
	if (is_positive(&v->controller_pause_count))
		return add_for(j, WAIT_UNPAUSE, d, v, "an unpause", "toolstack");
	return NULL;
}

/* ---- lost events ---- */

struct lost_job {
	struct waits_job *j;
	const struct domain *d;
};

static struct err *add_lost(void *arg, const struct evtchn_lost *l)
{
	struct lost_job *job = arg;
	struct wait *w = add(job->j, WAIT_LOST_EVENT, job->d, &l->v);

	if (!w)
		return err_nomem();
	w->sure = l->sure;
	WAIT_TEXT(w->what, "event on port %u", l->port);
	WAIT_TEXT(w->holder, "none, it is pending");
	evtchn_lost_text(l, w->because, sizeof(w->because));
	return NULL;
}

/* ---- all ---- */

static bool is_paused(const struct domain *d)
{
	return is_positive(&d->controller_pause_count) &&
	       !(value_ok(&d->is_dying) && value_of(&d->is_dying));
}

static struct err *add_paused(struct waits_job *j, const struct domain *d)
{
	struct wait *w = waits_add(j->w, WAIT_UNPAUSE);

	if (!w)
		return err_nomem();
	w->domid = value_of(&d->domain_id);
	WAIT_TEXT(w->who, "d%" PRIu64, value_of(&d->domain_id));
	WAIT_TEXT(w->what, "an unpause");
	WAIT_TEXT(w->holder, "toolstack");
	WAIT_TEXT(w->because, "controller_pause_count %" PRIu64,
		  value_of(&d->controller_pause_count));
	return NULL;
}

static struct err *add_domain(struct waits_job *j, const struct domain *d)
{
	struct lost_job lost = { j, d };
	struct err *unread, *e;
	struct vcpus w;
	struct vcpu v;

	if (is_paused(d))
		ERR_TRY(add_paused(j, d));
	ERR_TRY(vcpus_start(&w, j->x, d));
	for (;;) {
		e = vcpus_next(&w, &v);
		if (!e && w.done)
			break;
		if (!e)
			e = add_vcpu(j, d, &v);
		ERR_TRY(err_drop(e));	/* "xen vcpus" reports it */
	}
	e = evtchns_find_lost(j->x, d, add_lost, &lost, &unread);
	if (e)
		err_free(unread);
	return waits_miss(j->w, WAITS_LOST_EVENTS,
			  err_prefix(e ? e : unread, "d%" PRIu64, value_of(&d->domain_id)));
}

struct err *waits_of_domains(struct waits_job *j)
{
	struct domains w;
	struct domain d;

	ERR_TRY(domains_start(&w, j->x, false));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			return NULL;
		if (!e)
			e = err_prefix(add_domain(j, &d), "d%" PRIu64,
				       value_of(&d.domain_id));
		ERR_TRY(waits_miss(j->w, WAITS_DOMAINS, e));
	}
}
