/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vcpu_view.h"

#include <inttypes.h>

#include "xen/model/cpumask.h"
#include "xen/model/host/now.h"
#include "xen/model/sched/sched.h"
#include "cells.h"

static void cell_vcpu(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct vcpu_shown *)rec)->v.va);
}

static void cell_domid(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_dec(o, &((const struct vcpu_shown *)rec)->d->domain_id);
}

static void cell_name_of_domain(struct session *s, struct out *o, const void *rec)
{
	cell_domain_name(s, o, ((const struct vcpu_shown *)rec)->d);
}

/* The name as in Xen's own messages. */
static void cell_dxvy(struct session *s, struct out *o, const void *rec)
{
	const struct vcpu_shown *r = rec;

	(void)s;
	out_fmt(o, "d%" PRIu64 "v%" PRIu64, value_of(&r->d->domain_id), value_of(&r->v.vcpu_id));
}

static void cell_type(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, domain_type_name(domain_type(((const struct vcpu_shown *)rec)->d)));
}

static void cell_runstate_short(struct session *s, struct out *o,
				const void *rec)
{
	const struct value *v = &((const struct vcpu_shown *)rec)->v.runstate;

	(void)s;
	if (value_ok(v))
		out_str(o, runstate_short(value_of(v)));
	else
		cell_missing(o, v);
}

static void cell_runstate(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct vcpu_shown *)rec)->v.runstate;

	(void)s;
	if (value_ok(v))
		out_str(o, runstate_name(value_of(v)));
	else
		cell_missing(o, v);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	char text[4];

	(void)s;
	out_str(o, vcpu_state_text(&((const struct vcpu_shown *)rec)->v, text));
}

static void cell_ns(struct out *o, const struct value *v)
{
	if (value_ok(v))
		cell_seconds(o, value_of(v));
	else
		cell_missing(o, v);
}

#define CELL_NS(name, member)						\
static void cell_##name(struct session *s, struct out *o, const void *rec) \
{									\
	(void)s;							\
	cell_ns(o, &((const struct vcpu_shown *)rec)->v.member);		\
}

CELL_NS(since, state_entry_time)
CELL_NS(running, time[RUNSTATE_RUNNING])
CELL_NS(runnable, time[RUNSTATE_RUNNABLE])
CELL_NS(blocked, time[RUNSTATE_BLOCKED])
CELL_NS(offline, time[RUNSTATE_OFFLINE])

/*
 * False if the time at which the vcpu entered its state, or the current time,
 * is unknown.
 */
static bool time_in_state(const struct vcpu_shown *r, uint64_t *ns)
{
	uint64_t entry = value_of(&r->v.state_entry_time);

	if (!value_ok(&r->v.state_entry_time) || !value_ok(&r->now))
		return false;
	/* on a running host it may have changed after now was read */
	*ns = value_of(&r->now) > entry ? value_of(&r->now) - entry : 0;
	return true;
}

static void cell_in_state(struct session *s, struct out *o, const void *rec)
{
	const struct vcpu_shown *r = rec;
	uint64_t ns;

	(void)s;
	if (time_in_state(r, &ns))
		cell_seconds(o, ns);
	else
		cell_missing(o, &r->v.state_entry_time);
}

static void cell_in_state_ns(struct session *s, struct out *o, const void *rec)
{
	const struct vcpu_shown *r = rec;
	uint64_t ns;

	(void)s;
	if (time_in_state(r, &ns))
		out_dec(o, ns);
	else
		cell_missing(o, &r->v.state_entry_time);
}

static void cell_affinity(struct session *s, struct out *o,
			  const struct vcpu_shown *r, bool soft)
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
	const struct vcpu_shown *row = rec;
	char text[128];

	cell_text(o, sched_pause_text(s->xen, row->d, &row->v, text,
				      sizeof(text)));
}

/* VCPU_CPU_CLEAN is ~0 (include/xen/sched.h). */
static void cell_dirty(struct session *s, struct out *o, const void *rec)
{
	const struct vcpu *vcpu = &((const struct vcpu_shown *)rec)->v;
	const struct value *v = &vcpu->dirty_cpu;

	if (v->state == VALUE_NO_FIELD && value_ok(&vcpu->dirty_cpumask))
		cell_cpumask(s, o, &vcpu->dirty_cpumask, s->xen->nr_cpus);
	else if (value_ok(v) && value_of(v) >= s->xen->nr_cpus)
		out_none(o);
	else
		cell_dec(o, v);
}

/* vcpu.poll_evtchn: 0: no port is polled; below 0: more than one */
static void cell_poll(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct vcpu_shown *)rec)->v.poll_evtchn;

	(void)s;
	if (!value_ok(v))
		cell_missing(o, v);
	else if (!value_of(v))
		out_none(o);
	else if ((int64_t)value_of(v) < 0)
		out_str(o, "several ports");
	else
		out_fmt(o, "port %" PRIu64, value_of(v));
}

