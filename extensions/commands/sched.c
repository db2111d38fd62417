/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched.h"

#include <inttypes.h>
#include <stdio.h>

#include "extensions/support/cells.h"
#include "extensions/support/view.h"

/* Sources of rows; the record is the first member, for its fields. */
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

_Static_assert(!offsetof(struct pcpu_row, p) && !offsetof(struct queue_row, q),
	       "the record comes first");

/* ---- cpupools ---- */

static void pool_gran(struct session *s, struct out *o, const void *row)
{
	const struct value *v = &((const struct pool_row *)row)->p.gran;

	(void)s;
	if (!value_ok(v))
		cell_missing(o, v);
	else if (sched_gran_name(value_of(v)))
		out_str(o, sched_gran_name(value_of(v)));
	else
		out_str(o, "?");
}

static void pool_scheduler(struct session *s, struct out *o, const void *row)
{
	const struct sched_pool *p = &((const struct pool_row *)row)->p;

	(void)s;
	cell_text_at(o, &p->opt_name_va, p->opt_name);
}

static void pool_name(struct session *s, struct out *o, const void *row)
{
	const struct sched_pool *p = &((const struct pool_row *)row)->p;

	(void)s;
	cell_text_at(o, &p->name_va, p->name);
}

static void pool_va(struct session *s, struct out *o, const void *row)
{
	(void)s;
	cell_object(o, ((const struct pool_row *)row)->p.va);
}

static void pool_cpus(struct session *s, struct out *o, const void *row)
{
	const struct sched_pool *p = &((const struct pool_row *)row)->p;
	char text[CPUMASK_TEXT];

	(void)s;
	if (p->mask.nr)
		out_str(o, cpumask_text(&p->mask, text, sizeof(text)));
	else
		cell_missing(o, &p->cpus);
}

#define P(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct pool_row, p.memb, as, help)

static const struct view_column pool_columns[] = {
	P("pool", "POOL", id, VIEW_DEC, "id of the cpupool"),
	VIEW_CELL("scheduler", "SCHEDULER", pool_scheduler,
		  "scheduler: credit, credit2, rtds, null, arinc653 or sedf"),
	VIEW_CELL("pcpus", "PCPUS", pool_cpus,
		  "pcpus of the cpupool"),
	VIEW_CELL_OF("granularity", "GRAN", struct pool_row, p.gran, pool_gran,
		     "size of a unit: cpu (a thread), core or socket"),
	P("domains", "DOMAINS", nr_domains, VIEW_DEC, "number of its domains"),
	VIEW_CELL("cpupool", "CPUPOOL", pool_va, "address of its struct cpupool"),
	P("sched_data", "SCHED_DATA", data, VIEW_HEX,
	  "address of the scheduler's own data of the cpupool"),
	VIEW_CELL("name", "NAME", pool_name,
		  "full name of the scheduler"),
};

static void show_pools(struct session *s, struct out *o,
		       const struct sched *sched)
{
	struct view view;

	view_list(&view, s, o, "cpupools[]", pool_columns, ARRAY_SIZE(pool_columns),
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
	sched_cell_pool(o, row->sched, row->p.pool);
}

static void pcpu_queue(struct session *s, struct out *o, const void *rec)
{
	const struct pcpu_row *row = rec;

	(void)s;
	sched_cell_queue(o, row->sched, row->p.queue);
}

static void pcpu_runs(struct session *s, struct out *o, const void *rec)
{
	const struct pcpu_row *row = rec;

	(void)s;
	sched_cell_unit(o, row->sched, row->p.unit);
}

static void pcpu_id(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct pcpu_row *)rec)->p.id);
}

static void pcpu_data(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct pcpu_row *)rec)->p.va);
}

static void pcpu_current(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct pcpu_row *)rec)->p.current_vcpu);
}

static void pcpu_idle(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct pcpu_row *)rec)->p.idle_vcpu);
}

