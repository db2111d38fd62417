/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../xen/model/sched.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cells.h"
#include "domain.h"
#include "view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* What rows are made from; the record first, for its fields. */
struct pool_row {
	struct sched_pool p;
};

struct pcpu_row {
	struct sched_pcpu p;
	const struct sched *sched;
};

struct queue_row {
	struct sched_queue q;
	const struct sched *sched;
	const struct sched_pool *pool;
	unsigned int index;
};

struct unit_row {
	struct sched_unit u;
	const struct sched *sched;
	const struct sched_pool *pool;		/* NULL: in none */
	unsigned int index;
};

_Static_assert(!offsetof(struct pcpu_row, p) && !offsetof(struct queue_row, q) &&
	       !offsetof(struct unit_row, u), "the record comes first");

/* ---- cells of several rows ---- */

static void cell_mask(struct session *s, struct out *o, const struct value *at)
{
	char text[CPUMASK_TEXT];
	struct cpumask m;
	struct err *e;

	if (at->state != VALUE_OK) {
		cell_missing(o, at);
		return;
	}
	e = cpumask_read(s->xen, at->u, s->xen->nr_cpus, &m);
	if (e)
		out_mark(o, err_reason(e));
	else
		out_str(o, cpumask_text(&m, text, sizeof(text)));
	err_free(e);
}

static void cell_pool(struct out *o, const struct sched *sched,
		      unsigned int pool)
{
	if (pool == SCHED_NONE)
		out_none(o);
	else
		cell_dec(o, &sched->pools.at[pool].id);
}

static void cell_queue(struct out *o, const struct sched *sched,
		       unsigned int queue)
{
	const struct sched_queue *q;

	if (queue == SCHED_NONE) {
		out_none(o);
		return;
	}
	q = &sched->queues.at[queue];
	if (q->number >= 0 && q->place != SCHED_PARKED)
		out_fmt(o, "%s %" PRId64, q->name, q->number);
	else
		out_str(o, q->name);
}

static void cell_unit(struct out *o, const struct sched *sched,
		      unsigned int unit)
{
	char text[SCHED_UNIT_TEXT];

	if (unit == SCHED_NONE)
		out_none(o);
	else
		out_str(o, sched_unit_text(&sched->units.at[unit], text));
}

/* Nanoseconds as a span of the length schedulers think in. */
static void cell_ms(struct out *o, const struct value *v)
{
	if (v->state == VALUE_OK)
		out_amount(o, "%.3f ms", (int64_t)v->u / 1e6);
	else
		cell_missing(o, v);
}

/* A load of credit2: 1.00 is one vcpu that always runs. */
static void cell_load(struct out *o, const struct sched_pool *p,
		      const struct value *v)
{
	if (v->state != VALUE_OK || p->load_shift.state != VALUE_OK)
		cell_missing(o, v->state != VALUE_OK ? v : &p->load_shift);
	else
		out_amount(o, "%.2f", (int64_t)v->u /
			   (double)(1ULL << (p->load_shift.u & 63)));
}

/* ---- cpupools ---- */

static void pool_gran(struct session *s, struct out *o, const void *row)
{
	const struct value *v = &((const struct pool_row *)row)->p.gran;

	(void)s;
	if (v->state != VALUE_OK)
		cell_missing(o, v);
	else if (sched_gran_name(v->u))
		out_str(o, sched_gran_name(v->u));
	else
		out_str(o, "?");
}

static void pool_scheduler(struct session *s, struct out *o, const void *row)
{
	(void)s;
	cell_text(o, ((const struct pool_row *)row)->p.opt_name);
}

static void pool_name(struct session *s, struct out *o, const void *row)
{
	(void)s;
	cell_text(o, ((const struct pool_row *)row)->p.name);
}

static void pool_va(struct session *s, struct out *o, const void *row)
{
	(void)s;
	out_hex(o, ((const struct pool_row *)row)->p.va);
}

static void pool_cpus(struct session *s, struct out *o, const void *row)
{
	const struct sched_pool *p = &((const struct pool_row *)row)->p;
	char text[CPUMASK_TEXT];

	(void)s;
	if (p->cpus.state == VALUE_OK && p->mask.nr)
		out_str(o, cpumask_text(&p->mask, text, sizeof(text)));
	else
		cell_missing(o, &p->cpus);
}

#define P(key, title, memb, as) \
	VIEW_FIELD(key, title, struct pool_row, p.memb, as)

