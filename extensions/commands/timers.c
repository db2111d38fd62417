/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/timer.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "xen/model/memory/owner.h"
#include "xen/model/host/sys.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* What a row is made from; the timer first, for its fields. */
struct row {
	struct timer t;
	unsigned int pcpu;
	const struct owners *owners;
	uint64_t now;			/* ns; 0: not known */
};

_Static_assert(!offsetof(struct row, t), "the timer comes first");

static void cell_pcpu(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->pcpu);
}

/* Relative to the last time that is known of the host. */
static void cell_due(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;

	(void)s;
	if (row->t.expires.state != VALUE_OK)
		cell_missing(o, &row->t.expires);
	else if (!row->now || row->t.where == TIMER_INACTIVE)
		out_none(o);
	else
		out_amount(o, "%.3f ms",
			   (int64_t)(row->t.expires.u - row->now) / 1e6);
}

static void cell_function(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct row *)rec)->t.function;
	char text[128];

	if (v->state != VALUE_OK) {
		cell_missing(o, v);
		return;
	}
	symbols_describe(s->xen->symbols, v->u, text, sizeof(text));
	if (*text)
		out_str(o, text);
	else
		out_hex(o, v->u);
}

/* By what the timer lies in, else by what its function is given. */
static void cell_of(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;
	const struct owner *of = owners_find(row->owners, row->t.va);
	char text[OWNER_TEXT];

	(void)s;
	if (!of && row->t.data.state == VALUE_OK)
		of = owners_find(row->owners, row->t.data.u);
	if (of)
		out_str(o, owner_text(of, text));
	else
		out_none(o);
}

static void cell_where(struct session *s, struct out *o, const void *rec)
{
	const struct timer *t = &((const struct row *)rec)->t;

	(void)s;
	out_str(o, t->running ? "running" : timer_status_name(t->where));
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct row *)rec)->t.va);
}

#define TIMER_INPUT(memb)	{ &timer_record, offsetof(struct timer, memb) }

static const struct view_input due_inputs[] = { TIMER_INPUT(expires) };
static const struct view_input where_inputs[] = {
	{ &timers_record, VIEW_WHOLE }, TIMER_INPUT(status),
};
static const struct view_input of_inputs[] = { TIMER_INPUT(data) };
static const struct view_input function_inputs[] = { TIMER_INPUT(function) };

#define F(key, title, memb, as) \
	VIEW_FIELD(key, title, struct row, t.memb, as)

static const struct view_column columns[] = {
	VIEW_CELL("pcpu", "PCPU", cell_pcpu),
	VIEW_CELL_FROM(NULL, "DUE", cell_due, due_inputs),
	F("expires_ns", NULL, expires, VIEW_SDEC),
	VIEW_CELL_FROM("where", "IN", cell_where, where_inputs),
	VIEW_CELL("timer", "TIMER", cell_va),
	VIEW_CELL_FROM("of", "OF", cell_of, of_inputs),
	F("data", "DATA", data, VIEW_HEX),
	F("function_address", NULL, function, VIEW_HEX),
	VIEW_CELL_FROM("function", "FUNCTION", cell_function, function_inputs),
};

static const struct column pcpu_columns[] = {
	{ .key = "pcpu", .title = "PCPU" },
	{ .key = "armed", .title = "ARMED" },
	{ .key = "limit", .title = "LIMIT" },
	{ .key = "deadline_ns" },
	{ .title = "DEADLINE" },
	{ .key = "timers", .title = "TIMERS" },
};

struct listing {
	struct view view;
	struct owners owners;
	uint64_t now;			/* ns */
	uint64_t pcpu;			/* only this one; ~0: all */
	bool inactive;
};

static bool absent(struct err *e)
{
	return e && err_reason(e) == ERR_NOT_FOUND;
}

static struct err *show_pcpu(struct session *s, struct out *o,
			     struct listing *l, unsigned int cpu)
{
	struct timers w;

	ERR_TRY(timers_start(&w, s->xen, cpu, false));
	out_dec(o, cpu);
	out_dec(o, w.size);
	out_dec(o, w.limit);
	out_sdec(o, w.deadline);
	if (w.deadline && l->now)
		out_amount(o, "%.3f ms", (int64_t)(w.deadline - l->now) / 1e6);
	else
		out_none(o);
	out_hex(o, w.va);
	return NULL;
}

