/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/softirq.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xen/model/memory/owner.h"
#include "xen/model/pcpu/rcu.h"
#include "xen/model/words.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* ---- pcpus ---- */

/* What a row is made from; the softirqs first, for their fields. */
struct row {
	struct softirq_pcpu p;
	struct rcu_pcpu rcu;
};

_Static_assert(!offsetof(struct row, p), "the softirqs come first");

/* What the lists of one command share. */
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

	if (v->state != VALUE_OK)
		cell_missing(o, v);
	else
		cell_text(o, softirq_text(s->xen, v->u, text, sizeof(text)));
}

/* What kinds of handlers the pcpu is in, and how deep. */
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
	for (unsigned int i = 0; i < N(in); i++) {
		if (in[i].v->state != VALUE_OK || !in[i].v->u)
			continue;
		snprintf(word, sizeof(word), "%s", in[i].what);
		if (in[i].v->u > 1)
			snprintf(word, sizeof(word), "%" PRIu64 " %s",
				 in[i].v->u, in[i].what);
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
	else if (work < N(names))
		out_str(o, names[work]);
	else
		out_hex(o, work);
}

/* "xen rcu" tells why. */
static void cell_rcu(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;

	(void)s;
	if (row->rcu.holds_up)
		out_str(o, "holds up");
	else
		cell_text(o, row->rcu.idle ? "idle" : "");
}

static const struct view_input in_inputs[] = {
	{ NULL, offsetof(struct softirq_pcpu, in_irq) },
	{ NULL, offsetof(struct softirq_pcpu, in_nmi) },
	{ NULL, offsetof(struct softirq_pcpu, in_mce) },
};
static const struct view_input pending_inputs[] = {
	{ NULL, offsetof(struct softirq_pcpu, pending) },
};
static const struct view_input rcu_inputs[] = {
	{ &rcu_state_record, VIEW_WHOLE },
};

#define P(key, title, memb, as) \
	VIEW_FIELD(key, title, struct softirq_pcpu, memb, as)

static const struct view_column pcpu_columns[] = {
	VIEW_CELL("pcpu", "PCPU", cell_id),
	P("softirqs_pending", NULL, pending, VIEW_HEX),
	VIEW_CELL_FROM("softirqs", "SOFTIRQS", cell_pending, pending_inputs),
	VIEW_CELL_FROM("handlers", "IN", cell_in, in_inputs),
	VIEW_CELL("tasklets", "TASKLETS", cell_work),
	VIEW_CELL_FROM("rcu", "RCU", cell_rcu, rcu_inputs),
};

/* ---- tasklets ---- */

struct tasklet_row {
	struct tasklet t;
	unsigned int pcpu;
	bool softirq;
	const struct owners *owners;
};

static const struct column tasklet_columns[] = {
	{ .key = "pcpu", .title = "PCPU" },
	{ .key = "list", .title = "LIST" },
	{ .key = "tasklet", .title = "TASKLET" },
	{ .key = "running", .title = "RUNNING" },
	{ .key = "of", .title = "OF" },
	{ .key = "data", .title = "DATA" },
	{ .key = "function", .title = "FUNCTION" },
};

static void show_tasklet(struct session *s, struct out *o,
			 const struct tasklet_row *row)
{
	const struct owner *of = owners_find(row->owners, row->t.va);
	char text[128];

	if (!of && row->t.data.state == VALUE_OK)
		of = owners_find(row->owners, row->t.data.u);
	out_dec(o, row->pcpu);
	out_str(o, row->softirq ? "softirq" : "vcpu");
	out_hex(o, row->t.va);
	if (row->t.is_running.state == VALUE_OK)
		out_bool(o, row->t.is_running.u);
	else
		cell_missing(o, &row->t.is_running);
	if (of)
		out_str(o, owner_text(of, text));
	else
		out_none(o);
	cell_hex(o, &row->t.data);
	symbols_describe(s->xen->symbols, row->t.function.u, text, sizeof(text));
	if (*text)
		out_str(o, text);
	else
		cell_hex(o, &row->t.function);
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

			if (e && err_reason(e) == ERR_INTERRUPTED)
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

/* RCU's part; what is wrong there costs that cell, and is told by "xen rcu". */
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
	view_list(&l->view, s, o, "pcpus", pcpu_columns, N(pcpu_columns),
		  &softirq_record);
	ERR_TRY(show_each_pcpu(s, o, only, show_pcpu, l));
	out_list(o, "tasklets", tasklet_columns, N(tasklet_columns));
	ERR_TRY(show_each_pcpu(s, o, only, show_tasklets, l));
	out_end(o);
	return NULL;
}

static struct err *run_softirqs(struct session *s, struct out *o, int argc,
				char **argv)
{
	struct listing l;
	struct ranges only;
	struct err *e;

	ERR_TRY(parse_only_pcpu(s, argc, argv, &only));
	ERR_TRY(owners_read(s->xen, &l.owners));
	e = show(s, o, &only, &l);
	owners_release(&l.owners);
	return e;
}

static const char *const help[] = {
	"  Shows what waits to be done on each pcpu: softirqs that are pending, and tasklets.",
	"  IN tells the kinds of handlers the pcpu is in. TASKLETS says whether work is",
	"  enqueued, and whether the idle vcpu was scheduled for it. RCU says whether a grace",
	"  period waits for the pcpu (\"holds up\"; \"xen rcu\" tells why), or takes it for idle.",
	"    -c PCPU    only this pcpu",
	"",
	"EXAMPLE",
	"    crash> xen softirqs",
	"    PCPU  SOFTIRQS  IN   TASKLETS  RCU",
	"       0  TASKLET   -    -         -",
	"       1  -         nmi  -         -",
	"",
	"    PCPU  LIST              TASKLET  RUNNING  OF  DATA  FUNCTION",
	"       0  softirq  ffff82d040478a40  no       -      0  drivers/char/console.c#notify_dom0_con_ring",
	NULL
};

const struct command command_softirqs = {
	.needs = NEEDS_RECORDS,
	.run_words = run_softirqs,
	.synopsis = "[-j] [-c PCPU]",
	.help = help,
};
