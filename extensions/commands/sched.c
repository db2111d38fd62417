/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "extensions/support/cells.h"
#include "extensions/support/view.h"

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

_Static_assert(!offsetof(struct pcpu_row, p) && !offsetof(struct queue_row, q),
	       "the record comes first");

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
	sched_cell_va(o, ((const struct pool_row *)row)->p.va);
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

static const struct view_input scheduler_inputs[] = { POOL_INPUT(opt_name_va) };
static const struct view_input pool_cpus_inputs[] = { POOL_INPUT(cpus) };
static const struct view_input pool_name_inputs[] = { POOL_INPUT(name_va) };

#define P(key, title, memb, as) \
	VIEW_FIELD(key, title, struct pool_row, p.memb, as)

static const struct view_column pool_columns[] = {
	P("pool", "POOL", id, VIEW_DEC),
	VIEW_CELL_FROM("scheduler", "SCHEDULER", pool_scheduler, scheduler_inputs),
	VIEW_CELL_FROM("pcpus", "PCPUS", pool_cpus, pool_cpus_inputs),
	VIEW_CELL_OF("granularity", "GRAN", struct pool_row, p.gran, pool_gran),
	P("domains", "DOMAINS", nr_domains, VIEW_DEC),
	VIEW_CELL("cpupool", "CPUPOOL", pool_va),
	P("sched_data", "SCHED_DATA", data, VIEW_HEX),
	VIEW_CELL_FROM("name", "NAME", pool_name, pool_name_inputs),
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
	sched_cell_va(o, ((const struct pcpu_row *)rec)->p.va);
}

static void pcpu_current(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	sched_cell_va(o, ((const struct pcpu_row *)rec)->p.current_vcpu);
}

static void pcpu_idle(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	sched_cell_va(o, ((const struct pcpu_row *)rec)->p.idle_vcpu);
}

static const struct view_input pcpu_pool_inputs[] = {
	POOL_INPUT(id), POOL_INPUT(cpus),
};
static const struct view_input pcpu_runs_inputs[] = {
	{ &sched_pcpu_record, offsetof(struct sched_pcpu, curr) },
};
static const struct view_input pcpu_queue_inputs[] = {
	POOL_INPUT(cpus), POOL_INPUT(data), QUEUE_INPUTS,
};

#define C(key, title, memb, as) \
	VIEW_FIELD(key, title, struct pcpu_row, p.memb, as)

/* The first five are those of crash's hypervisor mode, in its order. */
static const struct view_column pcpu_columns[] = {
	VIEW_CELL("pcpu", "CPU", pcpu_id),
	VIEW_CELL("sched_resource", "SCH-DATA", pcpu_data),
	C("sched_priv", "SCH-PRIV", priv, VIEW_HEX),
	VIEW_CELL("current_vcpu", "CUR-VCPU", pcpu_current),
	VIEW_CELL("idle_vcpu", "IDL-VCPU", pcpu_idle),
	VIEW_CELL_FROM("pool", "POOL", pcpu_pool, pcpu_pool_inputs),
	VIEW_CELL_FROM("queue", "QUEUE", pcpu_queue, pcpu_queue_inputs),
	VIEW_CELL_FROM("runs", "RUNS", pcpu_runs, pcpu_runs_inputs),
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
	cell_mask(s, o, &((const struct queue_row *)rec)->q.memb);	\
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

static const struct view_input queue_pool_inputs[] = { POOL_INPUT(id) };
static const struct view_input queue_inputs[] = {
	POOL_INPUT(data), QUEUE_INPUTS, { NULL, offsetof(struct sched_queue, id) },
	{ NULL, offsetof(struct sched_queue, runq) },
};

#define Q(key, title, memb, as) \
	VIEW_FIELD(key, title, struct queue_row, q.memb, as)
#define QC(key, title, memb, fn) \
	VIEW_CELL_OF(key, title, struct queue_row, q.memb, fn)

#define QUEUE_COMMON					\
	VIEW_CELL_FROM("pool", "POOL", queue_pool, queue_pool_inputs),		\
	VIEW_CELL_FROM("queue", "QUEUE", queue_name, queue_inputs),	\
	VIEW_CELL_FROM("units", "UNITS", queue_count, queue_inputs),	\
	VIEW_CELL_FROM("list", "LIST", queue_head, queue_inputs)

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

/* Which columns a scheduler fills. */
static void queue_kind(const struct sched_pool *p,
		       const struct view_column **table, unsigned int *nr)
{
	uint64_t id = p->sched_id.state == VALUE_OK ? p->sched_id.u : 0;

	*table = queue_columns;
	*nr = N(queue_columns);
	if (id == SCHED_CREDIT) {
		*table = credit_queue_columns;
		*nr = N(credit_queue_columns);
	} else if (id == SCHED_CREDIT2) {
		*table = credit2_queue_columns;
		*nr = N(credit2_queue_columns);
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
	show_pcpus(s, o, sched, w->pcpu);
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

static struct err *run_sched(struct session *s, struct out *o, int argc,
			     char **argv)
{
	struct sched_wanted w = { .pcpu = UINT64_MAX };
	struct sched *sched;
	int c;

	while ((c = getopt(argc, argv, "ac:d:v")) != -1) {
		switch (c) {
		case 'a':
			w.idle = true;
			break;
		case 'c':
			ERR_TRY(parse_pcpu(s, optarg, &w.pcpu));
			break;
		case 'd':
			ERR_TRY(domain_filter_add(s, &w.domains, optarg));
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
	.live = true,
	.live_unknown = "addresses, queues, credits and loads: hypercalls tell the pools, the parameters and who runs",
	.needs = NEEDS_RECORDS,
	.run_words = run_sched,
	.synopsis = "[-j] [-a] [-c PCPU] [-d DOMID]...",
	.help = help,
};
