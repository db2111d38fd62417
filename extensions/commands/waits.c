/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/diagnosis/waits.h"

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/view.h"
#include "xen/model/channel/evtchn.h"
#include "xen/model/sched/sched.h"

static const struct column columns[] = {
	{ .key = "kind", .title = "FOR",
	  .help = "kind of the wait: pcpu, cap, lost event, device model, vm_event, unpause, lock, RCU, tasklet, references, or of a guest's device disk, backend or guest" },
	{ .key = "who", .title = "WAITER",
	  .help = "vcpu, pcpu, domain, RCU batch, tasklet or device that waits; for a lock of a running host the number of pcpus" },
	{ .key = "domain_name", .title = "DOMAIN NAME", .help = DOMAIN_NAME_HELP },
	{ .key = NULL, .title = "TIME",
	  .help = "duration of the wait, in s; a range if only its bounds are known, - if unknown" },
	{ .key = "least_ns", .title = NULL, .help = "lower bound of the time in ns" },
	{ .key = "most_ns", .title = NULL,
	  .help = "upper bound of the time in ns; null: unknown" },
	{ .key = "what", .title = "WAITS FOR", .help = "object for which it waits" },
	{ .key = "holder", .title = "HELD BY",
	  .help = "holder of the object: the vcpu that runs on the pcpu, the pcpu that holds the lock (probably: the lock does not record it, and no other pcpu can hold it), the domain that maps the grants, the backend and its thread" },
	{ .key = "sure", .title = NULL,
	  .help = "false: the evidence permits another explanation" },
	{ .key = "domid", .title = NULL, .help = "id of the waiting domain" },
	{ .key = "pcpu", .title = NULL, .help = "number of the pcpu concerned" },
	{ .key = "because", .title = "EVIDENCE",
	  .help = "evidence, and circumstances that explain the wait; starts with \"unsure\" if they permit another explanation" },
	{ .key = "task", .title = "DOM0 TASK",
	  .help = "task of dom0's kernel that waits with its vcpu, as PID (name), if that kernel is readable" },
};

/* Columns that require dom0's kernel, at the end. */
#define NR_DOM0_COLUMNS 1

static const struct column time_columns[] = {
	{ .key = "least_ns", .title = NULL,
	  .help = "latest time in memory, in ns since the boot of Xen" },
	{ .key = NULL, .title = "HOST STOPPED",
	  .help = "when the host stopped, in s since the boot of Xen: between the latest time in memory and the next timer of a pcpu that served its timers; or later: no such pcpu has a timer, which leaves the time without an upper bound" },
	{ .key = "most_ns", .title = NULL, .help = "the latter in ns; null: unknown" },
};

/* The same of a host that runs. */
static const struct column running_columns[] = {
	{ .key = "least_ns", .title = NULL,
	  .help = "latest time in memory, in ns since the boot of Xen" },
	{ .key = NULL, .title = "HOST READ",
	  .help = "when the running host was read, in s since the boot of Xen, by the latest time in its memory" },
	{ .key = "most_ns", .title = NULL, .help = "null: the host runs on" },
};

_Static_assert(ARRAY_SIZE(time_columns) == ARRAY_SIZE(running_columns), "one card");

static void cell_bound(struct out *o, bool known, uint64_t ns)
{
	if (known && ns != WAIT_NO_LIMIT)
		out_dec(o, ns);
	else
		out_none(o);
}

static void cell_number(struct out *o, unsigned int n)
{
	if (n == ~0U)
		out_none(o);
	else
		out_dec(o, n);
}

static void cell_holder(struct out *o, const struct wait *w)
{
	char text[sizeof(w->holder) + sizeof("probably ")];

	snprintf(text, sizeof(text), "%s%s", *w->probable && *w->holder ? "probably " : "", w->holder);
	cell_text(o, text);
}

/* The hardware domain is d0; its vcpus are the cpus of dom0's kernel. */
static void cell_task(struct session *s, struct out *o, const struct wait *w)
{
	char text[64] = "";

	if (!w->domid && w->vcpu != WAIT_NO_VCPU)
		s->front->dom0_task(w->vcpu, text, sizeof(text));
	cell_text(o, text);
}

static void show_wait(struct session *s, struct out *o, const struct wait *w)
{
	char text[WAIT_TIME_TEXT];

	out_str(o, wait_kind_name(w->kind));
	out_str(o, w->who);
	if (w->domid == WAIT_NO_DOMID)
		out_none(o);
	else
		cell_name_of_domid(s, o, w->domid);
	cell_text(o, wait_time_text(w, text));
	cell_bound(o, w->timed, w->least);
	cell_bound(o, w->timed, w->most);
	out_str(o, w->what);
	cell_holder(o, w);
	out_bool(o, w->sure);
	cell_number(o, w->domid);
	cell_number(o, w->pcpu);
	if (w->sure)
		cell_text(o, w->because);
	else
		out_fmt(o, "unsure: %s", w->because);
	if (s->front->dom0_task)
		cell_task(s, o, w);
}

