/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements on the whole host and on its other pcpus. */
#include "verdict_internal.h"

#include <inttypes.h>
#include <stdio.h>

#include "xen/model/host/livepatch.h"
#include "taint.h"
#include "xen/model/words.h"

/* ---- the state of the host ---- */

void verdict_add_taint(struct verdict_job *j)
{
	bool noted = j->x->notes && j->x->notes->has_crash_info;
	uint64_t variable, tainted;
	struct err *e = xen_variable(j->x, "tainted", &variable);
	bool known = !e;
	struct verdict_line *l;
	char text[160];

	err_free(e);
	if (!noted && !known)
		return;
	tainted = noted ? j->x->notes->crash_info.tainted : variable;
	l = verdict_line_add(j, "taint");
	TEXT(l, "%s", taint_text(&j->x->id, tainted, text, sizeof(text)));
	EVIDENCE(l, "%s", noted ? "crash note" : "variable tainted");
	if (noted && known && (uint32_t)variable != (uint32_t)tainted)
		CONFLICT(l, "the variable tainted is %" PRIx64, variable);
	verdict_line_end(j);
}

/* Adds no statement for builds without livepatches, or without types. */
struct err *verdict_add_livepatches(struct verdict_job *j)
{
	unsigned int applied = 0, loaded = 0;
	char names[256] = "";
	struct verdict_line *l;
	struct livepatch p;
	struct livepatches w;
	struct err *e = records_known(j->x->records) ? livepatches_start(&w, j->x) :
				      err_new(ERR_NO_TYPE, "no types");

	while (!e) {
		e = livepatches_next(&w, &p);
		if (e || w.done)
			break;
		loaded++;
		if (value_ok(&p.state) && value_of(&p.state) == 2) {
			applied++;
			words_add(names, sizeof(names), p.name);
		}
	}
	if (err_is_final(e))
		return e;
	if (!e || loaded) {
		l = verdict_line_add(j, "livepatch");
		l->sure = !e;
		TEXT(l, "%s", applied ? names : "none applied");
		if (loaded > applied)
			MORE(l, "%u loaded but not applied", loaded - applied);
		if (e)
			MORE(l, "incomplete: %s", err_text(e));
		EVIDENCE(l, "payload_list");
	}
	err_free(e);
	return NULL;
}

/* ---- the other pcpus ---- */

static void add_spin(struct verdict_job *j, const struct pcpu_activity *s,
		      struct verdict_line *l)
{
	char name[160];

	MORE(l, "%s", s->spins);
	if (s->caller)
		TEXT(l, " in %s", symbols_describe(j->x->symbols, s->caller, name,
						   sizeof(name)));
	if (s->irqs_off)
		MORE(l, "interrupts disabled");
	if (s->spin_kind != SPIN_PCPUS)
		l->waiter = s->pcpu;
}

static void add_other(struct verdict_job *j, const struct pcpu_activity *s)
{
	bool crash = j->has_crash && s->pcpu == j->crash.pcpu;
	struct verdict_line *l;

	if (!s->lost && !s->dying && !s->inside && !s->spins && (crash || !s->crashed))
		return;
	l = verdict_line_add(j, "stands out");
	TEXT(l, "pcpu %u", s->pcpu);
	if (s->lost) {
		TEXT(l, " is lost: no saved registers");
		EVIDENCE(l, "no crash note");
		if (*j->report.lost)
			EVIDENCE(l, "console: Failed to shoot down CPUs {%s}",
				 j->report.lost);
	}
	if (s->dying && !crash)
		MORE(l, "was crashing, too");
	if (s->inside)
		MORE(l, "was handling an exception (%s)", s->inside);
	if (s->spins)
		add_spin(j, s, l);
	if (s->crashed && !crash)
		CONFLICT(l, "kexec_crash() is in its trace, too");
	if (*s->current)
		MORE(l, "for %s", s->current);
	if (s->lost && s->spins)
		l->sure = false;
	if (!s->lost || s->spins)
		EVIDENCE(l, "its trace");
}

/* Pcpus whose state could not be read. */
struct unreadable {
	struct verdict_line *line;	/* of the first */
	unsigned int nr;
};

/* One statement for all: damage may concern each of hundreds. */
static void add_unreadable(struct verdict_job *j, unsigned int cpu, struct err *e,
			   struct unreadable *u)
{
	if (u->nr++)
		return;
	u->line = verdict_line_add(j, "stands out");
	u->line->sure = false;
	TEXT(u->line, "pcpu %u: state not available", cpu);
	EVIDENCE(u->line, "%s", err_text(e));
}

/* A pcpu that was never started, or a build without the types: nothing to report. */
static bool is_absent(const struct verdict_job *j, const struct err *e)
{
	enum err_reason reason = err_reason(e);

	return !records_known(j->x->records) || reason == ERR_NOT_FOUND ||
	       reason == ERR_NO_SYMBOL || reason == ERR_NO_TYPE;
}

static struct err *find_crash(struct verdict_job *j, struct backtrace *b, unsigned int cpu)
{
	struct pcpu_activity s;
	struct pcpu p;

	ERR_TRY(pcpu_read(j->x, cpu, &p));
	ERR_TRY(pcpu_activity(b, &p, &s));
	if (!s.crashed)
		return NULL;
	j->crash = s;
	j->note = p.note;
	j->has_crash = true;
	return NULL;
}

struct err *verdict_find_crash(struct verdict_job *j, struct backtrace *b)
{
	for (unsigned int cpu = 0; cpu < j->x->nr_cpus && !j->has_crash; cpu++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(err_drop(find_crash(j, b, cpu)));
	}
	return NULL;
}

static struct err *add_pcpu(struct verdict_job *j, struct backtrace *b, unsigned int cpu,
			    struct unreadable *u)
{
	struct pcpu_activity s;
	struct pcpu p;
	struct err *e = pcpu_read(j->x, cpu, &p);

	if (e && !err_is_final(e) && is_absent(j, e)) {
		err_free(e);
		return NULL;
	}
	if (!e)
		e = pcpu_activity(b, &p, &s);
	if (e && !err_is_final(e))
		add_unreadable(j, cpu, e, u);
	else if (!e)
		add_other(j, &s);
	return err_drop(e);
}

struct err *verdict_add_pcpus(struct verdict_job *j, struct backtrace *b)
{
	struct unreadable u = { .nr = 0 };

	for (unsigned int cpu = 0; cpu < j->x->nr_cpus; cpu++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(add_pcpu(j, b, cpu, &u));
	}
	if (u.nr > 1)
		MORE(u.line, "nor is that of other pcpus (%u)", u.nr - 1);
	return NULL;
}
