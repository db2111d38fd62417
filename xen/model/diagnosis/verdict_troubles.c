/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other problems of the host, independent of the cause of the crash: each check
 * walks one subsystem of Xen and adds one statement per problem.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/channel/grant.h"
#include "xen/model/domain/domain_check.h"
#include "xen/model/memory/heap.h"
#include "lock_wait.h"
#include "xen/model/pcpu/rcu.h"
#include "xen/model/sched/sched.h"
#include "xen/model/pcpu/softirq.h"
#include "verdict_internal.h"

/* Above this call_rcu() forces a grace period (qhimark, rcupdate.c). */
#define RCU_TOO_MANY	10000
/* Maximum number of statements per check; the commands list all. */
#define FEW 4

static struct verdict_line *stands_out(struct verdict_job *j)
{
	return verdict_line_add(j, "stands out");
}

/* ---- deadlocks ---- */

struct seen {
	struct xen *x;
	struct lock_waits *waits;
};

static struct err *see_lock(void *arg, const struct lock *lock)
{
	struct seen *s = arg;

	lock_waits_see(s->waits, lock, lock_size(s->x, lock->kind));
	return NULL;
}

/* A corrupt object affects only its locks; "xen locks" reports it. */
static void lose_lock(void *arg, struct err *e)
{
	(void)arg;
	err_free(e);
}

static struct err *add_deadlocks(struct verdict_job *j, const struct lock_waits *w)
{
	unsigned int *at = calloc(w->nr, sizeof(*at)), nr;
	char text[256];

	if (!at)
		return err_nomem();
	for (unsigned int n = 0; n < FEW && (nr = lock_waits_circle(w, n, at)); n++) {
		struct verdict_line *l = stands_out(j);

		TEXT(l, "deadlock: %s", lock_circle_text(w, at, nr, text, sizeof(text)));
		EVIDENCE(l, "holders recorded in the locks; registers of the traces");
	}
	free(at);
	return NULL;
}

/* Reads the locks only if a pcpu waits for one. */
static struct err *check_deadlock(struct verdict_job *j)
{
	struct seen seen = { .x = j->x };
	struct lock_walk walk = {
		.x = j->x, .fn = see_lock, .lost = lose_lock, .arg = &seen,
	};
	struct lock_waits w;
	struct err *e;

	ERR_TRY(lock_waits_read(j->x, &w));
	seen.waits = &w;
	e = w.nr ? locks_of_variables(&walk) : NULL;
	if (!e && w.nr)
		e = locks_of_objects(&walk);
	if (!e && w.nr)
		e = add_deadlocks(j, &w);
	lock_waits_release(&w);
	return e;
}

/* ---- RCU ---- */

/*
 * Returns the reason, found in the trace of a pcpu, why it does not reach a
 * quiescent state, or "". b may be NULL.
 */
static void why_not(struct verdict_job *j, struct backtrace *b, unsigned int cpu,
		    char *buf, size_t size)
{
	struct pcpu_activity s;
	struct pcpu p;
	struct err *e;

	buf[0] = '\0';
	if (!b)
		return;
	e = pcpu_read(j->x, cpu, &p);
	if (!e)
		e = pcpu_activity(b, &p, &s);
	if (!e && s.lost)
		snprintf(buf, size, "is lost");
	else if (!e && s.spins)
		snprintf(buf, size, "%s", s.spins);
	else if (!e && s.irqs_off && !s.crashed)
		snprintf(buf, size, "had interrupts disabled");
	err_free(e);
}

static void add_rcu_stall(struct verdict_job *j, struct backtrace *b,
			const struct rcu_state *state, const struct rcu_pcpu *p,
			uint64_t queued)
{
	struct softirq_pcpu softirq;
	char why[80], wants[160];
	struct verdict_line *l;
	struct err *e;

	why_not(j, b, p->id, why, sizeof(why));
	if (!*why && queued < RCU_TOO_MANY)
		return;
	e = softirq_pcpu_read(j->x, p->id, &softirq);
	rcu_wants_text(state, p, !e && softirq_is_pending(j->x, &softirq, "RCU_SOFTIRQ"),
		       wants, sizeof(wants));
	err_free(e);
	l = stands_out(j);
	TEXT(l, "RCU stall: batch %" PRId64 " waits for pcpu %u",
	     (int64_t)value_of(&state->cur), p->id);
	if (*why)
		TEXT(l, ", which %s", why);
	if (*wants)
		TEXT(l, " (%s)", wants);
	MORE(l, "%" PRIu64 " callbacks queued", queued);
	EVIDENCE(l, "rcu_ctrlblk.cpumask, rcu_data%s", *why ? "; its trace" : "");
}

