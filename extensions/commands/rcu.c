/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/rcu.h"

#include <inttypes.h>
#include <string.h>

#include "xen/model/domain/context.h"
#include "xen/model/memory/owner.h"
#include "xen/model/pcpu/pcpu.h"
#include "xen/model/pcpu/softirq.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/pcpus.h"
#include "extensions/support/view.h"

/* Source of a row; RCU's own data are the first member, for their fields. */
struct row {
	struct rcu_pcpu p;
	const struct rcu_state *state;
	bool softirq;			/* the softirq of RCU is pending */
	char runs[VCPU_NAME];		/* "": unknown */
};

_Static_assert(!offsetof(struct row, p), "rcu_pcpu first");

/* State of one call of the command */
struct listing {
	const struct rcu_state *state;
	struct owners owners;
	struct view view;
};

static void cell_id(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->p.id);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;

	(void)s;
	if (row->p.holds_up)
		out_str(o, "holds up");
	else
		cell_text(o, row->p.idle ? "idle" : "");
}

static void cell_wants(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;
	char text[160];

	(void)s;
	cell_text(o, rcu_wants_text(row->state, &row->p, row->softirq, text,
				    sizeof(text)));
}

static void cell_runs(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_text(o, ((const struct row *)rec)->runs);
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct row *)rec)->p.va);
}

#define P(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct rcu_pcpu, memb, as, help)

static const struct view_column pcpu_columns[] = {
	VIEW_CELL("pcpu", "PCPU", cell_id, "number of the pcpu"),
	VIEW_CELL("rcu_data", "RCU_DATA", cell_va,
		  "address of its struct rcu_data"),
	VIEW_CELL("state", "STATE", cell_state,
		  "holds up: the grace period waits for this pcpu; idle: RCU does not wait for it"),
	P("quiescbatch", "SEEN", quiescbatch, VIEW_SDEC,
	  "number of the latest batch that the pcpu noticed"),
	P("qs_pending", "TO PASS", qs_pending, VIEW_BOOL,
	  "the pcpu has not yet passed a quiescent state for that batch"),
	P("batch", "BATCH", batch, VIEW_SDEC,
	  "number of the batch that its current callbacks wait for"),
	P("qlen", "QLEN", qlen, VIEW_SDEC, "number of its callbacks"),
	P("idle_timer_active", NULL, idle_timer_active, VIEW_BOOL,
	  "its timer for callbacks of an idle pcpu is armed"),
	P("process_callbacks", NULL, process_callbacks, VIEW_BOOL,
	  "its softirq has to process callbacks"),
	P("barrier_active", NULL, barrier_active, VIEW_BOOL,
	  "it takes part in rcu_barrier()"),
	VIEW_CELL("runs", "RUNS", cell_runs,
		  "vcpu that is scheduled there"),
	VIEW_CELL("wants", "WAITING FOR", cell_wants,
		  "condition on the pcpu that delays the grace period"),
};

static const struct column state_columns[] = {
	{ .key = "cur", .title = "BATCH",
	  .help = "number of the current or latest batch" },
	{ .key = "completed", .title = "COMPLETED",
	  .help = "number of the latest batch that is complete" },
	{ .key = "next_pending", .title = "NEXT PENDING",
	  .help = "1: another batch has been requested" },
	{ .key = "active", .title = "ACTIVE",
	  .help = "a grace period is in progress" },
	{ .key = "waits_for", .title = "WAITS FOR",
	  .help = "pcpus that have not passed a quiescent state yet" },
	{ .key = "idle", .title = "IDLE",
	  .help = "pcpus that RCU does not wait for, because they are idle" },
};

static void show_state(struct out *o, const struct rcu_state *r)
{
	char text[CPUMASK_TEXT];

	out_card(o, "rcu", state_columns, ARRAY_SIZE(state_columns));
	cell_sdec(o, &r->cur);
	cell_sdec(o, &r->completed);
	cell_dec(o, &r->next_pending);
	out_bool(o, r->active);
	out_str(o, cpumask_text(&r->waits_for, text, sizeof(text)));
	if (r->idle.nr)
		out_str(o, cpumask_text(&r->idle, text, sizeof(text)));
	else
		out_none(o);
	out_end(o);
}

/* Reads RCU's softirq and the scheduled vcpu, as far as possible. */
static void read_rest(struct session *s, struct row *row)
{
	struct softirq_pcpu softirq;
	struct pcpu pcpu;
	struct err *e = softirq_pcpu_read(s->xen, row->p.id, &softirq);

	row->softirq = !e && softirq_is_pending(s->xen, &softirq, "RCU_SOFTIRQ");
	err_free(e);
	row->runs[0] = '\0';
	e = pcpu_read(s->xen, row->p.id, &pcpu);
	if (!e && value_ok(&pcpu.current_vcpu))
		vcpu_name_at(s->xen, value_of(&pcpu.current_vcpu), row->runs);
	err_free(e);
}

