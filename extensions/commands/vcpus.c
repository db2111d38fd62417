/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/domain/vcpu.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/cells.h"
#include "doms.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* What a row or card is made from; the vcpu first, for its fields. */
struct shown {
	struct vcpu v;
	const struct domain *d;
};

/* ---- cells ---- */

static void cell_vcpu(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct shown *)rec)->v.va);
}

static void cell_domid(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_dec(o, &((const struct shown *)rec)->d->domain_id);
}

/* As Xen's own messages name a vcpu. */
static void cell_dxvy(struct session *s, struct out *o, const void *rec)
{
	const struct shown *r = rec;

	(void)s;
	out_fmt(o, "d%" PRIu64 "v%" PRIu64, r->d->domain_id.u, r->v.vcpu_id.u);
}

static void cell_type(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, domain_type_name(domain_type(((const struct shown *)rec)->d)));
}

static void cell_runstate_short(struct session *s, struct out *o,
				const void *rec)
{
	const struct value *v = &((const struct shown *)rec)->v.runstate;

	(void)s;
	if (v->state == VALUE_OK)
		out_str(o, runstate_short(v->u));
	else
		cell_missing(o, v);
}

static void cell_runstate(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct shown *)rec)->v.runstate;

	(void)s;
	if (v->state == VALUE_OK)
		out_str(o, runstate_name(v->u));
	else
		cell_missing(o, v);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	char text[4];

	(void)s;
	out_str(o, vcpu_state_text(&((const struct shown *)rec)->v, text));
}

static void cell_ns(struct out *o, const struct value *v)
{
	if (v->state == VALUE_OK)
		cell_seconds(o, v->u);
	else
		cell_missing(o, v);
}

#define CELL_NS(name, member)						\
static void cell_##name(struct session *s, struct out *o, const void *rec) \
{									\
	(void)s;							\
	cell_ns(o, &((const struct shown *)rec)->v.member);		\
}

CELL_NS(since, state_entry_time)
CELL_NS(running, time[RUNSTATE_RUNNING])
CELL_NS(runnable, time[RUNSTATE_RUNNABLE])
CELL_NS(blocked, time[RUNSTATE_BLOCKED])
CELL_NS(offline, time[RUNSTATE_OFFLINE])

static void cell_affinity(struct session *s, struct out *o,
			  const struct shown *r, bool soft)
{
	char text[CPUMASK_TEXT];
	struct cpumask m;
	struct err *e = vcpu_affinity(s->xen, r->d, &r->v, soft, &m);

	if (e && err_reason(e) == ERR_NO_TYPE)
		out_none(o);
	else if (e)
		out_mark(o, err_reason(e));
	else
		out_str(o, cpumask_text(&m, text, sizeof(text)));
	err_free(e);
}

static void cell_hard(struct session *s, struct out *o, const void *rec)
{
	cell_affinity(s, o, rec, false);
}

static void cell_soft(struct session *s, struct out *o, const void *rec)
{
	cell_affinity(s, o, rec, true);
}

static void cell_pause(struct session *s, struct out *o, const void *rec)
{
	char text[128];

	(void)s;
	cell_text(o, vcpu_pause_text(&((const struct shown *)rec)->v, text,
				     sizeof(text)));
}

/* VCPU_CPU_CLEAN is ~0 (include/xen/sched.h). */
static void cell_dirty(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct shown *)rec)->v.dirty_cpu;

	if (v->state == VALUE_OK && v->u >= s->xen->nr_cpus)
		out_none(o);
	else
		cell_dec(o, v);
}

/* 0: no port is polled; below: more than one. */
static void cell_poll(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct shown *)rec)->v.poll_evtchn;

	(void)s;
	if (v->state != VALUE_OK)
		cell_missing(o, v);
	else if (!v->u)
		out_none(o);
	else if ((int64_t)v->u < 0)
		out_str(o, "several ports");
	else
		out_fmt(o, "port %" PRIu64, v->u);
}

static void cell_upcall(struct session *s, struct out *o, const void *rec)
{
	const struct shown *r = rec;
	bool pending, masked;
	struct err *e;

	if (r->v.vcpu_info.state != VALUE_OK) {
		cell_missing(o, &r->v.vcpu_info);
		return;
	}
	e = vcpu_upcall(s->xen, &r->v, &pending, &masked);
	if (e)
		out_mark(o, err_reason(e));
	else
		out_fmt(o, "%s, %s", pending ? "pending" : "not pending",
			masked ? "masked" : "not masked");
	err_free(e);
}

