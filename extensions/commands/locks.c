/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/diagnosis/lock_stuck.h"
#include "xen/model/diagnosis/lock_wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"

static const struct column columns[] = {
	{ .key = "lock", .title = "LOCK", .help = "address of the lock" },
	{ .key = "kind", .title = "KIND",
	  .help = "spin, recursive spin, rw or percpu rw" },
	{ .key = "name", .title = "NAME",
	  .help = "name of the lock: a variable, or an object and its member" },
	{ .key = "state", .title = "STATE",
	  .help = "held; read: held by readers; waited for; free; invalid: not a valid lock" },
	{ .key = "holder", .title = "HOLDER",
	  .help = "pcpu that holds it, if recorded in the lock: in builds with debug=y, and in recursive locks and rw locks held for writing" },
	{ .key = "waiting", .title = "WAITING",
	  .help = "number of tickets after that of the holder" },
	{ .key = "readers", .title = "READERS", .help = "number of readers" },
	{ .key = NULL, .title = "READING",
	  .help = "pcpus that hold a percpu rw lock for reading" },
	{ .key = "recursion", .title = NULL,
	  .help = "nesting depth of a recursive lock" },
};

struct listing {
	struct out *o;
	bool all;
	const struct ranges *pcpus;
	const char *word;	/* part of a name; NULL: all */
	unsigned int held, contended;
	struct xen *x;
	struct lock_waits waits;
	struct stuck_locks stuck;
};

static bool held_by(const struct lock *lock, const struct ranges *pcpus,
		    unsigned int nr_cpus)
{
	if (lock->holder != LOCK_NO_PCPU && ranges_has(pcpus, lock->holder))
		return true;
	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++) {
		if (ranges_has(pcpus, cpu) && cpumask_has(&lock->reading, cpu))
			return true;
	}
	return false;
}

static bool is_wanted(const struct listing *l, const struct lock *lock)
{
	if (l->word && !strstr(lock->name, l->word))
		return false;
	if (l->pcpus->nr)
		return held_by(lock, l->pcpus, l->x->nr_cpus);
	return l->all || lock->held || lock->readers || lock->waiting;
}

static const char *state_of(const struct lock *lock)
{
	if (lock->odd)
		return "invalid";
	if (lock->held)
		return "held";
	if (lock->readers)
		return "read";
	return lock->waiting ? "waited for" : "free";
}

static struct err *show(void *arg, const struct lock *lock)
{
	struct listing *l = arg;
	char text[CPUMASK_TEXT];

	l->held += lock->held || lock->readers;
	l->contended += lock->waiting > 0;
	if (l->waits.nr)
		lock_waits_see(&l->waits, lock, lock_size(l->x, lock->kind));
	ERR_TRY(stuck_locks_see(&l->stuck, lock));
	if (!is_wanted(l, lock))
		return NULL;
	out_hex(l->o, lock->va);
	out_str(l->o, lock_kind_name(lock->kind));
	out_str(l->o, lock->name);
	out_str(l->o, state_of(lock));
	if (lock->holder == LOCK_NO_PCPU)
		out_none(l->o);
	else
		out_dec(l->o, lock->holder);
	out_dec(l->o, lock->waiting);
	out_dec(l->o, lock->readers);
	if (lock->reading.nr && lock->readers)
		out_str(l->o, cpumask_text(&lock->reading, text, sizeof(text)));
	else
		out_none(l->o);
	out_dec(l->o, lock->recursion);
	return NULL;
}

static void show_lost(void *arg, struct err *e)
{
	struct listing *l = arg;

	out_error(l->o, e);
}

/* ---- waiting pcpus ---- */

static const struct column wait_columns[] = {
	{ .key = "pcpu", .title = "PCPU", .help = "number of the pcpu" },
	{ .key = "what", .title = "ACTIVITY",
	  .help = "activity of the pcpu, by its trace" },
	{ .key = "caller", .title = "IN",
	  .help = "function that takes the lock" },
	{ .key = "lock", .title = "LOCK",
	  .help = "address of the lock that one of its registers points to" },
	{ .key = "name", .title = "NAME", .help = "name of that lock" },
	{ .key = "holder", .title = "HOLDER",
	  .help = "pcpu that holds it, if recorded in the lock" },
	{ .key = "register", .title = "FOUND IN",
	  .help = "register that points to the lock" },
};

static void show_wait(struct session *s, struct out *o, const struct lock_wait *w)
{
	char text[128];

	out_dec(o, w->pcpu);
	out_str(o, w->what);
	cell_text(o, symbols_describe(s->xen->symbols, w->caller, text,
				      sizeof(text)));
	cell_object(o, w->lock);
	cell_text(o, w->name);
	if (w->holder == LOCK_NO_PCPU)
		out_none(o);
	else
		out_dec(o, w->holder);
	cell_text(o, w->by);
}

