/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units of the schedulers: the lists of xen sched that differ by scheduler */
#include "sched.h"

#include <inttypes.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/view.h"

/* Source of a row; the unit is the first member, for its fields. */
struct unit_row {
	struct sched_unit u;
	const struct sched *sched;
	const struct sched_pool *pool;		/* NULL: the unit is in none */
	unsigned int index;
};

_Static_assert(!offsetof(struct unit_row, u), "the unit comes first");

void sched_cell_pool(struct out *o, const struct sched *sched,
		     unsigned int pool)
{
	if (pool == SCHED_NONE)
		out_none(o);
	else
		cell_dec(o, &sched->pools.at[pool].id);
}

void sched_cell_queue(struct out *o, const struct sched *sched,
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

void sched_cell_unit(struct out *o, const struct sched *sched,
		      unsigned int unit)
{
	char text[SCHED_UNIT_TEXT];

	if (unit == SCHED_NONE)
		out_none(o);
	else
		out_str(o, sched_unit_text(&sched->units.at[unit], text));
}

void sched_cell_load(struct out *o, const struct sched_pool *p,
		     const struct value *v)
{
	if (!value_ok(v) || !value_ok(&p->load_shift))
		cell_missing(o, !value_ok(v) ? v : &p->load_shift);
	else
		out_amount(o, "%.2f", (int64_t)value_of(v) /
			   (double)(1ULL << (value_of(&p->load_shift) & 63)));
}

static void unit_name(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;

	(void)s;
	sched_cell_unit(o, row->sched, row->index);
}

static void unit_domid(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct unit_row *)rec)->u.domid);
}

static void unit_domain_name(struct session *s, struct out *o, const void *rec)
{
	cell_name_of_domid(s, o, ((const struct unit_row *)rec)->u.domid);
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
	sched_cell_pool(o, row->sched, row->u.pool);
}

static void unit_state(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, runstate_name(((const struct unit_row *)rec)->u.runstate));
}

static void unit_place(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;

	(void)s;
	out_str(o, sched_place_text(sched_unit_is_parked(row->pool, &row->u) ?
				    SCHED_PARKED : row->u.place));
}

static void unit_queue(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;

	(void)s;
	sched_cell_queue(o, row->sched, row->u.queue);
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
	cell_object(o, ((const struct unit_row *)rec)->u.va);
}

static void unit_priv(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct unit_row *)rec)->u.priv);
}

static void unit_flags(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;
	char text[128];

	(void)s;
	if (!value_ok(&row->u.flags))
		cell_missing(o, &row->u.flags);
	else
		cell_text(o, sched_flags_text(row->pool, &row->u, text,
					      sizeof(text)));
}

static void unit_pri(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct unit_row *)rec)->u.pri;

	(void)s;
	if (value_ok(v) && sched_priority_name(value_of(v)))
		out_str(o, sched_priority_name(value_of(v)));
	else
		cell_sdec(o, v);
}