static void cell_waitqueue(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct shown *)rec)->v.waitqueue;

	(void)s;
	if (v->state == VALUE_OK && !v->u)
		out_none(o);
	else
		cell_hex(o, v);
}

/* Fields are found by their place in the vcpu. */
_Static_assert(offsetof(struct shown, v) == 0, "the vcpu comes first");

static const struct view_input domid_inputs[] = { DOMAIN_INPUT(domain_id) };
static const struct view_input name_inputs[] = {
	DOMAIN_INPUT(domain_id), VCPU_INPUT(vcpu_id),
};
static const struct view_input type_inputs[] = { DOMAIN_TYPE_INPUTS };
static const struct view_input state_inputs[] = {
	VCPU_INPUT(pause_flags), VCPU_INPUT(is_running),
};
static const struct view_input pause_inputs[] = {
	VCPU_INPUT(pause_flags), VCPU_INPUT(pause_count),
	VCPU_INPUT(controller_pause_count), VCPU_INPUT(vm_event_pause_count),
	VCPU_INPUT(paused_for_shutdown), VCPU_INPUT(wait_esp),
};

#define V(key, title, memb, as) VIEW_FIELD(key, title, struct shown, v.memb, as)
#define VC(key, title, memb, fn) VIEW_CELL_OF(key, title, struct shown, v.memb, fn)

/* The first seven are those of crash's hypervisor mode, in its order. */
static const struct view_column list_columns[] = {
	V("vcpu_id", "VCID", vcpu_id, VIEW_DEC),
	V("processor", "PCID", processor, VIEW_DEC),
	VIEW_CELL("vcpu", "VCPU", cell_vcpu),
	VC(NULL, "ST", runstate, cell_runstate_short),
	VC("runstate", NULL, runstate, cell_runstate),
	VIEW_CELL_FROM("type", "T", cell_type, type_inputs),
	VIEW_CELL_FROM("domid", "DOMID", cell_domid, domid_inputs),
	V("domain", "DOMAIN", domain, VIEW_HEX),
	VIEW_CELL_FROM("state", "STATE", cell_state, state_inputs),
	VC(NULL, "TIME", time[RUNSTATE_RUNNING], cell_running),
	V("time_running_ns", NULL, time[RUNSTATE_RUNNING], VIEW_DEC),
	VC("hard_affinity", "HARD", hard_affinity, cell_hard),
	VC("soft_affinity", "SOFT", soft_affinity, cell_soft),
	VIEW_CELL_FROM("paused", "PAUSED", cell_pause, pause_inputs),
};

