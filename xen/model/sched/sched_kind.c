/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields and queues of each scheduler: common/sched/{credit,credit2,rt,null,
 * arinc653}.c in 4.14 to master, common/sched_*.c before.
 */
#include "sched_kind.h"

#include <inttypes.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

#define POOL(m, path) FIELD(struct sched_pool, m, path)
#define POOL_AT(m, path) FIELD_AT(struct sched_pool, m, path)
#define PCPU(m, path) FIELD(struct sched_pcpu, m, path)
#define UNIT(m, path) FIELD(struct sched_unit, m, path)
#define UNIT_AT(m, path) FIELD_AT(struct sched_unit, m, path)
#define QUEUE(m, path) FIELD(struct sched_queue, m, path)
#define QUEUE_AT(m, path) FIELD_AT(struct sched_queue, m, path)

/* ---- credit ---- */

/* The file is part of the name, as 4.4 uses the same names in credit2. */
#define CREDIT_UNIT(f) "csched_unit." f " | sched_credit.c#struct csched_vcpu." f
#define CREDIT_PRIV(f) "sched_credit.c#struct csched_private." f \
		       " | csched_private." f

static const struct field credit_pool_fields[] FIELD_TABLE = {
	POOL(ratelimit, CREDIT_PRIV("ratelimit")),
	POOL(tslice, CREDIT_PRIV("tslice")),
	POOL(sort, CREDIT_PRIV("runq_sort")),
	POOL(credit_balance, CREDIT_PRIV("credit_balance")),
	POOL(total_weight, CREDIT_PRIV("weight")),
	POOL(master, CREDIT_PRIV("master")),
};

static const struct field credit_pcpu_fields[] FIELD_TABLE = {
	PCPU(tick, "csched_pcpu.tick"),
};

static const struct field credit_unit_fields[] FIELD_TABLE = {
	UNIT(back, "csched_unit.unit | sched_credit.c#struct csched_vcpu.vcpu"),
	UNIT(sdom, CREDIT_UNIT("sdom")),
	UNIT(flags, CREDIT_UNIT("flags")),
	UNIT(credit, CREDIT_UNIT("credit.counter")),
	UNIT(pri, CREDIT_UNIT("pri")),
	UNIT(weight, CREDIT_UNIT("sdom->weight")),
	UNIT(cap, CREDIT_UNIT("sdom->cap")),
};

static const struct field credit_queue_fields[] FIELD_TABLE = {
	QUEUE_AT(runq, "csched_pcpu.runq"),
	QUEUE(sorted, "csched_pcpu.runq_sort_last"),
	QUEUE(nr_runnable, "csched_pcpu.nr_runnable"),
};

/* Bit numbers, CSCHED_FLAG_* (common/sched/credit.c; pinned: 4.12+) */
static const char *const credit_flags[] = {
	"parked", "yield", "migrating", "bit 3", "pinned",
};

static const struct record_type credit_queue =
	RECORD_TYPE("csched_pcpu", credit_queue_fields);

static struct err *add_queue(struct sched *s, const struct sched_queue *q)
{
	struct sched_queue *new;

	if (s->queues.nr >= SCHED_QUEUES_MAX)
		return err_new(ERR_CORRUPT, "more than %d queues",
			       SCHED_QUEUES_MAX);
	new = SCHED_ADD(&s->queues);
	if (!new)
		return err_nomem();
	*new = *q;
	return NULL;
}

static struct err *credit_queue_of(struct sched *s, struct sched_pcpu *p)
{
	struct sched_queue q = {
		.name = "runq", .pool = p->pool, .place = SCHED_WAITS,
		.number = p->id, .ordered = true,
	};

	if (!value_ok(&p->priv))
		return err_new(ERR_NO_TYPE, "pcpu %u: no sched_priv", p->id);
	q.va = value_of(&p->priv);
	ERR_TRY(err_prefix(xen_check_pointer(s->x, q.va, 8, "sched_priv"),
			   "pcpu %u", p->id));
	ERR_TRY(record_read(s->x->records, s->x->space, &credit_queue, q.va, &q));
	if (!value_ok(&q.runq))
		return err_new(ERR_NO_TYPE, "pcpu %u: no run queue", p->id);
	q.head = value_of(&q.runq);
	p->queue = s->queues.nr;
	return add_queue(s, &q);
}