static struct err *check_rcu(struct verdict_job *j)
{
	struct backtrace *b = NULL;
	struct rcu_state state;
	struct rcu_pcpu p;
	uint64_t queued = 0;

	ERR_TRY(rcu_state_read(j->x, &state));
	if (!state.active)
		return NULL;
	err_free(backtrace_create(j->x, &b));
	for (unsigned int pass = 0; pass < 2; pass++) {
		for (unsigned int cpu = 0; cpu < j->x->nr_cpus; cpu++) {
			struct err *e = rcu_pcpu_read(j->x, &state, cpu, &p);

			if (!e && !pass && value_ok(&p.qlen))
				queued += value_of(&p.qlen);
			else if (!e && pass && p.holds_up)
				add_rcu_stall(j, b, &state, &p, queued);
			err_free(e);	/* the pcpu is offline */
		}
	}
	backtrace_destroy(b);
	return interrupt_check();
}

/* ---- memory ---- */

static struct err *check_heap(struct verdict_job *j)
{
	struct verdict_line *l;
	uint64_t counted;
	struct heap h;

	ERR_TRY(heap_open(j->x, &h));
	if (!value_ok(&h.total))
		return err_new(ERR_NO_SYMBOL, "no total_avail_pages in this build");
	if (value_of(&h.total) < HEAP_LOW_PAGES) {
		l = stands_out(j);
		TEXT(l, "heap exhausted: %" PRIu64 " free pages", value_of(&h.total));
		EVIDENCE(l, "total_avail_pages");
		if (heap_avail_sum(&h, &counted) && counted >= HEAP_LOW_PAGES)
			CONFLICT(l, "avail[][] counts %" PRIu64, counted);
	} else if (value_ok(&h.claimed) && value_of(&h.claimed) &&
		   value_of(&h.claimed) + HEAP_LOW_PAGES > value_of(&h.total)) {
		l = stands_out(j);
		TEXT(l, "heap exhausted: %" PRIu64 " of %" PRIu64
		     " free pages are claimed", value_of(&h.claimed), value_of(&h.total));
		EVIDENCE(l, "total_avail_pages, outstanding_claims");
	}
	return NULL;
}

/* ---- domains and their grants ---- */

/* Number of entries from at on with the same mapper and grant. */
static size_t same_maps(const struct grant_maps *maps, size_t at)
{
	size_t end = at + 1;

	while (end < maps->nr && maps->at[end].granter == maps->at[at].granter &&
	       maps->at[end].mapper == maps->at[at].mapper &&
	       maps->at[end].ref == maps->at[at].ref)
		end++;
	return end - at;
}

/* "d0 maps grant 8, d0 maps grant 9 (2 times)" for a zombie domain. */
static void add_mappers(struct verdict_line *l, const struct grant_maps *maps,
			 uint64_t domid)
{
	unsigned int grants = 0;
	size_t all = 0, same;

	for (size_t i = 0; i < maps->nr; i += same) {
		same = same_maps(maps, i);
		if (maps->at[i].granter != domid)
			continue;
		all += same;
		if (grants++ >= FEW)
			continue;
		MORE(l, "d%u maps grant %u", maps->at[i].mapper,
		     maps->at[i].ref);
		if (same > 1)
			TEXT(l, " (%zu times)", same);
	}
	if (grants > FEW)
		MORE(l, "%zu mappings in total", all);
}

/* domain.is_dying: 1 during destruction, 2 once only references keep it. */
static void add_dying(struct verdict_job *j, const struct domain *d,
		       const struct grant_maps *maps)
{
	struct verdict_line *l;

	if (!value_ok(&d->is_dying) || !value_of(&d->is_dying))
		return;
	l = stands_out(j);
	TEXT(l, value_of(&d->is_dying) == 2 ? "zombie domain d%" PRIu64 :
				     "d%" PRIu64 " is being destroyed", value_of(&d->domain_id));
	l->sure = value_of(&d->is_dying) == 2;
	if (value_ok(&d->tot_pages))
		MORE(l, "pages left: %" PRIu64, value_of(&d->tot_pages));
	add_mappers(l, maps, value_of(&d->domain_id));
	EVIDENCE(l, "is_dying %" PRIu64, value_of(&d->is_dying));
	if (value_ok(&d->refcnt))
		EVIDENCE(l, "refcnt %" PRIu64, value_of(&d->refcnt));
	EVIDENCE(l, "maptrack");
}