static void cell_upcall(struct session *s, struct out *o, const void *rec)
{
	const struct vcpu_shown *r = rec;
	bool pending, masked;
	struct err *e;

	if (!value_ok(&r->v.vcpu_info)) {
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
	const struct value *v = &((const struct vcpu_shown *)rec)->v.waitqueue;

	(void)s;
	if (value_ok(v) && !value_of(v))
		out_none(o);
	else
		cell_hex(o, v);
}

/* ---- columns ---- */

#define TYPE_HELP	"type of its domain: PV, PVH or HVM; idle: Xen's own"
#define STATE_HELP	"state as in xl vcpu-list: r running, b blocked, p offline"
#define RUNSTATE_HELP	"running, runnable (waits for a pcpu), blocked (waits for an event) or offline (paused, parked or unplugged)"
#define IN_STATE_HELP	"time since the last change of the runstate in s, up to the latest time in the dump"
#define PAUSED_HELP	"reasons why the vcpu does not run; parked (cap): it used up the cap of its domain; not a hotplug"
#define HARD_HELP	"pcpus on which it may run"
#define SOFT_HELP	"pcpus on which it should run, if they are free"

#define V(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct vcpu_shown, v.memb, as, help)
#define VC(key, title, memb, fn, help) \
	VIEW_CELL_OF(key, title, struct vcpu_shown, v.memb, fn, help)

/* The first seven columns are those of crash's hypervisor mode, in its order. */
const struct view_column vcpu_list_columns[] = {
	V("vcpu_id", "VCID", vcpu_id, VIEW_DEC,
	  "number of the vcpu in its domain"),
	V("processor", "PCID", processor, VIEW_DEC,
	  "pcpu to which it is assigned"),
	VIEW_CELL("vcpu", "VCPU", cell_vcpu, "address of its struct vcpu"),
	VC(NULL, "ST", runstate, cell_runstate_short,
	   "runstate: RU running, RN runnable, BL blocked, OF offline"),
	VC("runstate", NULL, runstate, cell_runstate, RUNSTATE_HELP),
	VIEW_CELL("type", "T", cell_type, TYPE_HELP),
	VIEW_CELL("domid", "DOMID", cell_domid,
		  "id of its domain"),
	V("domain", "DOMAIN", domain, VIEW_HEX,
	  "address of its domain's struct domain"),
	VIEW_CELL("state", "STATE", cell_state, STATE_HELP),
	VC(NULL, "IN STATE", state_entry_time, cell_in_state, IN_STATE_HELP),
	VC("in_state_ns", NULL, state_entry_time, cell_in_state_ns,
	   "the same in ns"),
	VC(NULL, "TIME", time[RUNSTATE_RUNNING], cell_running,
	   "time it was running in s, up to the last change of its runstate"),
	V("time_running_ns", NULL, time[RUNSTATE_RUNNING], VIEW_DEC,
	  "the same in ns"),
	VC("hard_affinity", "HARD", hard_affinity, cell_hard, HARD_HELP),
	VC("soft_affinity", "SOFT", soft_affinity, cell_soft, SOFT_HELP),
	VIEW_CELL("paused", "PAUSED", cell_pause, PAUSED_HELP),
	VIEW_CELL("domain_name", "DOMAIN NAME", cell_name_of_domain,
		  DOMAIN_NAME_HELP),
};

const struct view_column vcpu_card_columns[] = {
	VIEW_CELL(NULL, "NAME", cell_dxvy,
		  "d, id of the domain, v, number of the vcpu"),
	V("vcpu_id", NULL, vcpu_id, VIEW_DEC,
	  "number of the vcpu in its domain"),
	VIEW_CELL("domid", NULL, cell_domid,
		  "id of its domain"),
	VIEW_CELL("domain_name", "DOMAIN NAME", cell_name_of_domain,
		  DOMAIN_NAME_HELP),
	VIEW_CELL("vcpu", "VCPU", cell_vcpu, "address of its struct vcpu"),
	V("domain", "DOMAIN", domain, VIEW_HEX,
	  "address of its domain's struct domain"),
	VIEW_CELL("type", "TYPE", cell_type, TYPE_HELP),
	V("processor", "PCPU", processor, VIEW_DEC, "pcpu to which it is assigned"),
	VIEW_CELL("state", "STATE", cell_state, STATE_HELP),
	VC("runstate", "RUNSTATE", runstate, cell_runstate, RUNSTATE_HELP),
	VC(NULL, "SINCE", state_entry_time, cell_since,
	   "last change of the runstate, in s since the boot of Xen"),
	V("since_ns", NULL, state_entry_time, VIEW_DEC, "the same in ns"),
	VC(NULL, "IN STATE", state_entry_time, cell_in_state, IN_STATE_HELP),
	VC("in_state_ns", NULL, state_entry_time, cell_in_state_ns,
	   "the same in ns"),
	VC(NULL, "RUNNING", time[RUNSTATE_RUNNING], cell_running,
	   "time in this runstate in s, up to SINCE"),
	V("time_running_ns", NULL, time[RUNSTATE_RUNNING], VIEW_DEC,
	  "the same in ns"),
	VC(NULL, "RUNNABLE", time[RUNSTATE_RUNNABLE], cell_runnable,
	   "time in this runstate in s, up to SINCE; the guest's steal time is this and OFFLINE"),
	V("time_runnable_ns", NULL, time[RUNSTATE_RUNNABLE], VIEW_DEC,
	  "the same in ns"),
	VC(NULL, "BLOCKED", time[RUNSTATE_BLOCKED], cell_blocked,
	   "time in this runstate in s, up to SINCE"),
	V("time_blocked_ns", NULL, time[RUNSTATE_BLOCKED], VIEW_DEC,
	  "the same in ns"),
	VC(NULL, "OFFLINE", time[RUNSTATE_OFFLINE], cell_offline,
	   "time in this runstate in s, up to SINCE: while paused, parked because of a cap, or unplugged"),
	V("time_offline_ns", NULL, time[RUNSTATE_OFFLINE], VIEW_DEC,
	  "the same in ns"),
	VIEW_CELL("paused", "PAUSED", cell_pause, PAUSED_HELP),
	V("pause_flags", NULL, pause_flags, VIEW_HEX,
	  "VPF_* of Xen, a hexadecimal bit mask"),
	V("pause_count", NULL, pause_count, VIEW_SDEC,
	  "pause count of the vcpu; it runs at 0"),
	VC("hard_affinity", "HARD", hard_affinity, cell_hard, HARD_HELP),
	VC("soft_affinity", "SOFT", soft_affinity, cell_soft, SOFT_HELP),
	V("affinity_broken", "BROKEN", affinity_broken, VIEW_DEC,
	  "reasons why Xen temporarily ignores HARD, a bit mask; 0: none"),
	VIEW_CELL("dirty_pcpu", "DIRTY PCPU", cell_dirty,
		  "pcpu that still has its state (registers, TLB)"),
	V("is_running", "IS RUNNING", is_running, VIEW_BOOL,
	  "it is the scheduled vcpu of its pcpu"),
	V("is_initialised", "INITIALISED", is_initialised, VIEW_BOOL,
	  "the guest has started it at least once"),
	V("is_urgent", "URGENT", is_urgent, VIEW_BOOL,
	  "its pcpu must not enter a deep idle state"),
	VC("poll", "POLLS", poll_evtchn, cell_poll,
	   "event channel for which it waits by SCHEDOP_poll"),
	VC("upcall", "UPCALL", vcpu_info, cell_upcall,
	   "evtchn_upcall_pending and evtchn_upcall_mask of the guest: an event is signalled; events are blocked"),
	V("vcpu_info", "VCPU_INFO", vcpu_info, VIEW_HEX,
	  "address of the struct vcpu_info shared with the guest"),
	V("sched_unit", "SCHED_UNIT", sched_unit, VIEW_HEX,
	  "address of its struct sched_unit"),
	V("sched_priv", "SCHED_PRIV", sched_priv, VIEW_HEX,
	  "address of the scheduler's data of the vcpu"),
	V("cr3", "CR3", cr3, VIEW_HEX,
	  "machine address of the page table that is loaded while it runs"),
	V("guest_table", "GUEST_TABLE", guest_table, VIEW_HEX,
	  "frame (mfn) of the guest's page table, for a PV guest that of its kernel, hexadecimal"),
	V("guest_table_user", "USER", guest_table_user, VIEW_HEX,
	  "for a PV guest: frame (mfn) of the page table in user mode, hexadecimal"),
	VC("waitqueue", "WAITQUEUE", waitqueue, cell_waitqueue,
	   "address of the struct waitqueue_vcpu, if there is one"),
};

_Static_assert(ARRAY_SIZE(vcpu_card_columns) <= VIEW_MAX,
	       "more lines than a view holds");

/* ---- the list ---- */

struct err *vcpu_list_start(struct vcpu_list *l, struct session *s,
			    struct out *o, const struct ranges *pcpus)
{
	l->pcpus = pcpus;
	ERR_TRY(now_read(s->xen, &l->now));
	view_list(&l->view, s, o, "vcpus", vcpu_list_columns,
		  ARRAY_SIZE(vcpu_list_columns), &vcpu_record);
	return NULL;
}

struct err *vcpu_list_domain(struct session *s, struct out *o,
			     const struct domain *d, void *arg)
{
	struct vcpu_list *l = arg;
	struct vcpu_shown row = { .d = d, .now = l->now };
	struct vcpus w;
	struct err *e;

	ERR_TRY(vcpus_start(&w, s->xen, d));
	for (;;) {
		e = vcpus_next(&w, &row.v);
		if (err_is_final(e))
			return e;
		if (e) {
			out_error(o, e);
			continue;
		}
		if (w.done)
			return NULL;
		if (!l->pcpus->nr || (value_ok(&row.v.processor) &&
				      ranges_has(l->pcpus, value_of(&row.v.processor))))
			view_row(&l->view, &row);
	}
}