static struct err *credit_queues(struct sched *s, unsigned int pool)
{
	for (unsigned int i = 0; i < s->pcpus.nr; i++) {
		struct sched_pcpu *p = &s->pcpus.at[i];

		/* only the queue of a resource's master is used */
		if (p->pool != pool ||
		    (value_ok(&p->master) && value_of(&p->master) != p->id))
			continue;
		ERR_TRY(sched_keep(s, credit_queue_of(s, p)));
	}
	return NULL;
}

/* csched_runq_sort() distinguishes only units with and without credit. */
static int credit_class(const struct sched_unit *u)
{
	if (!value_ok(&u->pri) || (int64_t)value_of(&u->pri) >= -1)
		return 0;
	return (int64_t)value_of(&u->pri) >= -2 ? 1 : 2;
}

static bool credit_in_order(const struct sched_unit *a,
			    const struct sched_unit *b)
{
	/* a unit that yields is queued after one of a lower priority */
	if (value_of(&a->flags) & 2 || value_of(&b->flags) & 2)
		return true;
	return credit_class(a) <= credit_class(b);
}

/* ---- credit2 ---- */

#define CREDIT2(type, f) "csched2_" type "." f \
			 " | sched_credit2.c#struct csched_" type "." f
#define CREDIT2_UNIT(f) "csched2_unit." f " | csched2_vcpu." f \
			" | sched_credit2.c#struct csched_vcpu." f

static const struct field credit2_pool_fields[] FIELD_TABLE = {
	POOL(ratelimit, "csched2_private.ratelimit_us"),
	/* until 4.7 averages are scaled by the window's length */
	POOL(load_shift, "csched2_private.load_precision_shift | "
			 "csched2_private.load_window_shift | "
			 "sched_credit2.c#struct csched_private.load_window_shift"),
	POOL_AT(queues, "csched2_private.rql | csched2_private.rqd[0] | "
			"sched_credit2.c#struct csched_private.rqd[0]"),
	POOL_AT(queues_active,
		"csched2_private.active_queues.bits | "
		"sched_credit2.c#struct csched_private.active_queues.bits"),
};

static const struct field credit2_unit_fields[] FIELD_TABLE = {
	UNIT(back, "csched2_unit.unit | csched2_vcpu.vcpu | "
		   "sched_credit2.c#struct csched_vcpu.vcpu"),
	UNIT(sdom, CREDIT2_UNIT("sdom")),
	UNIT(flags, CREDIT2_UNIT("flags")),
	UNIT(credit, CREDIT2_UNIT("credit")),
	UNIT(weight, CREDIT2_UNIT("weight")),
	UNIT(cap, CREDIT2_UNIT("sdom->cap")),
	UNIT(rqd, CREDIT2_UNIT("rqd")),
	UNIT(load, CREDIT2_UNIT("avgload")),
	UNIT(budget, CREDIT2_UNIT("budget")),
	UNIT(quota, CREDIT2_UNIT("budget_quota")),
	UNIT_AT(parked, "csched2_unit.sdom->parked_units | "
			"csched2_vcpu.sdom->parked_vcpus"),
};

static const struct field credit2_queue_fields[] FIELD_TABLE = {
	QUEUE_AT(runq, CREDIT2("runqueue_data", "runq")),
	QUEUE(id, CREDIT2("runqueue_data", "id")),
	QUEUE_AT(active, CREDIT2("runqueue_data", "active.bits")),
	QUEUE_AT(idle, CREDIT2("runqueue_data", "idle.bits")),
	QUEUE_AT(tickled, CREDIT2("runqueue_data", "tickled.bits")),
	QUEUE_AT(smt_idle, "csched2_runqueue_data.smt_idle.bits"),
	QUEUE(nr_cpus, "csched2_runqueue_data.nr_cpus"),
	QUEUE(load, CREDIT2("runqueue_data", "load")),
	QUEUE(avgload, CREDIT2("runqueue_data", "avgload")),
	QUEUE(max_weight, CREDIT2("runqueue_data", "max_weight")),
	QUEUE(pick_bias, "csched2_runqueue_data.pick_bias"),
};

/* CSFLAG_* (common/sched/credit2.c) */
static const char *const credit2_flags[] = {
	"bit 0", "scheduled", "delayed_runq_add", "runq_migrate_request",
	"yield", "pinned",
};

static const struct record_type credit2_queue =
	RECORD_TYPE("csched2_runqueue_data", credit2_queue_fields);