static unsigned int pins_sum(struct grant_pins p)
{
	return p.host_rw + p.host_ro + p.device_rw + p.device_ro;
}

/* Pinned grants without a maptrack entry in any domain. */
static struct err *add_leaks(struct verdict_job *j, const struct domain *d,
			      const struct grant_maps *maps)
{
	unsigned int leaked = 0, first = 0;
	struct grant_table t;
	struct verdict_line *l;
	struct grants *w;
	struct grant g;
	struct err *e;

	ERR_TRY(grant_table_read(j->x, d, &t));
	w = malloc(sizeof(*w));
	if (!t.va || !w) {
		free(w);
		return t.va ? err_nomem() : NULL;
	}
	e = grants_start(w, &t);
	while (!e && !(e = grants_next(w, &g)) && g.va) {
		size_t nr;
		struct grant_map *m = grant_maps_find(maps, value_of(&d->domain_id), g.ref, &nr);

		if (value_ok(&g.pin) && pins_sum(grant_pins(value_of(&g.pin))) >
					       pins_sum(grant_maps_pins(m, nr)))
			first = leaked++ ? first : g.ref;
		grant_release(&g);
	}
	free(w);
	if (e || !leaked)
		return e;
	l = stands_out(j);
	l->sure = false;
	TEXT(l, "%u grants of d%" PRIu64 " are pinned without a mapping (first: %u): leaked, or a copy in progress",
	     leaked, value_of(&d->domain_id), first);
	EVIDENCE(l, "pins of the active entries; maptrack");
	return NULL;
}

static struct err *check_domains(struct verdict_job *j)
{
	struct grant_maps maps;
	struct domains walk;
	struct domain d;
	struct err *e;

	ERR_TRY(grant_maps_read(j->x, &maps));
	e = domains_start(&walk, j->x, false);
	while (!e && !(e = domains_next(&walk, &d)) && !walk.done) {
		add_dying(j, &d, &maps);
		/*
		 * mappings in unreadable maptrack tables would be reported as
		 * leaks, and those made while a running host is read
		 */
		if (!maps.nr_errors && !xen_is_running(j->x))
			e = add_leaks(j, &d, &maps);
	}
	grant_maps_release(&maps);
	return e;
}

/* ---- indexes of domains ---- */

struct damage {
	struct verdict_job *j;
	unsigned int nr;
};

static void add_damage(void *arg, const char *text, bool sure)
{
	struct damage *d = arg;
	struct verdict_line *l;

	if (d->nr++ >= FEW)
		return;
	l = stands_out(d->j);
	l->sure = sure;
	TEXT(l, "memory is damaged: %s", text);
	EVIDENCE(l, "domain_list, domain_hash and the arrays of vcpus");
}

static struct err *check_damage(struct verdict_job *j)
{
	struct damage d = { .j = j };

	ERR_TRY(domains_check_all(j->x, add_damage, &d));
	if (d.nr > FEW) {
		struct verdict_line *l = stands_out(j);

		TEXT(l, "memory is damaged: %u more contradictions", d.nr - FEW);
		EVIDENCE(l, "\"xen doms\" lists them");
	}
	return NULL;
}

/* ---- code ---- */

static struct err *check_code(struct verdict_job *j)
{
	struct text_compare c;
	struct verdict_line *l;
	char where[128];

	ERR_TRY(verdict_compare_code(j, NULL, &c));
	if (!c.unexplained)
		return NULL;
	l = stands_out(j);
	TEXT(l, "memory is damaged: bytes of Xen's code that differ from the image: %" PRIu64 ", the first in ",
	     c.unexplained);
	TEXT(l, "%s", symbols_describe(j->x->symbols, c.first, where, sizeof(where)));
	EVIDENCE(l, "comparison of the code (\"xen files -t\"), at %" PRIx64, c.first);
	return NULL;
}

/* ---- schedulers ---- */

static struct err *check_schedulers(struct verdict_job *j)
{
	struct provenance before = provenance_enter();
	struct err *e = sched_read(j->x, &j->sched);