static void unit_load(struct session *s, struct out *o, const void *rec)
{
	const struct unit_row *row = rec;

	(void)s;
	sched_cell_load(o, row->pool, &row->u.load);
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

static void unit_pcpu(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_dec(o, &((const struct unit_row *)rec)->u.pcpu);
}

#define U(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct unit_row, u.memb, as, help)
#define UC(key, title, memb, fn, help) \
	VIEW_CELL_OF(key, title, struct unit_row, u.memb, fn, help)

#define UNIT_COMMON							\
	VIEW_CELL("name", "UNIT", unit_name,				\
		  "vcpu, or with core scheduling several (d1v0-1)"),	\
	VIEW_CELL("domid", NULL, unit_domid,				\
		  "id of its domain"),					\
	VIEW_CELL("vcpu_id", NULL, unit_id,				\
		  "number of its first vcpu"),				\
	VIEW_CELL("vcpus", NULL, unit_vcpus,				\
		  "number of its vcpus"),				\
	VIEW_CELL("pool", "POOL", unit_pool,				\
		  "id of its cpupool"),					\
	VIEW_CELL("pcpu", "PCPU", unit_pcpu,				\
		  "pcpu to which it is assigned"),			\
	VIEW_CELL("runstate", "STATE", unit_state,			\
		  "runstate, of its busiest vcpu: running, runnable, blocked, offline (paused, parked or unplugged)"), \
	VIEW_CELL("place", "PLACE", unit_place,				\
		  "runs; waits on a queue; has no budget; is parked: paused, as it used up its cap; has its pcpu; sleeps: not on a queue"), \
	VIEW_CELL("queue", "QUEUE", unit_queue,				\
		  "queue that contains it"),				\
	VIEW_CELL("position", "POS", unit_position,			\
		  "position on that queue, from 0")

#define UNIT_ADDRESSES							\
	VIEW_CELL("unit", "SCHED_UNIT", unit_va,			\
		  "address of its struct sched_unit; before Xen 4.13 of its struct vcpu"), \
	VIEW_CELL("priv", "PRIV", unit_priv,				\
		  "address of the scheduler's data of the unit")

#define UNIT_NAME							\
	VIEW_CELL("domain_name", "DOMAIN NAME", unit_domain_name,	\
		  DOMAIN_NAME_HELP)

#define WEIGHT_AND_CAP							\
	U("weight", "WEIGHT", weight, VIEW_DEC,				\
	  "weight of its domain, relative to the others; 256 by default"), \
	U("cap", "CAP", cap, VIEW_DEC,					\
	  "limit of its domain's cpu time, in percent of one pcpu; 0: none")

#define FLAGS(help)							\
	UC(NULL, "FLAGS", flags, unit_flags, help),			\
	U("flags", NULL, flags, VIEW_HEX, "the same as a hexadecimal bit mask")

#define CREDIT_COLUMNS							\
	UC(NULL, "PRI", pri, unit_pri,					\
	   "boost: woken up; under: had credit at the last accounting, every 30 ms; over: had none; idle"), \
	U("pri", NULL, pri, VIEW_SDEC, "the same as a number"),		\
	U("credit", "CREDIT", credit, VIEW_SDEC,			\
	  "cpu time it may still use, in units of 100 us; negative: it used more"), \
	WEIGHT_AND_CAP

#define CREDIT_FLAGS							\
	FLAGS("parked: paused, as it used up its cap; yield; migrating: changes its pcpu; pinned: may run on one pcpu only")

#define CREDIT2_COLUMNS							\
	U("credit", "CREDIT", credit, VIEW_SDEC,			\
	  "cpu time it may still use before the others, in ns for the highest weight of the queue"), \
	WEIGHT_AND_CAP,							\
	UC(NULL, "BUDGET", budget, unit_budget,				\
	   "with a cap: cpu time left in the period, in ms; negative: overrun"), \
	U("budget_ns", NULL, budget, VIEW_SDEC, "the same in ns"),	\
	U("budget_quota_ns", NULL, quota, VIEW_SDEC,			\
	  "with a cap: maximum of the domain's budget that it may take at once, in ns"), \
	UC(NULL, "LOAD", load, unit_load,				\
	   "average load; 1.00: it always runs or waits"),		\
	U("avgload", NULL, load, VIEW_SDEC, "the same in Xen's fixed point")

#define CREDIT2_FLAGS							\
	FLAGS("scheduled: runs; delayed_runq_add: is to be queued; runq_migrate_request: is to change its queue; yield; pinned")

/* share: the name of the share that a unit gets in each period */
#define PERIOD_COLUMNS(share)						\
	UC(NULL, "PERIOD", period, unit_period,				\
	   "period of its " share ", in ms"),				\
	U("period_ns", NULL, period, VIEW_SDEC, "the same in ns")

#define DEADLINE_COLUMNS						\
	UC(NULL, "DEADLINE", deadline, unit_deadline,			\
	   "end of this period, in ms since the boot of Xen"),		\
	U("deadline_ns", NULL, deadline, VIEW_SDEC, "the same in ns")

#define RTDS_COLUMNS							\
	PERIOD_COLUMNS("budget"),					\
	UC(NULL, "BUDGET", budget, unit_budget,				\
	   "cpu time in each period, in ms"),			\
	U("budget_ns", NULL, budget, VIEW_SDEC, "the same in ns"),	\
	UC(NULL, "LEFT", budget_left, unit_left,			\
	   "budget left in this period, in ms"),			\
	U("budget_left_ns", NULL, budget_left, VIEW_SDEC, "the same in ns"), \
	DEADLINE_COLUMNS,						\
	U("priority", "PRI", priority, VIEW_DEC,			\
	  "priority level, 0 the highest")

#define RTDS_FLAGS							\
	FLAGS("scheduled: runs; delayed_runq_add: is to be queued; depleted: used up its budget; extratime: may use time left by others")

#define SEDF_COLUMNS							\
	PERIOD_COLUMNS("slice"),					\
	UC(NULL, "SLICE", budget, unit_budget,				\
	   "cpu time in each period, in ms"),			\
	U("slice_ns", NULL, budget, VIEW_SDEC, "the same in ns"),	\
	DEADLINE_COLUMNS,						\
	U("weight", "WEIGHT", weight, VIEW_DEC,				\
	  "weight from which Xen derives its slice; 0: its slice was set")

#define SEDF_FLAGS							\
	FLAGS("extra_aware: may use time left by others; extra_run_pen, extra_run_util: does so; extra_want_pen: lost time while it was blocked; asleep")

#define ARINC_COLUMNS							\
	U("awake", "AWAKE", awake, VIEW_BOOL, "it may run in its slots")

const struct view_column sched_unit_columns[] = {
	UNIT_COMMON, UNIT_ADDRESSES, UNIT_NAME,
};
const struct view_column sched_credit_extra[] = { CREDIT_COLUMNS, CREDIT_FLAGS };
const struct view_column sched_credit2_extra[] = {
	CREDIT2_COLUMNS, CREDIT2_FLAGS,
};
const struct view_column sched_rtds_extra[] = { RTDS_COLUMNS, RTDS_FLAGS };
const struct view_column sched_arinc_extra[] = { ARINC_COLUMNS };
const struct view_column sched_sedf_extra[] = { SEDF_COLUMNS, SEDF_FLAGS };

static const struct view_column credit_unit_columns[] = {
	UNIT_COMMON, CREDIT_COLUMNS, UNIT_ADDRESSES, CREDIT_FLAGS,
	UNIT_NAME,
};
static const struct view_column credit2_unit_columns[] = {
	UNIT_COMMON, CREDIT2_COLUMNS, UNIT_ADDRESSES, CREDIT2_FLAGS,
	UNIT_NAME,
};
static const struct view_column rtds_unit_columns[] = {
	UNIT_COMMON, RTDS_COLUMNS, UNIT_ADDRESSES, RTDS_FLAGS,
	UNIT_NAME,
};
static const struct view_column arinc_unit_columns[] = {
	UNIT_COMMON, ARINC_COLUMNS, UNIT_ADDRESSES, UNIT_NAME,
};
static const struct view_column sedf_unit_columns[] = {
	UNIT_COMMON, SEDF_COLUMNS, UNIT_ADDRESSES, SEDF_FLAGS,
	UNIT_NAME,
};

_Static_assert(ARRAY_SIZE(rtds_unit_columns) <= VIEW_MAX &&
	       ARRAY_SIZE(credit2_unit_columns) <= VIEW_MAX,
	       "more columns than a view holds");

/* Columns by scheduler */
static const struct kind {
	uint64_t sched_id;
	const struct view_column *unit;
	unsigned int nr_unit;
} kinds[] = {
	{ SCHED_CREDIT, credit_unit_columns, ARRAY_SIZE(credit_unit_columns) },
	{ SCHED_CREDIT2, credit2_unit_columns, ARRAY_SIZE(credit2_unit_columns) },
	{ SCHED_RTDS, rtds_unit_columns, ARRAY_SIZE(rtds_unit_columns) },
	{ SCHED_ARINC653, arinc_unit_columns, ARRAY_SIZE(arinc_unit_columns) },
	{ SCHED_SEDF, sedf_unit_columns, ARRAY_SIZE(sedf_unit_columns) },
	{ SCHED_NULL, sched_unit_columns, ARRAY_SIZE(sched_unit_columns) },
};

static const struct kind *kind_of(const struct sched_pool *p)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (p && value_ok(&p->sched_id) &&
		    kinds[i].sched_id == value_of(&p->sched_id))
			return &kinds[i];
	}
	return &kinds[ARRAY_SIZE(kinds) - 1];
}