static const struct view_column pool_columns[] = {
	P("pool", "POOL", id, VIEW_DEC),
	VIEW_CELL("scheduler", "SCHEDULER", pool_scheduler),
	VIEW_CELL("pcpus", "PCPUS", pool_cpus),
	VIEW_CELL_OF("granularity", "GRAN", struct pool_row, p.gran, pool_gran),
	P("domains", "DOMAINS", nr_domains, VIEW_DEC),
	VIEW_CELL("cpupool", "CPUPOOL", pool_va),
	P("sched_data", "SCHED_DATA", data, VIEW_HEX),
	VIEW_CELL("name", "NAME", pool_name),
};

static void show_pools(struct session *s, struct out *o,
		       const struct sched *sched)
{
	struct view view;

	view_list(&view, s, o, "cpupools[]", pool_columns, N(pool_columns),
		  &sched_pool_record);
	for (unsigned int i = 0; i < sched->pools.nr; i++) {
		struct pool_row row = { sched->pools.at[i] };

		view_row(&view, &row);
	}
	out_end(o);
}

/* ---- pcpus ---- */

static void pcpu_pool(struct session *s, struct out *o, const void *rec)
{
	const struct pcpu_row *row = rec;

	(void)s;
	cell_pool(o, row->sched, row->p.pool);
}

static void pcpu_queue(struct session *s, struct out *o, const void *rec)
{
	const struct pcpu_row *row = rec;

	(void)s;
	cell_queue(o, row->sched, row->p.queue);
}

static void pcpu_runs(struct session *s, struct out *o, const void *rec)
{
	const struct pcpu_row *row = rec;

	(void)s;
	cell_unit(o, row->sched, row->p.unit);
}

static void pcpu_id(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct pcpu_row *)rec)->p.id);
}

static void pcpu_hex(struct out *o, uint64_t va)
{
	if (va)
		out_hex(o, va);
	else
		out_none(o);
}

static void pcpu_data(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct pcpu_row *)rec)->p.va);
}

static void pcpu_current(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	pcpu_hex(o, ((const struct pcpu_row *)rec)->p.current_vcpu);
}

static void pcpu_idle(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	pcpu_hex(o, ((const struct pcpu_row *)rec)->p.idle_vcpu);
}

#define C(key, title, memb, as) \
	VIEW_FIELD(key, title, struct pcpu_row, p.memb, as)

/* The first five are those of crash's hypervisor mode, in its order. */
static const struct view_column pcpu_columns[] = {
	VIEW_CELL("pcpu", "CPU", pcpu_id),
	VIEW_CELL("sched_resource", "SCH-DATA", pcpu_data),
	C("sched_priv", "SCH-PRIV", priv, VIEW_HEX),
	VIEW_CELL("current_vcpu", "CUR-VCPU", pcpu_current),
	VIEW_CELL("idle_vcpu", "IDL-VCPU", pcpu_idle),
	VIEW_CELL("pool", "POOL", pcpu_pool),
	VIEW_CELL("queue", "QUEUE", pcpu_queue),
	VIEW_CELL("runs", "RUNS", pcpu_runs),
	C("lock", NULL, lock, VIEW_HEX),
};

static void show_pcpus(struct session *s, struct out *o,
		       const struct sched *sched, uint64_t only)
{
	struct pcpu_row row = { .sched = sched };
	struct view view;

	view_list(&view, s, o, "pcpus[]", pcpu_columns, N(pcpu_columns),
		  &sched_pcpu_record);
	for (unsigned int i = 0; i < sched->pcpus.nr; i++) {
		row.p = sched->pcpus.at[i];
		if (only == UINT64_MAX || row.p.id == only)
			view_row(&view, &row);
	}
	out_end(o);
}

/* ---- queues ---- */

static void queue_pool(struct session *s, struct out *o, const void *rec)
{
	const struct queue_row *row = rec;

	(void)s;
	cell_pool(o, row->sched, row->q.pool);
}

static void queue_name(struct session *s, struct out *o, const void *rec)
{
	const struct queue_row *row = rec;

	(void)s;
	if (row->q.place == SCHED_PARKED)
		out_fmt(o, "parked of d%" PRId64, row->q.number);
	else
		cell_queue(o, row->sched, row->index);
}

static void queue_count(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct queue_row *)rec)->q.count);
}

static void queue_head(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct queue_row *)rec)->q.head);
}

