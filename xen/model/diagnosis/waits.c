/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waits_internal.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/host/now.h"
#include "xen/model/pcpu/timer.h"

/*
 * Limit, in ns, of the time from the latest time stamp in memory to the next
 * timer of a pcpu: later expiries are no evidence of the time at which the host
 * stopped.
 */
#define AHEAD_MAX (3600ULL * 1000000000)

/* Timers late by less than this, in ns, are normal. */
#define LATE_MIN 250000000

/* Expiry of the first timer of a pcpu; 0: none. */
static struct err *first_expiry(struct xen *x, unsigned int cpu, uint64_t *ret)
{
	struct timer t;
	struct timers w;

	*ret = 0;
	ERR_TRY(timers_start(&w, x, cpu, false));
	ERR_TRY(timers_next(&w, &t));
	if (t.va && t.where == TIMER_IN_HEAP && value_ok(&t.expires))
		*ret = value_of(&t.expires);
	return NULL;
}

/*
 * The latest time in memory. A running host goes on while it is read: its time
 * is read before all else, and the rest again, so that no wait appears longer
 * than it was when it was read.
 */
static struct err *read_now(struct waits_job *j)
{
	struct waits *w = j->w;
	struct value now;
	struct err *e;

	w->latest = WAIT_NO_LIMIT;
	xen_refresh(j->x);
	e = now_read(j->x, &now);
	xen_refresh(j->x);
	if (e || !value_ok(&now))
		return e;
	w->has_now = true;
	w->now = value_of(&now);
	return NULL;
}

/*
 * Bounds of the time at which the host stopped. A pcpu that serves its timers
 * stopped before its first one expired; at least one pcpu served its timers, so
 * that the latest of these expiries is the upper bound. A first timer that is
 * overdue was not served by its pcpu. The time at which each part of a running
 * host was read has no such bound.
 */
static struct err *read_times(struct waits_job *j)
{
	struct waits *w = j->w;

	for (unsigned int cpu = 0; cpu < j->x->nr_cpus; cpu++) {
		uint64_t first;
		struct err *e = first_expiry(j->x, cpu, &first);

		ERR_TRY(err_drop(e));	/* the pcpu is absent, or its timers are not readable */
		if (e || !first)
			continue;
		j->pcpu[cpu].known = true;
		if (first < w->now && w->now - first >= LATE_MIN)
			j->pcpu[cpu].overdue = w->now - first;
		else if (first <= w->now || xen_is_running(j->x))
			continue;
		else if (first - w->now < AHEAD_MAX &&
			 (w->latest == WAIT_NO_LIMIT || first > w->latest))
			w->latest = first;
	}
	return NULL;
}

/* The first reads all that has to be read again (confirm_lost()). */
static const struct {
	const char *what;
	struct err *(*read)(struct waits_job *j);
} readers[] = {
	{ WAITS_DOMAINS, waits_of_domains },
	{ WAITS_LOCKS, waits_of_locks },
	{ WAITS_LOCKS, waits_of_stuck_locks },
	{ "RCU", waits_of_rcu },
	{ WAITS_TASKLETS, waits_of_tasklets },
	{ "dying domains", waits_of_dying },
	{ WAITS_DEVICES, waits_of_devices },
};

/* *own: the schedulers that were read here, or NULL. */
static struct err *read_all(struct waits_job *j, struct sched **own)
{
	struct err *e;

	ERR_TRY(waits_miss(j->w, "timers", read_now(j)));
	e = j->sched ? NULL : sched_read(j->x, own);
	if (e)
		*own = NULL;
	if (*own)
		j->sched = *own;
	ERR_TRY(waits_miss(j->w, "schedulers", e));
	if (j->w->has_now)
		ERR_TRY(waits_miss(j->w, "timers", read_times(j)));
	for (unsigned int i = 0; i < j->nr_readers; i++)
		ERR_TRY(waits_miss(j->w, readers[i].what, readers[i].read(j)));
	waits_sort(j->w);
	return NULL;
}

static struct err *read_once(struct xen *x, pv_task_fn *task, struct sched *sched,
			     unsigned int nr_readers, struct waits *ret)
{
	struct waits_job j = {
		.x = x, .task = task, .w = ret, .sched = sched, .nr_readers = nr_readers,
	};
	struct sched *own = NULL;
	struct err *e;

	memset(ret, 0, sizeof(*ret));
	j.pcpu = calloc(x->nr_cpus ? x->nr_cpus : 1, sizeof(*j.pcpu));
	e = j.pcpu ? read_all(&j, &own) : err_nomem();
	free(j.pcpu);
	free(j.max_weight);
	sched_destroy(own);
	if (e)
		waits_release(ret);
	return e;
}

/* A lost event that both have, of a vcpu that has not run in the meantime. */
static bool is_confirmed(const struct waits *w, const struct wait *lost,
			 const struct waits *again)
{
	for (unsigned int i = 0; lost->least && i < again->nr; i++) {
		const struct wait *other = &again->at[i];

		if (other->kind == WAIT_LOST_EVENT && other->least &&
		    !strcmp(other->who, lost->who) && !strcmp(other->what, lost->what) &&
		    again->now - other->least == w->now - lost->least)
			return true;
	}
	return false;
}

/*
 * On a running host an event may be raised after its vcpu was read: a lost one
 * is still pending when the domains are read a second time.
 */
static struct err *confirm_lost(struct xen *x, struct waits *w)
{
	unsigned int nr = 0, nr_lost = 0;
	struct waits again;

	for (unsigned int i = 0; i < w->nr; i++)
		nr_lost += w->at[i].kind == WAIT_LOST_EVENT;
	if (!nr_lost || !xen_is_running(x))
		return NULL;
	ERR_TRY(read_once(x, NULL, NULL, 1, &again));
	for (unsigned int i = 0; i < w->nr; i++)
		if (w->at[i].kind != WAIT_LOST_EVENT ||
		    is_confirmed(w, &w->at[i], &again))
			w->at[nr++] = w->at[i];
	w->nr = nr;
	waits_release(&again);
	return NULL;
}

struct err *waits_read(struct xen *x, pv_task_fn *task, struct sched *sched,
		       struct waits *ret)
{
	struct err *e;

	ERR_TRY(read_once(x, task, sched, ARRAY_SIZE(readers), ret));
	e = confirm_lost(x, ret);
	if (e)
		waits_release(ret);
	return e;
}