static struct err *show_timers(struct session *s, struct out *o,
			       struct listing *l, unsigned int cpu)
{
	struct row row = {
		.pcpu = cpu, .owners = &l->owners, .now = l->now,
	};
	struct timers w;

	ERR_TRY(timers_start(&w, s->xen, cpu, l->inactive));
	for (;;) {
		struct err *e = timers_next(&w, &row.t);

		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (e)
			out_error(o, e);
		else if (row.t.va)
			view_row(&l->view, &row);
		else
			return NULL;
	}
}

static struct err *each_pcpu(struct session *s, struct out *o,
			     struct listing *l,
			     struct err *(*show)(struct session *s,
						 struct out *o,
						 struct listing *l,
						 unsigned int cpu))
{
	for (unsigned int cpu = 0; cpu < s->xen->nr_cpus; cpu++) {
		struct err *e;

		if (l->pcpu != UINT64_MAX && l->pcpu != cpu)
			continue;
		e = show(s, o, l, cpu);
		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (absent(e) && l->pcpu == UINT64_MAX)
			err_free(e);
		else
			out_error(o, e);
	}
	return NULL;
}

/* The clock is known as of its last calibration, or of a vcpu's last change. */
static uint64_t find_now(struct session *s, const struct owners *owners)
{
	struct sys sys;
	uint64_t now = owners->latest;
	struct err *e = sys_read(s->xen, &sys);

	if (!e && sys.uptime.state == VALUE_OK && sys.uptime.u > now)
		now = sys.uptime.u;
	err_free(e);
	return now;
}

static struct err *show(struct session *s, struct out *o, struct listing *l)
{
	struct err *e;

	out_list(o, "pcpus", pcpu_columns, N(pcpu_columns));
	e = each_pcpu(s, o, l, show_pcpu);
	out_end(o);
	if (e)
		return e;
	view_list(&l->view, s, o, "timers", columns, N(columns), &timer_record);
	e = each_pcpu(s, o, l, show_timers);
	out_end(o);
	if (!e && l->now)
		out_note(o, "times are relative to %" PRIu64 ".%06" PRIu64
			 " s after the boot of Xen, the last time known of the host",
			 l->now / 1000000000, l->now / 1000 % 1000000);
	return e;
}

static struct err *run_timers(struct session *s, struct out *o, int argc,
			      char **argv)
{
	struct listing l;
	struct err *e;
	int c;

	memset(&l, 0, sizeof(l));
	l.pcpu = UINT64_MAX;
	while ((c = getopt(argc, argv, "ac:")) != -1) {
		switch (c) {
		case 'a':
			l.inactive = true;
			break;
		case 'c':
			ERR_TRY(parse_pcpu(s, optarg, &l.pcpu));
			break;
		default:
			return command_usage("unknown option");
		}
	}
	if (optind < argc)
		return command_usage("timers takes no %s", argv[optind]);
	ERR_TRY(owners_read(s->xen, &l.owners));
	l.now = find_now(s, &l.owners);
	e = show(s, o, &l);
	owners_release(&l.owners);
	return e;
}

static const char *const help[] = {
	"  Lists the timers of each pcpu, in the order of its heap: the first of them expires",
	"  first. OF is the vcpu or domain that a timer is for, DATA what its function gets.",
	"  DUE is below zero for those that should have run already. Timers that are not",
	"  where they say, or that break the order of the heap, are errors.",
	"    -a         also timers that are not armed",
	"    -c PCPU    only those of this pcpu",
	"",
	"EXAMPLE",
	"    crash> xen timers -c 1",
	"    PCPU  ARMED  LIMIT  DEADLINE            TIMERS",
	"       1      3     15  1.824 ms  ffff830027ec9300",
	"",
	"    PCPU       DUE  IN               TIMER  OF                DATA  FUNCTION",
	"       1  1.824 ms  heap  ffff830027d40070  d0v0  ffff830027d40000  common/sched/core.c#vcpu_singleshot_timer_fn",
	"       1  3.245 ms  heap  ffff830027d0d070  d1v0  ffff830027d0d000  common/sched/core.c#vcpu_singleshot_timer_fn",
	"       1  9.766 ms  heap  ffff830027dbdf50  -                    0  common/sched/core.c#s_timer_fn",
	"    note: times are relative to 32.295086 s after the boot of Xen, the last time known of the host",
	NULL
};

const struct command command_timers = {
	.needs = NEEDS_RECORDS,
	.run_words = run_timers,
	.synopsis = "[-j] [-a] [-c PCPU]",
	.help = help,
};