	j->sched_unproved = provenance_leave(before);
	provenance_use_if(j->sched_unproved);
	if (e)
		j->sched = NULL;
	for (unsigned int i = 0; !e && i < j->sched->problems.nr && i < FEW; i++) {
		struct verdict_line *l = stands_out(j);

		l->sure = false;
		TEXT(l, "scheduler: %s", j->sched->problems.at[i]);
		EVIDENCE(l, "its queues");
	}
	return e;
}

/* ---- all ---- */

/*
 * running: also on a running host. The other checks compare values that such a
 * host changes between two reads.
 */
static const struct {
	const char *what;
	struct err *(*check)(struct verdict_job *j);
	bool running;
} checks[] = {
	{ "deadlocks", check_deadlock, false },
	{ "RCU", check_rcu, false },
	{ "the heap", check_heap, true },
	{ "indexes of domains", check_damage, false },
	{ "Xen's code", check_code, false },
	{ "domains and grants", check_domains, true },
	{ "schedulers", check_schedulers, false },
	{ "waits", verdict_add_waits, true },
	{ "interrupts", verdict_add_storms, true },
};

static bool has_about(const struct verdict *v, const char *about)
{
	for (unsigned int i = 0; i < v->nr; i++)
		if (!strcmp(v->line[i].about, about))
			return true;
	return false;
}

/*
 * Adds the statement that nothing stands out, if no check and no pcpu does, and
 * the subjects that are not in the dump.
 * unproved: provenance of the data read by the checks.
 */
static void add_nothing(struct verdict_job *j, bool unproved)
{
	struct provenance before = provenance_enter();
	struct verdict_line *l;

	bool any = has_about(j->v, "stands out");

	if (any && !*j->missing) {
		provenance_leave(before);
		return;
	}
	provenance_use_if(unproved);
	l = stands_out(j);
	if (!any)
		TEXT(l, *j->missing ? "nothing, but " : "nothing");
	if (*j->missing) {
		l->sure = false;
		TEXT(l, "not examined: %s", j->missing);
		EVIDENCE(l, "%s", j->missing_why);
	} else {
		EVIDENCE(l, "%s were examined", xen_is_running(j->x) && j->x->types ?
			 "heap, domains, queues of spinlocks, waits, devices and interrupts" :
			 xen_is_running(j->x) ?
			 "heap, domains, their page_alloc_lock, locks of run queues, waits, devices and interrupts" :
			 "pcpus, locks, RCU, heap, domains, grants, schedulers, waits, devices and interrupts");
	}
	verdict_line_end(j);
	provenance_leave(before);
}

/* Without a statement the result would be understood as "nothing stands out". */
static void add_not_examined(struct verdict_job *j)
{
	struct verdict_line *l = stands_out(j);

	l->sure = false;
	TEXT(l, "not examined: %s", xen_is_running(j->x) ?
	     "heap, domains, queues of spinlocks, waits, devices, interrupts" :
	     "locks, RCU, heap, domains, grants, schedulers, waits, devices, interrupts");
	EVIDENCE(l, "requires the hypervisor's %s", !xen_reads_memory(j->x) ?
		 "memory (\"xen source -x auto\")" : j->x->symbols ?
		 "types (a xen-syms with DWARF, or a profile)" : "symbols and types");
	verdict_line_end(j);
}

struct err *verdict_troubles(struct xen *x, pv_task_fn *task, struct verdict *v)
{
	bool can = xen_reads_memory(x) && records_known(x->records) && x->symbols;
	struct verdict_job *j;
	struct err *e = NULL;
	bool unproved = false;

	j = calloc(1, sizeof(*j));
	if (!j)
		return err_nomem();
	j->x = x;
	j->v = v;
	j->task = task;
	if (!can)
		add_not_examined(j);
	for (unsigned int i = 0; can && !e && i < ARRAY_SIZE(checks); i++) {
		struct provenance before;
		struct verdict_line *l;

		if (xen_is_running(x) && !checks[i].running)
			continue;
		before = provenance_enter();
		e = checks[i].check(j);
		verdict_line_end(j);
		unproved |= provenance_leave(before);
		if (!e || err_is_final(e))
			continue;
		l = stands_out(j);
		l->sure = false;
		TEXT(l, "%s: check failed", checks[i].what);
		EVIDENCE(l, "%s", err_text(e));
		err_free(e);
		e = NULL;
	}
	if (!e && can)
		add_nothing(j, unproved);
	sched_destroy(j->sched);
	free(j);
	return e;
}
