/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statements on starvation, lost events and stuck devices, derived from the
 * waits of the host.
 */
#include "verdict_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "waits.h"
#include "xen/base/array.h"
#include "xen/base/provenance.h"
#include "xen/model/channel/irq.h"
#include "xen/model/domain/context.h"
#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"

#define SECOND 1000000000ULL

/*
 * Shortest times, in ns, that are reported. Schedulers let each vcpu run within
 * tens of milliseconds (30 ms timeslices of credit, 10 ms of credit in
 * credit2).
 */
#define STARVED		(2 * SECOND)
#define CAPPED		(SECOND / 10)	/* of dom0, on which the host depends */
#define CAPPED_GUEST	(10 * SECOND)
/* Between raising an event and waking its vcpu Xen takes microseconds. */
#define LOST		(SECOND / 10)
/*
 * Minimum of the time that a vcpu of dom0 was ready to run, and of the part of
 * it, in %, that it waited.
 */
#define SLOW_TIME	(10 * SECOND)
#define SLOW_PART	66
/* Maximum number of statements of each kind; "xen waits" lists all. */
#define FEW 4

/* Id of the hardware domain, which is the first of the list; WAIT_NO_DOMID: unknown. */
static unsigned int hardware_domid(struct xen *x)
{
	struct domains w;
	struct domain d;
	struct err *e = domains_start(&w, x, false);

	while (!e) {
		e = domains_next(&w, &d);
		if (!e && w.done)
			break;
		if (!e && domain_is_hardware(x, &d))
			return value_of(&d.domain_id);
		e = err_drop(e);
	}
	err_free(e);
	return WAIT_NO_DOMID;
}

/* dom0: id of the hardware domain, or WAIT_NO_DOMID. */
static bool stands_out(const struct wait *w, unsigned int dom0)
{
	if (w->lasting)
		return true;
	if (!w->timed || w->domid == WAIT_NO_DOMID)
		return false;
	switch (w->kind) {
	case WAIT_PCPU:
		return w->least >= STARVED;
	case WAIT_CAP:
		return w->least >= (w->domid == dom0 ? CAPPED : CAPPED_GUEST);
	case WAIT_LOST_EVENT:
		return w->least >= LOST;
	case WAIT_DEVICE_MODEL:
		return w->least >= STARVED;
	default:
		return false;
	}
}

static void add_wait(struct verdict_job *j, const struct wait *w)
{
	struct verdict_line *l = verdict_line_add(j, "stands out");
	char time[WAIT_TIME_TEXT];

	l->sure = w->sure;
	wait_time_text(w, time);
	switch (w->kind) {
	case WAIT_PCPU:
		TEXT(l, "%s is starved: it waited %s for %s", w->who, time, w->what);
		if (*w->holder)
			TEXT(l, ", which ran %s", w->holder);
		break;
	case WAIT_CAP:
		TEXT(l, "%s is held back by %s, for %s", w->who, w->what, time);
		break;
	case WAIT_LOST_EVENT:
		TEXT(l, "lost event: %s is blocked for %s although port %s is pending",
		     w->who, time, w->what + sizeof("event on port ") - 1);
		break;
	case WAIT_DISK:
	case WAIT_BACKEND:
	case WAIT_GUEST:
		TEXT(l, "device is stuck: %s waits for %s", w->who, w->what);
		if (*w->holder)
			TEXT(l, " (%s)", w->holder);
		EVIDENCE(l, "its ring and event channel");
		EVIDENCE(l, "%s", w->because);
		return;
	case WAIT_LOCK:
		TEXT(l, "lock is stuck: %s waited %s for %s", w->who, time, w->what);
		if (*w->holder)
			TEXT(l, ", held by %s", w->holder);
		EVIDENCE(l, "%s", w->because);
		return;
	default:
		TEXT(l, "%s waited %s for %s", w->who, time, w->what);
	}
	EVIDENCE(l, "runstate and state_entry_time");
	EVIDENCE(l, "%s", w->because);
}

/* Value of a time, 0 where it is unknown. */
static uint64_t ns(const struct value *v)
{
	return value_ok(v) ? value_of(v) : 0;
}

/*
 * A vcpu of dom0 that mostly waited while it was ready to run, over its whole
 * life. Time offline counts if the domain has a cap, which parks vcpus;
 * otherwise it is the time before the vcpu was started.
 */
static void add_slow(struct verdict_job *j, const struct domain *d,
		     const struct vcpu *v, bool capped)
{
	uint64_t ran = ns(&v->time[RUNSTATE_RUNNING]), waited, both;
	struct verdict_line *l;
	char name[VCPU_NAME];

	waited = ns(&v->time[RUNSTATE_RUNNABLE]);
	if (capped)
		waited += ns(&v->time[RUNSTATE_OFFLINE]);
	both = ran + waited;
	/* a sum that overflows, or is longer than centuries, is corrupt */
	if (both < waited || both > INT64_MAX / 100 || both < SLOW_TIME ||
	    waited * 100 / both < SLOW_PART)
		return;
	l = verdict_line_add(j, "stands out");
	l->sure = false;
	TEXT(l, "dom0 was slow: %s got a pcpu for %" PRIu64 " %% of the %.1f s that it could have used one",
	     vcpu_name(d, v, name), ran * 100 / both, both / 1e9);
	EVIDENCE(l, "runstate: running %.1f s, runnable %.1f s, offline %.1f s",
		 ran / 1e9, ns(&v->time[RUNSTATE_RUNNABLE]) / 1e9,
		 ns(&v->time[RUNSTATE_OFFLINE]) / 1e9);
}