static void show_time(struct out *o, const struct waits *w, bool running)
{
	out_card(o, "time", running ? running_columns : time_columns,
		 ARRAY_SIZE(time_columns));
	cell_bound(o, w->has_now, w->now);
	if (!w->has_now)
		out_none(o);
	else if (running)
		out_fmt(o, "%.3f s", w->now / 1e9);
	else if (w->latest == WAIT_NO_LIMIT)
		out_fmt(o, "%.3f s or later (no timer limits it)", w->now / 1e9);
	else
		out_fmt(o, "%.3f to %.3f s", w->now / 1e9, w->latest / 1e9);
	cell_bound(o, w->has_now, w->latest);
	out_end(o);
}

static bool is_wanted(const struct args *a, const struct wait *w)
{
	if (a->domains.nr && (w->domid == WAIT_NO_DOMID ||
			      !domain_filter_has(&a->domains, w->domid)))
		return false;
	return !a->pcpus.nr || (w->pcpu != WAIT_NO_PCPU &&
				ranges_has(&a->pcpus, w->pcpu));
}

/* A device whose backend's task and disk would show why it waits. */
static bool is_unsure_device(const struct wait *w)
{
	return !w->sure && (w->kind == WAIT_DISK || w->kind == WAIT_BACKEND);
}

/* Lists what was not examined: its absence is not "no wait". */
static void show_missing(struct session *s, struct out *o, const struct args *a,
			 const struct waits *w)
{
	unsigned int unsure = 0;

	for (unsigned int i = 0; i < w->nr; i++)
		unsure += is_wanted(a, &w->at[i]) && is_unsure_device(&w->at[i]);
	if (unsure && !s->front->dom0_thread)
		note_no_dom0_tasks(o);
	for (unsigned int i = 0; i < w->nr_missing; i++) {
		const struct waits_missing *m = &w->missing[i];
		char more[32] = "";

		if (m->others)
			snprintf(more, sizeof(more), " (%u more)", m->others);
		out_note(o, "%s: not examined: %s%s", m->what, err_text(m->e), more);
	}
}

static void show(struct session *s, struct out *o, const struct args *a,
		 const struct waits *w)
{
	out_list(o, "waits", columns, ARRAY_SIZE(columns) -
		 (s->front->dom0_task ? 0 : NR_DOM0_COLUMNS));
	for (unsigned int i = 0; i < w->nr; i++)
		if (is_wanted(a, &w->at[i]))
			show_wait(s, o, &w->at[i]);
	out_end(o);
	show_time(o, w, xen_is_running(s->xen));
	if (w->nr_circles || out_format(o) == OUT_JSON) {
		out_lines(o, "circles");
		for (unsigned int i = 0; i < w->nr_circles; i++)
			out_line(o, "deadlock: %s", w->circle[i]);
		out_end(o);
	}
	show_missing(s, o, a, w);
}

static struct err *run_waits(struct session *s, struct out *o,
			     const struct args *a)
{
	struct waits w;

	ERR_TRY(domains_check(s, &a->domains));
	ERR_TRY(waits_read(s->xen, s->front->dom0_thread, NULL, &w));
	show(s, o, a, &w);
	waits_release(&w);
	return NULL;
}

static const struct option_spec options[] = {
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true, .word = true,
	  .help = "only waits of this domain and its vcpus (3, d3, name)" },
	{ "c", OPTION_PCPUS, .value = "PCPU", .many = true,
	  .help = "only waits of or for this pcpu, or one of a range (0-3)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("waits", columns),
	COLUMNS("time", time_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists waits, the longest one first: vcpus for a pcpu, for the",
	"  scheduler because of a cap, for the device model, a pager or an unpause;",
	"  pcpus for a lock; RCU and tasklets for a pcpu; dying domains for references",
	"  to them; devices of guests for the disk, the backend or the guest, as",
	"  judged by \"xen io\". A lost event is one that is pending and not masked",
	"  while its vcpu is blocked. Deadlocks follow.",
	"",
	"  Short waits are normal: vcpus share pcpus. A time is a range, since no dump",
	"  contains the moment at which the host stopped. Not listed are vcpus that",
	"  wait for an event that has not happened, and on a running host pcpus that",
	"  wait for a lock, except for a spinlock that does not move for a second.",
	NULL
};

static const char *const example[] = {
	"    crash> xen waits",
	"    FOR   WAITER  DOMAIN NAME  TIME              WAITS FOR                       HELD BY    EVIDENCE",
	"    cap   d0v1    Domain-0     1.038 to 1.061 s  its cap of 1 percent of a pcpu  scheduler  parked until it gains credit, offline 19.925 s before, pinned to pcpu 0",
	"    cap   d0v0    Domain-0     0.177 to 0.201 s  its cap of 1 percent of a pcpu  scheduler  parked until it gains credit, offline 22.417 s before, pinned to pcpu 0",
	"    pcpu  d2v0    pv2          0.000 to 0.023 s  pcpu 0                          d1v0       number 1 in its run queue, pinned to pcpu 0",
	"",
	"    HOST STOPPED: 229.257 to 229.280 s",
	NULL
};

const struct command command_waits = {
	.needs = NEEDS_RECORDS,
	.run = run_waits,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
