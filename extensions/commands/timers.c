/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/timer.h"

#include <inttypes.h>
#include <string.h>

#include "xen/model/memory/owner.h"
#include "xen/model/host/now.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/pcpus.h"
#include "extensions/support/view.h"

/* Source of a row; the timer is the first member, for its fields. */
struct row {
	struct timer t;
	unsigned int pcpu;
	const struct owners *owners;
	uint64_t now;			/* ns since the boot of Xen; 0: unknown */
};

_Static_assert(!offsetof(struct row, t), "the timer comes first");

static void cell_pcpu(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->pcpu);
}

/* Relative to the latest time found in the dump */
static void cell_due(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;

	(void)s;
	if (!value_ok(&row->t.expires))
		cell_missing(o, &row->t.expires);
	else if (!row->now || row->t.where == TIMER_INACTIVE)
		out_none(o);
	else
		out_amount(o, "%.3f ms",
			   (int64_t)(value_of(&row->t.expires) - row->now) / 1e6);
}

static void cell_timer_function(struct session *s, struct out *o,
				const void *rec)
{
	cell_function(s, o, &((const struct row *)rec)->t.function);
}

/* The object that contains the timer, otherwise the argument of its function. */
static void cell_of(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;
	const struct owner *of = owners_find(row->owners, row->t.va);
	char text[OWNER_TEXT];

	(void)s;
	if (!of && value_ok(&row->t.data))
		of = owners_find(row->owners, value_of(&row->t.data));
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

#define F(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct row, t.memb, as, help)

static const struct view_column columns[] = {
	VIEW_CELL("pcpu", "PCPU", cell_pcpu, "pcpu of the timer"),
	VIEW_CELL(NULL, "DUE", cell_due,
		  "expiry in ms from the time in the note; negative: it should have run already"),
	F("expires_ns", NULL, expires, VIEW_SDEC,
	  "expiry in ns since the boot of Xen"),
	VIEW_CELL("where", "IN", cell_where,
		  "heap: armed; list: armed, while the heap is full; inactive; running: its function is being called"),
	VIEW_CELL("timer", "TIMER", cell_va, "address of its struct timer"),
	VIEW_CELL("of", "OF", cell_of,
		  "vcpu or domain of the timer"),
	F("data", "DATA", data, VIEW_HEX, "argument of its function, hexadecimal"),
	F("function_address", NULL, function, VIEW_HEX,
	  "address of the function that it calls"),
	VIEW_CELL("function", "FUNCTION", cell_timer_function, "function that it calls"),
};

static const struct column pcpu_columns[] = {
	{ .key = "pcpu", .title = "PCPU", .help = "number of the pcpu" },
	{ .key = "armed", .title = "ARMED",
	  .help = "number of timers in its heap" },
	{ .key = "limit", .title = "LIMIT",
	  .help = "capacity of the heap, in timers" },
	{ .key = "deadline_ns",
	  .help = "time for which its hardware timer is set, in ns since the boot of Xen" },
	{ .title = "DEADLINE",
	  .help = "the same, in ms from the time in the note" },
	{ .key = "timers", .title = "TIMERS",
	  .help = "address of its struct timers" },
};

struct listing {
	struct view view;
	struct owners owners;
	uint64_t now;			/* ns */
	const struct ranges *pcpus;
	bool inactive;
};

static struct err *show_pcpu(struct session *s, struct out *o,
			     unsigned int cpu, void *arg)
{
	const struct listing *l = arg;
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
			       unsigned int cpu, void *arg)
{
	struct listing *l = arg;
	struct row row = {
		.pcpu = cpu, .owners = &l->owners, .now = l->now,
	};
	struct timers w;

	ERR_TRY(timers_start(&w, s->xen, cpu, l->inactive));
	for (;;) {
		struct err *e = timers_next(&w, &row.t);

		if (err_is_final(e))
			return e;
		if (e)
			out_error(o, e);
		else if (row.t.va)
			view_row(&l->view, &row);
		else
			return NULL;
	}
}

static struct err *show(struct session *s, struct out *o, struct listing *l)
{
	out_list(o, "pcpus", pcpu_columns, ARRAY_SIZE(pcpu_columns));
	ERR_TRY(show_each_pcpu(s, o, l->pcpus, show_pcpu, l));
	out_end(o);
	view_list(&l->view, s, o, "timers", columns, ARRAY_SIZE(columns),
		  &timer_record);
	ERR_TRY(show_each_pcpu(s, o, l->pcpus, show_timers, l));
	out_end(o);
	if (l->now)
		out_note(o, "times are relative to %" PRIu64 ".%06" PRIu64
			 " s after the boot of Xen, the latest time in the dump",
			 l->now / 1000000000, l->now / 1000 % 1000000);
	return NULL;
}

static struct err *run_timers(struct session *s, struct out *o,
			      const struct args *a)
{
	struct listing l;
	struct value now;
	struct err *e;

	memset(&l, 0, sizeof(l));
	l.pcpus = &a->pcpus;
	l.inactive = args_has(a, "a");
	ERR_TRY(now_read(s->xen, &now));
	l.now = value_ok(&now) ? value_of(&now) : 0;
	ERR_TRY(owners_read(s->xen, &l.owners));
	e = show(s, o, &l);
	owners_release(&l.owners);
	return e;
}

static const struct option_spec options[] = {
	{ "a", OPTION_FLAG, .help = "also timers that are not armed" },
	PCPUS_OPTION,
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("pcpus", pcpu_columns),
	VIEWS("timers", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the timers of each pcpu, in the order of its heap: the first one",
	"  expires first. A timer whose status contradicts its place, and one that",
	"  breaks the order of the heap, is an error.",
	NULL
};

static const char *const example[] = {
	"    crash> xen timers -c 1",
	"    PCPU  ARMED  LIMIT    DEADLINE            TIMERS",
	"       1      3     15  -21.599 ms  ffff830027ec9300",
	"",
	"    PCPU         DUE  IN               TIMER  OF                DATA  FUNCTION",
	"       1  -21.599 ms  heap  ffff830027dbdf50  -                    0  common/sched/core.c#s_timer_fn",
	"       1  780.634 ms  heap  ffff830027d40070  d0v0  ffff830027d40000  common/sched/core.c#vcpu_singleshot_timer_fn",
	"       1  -20.789 ms  heap  ffff830027dfa070  d0v1  ffff830027dfa000  common/sched/core.c#vcpu_singleshot_timer_fn",
	"    note: times are relative to 542.242911 s after the boot of Xen, the latest time in the dump",
	NULL
};

const struct command command_timers = {
	.needs = NEEDS_RECORDS,
	.run = run_timers,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