static const struct view_column card_columns[] = {
	VIEW_CELL_FROM(NULL, "NAME", cell_dxvy, name_inputs),
	V("vcpu_id", NULL, vcpu_id, VIEW_DEC),
	VIEW_CELL_FROM("domid", NULL, cell_domid, domid_inputs),
	VIEW_CELL("vcpu", "VCPU", cell_vcpu),
	V("domain", "DOMAIN", domain, VIEW_HEX),
	VIEW_CELL_FROM("type", "TYPE", cell_type, type_inputs),
	V("processor", "PCPU", processor, VIEW_DEC),
	VIEW_CELL_FROM("state", "STATE", cell_state, state_inputs),
	VC("runstate", "RUNSTATE", runstate, cell_runstate),
	VC(NULL, "SINCE", state_entry_time, cell_since),
	V("since_ns", NULL, state_entry_time, VIEW_DEC),
	VC(NULL, "RUNNING", time[RUNSTATE_RUNNING], cell_running),
	V("time_running_ns", NULL, time[RUNSTATE_RUNNING], VIEW_DEC),
	VC(NULL, "RUNNABLE", time[RUNSTATE_RUNNABLE], cell_runnable),
	V("time_runnable_ns", NULL, time[RUNSTATE_RUNNABLE], VIEW_DEC),
	VC(NULL, "BLOCKED", time[RUNSTATE_BLOCKED], cell_blocked),
	V("time_blocked_ns", NULL, time[RUNSTATE_BLOCKED], VIEW_DEC),
	VC(NULL, "OFFLINE", time[RUNSTATE_OFFLINE], cell_offline),
	V("time_offline_ns", NULL, time[RUNSTATE_OFFLINE], VIEW_DEC),
	VIEW_CELL_FROM("paused", "PAUSED", cell_pause, pause_inputs),
	V("pause_flags", NULL, pause_flags, VIEW_HEX),
	V("pause_count", NULL, pause_count, VIEW_SDEC),
	VC("hard_affinity", "HARD", hard_affinity, cell_hard),
	VC("soft_affinity", "SOFT", soft_affinity, cell_soft),
	V("affinity_broken", "BROKEN", affinity_broken, VIEW_DEC),
	VC("dirty_pcpu", "DIRTY PCPU", dirty_cpu, cell_dirty),
	V("is_running", "IS RUNNING", is_running, VIEW_BOOL),
	V("is_initialised", "INITIALISED", is_initialised, VIEW_BOOL),
	V("is_urgent", "URGENT", is_urgent, VIEW_BOOL),
	VC("poll", "POLLS", poll_evtchn, cell_poll),
	VC("upcall", "UPCALL", vcpu_info, cell_upcall),
	V("vcpu_info", "VCPU_INFO", vcpu_info, VIEW_HEX),
	V("sched_unit", "SCHED_UNIT", sched_unit, VIEW_HEX),
	V("sched_priv", "SCHED_PRIV", sched_priv, VIEW_HEX),
	V("cr3", "CR3", cr3, VIEW_HEX),
	V("guest_table", "GUEST_TABLE", guest_table, VIEW_HEX),
	V("guest_table_user", "USER", guest_table_user, VIEW_HEX),
	VC("waitqueue", "WAITQUEUE", waitqueue, cell_waitqueue),
};

_Static_assert(N(card_columns) <= VIEW_MAX, "more lines than a view holds");

/* ---- commands ---- */

struct listing {
	struct view view;
	uint64_t pcpu;			/* only vcpus of this one; ~0: all */
};

static struct err *show_vcpus(struct session *s, struct out *o,
			      const struct domain *d, void *arg)
{
	struct listing *l = arg;
	struct shown row = { .d = d };
	struct vcpus w;
	struct err *e;

	ERR_TRY(vcpus_start(&w, s->xen, d));
	for (;;) {
		e = vcpus_next(&w, &row.v);
		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (e) {
			out_error(o, e);
			continue;
		}
		if (w.done)
			return NULL;
		if (l->pcpu == UINT64_MAX || (row.v.processor.state == VALUE_OK &&
					      row.v.processor.u == l->pcpu))
			view_row(&l->view, &row);
	}
}

static void listing_start(struct listing *l, struct session *s, struct out *o)
{
	l->pcpu = UINT64_MAX;
	view_list(&l->view, s, o, "vcpus", list_columns, N(list_columns),
		  &vcpu_record);
}

struct err *vcpus_of_domain_show(struct session *s, struct out *o,
				 const struct domain *d)
{
	struct listing l;
	struct err *e;

	listing_start(&l, s, o);
	e = show_vcpus(s, o, d, &l);
	out_end(o);
	return e;
}

static struct err *run_vcpus(struct session *s, struct out *o, int argc,
			     char **argv)
{
	struct domain_filter filter = { 0 };
	uint64_t pcpu = UINT64_MAX;
	bool system = false;
	struct listing l;
	int c;

	while ((c = getopt(argc, argv, "ac:d:")) != -1) {
		switch (c) {
		case 'a':
			system = true;
			break;
		case 'c':
			ERR_TRY(parse_pcpu(s, optarg, &pcpu));
			break;
		case 'd':
			ERR_TRY(domain_filter_add(s, &filter, optarg));
			break;
		default:
			return command_usage("unknown option");
		}
	}
	if (optind < argc)
		return command_usage("vcpus takes no %s", argv[optind]);
	listing_start(&l, s, o);
	l.pcpu = pcpu;
	return domains_show(s, o, &filter, system, show_vcpus, &l);
}