static struct err *show_circles(struct out *o, const struct lock_waits *w)
{
	unsigned int *at = calloc(w->nr ? w->nr : 1, sizeof(*at)), nr;
	char text[512];

	if (!at)
		return err_nomem();
	out_lines(o, "deadlocks");
	for (unsigned int n = 0; (nr = lock_waits_circle(w, n, at)); n++)
		out_line(o, "deadlock: %s", lock_circle_text(w, at, nr, text,
							     sizeof(text)));
	out_end(o);
	free(at);
	return NULL;
}

static struct err *show_waits(struct session *s, struct out *o,
			      const struct lock_waits *w)
{
	out_list(o, "waiters", wait_columns, ARRAY_SIZE(wait_columns));
	for (unsigned int i = 0; i < w->nr; i++)
		show_wait(s, o, &w->at[i]);
	out_end(o);
	return show_circles(o, w);
}

/* Of a running host, on which the traces of the pcpus are not available. */
static struct err *show_stuck(struct session *s, struct out *o, struct stuck_locks *stuck)
{
	char text[128];

	if (!xen_is_running(s->xen))
		return NULL;
	ERR_TRY(stuck_locks_confirm(s->xen, stuck));
	out_lines(o, "stuck");
	for (unsigned int i = 0; i < stuck->nr; i++) {
		const struct stuck_lock *lock = &stuck->at[i];

		out_line(o, "stuck: %s, %u waiting: %s", lock->name, lock->waiting,
			 stuck_lock_text(stuck, lock, text, sizeof(text)));
	}
	out_end(o);
	return NULL;
}

static struct err *list_locks(struct session *s, struct listing *l)
{
	struct lock_walk w = {
		.x = s->xen, .fn = show, .lost = show_lost, .arg = l,
	};
	struct err *e;

	ERR_TRY(lock_waits_read(s->xen, &l->waits));
	out_list(l->o, "locks", columns, ARRAY_SIZE(columns));
	e = locks_of_variables(&w);
	if (!e)
		e = locks_of_objects(&w);
	out_end(l->o);
	if (!e)
		e = show_waits(s, l->o, &l->waits);
	if (!e)
		e = show_stuck(s, l->o, &l->stuck);
	if (!e)
		out_note(l->o, "%u locks examined: %u held, %u waited for",
			 w.seen, l->held, l->contended);
	stuck_locks_release(&l->stuck);
	lock_waits_release(&l->waits);
	return e;
}

static struct err *run_locks(struct session *s, struct out *o,
			     const struct args *a)
{
	struct listing l = {
		.o = o, .x = s->xen, .pcpus = &a->pcpus,
		.all = args_has(a, "a"), .word = a->word[0],
	};

	return list_locks(s, &l);
}

static const struct option_spec options[] = {
	{ "a", OPTION_FLAG, .help = "also free locks" },
	{ "c", OPTION_PCPUS, .value = "PCPU", .many = true,
	  .help = "only locks that this pcpu, or one of a range (0-3), is known to hold" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("locks", columns),
	COLUMNS("waiters", wait_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the locks that were held or waited for at the crash: those in",
	"  variables, per-cpu variables, domains, their P2Ms and grant tables, vcpus,",
	"  interrupts and run queues. WORD selects locks by a part of their name. Not",
	"  all of them indicate a fault: the crash path itself takes locks, and stops",
	"  pcpus at any place.",
	"",
	"  Then follow the pcpus that waited for a lock, by their traces, and",
	"  deadlocks: cycles of pcpus, each of which waits for a lock that the next",
	"  one holds. These require a build that records the holder of a lock.",
	"",
	"  The traces of the pcpus of a running host are not available: spinlocks that",
	"  pcpus wait for are read again for a second, and those that did not move, are",
	"  listed as stuck.",
	NULL
};

static const char *const example[] = {
	"    crash> xen locks",
	"                LOCK  KIND  NAME                  STATE  HOLDER  WAITING  READERS  READING",
	"    ffff830011ab9be0  spin  pcpu 0 schedule_lock  held   -             1        0  -",
	"",
	"    PCPU  ACTIVITY              IN                                             LOCK  NAME                  HOLDER  FOUND IN",
	"       0  waits for a spinlock  common/sched/core.c#schedule+0x7c  ffff830011ab9be0  pcpu 0 schedule_lock  -       rdi",
	"    note: 591 locks examined: 1 held, 1 waited for",
	NULL
};

const struct command command_locks = {
	.needs = NEEDS_TYPES,
	.run = run_locks,
	.args = {
		.options = options,
		.words = { .synopsis = "[WORD]", .max = 1 },
	},
	.tables = tables,
	.description = description,
	.example = example,
};
