/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/clock.h"

#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/pcpus.h"
#include "extensions/support/view.h"

static void cell_id(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct clock *)rec)->id);
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct clock *)rec)->va);
}

/* Distance of the pcpu's clock from the platform timer at the last calibration */
static void cell_ahead(struct session *s, struct out *o, const void *rec)
{
	const struct clock *c = rec;

	(void)s;
	if (value_ok(&c->stime))
		out_sdec(o, (int64_t)(value_of(&c->stime) - value_of(&c->master)));
	else
		cell_missing(o, &c->stime);
}

static void cell_khz(struct session *s, struct out *o, const void *rec)
{
	uint64_t khz = clock_scale_khz(rec);

	(void)s;
	if (khz)
		out_dec(o, khz);
	else
		out_none(o);
}

static void show_key(struct out *o, const struct value *v)
{
	if (value_ok(v) && !value_of(v))
		out_none(o);
	else
		cell_dec(o, v);
}

static void cell_key_stime(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	show_key(o, &((const struct clock *)rec)->key_stime);
}

static void cell_key_tsc(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	show_key(o, &((const struct clock *)rec)->key_tsc);
}

#define C(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct clock, memb, as, help)

static const struct view_column clock_columns[] = {
	VIEW_CELL("pcpu", "PCPU", cell_id, "number of the pcpu"),
	VIEW_CELL("cpu_time", "CPU_TIME", cell_va,
		  "address of its struct cpu_time"),
	C("tsc", "TSC", tsc, VIEW_DEC,
	  "time stamp counter at the last calibration, in ticks"),
	C("stime_ns", "TIME NS", stime, VIEW_DEC,
	  "system time set at that tick, in ns since the boot of Xen"),
	VIEW_CELL_OF("ahead_ns", "AHEAD", struct clock, master, cell_ahead,
		     "distance from this clock to the platform timer at that time, in ns"),
	VIEW_CELL_OF("scale_khz", "KHZ", struct clock, mul_frac, cell_khz,
		     "frequency at which ticks are converted to ns, in kHz"),
	VIEW_CELL("key_t_tsc", "KEY T: TSC", cell_key_tsc,
		  "time stamp counter that debug key t read, in ticks"),
	VIEW_CELL("key_t_stime_ns", "KEY T: NS", cell_key_stime,
		  "system time that debug key t read, in ns"),
};

static const struct column host_columns[] = {
	{ .key = "timer", .title = "TIMER",
	  .help = "platform timer, from which Xen's time is derived" },
	{ .key = "timer_hz", .title = "TIMER HZ", .help = "its frequency in Hz" },
	{ .key = "cpu_khz", .title = "CPU KHZ",
	  .help = "frequency of the time stamp counter in kHz" },
	{ .key = "key_t_stime_skew_ns", .title = "MAX SKEW (ns)",
	  .help = "largest difference of system time between pcpus at debug key t, in ns" },
	{ .key = "key_t_tsc_skew", .title = "MAX SKEW (TICKS)",
	  .help = "the same for their time stamp counters, in ticks" },
};

/* Summary over all pcpus; a pcpu that cannot be read has an error in its row. */
struct together {
	struct clock_spread stime, tsc;
	struct value khz;
};

static void read_host(struct xen *x, struct together *ret)
{
	struct together h = { .stime = CLOCK_SPREAD_NONE, .tsc = CLOCK_SPREAD_NONE };
	struct clock c;

	for (unsigned int cpu = 0; cpu < x->nr_cpus; cpu++) {
		struct err *e = clock_read(x, cpu, &c);

		if (!e) {
			clock_spread_add(&h.stime, &c.key_stime);
			clock_spread_add(&h.tsc, &c.key_tsc);
			h.khz = c.khz;
		}
		err_free(e);
	}
	*ret = h;
}

static void show_spread(struct out *o, const struct clock_spread *s)
{
	if (s->largest >= s->least)
		out_dec(o, s->largest - s->least);
	else
		out_none(o);
}

static void show_host(struct session *s, struct out *o)
{
	struct clock_platform timer = { .name = "" };
	struct err *e = clock_platform_read(s->xen, &timer);
	struct together h;

	read_host(s->xen, &h);
	out_card(o, "clock", host_columns, ARRAY_SIZE(host_columns));
	cell_text_at(o, &timer.name_va, timer.name);
	cell_dec(o, &timer.frequency);
	cell_dec(o, &h.khz);
	show_spread(o, &h.stime);
	show_spread(o, &h.tsc);
	out_end(o);
	out_error(o, e);
}

static struct err *show_clock(struct session *s, struct out *o,
			      unsigned int cpu, void *view)
{
	struct clock c;

	(void)o;
	ERR_TRY(clock_read(s->xen, cpu, &c));
	view_row(view, &c);
	return NULL;
}

static struct err *run_clocks(struct session *s, struct out *o,
			      const struct args *a)
{
	struct view v;

	show_host(s, o);
	view_list(&v, s, o, "pcpus", clock_columns, ARRAY_SIZE(clock_columns),
		  &clock_record);
	ERR_TRY(show_each_pcpu(s, o, &a->pcpus, show_clock, &v));
	out_end(o);
	return NULL;
}

static const struct option_spec options[] = {
	PCPUS_OPTION,
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("clock", host_columns),
	VIEWS("pcpus", clock_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the platform timer, from which Xen's time is derived, and the clock",
	"  of each pcpu as last calibrated against that timer. If debug key t was",
	"  pressed, also its simultaneous readings on all pcpus. Clocks that differ",
	"  make time go backwards for a vcpu that moves to another pcpu.",
	NULL
};

static const char *const example[] = {
	"    crash> xen clocks",
	"                 TIMER: HPET",
	"              TIMER HZ: 100000000",
	"               CPU KHZ: 2596120",
	"         MAX SKEW (ns): 781",
	"      MAX SKEW (TICKS): 20800",
	"",
	"    PCPU          CPU_TIME          TSC      TIME NS  AHEAD      KHZ   KEY T: TSC    KEY T: NS",
	"       0  ffff82d040583220  83277579001  31964583380  13800  2596174  78501529905  30124873997",
	"       1  ffff830027eca220  83277619665  31964580589  11009  2596177  78501550705  30124874778",
	NULL
};

const struct command command_clocks = {
	.needs = NEEDS_RECORDS,
	.run = run_clocks,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
