/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits of pcpus for locks, and of RCU and tasklets for pcpus. */
#include "waits_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lock_stuck.h"
#include "lock_wait.h"
#include "xen/base/array.h"
#include "xen/model/pcpu/rcu.h"
#include "xen/model/pcpu/softirq.h"

/* Maximum number of deadlocks to report. */
#define CIRCLES_MAX 16
/* Maximum number of tasklets to report, per list. */
#define TASKLETS_MAX 64

/* Sets the delay of a pcpu's timers: a lower bound. */
static void set_overdue(struct waits_job *j, struct wait *w, unsigned int cpu)
{
	if (cpu >= j->x->nr_cpus || !j->pcpu[cpu].overdue)
		return;
	w->timed = true;
	w->least = j->pcpu[cpu].overdue;
	w->most = WAIT_NO_LIMIT;
}

/* ---- locks ---- */

static struct err *see_lock(void *arg, const struct lock *lock)
{
	struct waits_job *j = ((void **)arg)[0];

	lock_waits_see(((void **)arg)[1], lock, lock_size(j->x, lock->kind));
	return NULL;
}

/* "xen locks" reports them. */
static void lose_lock(void *arg, struct err *e)
{
	(void)arg;
	err_free(e);
}

static struct err *add_lock_wait(struct waits_job *j, const struct lock_waits *all,
				 const struct lock_wait *l)
{
	struct wait *w = waits_add(j->w, WAIT_LOCK);
	unsigned int holder;
	char name[128];

	if (!w)
		return err_nomem();
	w->pcpu = l->pcpu;
	WAIT_TEXT(w->who, "pcpu %u", l->pcpu);
	if (l->lock)
		WAIT_TEXT(w->what, "lock %s", l->name);
	else
		WAIT_TEXT(w->what, WAIT_SOME_LOCK);
	lock_holder_text(all, l, &holder, w->probable, sizeof(w->probable));
	if (l->holder != LOCK_NO_PCPU)
		WAIT_TEXT(w->holder, "pcpu %u", l->holder);
	else if (holder != LOCK_NO_PCPU)
		WAIT_TEXT(w->holder, "pcpu %u", holder);
	WAIT_TEXT(w->because, "its trace: %s", l->what);
	if (l->caller)
		WAIT_TEXT(w->because, "in %s",
			  symbols_describe(j->x->symbols, l->caller, name,
					   sizeof(name)));
	if (*w->probable)
		WAIT_TEXT(w->because, "%s", w->probable);
	set_overdue(j, w, l->pcpu);
	return NULL;
}

static struct err *add_circles(struct waits_job *j, const struct lock_waits *w)
{
	unsigned int *at = calloc(w->nr, sizeof(*at)), nr;
	struct err *e = at ? NULL : err_nomem();
	char text[512];

	for (unsigned int n = 0; !e && n < CIRCLES_MAX &&
				 (nr = lock_waits_circle(w, n, at)); n++) {
		char *copy = strdup(lock_circle_text(w, at, nr, text,
						     sizeof(text)));

		if (!copy || !ARRAY_GROW(j->w->circle, j->w->nr_circles)) {
			free(copy);
			e = err_nomem();
			break;
		}
		j->w->circle[j->w->nr_circles++] = copy;
	}
	free(at);
	return e;
}

/* Reads the locks only if a pcpu waits for one. */
struct err *waits_of_locks(struct waits_job *j)
{
	struct lock_waits waits;
	void *arg[] = { j, &waits };
	struct lock_walk walk = {
		.x = j->x, .fn = see_lock, .lost = lose_lock, .arg = arg,
	};
	struct err *e;

	ERR_TRY(lock_waits_read(j->x, &waits));
	e = waits.nr ? locks_of_variables(&walk) : NULL;
	if (!e && waits.nr)
		e = locks_of_objects(&walk);
	for (unsigned int i = 0; !e && i < waits.nr; i++)
		e = add_lock_wait(j, &waits, &waits.at[i]);
	if (!e && waits.nr)
		e = add_circles(j, &waits);
	lock_waits_release(&waits);
	return e;
}

/* ---- locks of a running host ---- */

static struct err *see_queue(void *stuck, const struct lock *lock)
{
	return stuck_locks_see(stuck, lock);
}

/* A pcpu that spins in the hypervisor does not serve its timers. */
static void add_silent(struct waits_job *j, struct wait *w)
{
	struct cpumask mask = { .nr = j->x->nr_cpus };
	char text[CPUMASK_TEXT];
	unsigned int nr = 0;

	for (unsigned int cpu = 0; cpu < j->x->nr_cpus && cpu < CPUMASK_MAX; cpu++) {
		if (!j->pcpu[cpu].overdue)
			continue;
		mask.bits[cpu / 64] |= 1ULL << cpu % 64;
		nr++;
	}
	if (nr)
		WAIT_TEXT(w->because, "timers overdue on pcpus %s",
			  cpumask_text(&mask, text, sizeof(text)));
}