#define QUEUE_MASK(memb)						\
static void queue_##memb(struct session *s, struct out *o, const void *rec) \
{									\
	cell_mask(s, o, &((const struct queue_row *)rec)->q.memb);	\
}

QUEUE_MASK(active)
QUEUE_MASK(idle)
QUEUE_MASK(tickled)

static void queue_avgload(struct session *s, struct out *o, const void *rec)
{
	const struct queue_row *row = rec;

	(void)s;
	cell_load(o, row->pool, &row->q.avgload);
}

#define Q(key, title, memb, as) \
	VIEW_FIELD(key, title, struct queue_row, q.memb, as)
#define QC(key, title, memb, fn) \
	VIEW_CELL_OF(key, title, struct queue_row, q.memb, fn)

#define QUEUE_COMMON					\
	VIEW_CELL("pool", "POOL", queue_pool),		\
	VIEW_CELL("queue", "QUEUE", queue_name),	\
	VIEW_CELL("units", "UNITS", queue_count),	\
	VIEW_CELL("list", "LIST", queue_head)

static const struct view_column queue_columns[] = { QUEUE_COMMON };

static const struct view_column credit_queue_columns[] = {
	QUEUE_COMMON,
	Q("runnable", "RUNNABLE", nr_runnable, VIEW_DEC),
	Q("sorted", "SORTED", sorted, VIEW_DEC),
};

static const struct view_column credit2_queue_columns[] = {
	QUEUE_COMMON,
	QC("pcpus", "PCPUS", active, queue_active),
	QC("idle", "IDLE", idle, queue_idle),
	QC("tickled", "TICKLED", tickled, queue_tickled),
	Q("load", "LOAD", load, VIEW_SDEC),
	QC(NULL, "AVGLOAD", avgload, queue_avgload),
	Q("avgload", NULL, avgload, VIEW_SDEC),
	Q("max_weight", "MAX_WEIGHT", max_weight, VIEW_DEC),
	Q("pick_bias", NULL, pick_bias, VIEW_DEC),
};

/* ---- units ---- */

static void unit_name(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;

	(void)s;
	cell_unit(o, row->sched, row->index);
}

static void unit_domid(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct unit_row *)rec)->u.domid);
}

static void unit_id(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct unit_row *)rec)->u.id);
}

static void unit_vcpus(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct unit_row *)rec)->u.nr_vcpus);
}

static void unit_pool(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;

	(void)s;
	cell_pool(o, row->sched, row->u.pool);
}

static void unit_state(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, runstate_name(((const struct unit_row *)rec)->u.runstate));
}

static void unit_place(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, sched_place_text(((const struct unit_row *)rec)->u.place));
}

static void unit_queue(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;

	(void)s;
	cell_queue(o, row->sched, row->u.queue);
}

static void unit_position(struct session *s, struct out *o, const void *rec)
{
	const struct sched_unit *u = &((const struct unit_row *)rec)->u;

	(void)s;
	if (u->queue == SCHED_NONE)
		out_none(o);
	else
		out_dec(o, u->position);
}

static void unit_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct unit_row *)rec)->u.va);
}

static void unit_priv(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	pcpu_hex(o, ((const struct unit_row *)rec)->u.priv);
}

static void unit_flags(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;
	char text[128];

	(void)s;
	if (row->u.flags.state != VALUE_OK)
		cell_missing(o, &row->u.flags);
	else
		cell_text(o, sched_flags_text(row->pool, &row->u, text,
					      sizeof(text)));
}

static void unit_pri(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct unit_row *)rec)->u.pri;

	(void)s;
	if (v->state == VALUE_OK && sched_priority_name(v->u))
		out_str(o, sched_priority_name(v->u));
	else
		cell_sdec(o, v);
}

static void unit_load(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;

	(void)s;
	cell_load(o, row->pool, &row->u.load);
}

static void unit_budget(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_ms(o, &((const struct unit_row *)rec)->u.budget);
}

static void unit_left(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_ms(o, &((const struct unit_row *)rec)->u.budget_left);
}

static void unit_period(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_ms(o, &((const struct unit_row *)rec)->u.period);
}

static void unit_deadline(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_ms(o, &((const struct unit_row *)rec)->u.deadline);
}

#define U(key, title, memb, as) \
	VIEW_FIELD(key, title, struct unit_row, u.memb, as)
#define UC(key, title, memb, fn) \
	VIEW_CELL_OF(key, title, struct unit_row, u.memb, fn)

