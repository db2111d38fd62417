/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/softirq.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/model/memory/owner.h"
#include "xen/model/pcpu/rcu.h"
#include "xen/model/words.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/pcpus.h"
#include "extensions/support/view.h"

/* ---- pcpus ---- */

/* Source of a row; the softirqs are the first member, for their fields. */
struct row {
	struct softirq_pcpu p;
	struct rcu_pcpu rcu;
};

_Static_assert(!offsetof(struct row, p), "the softirqs come first");

/* State of one call of the command */
struct listing {
	struct view view;
	struct owners owners;
};

static void cell_id(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct softirq_pcpu *)rec)->id);
}

static void cell_pending(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct softirq_pcpu *)rec)->pending;
	char text[256];

	if (!value_ok(v))
		cell_missing(o, v);
	else
		cell_text(o, softirq_text(s->xen, value_of(v), text, sizeof(text)));
}

/* Kinds of handlers that run on the pcpu, with their nesting */
static void cell_in(struct session *s, struct out *o, const void *rec)
{
	const struct softirq_pcpu *p = rec;
	const struct {
		const struct value *v;
		const char *what;
	} in[] = {
		{ &p->in_irq, "irq" }, { &p->in_nmi, "nmi" },
		{ &p->in_mce, "mce" },
	};
	char text[64] = "", word[24];

	(void)s;
	for (unsigned int i = 0; i < ARRAY_SIZE(in); i++) {
		if (!value_ok(in[i].v) || !value_of(in[i].v))
			continue;
		snprintf(word, sizeof(word), "%s", in[i].what);
		if (value_of(in[i].v) > 1)
			snprintf(word, sizeof(word), "%" PRIu64 " %s",
				 value_of(in[i].v), in[i].what);
		words_add(text, sizeof(text), word);
	}
	cell_text(o, text);
}

/* TASKLET_enqueued and _scheduled (include/xen/tasklet.h) */
static void cell_work(struct session *s, struct out *o, const void *rec)
{
	static const char *const names[] = {
		NULL, "enqueued", "scheduled", "enqueued, scheduled",
	};
	uint64_t work = ((const struct softirq_pcpu *)rec)->work_to_do;

	(void)s;
	if (!work)
		out_none(o);
	else if (work < ARRAY_SIZE(names))
		out_str(o, names[work]);
	else
		out_hex(o, work);
}

/* "xen rcu" shows the reason. */
static void cell_rcu(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;

	(void)s;
	if (row->rcu.holds_up)
		out_str(o, "holds up");
	else
		cell_text(o, row->rcu.idle ? "idle" : "");
}

#define P(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct softirq_pcpu, memb, as, help)

static const struct view_column pcpu_columns[] = {
	VIEW_CELL("pcpu", "PCPU", cell_id, "number of the pcpu"),
	P("softirqs_pending", NULL, pending, VIEW_HEX,
	  "pending softirqs, a hexadecimal bit mask"),
	VIEW_CELL("softirqs", "SOFTIRQS", cell_pending,
		  "softirqs that are pending"),
	VIEW_CELL("handlers", "IN", cell_in,
		  "handlers that run on the pcpu: irq, nmi, mce; with a number if nested"),
	VIEW_CELL("tasklets", "TASKLETS", cell_work,
		  "tasklets for its idle vcpu: enqueued; scheduled: the idle vcpu was woken for them"),
	VIEW_CELL("rcu", "RCU", cell_rcu,
		  "holds up: the grace period waits for this pcpu (xen rcu shows why); idle: it does not count"),
};

/* ---- tasklets ---- */

struct tasklet_row {
	struct tasklet t;
	unsigned int pcpu;
	bool softirq;
	const struct owners *owners;
};

static const struct column tasklet_columns[] = {
	{ .key = "pcpu", .title = "PCPU",
	  .help = "pcpu on which it is enqueued" },
	{ .key = "list", .title = "LIST",
	  .help = "softirq: runs in a softirq; vcpu: runs in the idle vcpu" },
	{ .key = "tasklet", .title = "TASKLET",
	  .help = "address of its struct tasklet" },
	{ .key = "running", .title = "RUNNING",
	  .help = "its function is being called" },
	{ .key = "of", .title = "OF",
	  .help = "vcpu or domain of the tasklet" },
	{ .key = "data", .title = "DATA",
	  .help = "argument of its function, hexadecimal" },
	{ .key = "function", .title = "FUNCTION",
	  .help = "function that it calls" },
};