#define C(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct pcpu_row, p.memb, as, help)

/* The first five columns are those of crash's hypervisor mode, in its order. */
static const struct view_column pcpu_columns[] = {
	VIEW_CELL("pcpu", "CPU", pcpu_id, "number of the pcpu"),
	VIEW_CELL("sched_resource", "SCH-DATA", pcpu_data,
		  "address of its struct sched_resource; before Xen 4.13 of its schedule_data"),
	C("sched_priv", "SCH-PRIV", priv, VIEW_HEX,
	  "address of the scheduler's own data of the pcpu"),
	VIEW_CELL("current_vcpu", "CUR-VCPU", pcpu_current,
		  "address of the scheduled vcpu (current_vcpu of its struct cpu_info)"),
	VIEW_CELL("idle_vcpu", "IDL-VCPU", pcpu_idle,
		  "address of its idle vcpu"),
	VIEW_CELL("pool", "POOL", pcpu_pool,
		  "id of its cpupool"),
	VIEW_CELL("queue", "QUEUE", pcpu_queue,
		  "queue from which it takes units"),
	VIEW_CELL("runs", "RUNS", pcpu_runs,
		  "unit that runs on it"),
	C("lock", NULL, lock, VIEW_HEX, "address of the scheduler's lock in use"),
};

static void show_pcpus(struct session *s, struct out *o,
		       const struct sched *sched, const struct ranges *only)
{
	struct pcpu_row row = { .sched = sched };
	struct view view;

	view_list(&view, s, o, "pcpus[]", pcpu_columns, ARRAY_SIZE(pcpu_columns),
		  &sched_pcpu_record);
	for (unsigned int i = 0; i < sched->pcpus.nr; i++) {
		row.p = sched->pcpus.at[i];
		if (ranges_has(only, row.p.id))
			view_row(&view, &row);
	}
	out_end(o);
}

/* ---- queues ---- */

static void queue_pool(struct session *s, struct out *o, const void *rec)
{
	const struct queue_row *row = rec;

	(void)s;
	sched_cell_pool(o, row->sched, row->q.pool);
}

static void queue_name(struct session *s, struct out *o, const void *rec)
{
	const struct queue_row *row = rec;

	(void)s;
	if (row->q.place == SCHED_PARKED)
		out_fmt(o, "parked of d%" PRId64, row->q.number);
	else
		sched_cell_queue(o, row->sched, row->index);
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
	cell_cpumask(s, o, &((const struct queue_row *)rec)->q.memb,	\
		     s->xen->nr_cpus);					\
}

QUEUE_MASK(active)
QUEUE_MASK(idle)
QUEUE_MASK(tickled)

static void queue_avgload(struct session *s, struct out *o, const void *rec)
{
	const struct queue_row *row = rec;

	(void)s;
	sched_cell_load(o, row->pool, &row->q.avgload);
}

#define Q(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct queue_row, q.memb, as, help)
#define QC(key, title, memb, fn, help) \
	VIEW_CELL_OF(key, title, struct queue_row, q.memb, fn, help)

#define QUEUE_COMMON							\
	VIEW_CELL("pool", "POOL", queue_pool,				\
		  "id of the cpupool"),					\
	VIEW_CELL("queue", "QUEUE", queue_name,				\
		  "name and number: runq of waiting units, depletedq of units without budget, parked units of a domain with a cap, waitq"), \
	VIEW_CELL("units", "UNITS", queue_count,			\
		  "number of units on it"),				\
	VIEW_CELL("list", "LIST", queue_head,				\
		  "address of its list_head")

#define CREDIT_COLUMNS							\
	Q("runnable", "RUNNABLE", nr_runnable, VIEW_DEC,		\
	  "number of units that run or wait, without the idle one"),	\
	Q("sorted", "SORTED", sorted, VIEW_DEC,				\
	  "number of credit's accounting period in which the queue was last sorted")