#define UNIT_COMMON					\
	VIEW_CELL("name", "UNIT", unit_name),		\
	VIEW_CELL("domid", NULL, unit_domid),		\
	VIEW_CELL("vcpu_id", NULL, unit_id),		\
	VIEW_CELL("vcpus", NULL, unit_vcpus),		\
	VIEW_CELL("pool", "POOL", unit_pool),		\
	U("pcpu", "PCPU", pcpu, VIEW_DEC),		\
	VIEW_CELL("runstate", "STATE", unit_state),	\
	VIEW_CELL("place", "PLACE", unit_place),	\
	VIEW_CELL("queue", "QUEUE", unit_queue),	\
	VIEW_CELL("position", "POS", unit_position)

#define UNIT_ADDRESSES					\
	VIEW_CELL("unit", "SCHED_UNIT", unit_va),	\
	VIEW_CELL("priv", "PRIV", unit_priv)

static const struct view_column unit_columns[] = {
	UNIT_COMMON, UNIT_ADDRESSES,
};

static const struct view_column credit_unit_columns[] = {
	UNIT_COMMON,
	UC(NULL, "PRI", pri, unit_pri),
	U("pri", NULL, pri, VIEW_SDEC),
	U("credit", "CREDIT", credit, VIEW_SDEC),
	U("weight", "WEIGHT", weight, VIEW_DEC),
	U("cap", "CAP", cap, VIEW_DEC),
	UNIT_ADDRESSES,
	UC(NULL, "FLAGS", flags, unit_flags),
	U("flags", NULL, flags, VIEW_HEX),
};

static const struct view_column credit2_unit_columns[] = {
	UNIT_COMMON,
	U("credit", "CREDIT", credit, VIEW_SDEC),
	U("weight", "WEIGHT", weight, VIEW_DEC),
	U("cap", "CAP", cap, VIEW_DEC),
	UC(NULL, "BUDGET", budget, unit_budget),
	U("budget_ns", NULL, budget, VIEW_SDEC),
	U("budget_quota_ns", NULL, quota, VIEW_SDEC),
	UC(NULL, "LOAD", load, unit_load),
	U("avgload", NULL, load, VIEW_SDEC),
	UNIT_ADDRESSES,
	UC(NULL, "FLAGS", flags, unit_flags),
	U("flags", NULL, flags, VIEW_HEX),
};

static const struct view_column rtds_unit_columns[] = {
	UNIT_COMMON,
	UC(NULL, "PERIOD", period, unit_period),
	U("period_ns", NULL, period, VIEW_SDEC),
	UC(NULL, "BUDGET", budget, unit_budget),
	U("budget_ns", NULL, budget, VIEW_SDEC),
	UC(NULL, "LEFT", budget_left, unit_left),
	U("budget_left_ns", NULL, budget_left, VIEW_SDEC),
	UC(NULL, "DEADLINE", deadline, unit_deadline),
	U("deadline_ns", NULL, deadline, VIEW_SDEC),
	U("priority", "PRI", priority, VIEW_DEC),
	UNIT_ADDRESSES,
	UC(NULL, "FLAGS", flags, unit_flags),
	U("flags", NULL, flags, VIEW_HEX),
};

static const struct view_column arinc_unit_columns[] = {
	UNIT_COMMON,
	U("awake", "AWAKE", awake, VIEW_BOOL),
	UNIT_ADDRESSES,
};

#define MAX_COLUMNS 24
_Static_assert(N(rtds_unit_columns) <= MAX_COLUMNS &&
	       MAX_COLUMNS <= VIEW_MAX, "more columns than a view holds");

/* Which columns a scheduler fills. */
static const struct kind {
	uint64_t sched_id;
	const struct view_column *queue, *unit;
	unsigned int nr_queue, nr_unit;
} kinds[] = {
#define KIND(id, queue, unit) { (id), (queue), (unit), N(queue), N(unit) }
	KIND(SCHED_CREDIT, credit_queue_columns, credit_unit_columns),
	KIND(SCHED_CREDIT2, credit2_queue_columns, credit2_unit_columns),
	KIND(SCHED_RTDS, queue_columns, rtds_unit_columns),
	KIND(SCHED_ARINC653, queue_columns, arinc_unit_columns),
	KIND(SCHED_NULL, queue_columns, unit_columns),
#undef KIND
};