static void show_tasklet(struct session *s, struct out *o,
			 const struct tasklet_row *row)
{
	const struct owner *of = owners_find(row->owners, row->t.va);
	char text[128];

	if (!of && value_ok(&row->t.data))
		of = owners_find(row->owners, value_of(&row->t.data));
	out_dec(o, row->pcpu);
	out_str(o, row->softirq ? "softirq" : "vcpu");
	out_hex(o, row->t.va);
	if (value_ok(&row->t.is_running))
		out_bool(o, value_of(&row->t.is_running));
	else
		cell_missing(o, &row->t.is_running);
	if (of)
		out_str(o, owner_text(of, text));
	else
		out_none(o);
	cell_hex(o, &row->t.data);
	cell_function(s, o, &row->t.function);
}

static struct err *show_tasklets(struct session *s, struct out *o,
				 unsigned int cpu, void *arg)
{
	const struct listing *l = arg;
	struct softirq_pcpu p;

	ERR_TRY(softirq_pcpu_read(s->xen, cpu, &p));
	for (unsigned int which = 0; which < 2; which++) {
		struct tasklet_row row = {
			.pcpu = cpu, .softirq = which, .owners = &l->owners,
		};
		struct chain c;

		tasklets_start(&c, s->xen, &p, which);
		for (;;) {
			struct err *e = tasklets_next(&c, &row.t);

			if (err_is_final(e))
				return e;
			if (e)
				out_error(o, err_prefix(e, "pcpu %u", cpu));
			else if (row.t.va)
				show_tasklet(s, o, &row);
			if (e || !row.t.va)
				break;
		}
	}
	return NULL;
}

/* ---- the command ---- */

/* The part of RCU; an error affects that cell, and "xen rcu" reports it. */
static void read_rcu(struct session *s, unsigned int cpu, struct row *row)
{
	struct rcu_state state;
	struct err *e = rcu_state_read(s->xen, &state);

	memset(&row->rcu, 0, sizeof(row->rcu));
	if (!e)
		e = rcu_pcpu_read(s->xen, &state, cpu, &row->rcu);
	err_free(e);
}

static struct err *show_pcpu(struct session *s, struct out *o, unsigned int cpu,
			     void *arg)
{
	struct listing *l = arg;
	struct row row;

	(void)o;
	ERR_TRY(softirq_pcpu_read(s->xen, cpu, &row.p));
	read_rcu(s, cpu, &row);
	view_row(&l->view, &row);
	return NULL;
}

static struct err *show(struct session *s, struct out *o,
			const struct ranges *only,
			struct listing *l)
{
	view_list(&l->view, s, o, "pcpus", pcpu_columns, ARRAY_SIZE(pcpu_columns),
		  &softirq_record);
	ERR_TRY(show_each_pcpu(s, o, only, show_pcpu, l));
	out_list(o, "tasklets", tasklet_columns, ARRAY_SIZE(tasklet_columns));
	ERR_TRY(show_each_pcpu(s, o, only, show_tasklets, l));
	out_end(o);
	return NULL;
}

static struct err *run_softirqs(struct session *s, struct out *o,
				const struct args *a)
{
	struct listing l;
	struct err *e;

	ERR_TRY(owners_read(s->xen, &l.owners));
	e = show(s, o, &a->pcpus, &l);
	owners_release(&l.owners);
	return e;
}

static const struct option_spec options[] = {
	PCPUS_OPTION,
	{ .name = NULL }
};

static const struct column_table tables[] = {
	VIEWS("pcpus", pcpu_columns),
	COLUMNS("tasklets", tasklet_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows pending work of each pcpu, softirqs and tasklets, and the kinds of",
	"  handlers that run on it.",
	NULL
};

static const char *const example[] = {
	"    crash> xen softirqs",
	"    PCPU  SOFTIRQS        IN        TASKLETS  RCU",
	"       0  TIMER, TASKLET  -         -         -",
	"       1  TIMER           irq, nmi  -         -",
	"",
	"    PCPU  LIST              TASKLET  RUNNING  OF  DATA  FUNCTION",
	"       0  softirq  ffff82d040478a40  no       -      0  drivers/char/console.c#notify_dom0_con_ring",
	NULL
};

const struct command command_softirqs = {
	.needs = NEEDS_RECORDS,
	.run = run_softirqs,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