#define CREDIT2_COLUMNS							\
	QC("pcpus", "PCPUS", active, queue_active,			\
	   "pcpus that take units from it"),				\
	QC("idle", "IDLE", idle, queue_idle, "those of them that are idle"), \
	QC("tickled", "TICKLED", tickled, queue_tickled,		\
	   "those of them with a pending scheduling request"), \
	Q("load", "LOAD", load, VIEW_SDEC,				\
	  "number of its units that run or wait"),			\
	QC(NULL, "AVGLOAD", avgload, queue_avgload,			\
	   "average load; 1.00: one unit that always runs or waits"),	\
	Q("avgload", NULL, avgload, VIEW_SDEC, "the same in Xen's fixed point"), \
	Q("max_weight", "MAX_WEIGHT", max_weight, VIEW_DEC,		\
	  "highest weight among its units"),				\
	Q("pick_bias", NULL, pick_bias, VIEW_DEC,			\
	  "pcpu at which the next choice of a pcpu begins")

static const struct view_column queue_columns[] = { QUEUE_COMMON };
static const struct view_column credit_extra[] = { CREDIT_COLUMNS };
static const struct view_column credit2_extra[] = { CREDIT2_COLUMNS };
static const struct view_column credit_queue_columns[] = {
	QUEUE_COMMON, CREDIT_COLUMNS,
};
static const struct view_column credit2_queue_columns[] = {
	QUEUE_COMMON, CREDIT2_COLUMNS,
};

/* Columns by scheduler */
static void queue_kind(const struct sched_pool *p,
		       const struct view_column **table, unsigned int *nr)
{
	uint64_t id = value_ok(&p->sched_id) ? value_of(&p->sched_id) : 0;

	*table = queue_columns;
	*nr = ARRAY_SIZE(queue_columns);
	if (id == SCHED_CREDIT) {
		*table = credit_queue_columns;
		*nr = ARRAY_SIZE(credit_queue_columns);
	} else if (id == SCHED_CREDIT2) {
		*table = credit2_queue_columns;
		*nr = ARRAY_SIZE(credit2_queue_columns);
	}
}

static void show_queues(struct session *s, struct out *o,
			const struct sched *sched, unsigned int pool)
{
	struct queue_row row = { .sched = sched, .pool = &sched->pools.at[pool] };
	const struct view_column *table;
	struct view view;
	bool started = false;
	unsigned int nr;

	queue_kind(row.pool, &table, &nr);
	for (unsigned int i = 0; i < sched->queues.nr; i++) {
		row.q = sched->queues.at[i];
		row.index = i;
		if (row.q.pool != pool ||
		    (row.q.place == SCHED_PARKED && !row.q.count))
			continue;
		if (!started)
			view_list(&view, s, o, "queues[]", table, nr,
				  sched_queue_record(row.pool));
		started = true;
		view_row(&view, &row);
	}
	if (started)
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
		 const struct sched_wanted *w)
{
	show_pools(s, o, sched);
	show_pcpus(s, o, sched, w->pcpus);
	for (unsigned int i = 0; i < sched->pools.nr; i++)
		show_queues(s, o, sched, i);
	for (unsigned int i = 0; i < sched->pools.nr; i++) {
		sched_units_show(s, o, sched, i, w);
		sched_slots_show(o, sched, i);
	}
	sched_units_show(s, o, sched, SCHED_NONE, w);
	show_problems(o, sched);
	for (unsigned int i = 0; i < sched->errors.nr; i++) {
		out_error(o, sched->errors.at[i]);
		sched->errors.at[i] = NULL;
	}
}

static struct err *run_sched(struct session *s, struct out *o,
			     const struct args *a)
{
	struct sched_wanted w = {
		.domains = &a->domains, .pcpus = &a->pcpus,
		.idle = args_has(a, "a"),
	};
	struct sched *sched;

	ERR_TRY(domains_check(s, &a->domains));
	ERR_TRY(sched_read(s->xen, &sched));
	show(s, o, sched, &w);
	sched_destroy(sched);
	return NULL;
}