static const struct kind *kind_of(const struct sched_pool *p)
{
	for (unsigned int i = 0; i < N(kinds); i++) {
		if (p && p->sched_id.state == VALUE_OK &&
		    kinds[i].sched_id == p->sched_id.u)
			return &kinds[i];
	}
	return &kinds[N(kinds) - 1];
}

struct wanted {
	struct domain_filter domains;
	uint64_t pcpu;			/* ~0: all */
	bool idle;			/* the idle vcpus, too */
};

static bool unit_wanted(const struct wanted *w, const struct sched_unit *u)
{
	if (w->pcpu != UINT64_MAX &&
	    !(u->pcpu.state == VALUE_OK && u->pcpu.u == w->pcpu))
		return false;
	if (w->domains.nr)
		return domain_filter_has(&w->domains, u->domid);
	return !u->idle || w->idle || u->queue != SCHED_NONE ||
	       u->place == SCHED_RUNS;
}

static void show_units(struct session *s, struct out *o,
		       const struct sched *sched, unsigned int pool,
		       const struct wanted *w)
{
	static const struct record_type nothing = { "unit", NULL, 0 };
	const struct sched_pool *p = pool == SCHED_NONE ? NULL :
				     &sched->pools.at[pool];
	const struct record_type *type = p ? sched_unit_record(p) : NULL;
	struct unit_row row = { .sched = sched, .pool = p };
	const struct kind *kind = kind_of(p);
	struct view view;
	bool started = false;

	for (unsigned int i = 0; i < sched->units.nr; i++) {
		row.index = sched->shown[i];
		row.u = sched->units.at[row.index];
		if (row.u.pool != pool || !unit_wanted(w, &row.u))
			continue;
		if (!started)
			view_list(&view, s, o, "units[]", kind->unit,
				  kind->nr_unit, type ? type : &nothing);
		started = true;
		view_row(&view, &row);
	}
	if (started)
		out_end(o);
}

static void show_queues(struct session *s, struct out *o,
			const struct sched *sched, unsigned int pool)
{
	struct queue_row row = { .sched = sched, .pool = &sched->pools.at[pool] };
	const struct kind *kind = kind_of(row.pool);
	struct view view;
	bool started = false;

	for (unsigned int i = 0; i < sched->queues.nr; i++) {
		row.q = sched->queues.at[i];
		row.index = i;
		if (row.q.pool != pool ||
		    (row.q.place == SCHED_PARKED && !row.q.count))
			continue;
		if (!started)
			view_list(&view, s, o, "queues[]", kind->queue,
				  kind->nr_queue, sched_queue_record(row.pool));
		started = true;
		view_row(&view, &row);
	}
	if (started)
		out_end(o);
}

/* ---- arinc653 ---- */

static void show_slots(struct out *o, const struct sched *sched,
		       unsigned int pool)
{
	static const struct column columns[] = {
		{ "pool", "POOL", NULL }, { "slot", "SLOT", NULL },
		{ "now", "NOW", NULL }, { "vcpu_id", "VCPU_ID", NULL },
		{ NULL, "RUNTIME", NULL }, { "runtime_ns", NULL, NULL },
		{ "name", "UNIT", NULL }, { "unit", "SCHED_UNIT", NULL },
	};
	const struct sched_pool *p = &sched->pools.at[pool];

	if (p->slots.state != VALUE_OK)
		return;
	out_list(o, "slots[]", columns, N(columns));
	for (unsigned int i = 0; i < sched->slots.nr; i++) {
		const struct sched_slot *t = &sched->slots.at[i];

		if (t->pool != pool)
			continue;
		cell_dec(o, &p->id);
		out_dec(o, t->number);
		out_bool(o, t->now);
		cell_dec(o, &t->unit_id);
		cell_ms(o, &t->runtime);
		cell_sdec(o, &t->runtime);
		cell_unit(o, sched, t->index);
		cell_hex(o, &t->unit);
	}
	out_end(o);
}

/* ---- the command ---- */

static void show_problems(struct out *o, const struct sched *sched)
{
	if (!sched->problems.nr)
		return;
	out_lines(o, "problems");
	for (unsigned int i = 0; i < sched->problems.nr; i++)
		out_line(o, "wrong: %s", sched->problems.at[i]);
	out_end(o);
}