static struct err *credit2_queue_at(struct sched *s, unsigned int pool,
				    uint64_t va)
{
	struct sched_queue q = {
		.name = "runq", .pool = pool, .place = SCHED_WAITS, .va = va,
		.number = -1, .ordered = true,
	};

	ERR_TRY(xen_check_pointer(s->x, va, 8, "run queue"));
	ERR_TRY(record_read(s->x->records, s->x->space, &credit2_queue, va, &q));
	if (!value_ok(&q.runq))
		return err_new(ERR_NO_TYPE, "run queue at %" PRIx64
			       ": no list of units", va);
	q.head = value_of(&q.runq);
	if (value_ok(&q.id))
		q.number = value_of(&q.id);
	return add_queue(s, &q);
}

/* 4.14 and later: a list of run queues. */
static struct err *credit2_list(struct sched *s, unsigned int pool,
				const struct place *rql)
{
	struct chain c;
	uint64_t va;

	chain_start_ring(&c, s->x, value_of(&s->pools.at[pool].queues), CPUMASK_MAX,
			 "list of run queues");
	for (;;) {
		ERR_TRY(chain_next(&c, &va));
		if (!va)
			return NULL;
		ERR_TRY(sched_keep(s, credit2_queue_at(s, pool,
						       va - rql->offset)));
	}
}

/* Before 4.14: an array, with a mask of the entries in use. */
static struct err *credit2_array(struct sched *s, unsigned int pool)
{
	const struct sched_pool *p = &s->pools.at[pool];
	struct cpumask active;
	struct place rqd;

	ERR_TRY(record_resolve(s->x->records, "csched2_runqueue_data | "
			       "sched_credit2.c#struct csched_runqueue_data",
			       &rqd));
	if (!value_ok(&p->queues_active))
		return err_new(ERR_NO_TYPE, "no set of active run queues");
	ERR_TRY(cpumask_read(s->x, value_of(&p->queues_active), s->x->nr_cpus, &active));
	for (unsigned int i = 0; i < active.nr; i++) {
		if (cpumask_has(&active, i))
			ERR_TRY(sched_keep(s, credit2_queue_at(s, pool,
					value_of(&p->queues) + i * rqd.size)));
	}
	return NULL;
}

/* Sets the queue of each pcpu. */
static struct err *credit2_assign(struct sched *s, unsigned int pool,
				  unsigned int first)
{
	for (unsigned int i = first; i < s->queues.nr; i++) {
		const struct sched_queue *q = &s->queues.at[i];
		struct cpumask active;

		if (!value_ok(&q->active))
			continue;
		ERR_TRY(sched_keep(s, cpumask_read(s->x, value_of(&q->active),
						   s->x->nr_cpus, &active)));
		for (unsigned int c = 0; c < s->pcpus.nr; c++) {
			struct sched_pcpu *p = &s->pcpus.at[c];

			if (p->pool == pool && cpumask_has(&active, p->id))
				p->queue = i;
		}
	}
	return NULL;
}

/* Units of a capped domain without budget wait on a list of the domain. */
static struct err *credit2_parked(struct sched *s, unsigned int pool)
{
	uint64_t last = 0;

	for (unsigned int i = 0; i < s->units.nr; i++) {
		const struct sched_unit *u = &s->units.at[i];
		struct sched_queue q = {
			.name = "parked", .pool = pool, .place = SCHED_PARKED,
			.number = u->domid, .va = value_of(&u->sdom), .head = value_of(&u->parked),
		};

		/* the units of a domain follow each other */
		if (u->pool != pool || u->idle || !value_ok(&u->parked) ||
		    !value_ok(&u->sdom) || value_of(&u->sdom) == last)
			continue;
		last = value_of(&u->sdom);
		ERR_TRY(add_queue(s, &q));
	}
	return NULL;
}

static struct err *credit2_queues(struct sched *s, unsigned int pool)
{
	unsigned int first = s->queues.nr;
	struct place rql;
	struct err *e;

	if (!value_ok(&s->pools.at[pool].queues))
		return err_new(ERR_NO_TYPE, "no list of run queues");
	e = record_resolve(s->x->records, "csched2_runqueue_data.rql", &rql);
	if (e) {
		err_free(e);
		e = credit2_array(s, pool);
	} else {
		e = credit2_list(s, pool, &rql);
	}
	ERR_TRY(sched_keep(s, e));
	ERR_TRY(credit2_assign(s, pool, first));
	return credit2_parked(s, pool);
}

static bool credit2_in_order(const struct sched_unit *a,
			     const struct sched_unit *b)
{
	return (int64_t)value_of(&a->credit) >= (int64_t)value_of(&b->credit);
}