static bool is_capped(const struct waits *w, uint64_t domid)
{
	for (unsigned int i = 0; i < w->nr; i++)
		if (w->at[i].kind == WAIT_CAP && w->at[i].domid == domid)
			return true;
	return false;
}

static struct err *add_slow_dom0(struct verdict_job *j, const struct waits *waits)
{
	struct domain d;
	struct vcpus w;
	struct vcpu v;
	struct err *e;

	/* the hardware domain has id 0; with hardware_dom= only until that domain starts */
	e = domain_find(j->x, 0, &d);
	if (e || !domain_is_hardware(j->x, &d)) {
		err_free(e);
		return interrupt_check();
	}
	e = vcpus_start(&w, j->x, &d);
	for (unsigned int shown = 0; !e && shown < FEW;) {
		unsigned int before = j->v->nr;

		e = vcpus_next(&w, &v);
		if (!e && w.done)
			return NULL;
		if (!e)
			add_slow(j, &d, &v, is_capped(waits, 0));
		else if (!err_is_final(e) && !w.done) {
			err_free(e);
			e = NULL;
		}
		shown += j->v->nr - before;
	}
	return e;
}

/* Names lock and holder in the statement that the pcpu waits, which is based on its trace. */
static void add_holder(struct verdict_job *j, const struct wait *w)
{
	struct verdict_line *l = NULL;

	for (unsigned int i = 0; i < j->v->nr && !l; i++)
		if (j->v->line[i].waiter >= 0 && (unsigned int)j->v->line[i].waiter == w->pcpu)
			l = &j->v->line[i];
	if (!l || !*w->holder)
		return;
	MORE(l, "%s is %sheld by %s",
	     strcmp(w->what, WAIT_SOME_LOCK) ? w->what : "it", *w->probable ? "probably " : "",
	     w->holder);
	EVIDENCE(l, "%s", *w->probable ? w->probable : "the holder that the lock records");
	l->sure &= !*w->probable;
	l->unproved |= provenance_unproved();
}

static void add_unexamined(struct verdict_job *j, const char *what, const char *why)
{
	verdict_append(j->missing, sizeof(j->missing), ", ", "%s", what);
	verdict_append(j->missing_why, sizeof(j->missing_why), "; ", "%s: %s", what, why);
}

/* Subjects that are not examined otherwise: their absence is not "nothing". */
static void add_missing(struct verdict_job *j, const struct waits *w)
{
	static const char *const own[] = {
		WAITS_DOMAINS, WAITS_LOST_EVENTS, WAITS_DEVICES, WAITS_TASKLETS, WAITS_LOCKS,
	};
	size_t nr = ARRAY_SIZE(own) - !xen_is_running(j->x);

	for (unsigned int i = 0; i < w->nr_missing; i++)
		for (size_t k = 0; k < nr; k++)
			if (!strcmp(w->missing[i].what, own[k]))
				add_unexamined(j, own[k], err_text(w->missing[i].e));
}

struct err *verdict_add_waits(struct verdict_job *j)
{
	unsigned int nr[WAIT_NR] = { 0 }, dom0;
	struct waits w;
	struct err *e;

	/* read by the check of the schedulers */
	provenance_use_if(j->sched && j->sched_unproved);
	ERR_TRY(waits_read(j->x, j->task, j->sched, &w));
	for (unsigned int i = 0; i < w.nr; i++)
		if (w.at[i].kind == WAIT_LOCK)
			add_holder(j, &w.at[i]);
	dom0 = hardware_domid(j->x);
	for (unsigned int i = 0; i < w.nr; i++)
		if (stands_out(&w.at[i], dom0) && nr[w.at[i].kind]++ < FEW)
			add_wait(j, &w.at[i]);
	add_missing(j, &w);
	e = add_slow_dom0(j, &w);
	waits_release(&w);
	return e;
}

/* ---- interrupts ---- */

static void add_storm(struct verdict_job *j, const struct irq *irq)
{
	struct verdict_line *l = verdict_line_add(j, "stands out");
	struct irq_guest g;
	struct err *e = irq_guest(j->x, irq, 0, &g);

	TEXT(l, "interrupt storm: Xen disabled irq %u for a while", irq->number);
	if (!e && value_ok(&g.domid))
		MORE(l, "bound to d%" PRIu64, value_of(&g.domid));
	err_free(e);
	EVIDENCE(l, "irq_desc.rl_link is on irq_ratelimit_list; rl_cnt %" PRIu64,
		 value_of(&irq->rl_cnt));
}

struct err *verdict_add_storms(struct verdict_job *j)
{
	unsigned int nr, shown = 0;
	bool known = true;

	ERR_TRY(irq_count(j->x, &nr));
	for (unsigned int i = 0; i < nr && shown < FEW; i++) {
		struct irq irq;
		struct err *e;

		ERR_TRY(interrupt_check());
		e = irq_read(j->x, i, &irq);
		if (!e && irq_is_storm(&irq)) {
			add_storm(j, &irq);
			shown++;
		}
		/* older profiles lack it */
		known &= e || irq.rl_next.state != VALUE_NO_FIELD;
		err_free(e);	/* "xen irqs" reports it */
	}
	if (!known)
		add_unexamined(j, "interrupt storms", "no place of irq_desc.rl_link is known");
	return NULL;
}