/* "1:0" or "d1v0"; false: neither */
static bool parse_dxvy(const char *text, uint64_t *domid, uint64_t *vcpu)
{
	unsigned int d, v;
	int end = 0;

	if (sscanf(text, "d%5uv%5u%n", &d, &v, &end) != 2 || text[end]) {
		end = 0;
		if (sscanf(text, "%5u:%5u%n", &d, &v, &end) != 2 || text[end])
			return false;
	}
	*domid = d;
	*vcpu = v;
	return true;
}

struct err *vcpu_argument(struct session *s, const char *text, struct vcpu *v,
			  struct domain *d)
{
	uint64_t domid, id, va;
	struct err *e;

	if (parse_dxvy(text, &domid, &id)) {
		ERR_TRY(domain_find(s->xen, domid, d));
		return vcpu_find(s->xen, d, id, v);
	}
	e = parse_address(s, text, &va);
	if (e) {
		err_free(e);
		return command_usage("%s is neither DOMID:VCPU nor an address",
				     text);
	}
	ERR_TRY(vcpu_read(s->xen, va, v));
	return err_prefix(domain_read(s->xen, v->domain.u, d),
			  "vcpu at %" PRIx64, va);
}

static struct err *run_vcpu(struct session *s, struct out *o, int argc,
			    char **argv)
{
	struct shown card;
	struct domain d;
	struct view view;
	int i;

	if (argc < 2)
		return command_usage("which vcpu?");
	for (i = 1; i < argc; i++) {
		card.d = &d;
		ERR_TRY(vcpu_argument(s, argv[i], &card.v, &d));
		view_card(&view, s, o, "vcpu", card_columns, N(card_columns),
			  &vcpu_record);
		view_row(&view, &card);
		out_end(o);
	}
	return NULL;
}

static const char *const help_vcpus[] = {
	"  Lists the vcpus. ST is the runstate: RU running, RN runnable, BL blocked, OF",
	"  offline; STATE is what `xl vcpu-list` shows: r running, b blocked, p offline.",
	"  TIME was spent running, up to the last change of state. HARD and SOFT are the",
	"  affinities; PAUSED tells why a vcpu does not run.",
	"    -a         also those of Xen's own domains, the idle vcpus",
	"    -d DOMID   only those of this domain; may be repeated",
	"    -c PCPU    only those on this pcpu",
	"",
	"EXAMPLE",
	"    crash> xen vcpus -c 1",
	"    VCID  PCID              VCPU  ST  T    DOMID            DOMAIN  STATE      TIME  HARD  SOFT  PAUSED",
	"       0     1  ffff830027d40000  BL  PV       0  ffff830027d61000  -b-    10.055 s  all   all   blocked",
	"       0     1  ffff830027d0d000  BL  PV       1  ffff830027bbf000  -b-     9.995 s  all   all   blocked",
	"       0     1  ffff830027e57000  RU  PVH      2  ffff830027d06000  r--    12.076 s  all   all   -",
	NULL
};

const struct command command_vcpus = {
	.live = true,
	.live_unknown = "addresses, and times and states other than running: hypercalls tell who runs, for how long and where",
	.needs = NEEDS_RECORDS,
	.run_words = run_vcpus,
	.synopsis = "[-j] [-a] [-d DOMID]... [-c PCPU]",
	.help = help_vcpus,
};

static const char *const help_vcpu[] = {
	"  Shows one vcpu, by its domain and number (1:0, or d1v0 as Xen writes it), or by",
	"  the address of its struct vcpu. SINCE counts from the boot of Xen.",
	"",
	"EXAMPLE",
	"    crash> xen vcpu 1:0",
	"            NAME: d1v0",
	"            VCPU: ffff830027d0d000",
	"          DOMAIN: ffff830027bbf000",
	"            TYPE: PV",
	"            PCPU: 1",
	"           STATE: -b-",
	"        RUNSTATE: blocked",
	"           SINCE: 32.293 s",
	"         RUNNING: 9.995 s",
	"        RUNNABLE: 1.805 s",
	"         BLOCKED: 9.701 s",
	"         OFFLINE: 1.456 s",
	"          PAUSED: blocked",
	"    ...",
	NULL
};

const struct command command_vcpu = {
	.live = true,
	.live_unknown = "addresses, and times and states other than running: hypercalls tell who runs, for how long and where",
	.needs = NEEDS_RECORDS,
	.run_words = run_vcpu,
	.synopsis = "[-j] DOMID:VCPU|ADDRESS...",
	.help = help_vcpu,
};