static struct err *show_pcpu(struct session *s, struct out *o, unsigned int cpu,
			     void *arg)
{
	struct listing *l = arg;
	struct row row = { .state = l->state };

	(void)o;
	ERR_TRY(rcu_pcpu_read(s->xen, l->state, cpu, &row.p));
	read_rest(s, &row);
	view_row(&l->view, &row);
	return NULL;
}

/* ---- callbacks ---- */

static const struct column callback_columns[] = {
	{ .key = "pcpu", .title = "PCPU",
	  .help = "pcpu that will call it" },
	{ .key = "list", .title = "LIST",
	  .help = "next: for a later batch; current: for BATCH of the pcpu; done: ready to be called" },
	{ .key = "rcu_head", .title = "RCU_HEAD",
	  .help = "address of its struct rcu_head" },
	{ .key = "of", .title = "OF",
	  .help = "vcpu or domain that the rcu_head is part of" },
	{ .key = "function", .title = "FUNCTION",
	  .help = "function that will be called" },
};

static void show_callback(struct session *s, struct out *o, unsigned int cpu,
			  enum rcu_list list, const struct rcu_callback *r,
			  const struct owners *owners)
{
	const struct owner *of = owners_find(owners, r->va);
	char text[128];

	out_dec(o, cpu);
	out_str(o, rcu_list_name(list));
	out_hex(o, r->va);
	cell_text(o, of ? owner_text(of, text) : "");
	cell_function(s, o, &r->function);
}

/* Adds the number of callbacks to *count. */
static struct err *show_list(struct session *s, struct out *o,
			     const struct rcu_pcpu *p, enum rcu_list list,
			     const struct owners *owners, uint64_t *count)
{
	struct rcu_callback r;
	struct chain c;
	struct err *e;

	rcu_callbacks_start(&c, s->xen, p, list);
	for (;;) {
		e = rcu_callbacks_next(&c, &r);
		if (e || !r.va)
			break;
		show_callback(s, o, p->id, list, &r, owners);
		++*count;
	}
	if (err_is_final(e))
		return e;
	out_error(o, err_prefix(e, "pcpu %u", p->id));
	return NULL;
}

static struct err *show_callbacks(struct session *s, struct out *o,
				  unsigned int cpu, void *arg)
{
	const struct listing *l = arg;
	struct rcu_pcpu p;
	uint64_t count = 0;

	ERR_TRY(rcu_pcpu_read(s->xen, l->state, cpu, &p));
	for (enum rcu_list list = 0; list < RCU_LISTS; list++)
		ERR_TRY(show_list(s, o, &p, list, &l->owners, &count));
	if (value_ok(&p.qlen) && value_of(&p.qlen) != count)
		out_note(o, "pcpu %u: qlen is %" PRId64 ", the lists have %" PRIu64,
			 cpu, (int64_t)value_of(&p.qlen), count);
	return NULL;
}

/* ---- the command ---- */

static struct err *show(struct session *s, struct out *o,
			const struct ranges *only,
			struct listing *l)
{
	show_state(o, l->state);
	view_list(&l->view, s, o, "pcpus", pcpu_columns, ARRAY_SIZE(pcpu_columns),
		  &rcu_pcpu_record);
	ERR_TRY(show_each_pcpu(s, o, only, show_pcpu, l));
	out_list(o, "callbacks", callback_columns, ARRAY_SIZE(callback_columns));
	ERR_TRY(show_each_pcpu(s, o, only, show_callbacks, l));
	out_end(o);
	return NULL;
}

static struct err *run_rcu(struct session *s, struct out *o,
			   const struct args *a)
{
	struct rcu_state state;
	struct listing l = { .state = &state };
	struct err *e;

	ERR_TRY(rcu_state_read(s->xen, &state));
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
	COLUMNS("rcu", state_columns),
	VIEWS("pcpus", pcpu_columns),
	COLUMNS("callbacks", callback_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the grace period of RCU, the pcpus it waits for and the reason, and",
	"  the callbacks to be called after it. A batch of callbacks is complete when",
	"  all pcpus have passed a quiescent state. A grace period is normal:",
	"  it lasts milliseconds. A pcpu that delays it and cannot proceed is an RCU",
	"  stall.",
	NULL
};

static const char *const example[] = {
	"    crash> xen rcu",
	"           BATCH: -299",
	"       COMPLETED: -299",
	"    NEXT PENDING: 0",
	"          ACTIVE: no",
	"       WAITS FOR: none",
	"            IDLE: none",
	"",
	"    PCPU          RCU_DATA  STATE  SEEN  TO PASS  BATCH  QLEN  RUNS  WAITING FOR",
	"       0  ffff82d0405820a0  -      -299  no        -299     0  d0v1  -",
	"       1  ffff830027ec90a0  -      -299  no           0     0  d1v0  -",
	"",
	"    PCPU  LIST  RCU_HEAD  OF  FUNCTION",
	NULL
};

const struct command command_rcu = {
	.needs = NEEDS_RECORDS,
	.run = run_rcu,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