static void show(struct session *s, struct out *o, struct sched *sched,
		 const struct wanted *w)
{
	show_pools(s, o, sched);
	show_pcpus(s, o, sched, w->pcpu);
	for (unsigned int i = 0; i < sched->pools.nr; i++)
		show_queues(s, o, sched, i);
	for (unsigned int i = 0; i < sched->pools.nr; i++) {
		show_units(s, o, sched, i, w);
		show_slots(o, sched, i);
	}
	show_units(s, o, sched, SCHED_NONE, w);
	show_problems(o, sched);
	for (unsigned int i = 0; i < sched->errors.nr; i++) {
		out_error(o, sched->errors.at[i]);
		sched->errors.at[i] = NULL;
	}
}

static struct err *run_sched(struct session *s, struct out *o, int argc,
			     char **argv)
{
	struct wanted w = { .pcpu = UINT64_MAX };
	struct sched *sched;
	int c;

	while ((c = getopt(argc, argv, "ac:d:v")) != -1) {
		switch (c) {
		case 'a':
			w.idle = true;
			break;
		case 'c':
			ERR_TRY(parse_decimal(optarg, &w.pcpu));
			if (w.pcpu >= s->xen->nr_cpus)
				return err_new(ERR_NOT_FOUND, "no pcpu %s: there are %u",
					       optarg, s->xen->nr_cpus);
			break;
		case 'd':
			ERR_TRY(domain_filter_add(&w.domains, optarg));
			break;
		case 'v':
			/* of crash's hypervisor mode, without effect there, too */
			break;
		default:
			return command_usage("unknown option");
		}
	}
	if (optind < argc)
		return command_usage("sched takes no %s", argv[optind]);
	ERR_TRY(sched_read(s->xen, &sched));
	show(s, o, sched, &w);
	sched_destroy(sched);
	return NULL;
}

static const char *const help[] = {
	"  Shows the cpupools with their schedulers, what each pcpu runs, the queues, and",
	"  where each unit is: who runs, who waits and in what order, who sleeps. A unit is",
	"  what is scheduled as a whole: a vcpu, or with core scheduling several (d1v0-1).",
	"    -a         also the idle vcpus that neither run nor are on a queue",
	"    -c PCPU    only units assigned to this pcpu",
	"    -d DOMID   only units of this domain; may be repeated",
	"",
	"EXAMPLE",
	"    crash> xen sched",
	"    POOL  SCHEDULER  PCPUS  GRAN  DOMAINS           CPUPOOL        SCHED_DATA  NAME",
	"       0  credit     all    cpu         3  ffff83002be43520  ffff83002be436f0  SMP Credit Scheduler",
	"",
	"    CPU          SCH-DATA          SCH-PRIV          CUR-VCPU          IDL-VCPU  POOL  QUEUE   RUNS",
	"      0  ffff83002bdfbf50  ffff83002be43910  ffff830025e94000  ffff83002be4e000     0  runq 0  d2v0",
	"      1  ffff83002bdfade0  ffff83002be439d0  ffff83002bcb4000  ffff83002bc98000     0  runq 1  d0v1",
	"",
	"    POOL  QUEUE   UNITS              LIST  RUNNABLE  SORTED",
	"       0  runq 0      2  ffff83002be43910         2    2560",
	"       0  runq 1      1  ffff83002be439d0         1    2560",
	"",
	"    UNIT   POOL  PCPU  STATE     PLACE   QUEUE   POS  PRI    CREDIT  WEIGHT  CAP        SCHED_UNIT              PRIV  FLAGS",
	"    d2v0      0     0  running   runs    -         -  under     126     256    0  ffff83002bbd6d90  ffff83002bc72bf0  -",
	"    d0v1      0     1  running   runs    -         -  under    -691     256    0  ffff83002bdd4b60  ffff83002bdd4c80  -",
	"    d0v0      0     0  runnable  waits   runq 0    0  over     -237     256    0  ffff83002bd82e20  ffff83002bd82f40  -",
	"    idle0     0     0  runnable  waits   runq 0    1  idle        0       -    -  ffff83002bdfa290  ffff83002be43970  -",
	"    idle1     0     1  runnable  waits   runq 1    0  idle        0       -    -  ffff83002bdfaeb0  ffff83002be43a30  -",
	"    d1v0      0     0  blocked   sleeps  -         -  boost      47     256    0  ffff8300297b8f30  ffff8300297b3070  -",
	NULL
};

const struct command command_sched = {
	.name = "sched",
	.needs = NEEDS_TYPES,
	.run = run_sched,
	.summary = "schedulers: cpupools, run queues, who runs and who waits",
	.synopsis = "[-j] [-a] [-c PCPU] [-d DOMID]...",
	.help = help,
};