/* ---- rtds ---- */

#define RT_UNIT(f) "rt_unit." f " | rt_vcpu." f

static const struct field rtds_pool_fields[] FIELD_TABLE = {
	POOL_AT(runq, "rt_private.runq"),
	POOL_AT(depletedq, "rt_private.depletedq"),
};

static const struct field rtds_unit_fields[] FIELD_TABLE = {
	UNIT(back, "rt_unit.unit | rt_vcpu.vcpu"),
	UNIT(sdom, RT_UNIT("sdom")),
	UNIT(flags, RT_UNIT("flags")),
	UNIT(period, RT_UNIT("period")),
	UNIT(budget, RT_UNIT("budget")),
	UNIT(budget_left, RT_UNIT("cur_budget")),
	UNIT(deadline, RT_UNIT("cur_deadline")),
	UNIT(priority, RT_UNIT("priority_level")),
};

/* RTDS_* (common/sched/rt.c) */
static const char *const rtds_flags[] = {
	"bit 0", "scheduled", "delayed_runq_add", "depleted", "extratime",
};

static struct err *rtds_queues(struct sched *s, unsigned int pool)
{
	const struct sched_pool *p = &s->pools.at[pool];
	struct sched_queue q = { .pool = pool, .va = value_of(&p->data), .number = -1 };

	if (!value_ok(&p->runq) || !value_ok(&p->depletedq))
		return err_new(ERR_NO_TYPE, "no run queue");
	for (unsigned int i = 0; i < s->pcpus.nr; i++) {
		if (s->pcpus.at[i].pool == pool)
			s->pcpus.at[i].queue = s->queues.nr;
	}
	q.name = "runq";
	q.head = value_of(&p->runq);
	q.place = SCHED_WAITS;
	q.ordered = true;
	ERR_TRY(add_queue(s, &q));
	q.name = "depletedq";
	q.head = value_of(&p->depletedq);
	q.place = SCHED_DEPLETED;
	q.ordered = false;
	return add_queue(s, &q);
}

/* By the number of budgets used up (4.11+), then by deadline. */
static bool rtds_in_order(const struct sched_unit *a,
			  const struct sched_unit *b)
{
	if (value_of(&a->priority) != value_of(&b->priority))
		return value_of(&a->priority) < value_of(&b->priority);
	return (int64_t)value_of(&a->deadline) <= (int64_t)value_of(&b->deadline);
}

/* ---- null ---- */

static const struct field null_pool_fields[] FIELD_TABLE = {
	POOL_AT(waitq, "null_private.waitq"),
	POOL_AT(cpus_free, "null_private.cpus_free.bits"),
};

static const struct field null_pcpu_fields[] FIELD_TABLE = {
	PCPU(assigned, "null_pcpu.unit | null_pcpu.vcpu"),
};

static const struct field null_unit_fields[] FIELD_TABLE = {
	UNIT(back, "null_unit.unit | null_vcpu.vcpu"),
};

static struct err *null_queues(struct sched *s, unsigned int pool)
{
	const struct sched_pool *p = &s->pools.at[pool];
	struct sched_queue q = {
		.name = "waitq", .pool = pool, .place = SCHED_WAITS,
		.va = value_of(&p->data), .head = value_of(&p->waitq), .number = -1,
	};

	if (!value_ok(&p->waitq))
		return err_new(ERR_NO_TYPE, "no wait queue");
	return add_queue(s, &q);
}

/* ---- arinc653 ---- */

static const struct field arinc_pool_fields[] FIELD_TABLE = {
	POOL_AT(slots, "a653sched_priv_s.schedule"),
	POOL(nr_slots, "a653sched_priv_s.num_schedule_entries"),
	POOL(slot_now, "a653sched_priv_s.sched_index"),
	POOL(major_frame, "a653sched_priv_s.major_frame"),
	POOL(next_major_frame, "a653sched_priv_s.next_major_frame"),
};

static const struct field arinc_unit_fields[] FIELD_TABLE = {
	UNIT(back, "arinc653_unit_s.unit | arinc653_vcpu_s.vc"),
	UNIT(awake, "arinc653_unit_s.awake | arinc653_vcpu_s.awake"),
};

/* ---- sedf ---- */

static const struct field sedf_unit_fields[] FIELD_TABLE = {
	UNIT(back, "sedf_vcpu_info.vcpu"),
	UNIT(period, "sedf_vcpu_info.period"),
	UNIT(budget, "sedf_vcpu_info.slice"),
	UNIT(deadline, "sedf_vcpu_info.deadl_abs"),
	UNIT(weight, "sedf_vcpu_info.weight"),
	UNIT(flags, "sedf_vcpu_info.status"),
};

