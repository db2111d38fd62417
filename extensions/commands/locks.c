/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/diagnosis/lock_wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct column columns[] = {
	{ .key = "lock", .title = "LOCK" },
	{ .key = "kind", .title = "KIND" },
	{ .key = "name", .title = "NAME" },
	{ .key = "state", .title = "STATE" },
	{ .key = "holder", .title = "HOLDER" },
	{ .key = "waiting", .title = "WAITING" },
	{ .key = "readers", .title = "READERS" },
	{ .key = NULL, .title = "READING" },
	{ .key = "recursion", .title = NULL },
};

struct listing {
	struct out *o;
	bool all;
	uint64_t pcpu;		/* ~0: all */
	const char *word;	/* part of a name; NULL: all */
	unsigned int held, contended;
	struct xen *x;
	struct lock_waits waits;
};

static bool is_wanted(const struct listing *l, const struct lock *lock)
{
	if (l->word && !strstr(lock->name, l->word))
		return false;
	if (l->pcpu != UINT64_MAX)
		return lock->holder == l->pcpu || cpumask_has(&lock->reading, l->pcpu);
	return l->all || lock->held || lock->readers || lock->waiting;
}

static const char *state_of(const struct lock *lock)
{
	if (lock->odd)
		return "not a lock's";
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

/* ---- who waits ---- */

static const struct column wait_columns[] = {
	{ .key = "pcpu", .title = "PCPU" },
	{ .key = "what", .title = "WHAT IT DOES" },
	{ .key = "caller", .title = "IN" },
	{ .key = "lock", .title = "LOCK" },
	{ .key = "name", .title = "NAME" },
	{ .key = "holder", .title = "HOLDER" },
	{ .key = "register", .title = "FOUND IN" },
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
	out_list(o, "waiters", wait_columns, N(wait_columns));
	for (unsigned int i = 0; i < w->nr; i++)
		show_wait(s, o, &w->at[i]);
	out_end(o);
	return show_circles(o, w);
}

static struct err *list_locks(struct session *s, struct listing *l)
{
	struct lock_walk w = { s->xen, show, show_lost, l, 0 };
	struct err *e;

	ERR_TRY(lock_waits_read(s->xen, &l->waits));
	out_list(l->o, "locks", columns, N(columns));
	e = locks_of_variables(&w);
	if (!e)
		e = locks_of_objects(&w);
	out_end(l->o);
	if (!e)
		e = show_waits(s, l->o, &l->waits);
	if (!e)
		out_note(l->o, "%u locks looked at: %u held, %u waited for",
			 w.seen, l->held, l->contended);
	lock_waits_release(&l->waits);
	return e;
}

static struct err *run_locks(struct session *s, struct out *o, int argc,
			     char **argv)
{
	struct listing l = { .o = o, .x = s->xen, .pcpu = UINT64_MAX };
	int c;

	while ((c = getopt(argc, argv, "ac:")) != -1) {
		switch (c) {
		case 'a':
			l.all = true;
			break;
		case 'c':
			ERR_TRY(parse_pcpu(s, optarg, &l.pcpu));
			break;
		default:
			return command_usage("unknown option");
		}
	}
	if (optind < argc - 1)
		return command_usage("one word at most");
	l.word = argv[optind];
	return list_locks(s, &l);
}

static const char *const help[] = {
	"  Lists the locks that were held or waited for when the host died: those in",
	"  variables, per-cpu variables, domains, their P2Ms and grant tables, vcpus,",
	"  interrupts and run queues. HOLDER is a pcpu, where the lock says it: debug builds",
	"  do, and recursive and rw locks held for writing. WAITING is how many drew a ticket",
	"  behind the holder. Not all of these are a fault: the path of a crash itself",
	"  takes locks, and stops pcpus wherever they are.",
	"  Then come the pcpus that waited for a lock, by their traces, with the lock that",
	"  one of their registers points to; and the deadlocks: circles of pcpus, each of which",
	"  waits for what the next one holds. Where builds do not say who holds a lock,",
	"  no circle can be seen.",
	"    -a        also free ones",
	"    -c PCPU   only those this pcpu is known to hold",
	"    WORD      only names with this part",
	"",
	"EXAMPLE",
	"    crash> xen locks",
	"                LOCK  KIND  NAME                  STATE  HOLDER  WAITING  READERS  READING",
	"    ffff830011ab9be0  spin  pcpu 0 schedule_lock  held   -             1        0  -",
	"",
	"    PCPU  WHAT IT DOES          IN                                             LOCK  NAME                  HOLDER  FOUND IN",
	"       0  waits for a spinlock  common/sched/core.c#schedule+0x7c  ffff830011ab9be0  pcpu 0 schedule_lock  -       rdi",
	"    note: 591 locks looked at: 1 held, 1 waited for",
	NULL
};

const struct command command_locks = {
	.needs = NEEDS_TYPES,
	.run_words = run_locks,
	.synopsis = "[-j] [-a] [-c PCPU] [WORD]",
	.help = help,
};