static bool unit_wanted(const struct sched_wanted *w, const struct sched_unit *u)
{
	if (w->pcpus->nr &&
	    !(value_ok(&u->pcpu) && ranges_has(w->pcpus, value_of(&u->pcpu))))
		return false;
	if (w->domains->nr)
		return domain_filter_has(w->domains, u->domid);
	return !u->idle || w->idle || u->queue != SCHED_NONE ||
	       u->place == SCHED_RUNS;
}

void sched_units_show(struct session *s, struct out *o,
		       const struct sched *sched, unsigned int pool,
		       const struct sched_wanted *w)
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

/* ---- arinc653 ---- */

const struct column sched_slot_columns[] = {
	{ .key = "pool", .title = "POOL", .help = "id of the cpupool" },
	{ .key = "slot", .title = "SLOT",
	  .help = "number of the slot in the major frame, from 0" },
	{ .key = "now", .title = "NOW", .help = "it is the slot that runs" },
	{ .key = "vcpu_id", .title = "VCPU_ID",
	  .help = "number of the vcpu that may run in it" },
	{ .title = "RUNTIME", .help = "length of the slot, in ms" },
	{ .key = "runtime_ns", .help = "the same in ns" },
	{ .key = "name", .title = "UNIT", .help = "unit that may run in it" },
	{ .key = "unit", .title = "SCHED_UNIT",
	  .help = "address of its struct sched_unit" },
};

void sched_slots_show(struct out *o, const struct sched *sched,
		      unsigned int pool)
{
	const struct sched_pool *p = &sched->pools.at[pool];

	if (!value_ok(&p->slots))
		return;
	out_list(o, "slots[]", sched_slot_columns,
		 ARRAY_SIZE(sched_slot_columns));
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
		sched_cell_unit(o, sched, t->index);
		cell_hex(o, &t->unit);
	}
	out_end(o);
}