static const struct option_spec options[] = {
	{ "a", OPTION_FLAG,
	  .help = "also idle vcpus that neither run nor are on a queue" },
	{ "c", OPTION_PCPUS, .value = "PCPU", .many = true,
	  .help = "only units assigned to this pcpu, or to a range of them (0-3)" },
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true, .word = true,
	  .help = "only units of this domain (3, d3, name)" },
	{ "v", OPTION_FLAG,
	  .help = "no effect; sched of crash's hypervisor mode takes it" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	VIEWS("cpupools", pool_columns),
	VIEWS("pcpus", pcpu_columns),
	VIEWS("queues", queue_columns),
	VIEWS("queues of credit", credit_extra),
	VIEWS("queues of credit2", credit2_extra),
	VIEWS("units", sched_unit_columns),
	VIEWS("units of credit", sched_credit_extra),
	VIEWS("units of credit2", sched_credit2_extra),
	VIEWS("units of rtds", sched_rtds_extra),
	VIEWS("units of arinc653", sched_arinc_extra),
	VIEWS("units of sedf", sched_sedf_extra),
	COLUMNS("slots", sched_slot_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the cpupools with their schedulers, the unit that each pcpu runs, the",
	"  queues, and the place of each unit: whether it runs, waits, and in",
	"  which order, or sleeps. A unit is the object that is scheduled: a",
	"  vcpu, or with core scheduling several. Contradictions between these are",
	"  listed as wrong.",
	NULL
};

static const char *const example[] = {
	"    crash> xen sched",
	"    POOL  SCHEDULER  PCPUS  GRAN  DOMAINS           CPUPOOL        SCHED_DATA  NAME",
	"       0  credit2    all    cpu         3  ffff830027d67960  ffff830027d67b30  SMP Credit Scheduler rev2",
	"",
	"    CPU          SCH-DATA          SCH-PRIV          CUR-VCPU          IDL-VCPU  POOL  QUEUE   RUNS",
	"      0  ffff830027ecef50  ffff830027d67ba0  ffff830027dfa000  ffff830027ecc000     0  runq 0  d0v1",
	"      1  ffff830027dbdf10  ffff830027d67d80  ffff830026414000  ffff830027ec6000     0  runq 0  d1v0",
	"",
	"    POOL  QUEUE   UNITS              LIST  PCPUS  IDLE  TICKLED  LOAD  AVGLOAD  MAX_WEIGHT",
	"       0  runq 0      1  ffff830027d67bf8  all    none  none        3     3.68         256",
	"",
	"    UNIT  POOL  PCPU  STATE     PLACE   QUEUE   POS     CREDIT  WEIGHT  CAP  BUDGET  LOAD        SCHED_UNIT              PRIV  FLAGS      DOMAIN NAME",
	"    d0v1     0     0  running   runs    -         -    2559796     256    0  -       1.00  ffff830027d48d10  ffff830027d48e30  scheduled  Domain-0",
	"    d1v0     0     1  running   runs    -         -  -10000000     256    0  -       0.98  ffff830026415180  ffff8300264152a0  scheduled  pv1",
	"    d2v0     0     0  runnable  waits   runq 0    0  -10000000     256    0  -       0.99  ffff830027d02e40  ffff830027d02f60  -          pvh2",
	"    d0v0     0     1  blocked   sleeps  -         -   10186977     256    0  -       0.74  ffff830027d48860  ffff830027d48950  -          Domain-0",
	NULL
};

const struct command command_sched = {
	.live = true,
	.live_unknown = "addresses, queues, credits and loads: hypercalls return the cpupools, the parameters and the vcpus that run",
	.needs = NEEDS_RECORDS,
	.run = run_sched,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