/* EXTRA_*, SEDF_ASLEEP (common/sched_sedf.c, 4.4 and 4.5) */
static const char *const sedf_flags[] = {
	"extra_aware", "extra_run_pen", "extra_run_util", "extra_want_pen", "asleep",
};

static const struct record_type sedf_pool = { "sedf_pool", NULL, 0 };

/* ---- all ---- */

#define RECORD(name, fields) \
	static const struct record_type name = RECORD_TYPE(#name, fields)

RECORD(credit_pool, credit_pool_fields);
RECORD(credit_pcpu, credit_pcpu_fields);
const struct record_type sched_credit_unit_record =
	RECORD_TYPE("credit_unit", credit_unit_fields);
RECORD(credit2_pool, credit2_pool_fields);
RECORD(credit2_unit, credit2_unit_fields);
RECORD(rtds_pool, rtds_pool_fields);
RECORD(rtds_unit, rtds_unit_fields);
RECORD(null_pool, null_pool_fields);
RECORD(null_pcpu, null_pcpu_fields);
RECORD(null_unit, null_unit_fields);
RECORD(arinc_pool, arinc_pool_fields);
RECORD(arinc_unit, arinc_unit_fields);
RECORD(sedf_unit, sedf_unit_fields);

/* scheduled and delayed_runq_add of credit2 and rtds */
#define IN_TRANSIT (1 << 1 | 1 << 2)

/* Links of a unit in the queues; read by their paths, listed here for profiles. */
static const struct field elems[] FIELD_TABLE = {
	FIELD_PLACE(CREDIT_UNIT("runq_elem")),
	FIELD_PLACE(CREDIT2_UNIT("runq_elem")),
	FIELD_PLACE("csched2_unit.parked_elem | csched2_vcpu.parked_elem"),
	FIELD_PLACE(RT_UNIT("q_elem")),
	FIELD_PLACE("null_unit.waitq_elem | null_vcpu.waitq_elem"),
};

static const struct sched_kind kinds[] = {
	{
		.id = SCHED_CREDIT,
		.pool = &credit_pool, .pcpu = &credit_pcpu, .unit = &sched_credit_unit_record,
		.queue = &credit_queue,
		.elem = &elems[0],
		.flags = credit_flags, .nr_flags = N(credit_flags),
		.find_queues = credit_queues, .in_order = credit_in_order,
	}, {
		.id = SCHED_CREDIT2,
		.pool = &credit2_pool, .unit = &credit2_unit,
		.queue = &credit2_queue,
		.elem = &elems[1],
		.parked_elem = &elems[2],
		.flags = credit2_flags, .nr_flags = N(credit2_flags),
		.in_transit = IN_TRANSIT,
		.find_queues = credit2_queues, .in_order = credit2_in_order,
	}, {
		.id = SCHED_RTDS,
		.pool = &rtds_pool, .unit = &rtds_unit,
		.elem = &elems[3],
		.flags = rtds_flags, .nr_flags = N(rtds_flags),
		.in_transit = IN_TRANSIT,
		.find_queues = rtds_queues, .in_order = rtds_in_order,
	}, {
		.id = SCHED_NULL,
		.pool = &null_pool, .pcpu = &null_pcpu, .unit = &null_unit,
		.elem = &elems[4],
		.find_queues = null_queues,
	}, {
		.id = SCHED_ARINC653,
		.pool = &arinc_pool, .unit = &arinc_unit,
	}, {
		/* a unit may be on up to three queues of its pcpu, also while it runs */
		.id = SCHED_SEDF,
		.pool = &sedf_pool, .unit = &sedf_unit,
		.flags = sedf_flags, .nr_flags = N(sedf_flags),
	},
};

const struct sched_kind *sched_kind_find(uint64_t id)
{
	for (unsigned int i = 0; i < N(kinds); i++) {
		if (kinds[i].id == id)
			return &kinds[i];
	}
	return NULL;
}

const struct record_type *sched_unit_record(const struct sched_pool *p)
{
	return p->kind ? p->kind->unit : NULL;
}

const struct record_type *sched_queue_record(const struct sched_pool *p)
{
	static const struct record_type none = { "queue", NULL, 0 };

	return p->kind && p->kind->queue ? p->kind->queue : &none;
}