static struct err *add_stuck(struct waits_job *j, const struct stuck_locks *s,
			     const struct stuck_lock *l)
{
	struct wait *w = waits_add(j->w, WAIT_LOCK);
	char text[128];

	if (!w)
		return err_nomem();
	w->lasting = true;
	w->timed = true;
	w->least = s->ns;
	w->most = WAIT_NO_LIMIT;
	WAIT_TEXT(w->who, "%u pcpu%s", l->waiting, l->waiting == 1 ? "" : "s");
	WAIT_TEXT(w->what, "lock %s", l->name);
	if (l->holder != LOCK_NO_PCPU) {
		w->pcpu = l->holder;
		WAIT_TEXT(w->holder, "pcpu %u", w->pcpu);
	}
	WAIT_TEXT(w->because, "%s", stuck_lock_text(s, l, text, sizeof(text)));
	if (l->holder == LOCK_NO_PCPU)
		WAIT_TEXT(w->because, "no holder is recorded");
	add_silent(j, w);
	return NULL;
}

/*
 * The registers of the pcpus of a running host are not available: its locks show
 * that pcpus wait.
 */
struct err *waits_of_stuck_locks(struct waits_job *j)
{
	struct stuck_locks stuck = { .nr = 0 };
	struct lock_walk walk = {
		.x = j->x, .fn = see_queue, .lost = lose_lock, .arg = &stuck,
	};
	struct err *e;

	if (!xen_is_running(j->x))
		return NULL;
	e = locks_of_variables(&walk);
	if (!e)
		e = locks_of_objects(&walk);
	if (!e)
		e = locks_of_profile(&walk);
	if (!e && !walk.seen)
		e = err_new(ERR_NO_TYPE, "no place of a lock is known in this build");
	if (!e)
		e = stuck_locks_confirm(j->x, &stuck);
	for (unsigned int i = 0; !e && i < stuck.nr; i++)
		e = add_stuck(j, &stuck, &stuck.at[i]);
	stuck_locks_release(&stuck);
	return e;
}

/* ---- RCU ---- */

struct err *waits_of_rcu(struct waits_job *j)
{
	struct softirq_pcpu softirq;
	struct rcu_state state;
	struct rcu_pcpu p;

	ERR_TRY(rcu_state_read(j->x, &state));
	for (unsigned int cpu = 0; state.active && cpu < j->x->nr_cpus; cpu++) {
		struct err *e;
		struct wait *w;
		bool pending;

		ERR_TRY(interrupt_check());
		e = rcu_pcpu_read(j->x, &state, cpu, &p);
		if (e || !p.holds_up) {
			err_free(e);	/* the pcpu is offline */
			continue;
		}
		w = waits_add(j->w, WAIT_RCU);
		if (!w)
			return err_nomem();
		w->pcpu = cpu;
		WAIT_TEXT(w->who, "RCU, batch %" PRId64, (int64_t)value_of(&state.cur));
		WAIT_TEXT(w->what, "pcpu %u", cpu);
		e = softirq_pcpu_read(j->x, cpu, &softirq);
		pending = !e && softirq_is_pending(j->x, &softirq, "RCU_SOFTIRQ");
		err_free(e);
		rcu_wants_text(&state, &p, pending, w->because,
			       sizeof(w->because));
		set_overdue(j, w, cpu);
	}
	return NULL;
}

/* ---- tasklets ---- */

static struct err *add_tasklet(struct waits_job *j, unsigned int cpu,
			       const struct tasklet *t)
{
	struct wait *w = waits_add(j->w, WAIT_TASKLET);
	char name[128] = "";

	if (!w)
		return err_nomem();
	if (value_ok(&t->function))
		symbols_describe(j->x->symbols, value_of(&t->function), name,
				 sizeof(name));
	w->pcpu = cpu;
	WAIT_TEXT(w->who, "%s", *name ? name : "tasklet");
	WAIT_TEXT(w->what, "pcpu %u", cpu);
	WAIT_TEXT(w->because, "queued, not running");
	if (value_ok(&t->is_softirq) && !value_of(&t->is_softirq))
		WAIT_TEXT(w->because, "runs when the idle vcpu does");
	set_overdue(j, w, cpu);
	return NULL;
}

static struct err *add_tasklets(struct waits_job *j,
				const struct softirq_pcpu *p, unsigned int which)
{
	struct tasklet t;
	struct chain c;

	if (!p->tasklets[which])
		return NULL;
	tasklets_start(&c, j->x, p, which);
	for (unsigned int n = 0; n < TASKLETS_MAX; n++) {
		ERR_TRY(tasklets_next(&c, &t));
		if (!t.va)
			return NULL;
		if (!value_ok(&t.is_running) || !value_of(&t.is_running))
			ERR_TRY(add_tasklet(j, p->id, &t));
	}
	return NULL;
}

struct err *waits_of_tasklets(struct waits_job *j)
{
	struct softirq_pcpu p;

	for (unsigned int cpu = 0; cpu < j->x->nr_cpus; cpu++) {
		struct err *e;

		ERR_TRY(interrupt_check());
		e = softirq_pcpu_read(j->x, cpu, &p);
		if (e) {	/* the pcpu is offline */
			err_free(e);
			continue;
		}
		for (unsigned int which = 0; which < 2; which++)
			ERR_TRY(waits_miss(j->w, "tasklets",
					   err_prefix(add_tasklets(j, &p, which),
						      "pcpu %u", cpu)));
	}
	return NULL;
}
