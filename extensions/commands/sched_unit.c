/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the schedulers' units are: the rows of xen sched that differ by scheduler. */
#include "sched.h"

#include <inttypes.h>

#include "extensions/support/cells.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* What a row is made from; the unit first, for its fields. */
struct unit_row {
	struct sched_unit u;
	const struct sched *sched;
	const struct sched_pool *pool;		/* NULL: in none */
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

void sched_cell_ms(struct out *o, const struct value *v)
{
	if (v->state == VALUE_OK)
		out_amount(o, "%.3f ms", (int64_t)v->u / 1e6);
	else
		cell_missing(o, v);
}

void sched_cell_load(struct out *o, const struct sched_pool *p,
		     const struct value *v)
{
	if (v->state != VALUE_OK || p->load_shift.state != VALUE_OK)
		cell_missing(o, v->state != VALUE_OK ? v : &p->load_shift);
	else
		out_amount(o, "%.2f", (int64_t)v->u /
			   (double)(1ULL << (p->load_shift.u & 63)));
}

void sched_cell_va(struct out *o, uint64_t va)
{
	if (va)
		out_hex(o, va);
	else
		out_none(o);
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
	(void)s;
	out_str(o, sched_place_text(((const struct unit_row *)rec)->u.place));
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
	sched_cell_va(o, ((const struct unit_row *)rec)->u.va);
}

static void unit_priv(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	sched_cell_va(o, ((const struct unit_row *)rec)->u.priv);
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
	sched_cell_load(o, row->pool, &row->u.load);
}

static void unit_budget(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	sched_cell_ms(o, &((const struct unit_row *)rec)->u.budget);
}

static void unit_left(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	sched_cell_ms(o, &((const struct unit_row *)rec)->u.budget_left);
}

static void unit_period(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	sched_cell_ms(o, &((const struct unit_row *)rec)->u.period);
}

static void unit_deadline(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	sched_cell_ms(o, &((const struct unit_row *)rec)->u.deadline);
}

static const struct view_input name_inputs[] = {
	DOMAIN_INPUT(domain_id), VCPU_INPUT(vcpu_id),
};
static const struct view_input domid_inputs[] = { DOMAIN_INPUT(domain_id) };
static const struct view_input id_inputs[] = { VCPU_INPUT(vcpu_id) };
static const struct view_input vcpus_inputs[] = { VCPU_INPUT(sched_unit) };
static const struct view_input pool_inputs[] = {
	DOMAIN_INPUT(cpupool), POOL_INPUT(id),
};
static const struct view_input state_inputs[] = { VCPU_INPUT(runstate) };
static const struct view_input queue_inputs[] = {
	{ &sched_pcpu_record, offsetof(struct sched_pcpu, curr) }, QUEUE_INPUTS,
};
static const struct view_input unit_inputs[] = { VCPU_INPUT(sched_unit) };
static const struct view_input priv_inputs[] = { VCPU_INPUT(sched_priv) };
static const struct view_input pcpu_inputs[] = {
	{ &sched_unit_itself_record, offsetof(struct sched_unit, pcpu) },
};

static void unit_pcpu(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_dec(o, &((const struct unit_row *)rec)->u.pcpu);
}

#define U(key, title, memb, as) \
	VIEW_FIELD(key, title, struct unit_row, u.memb, as)
#define UC(key, title, memb, fn) \
	VIEW_CELL_OF(key, title, struct unit_row, u.memb, fn)

#define UNIT_COMMON							\
	VIEW_CELL_FROM("name", "UNIT", unit_name, name_inputs),		\
	VIEW_CELL_FROM("domid", NULL, unit_domid, domid_inputs),	\
	VIEW_CELL_FROM("vcpu_id", NULL, unit_id, id_inputs),		\
	VIEW_CELL_FROM("vcpus", NULL, unit_vcpus, vcpus_inputs),	\
	VIEW_CELL_FROM("pool", "POOL", unit_pool, pool_inputs),		\
	VIEW_CELL_FROM("pcpu", "PCPU", unit_pcpu, pcpu_inputs),		\
	VIEW_CELL_FROM("runstate", "STATE", unit_state, state_inputs),	\
	VIEW_CELL_FROM("place", "PLACE", unit_place, queue_inputs),	\
	VIEW_CELL_FROM("queue", "QUEUE", unit_queue, queue_inputs),	\
	VIEW_CELL_FROM("position", "POS", unit_position, queue_inputs)

#define UNIT_ADDRESSES							\
	VIEW_CELL_FROM("unit", "SCHED_UNIT", unit_va, unit_inputs),	\
	VIEW_CELL_FROM("priv", "PRIV", unit_priv, priv_inputs)

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

_Static_assert(N(rtds_unit_columns) <= VIEW_MAX &&
	       N(credit2_unit_columns) <= VIEW_MAX, "more columns than a view holds");

/* Which columns a scheduler fills. */
static const struct kind {
	uint64_t sched_id;
	const struct view_column *unit;
	unsigned int nr_unit;
} kinds[] = {
	{ SCHED_CREDIT, credit_unit_columns, N(credit_unit_columns) },
	{ SCHED_CREDIT2, credit2_unit_columns, N(credit2_unit_columns) },
	{ SCHED_RTDS, rtds_unit_columns, N(rtds_unit_columns) },
	{ SCHED_ARINC653, arinc_unit_columns, N(arinc_unit_columns) },
	{ SCHED_NULL, unit_columns, N(unit_columns) },
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

static bool unit_wanted(const struct sched_wanted *w, const struct sched_unit *u)
{
	if (w->pcpu != UINT64_MAX &&
	    !(u->pcpu.state == VALUE_OK && u->pcpu.u == w->pcpu))
		return false;
	if (w->domains.nr)
		return domain_filter_has(&w->domains, u->domid);
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

void sched_slots_show(struct out *o, const struct sched *sched,
		       unsigned int pool)
{
	static const struct column columns[] = {
		{ .key = "pool", .title = "POOL" },
		{ .key = "slot", .title = "SLOT" },
		{ .key = "now", .title = "NOW" },
		{ .key = "vcpu_id", .title = "VCPU_ID" },
		{ .title = "RUNTIME" },
		{ .key = "runtime_ns" },
		{ .key = "name", .title = "UNIT" },
		{ .key = "unit", .title = "SCHED_UNIT" },
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
		sched_cell_ms(o, &t->runtime);
		cell_sdec(o, &t->runtime);
		sched_cell_unit(o, sched, t->index);
		cell_hex(o, &t->unit);
	}
	out_end(o);
}
