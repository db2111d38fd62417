/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invariants of one vcpu: its unit, states, times, affinity and registers. */
#include "profile_vcpu.h"

#include "xen/base/array.h"
#include "xen/model/domain/domain.h"
#include "xen/model/regs.h"

#define PTE_FRAME	0x000ffffffffff000ULL	/* the frame in cr3, too */
/* limit of times in ns: 36 years, above the uptime of any host */
#define UPTIME_MAX	(1ULL << 60)

void check_part(struct checker *c, const struct record_type *type,
		const struct value *pointer, const char *pointer_paths,
		uint64_t domain)
{
	struct part part = { .domain = { .state = VALUE_NO_FIELD } };
	struct err *e;
	bool holds;

	if (!value_ok(pointer) || !value_of(pointer))
		return;
	e = record_read(c->x->records, c->x->space, type, value_of(pointer), &part);
	holds = !e && value_of(&part.domain) == domain;
	/* versions without the back pointer cannot be checked */
	if (part.domain.state != VALUE_NO_FIELD && !(e && check_unreadable(e))) {
		check_path(c, pointer_paths, holds, domain);
		check_path(c, type->fields[0].path, holds, domain);
	}
	err_free(e);
}

void check_there(struct checker *c, const struct value *pointer, const char *paths)
{
	if (value_ok(pointer) && !value_of(pointer))
		check_doubt(c, paths);
}

const struct pcpu *runs_on(const struct running *r, uint64_t va)
{
	unsigned int i;

	for (i = 0; i < r->nr; i++)
		if (value_of(&r->pcpu[i].current_vcpu) == va)
			return &r->pcpu[i];
	return NULL;
}

static const struct field unit_part[] FIELD_TABLE = {
	FIELD(struct part, domain, "sched_unit.domain"),
};

static const struct record_type unit_record =
	RECORD_TYPE("sched_unit", unit_part);

/* Public layout: struct vcpu_runstate_info (public/vcpu.h). */
void check_runstate(struct checker *c, bool times_differ)
{
	static const struct field times[] FIELD_TABLE = {
		FIELD_PLACE("vcpu.runstate.state_entry_time"),
		FIELD_PLACE("vcpu.runstate.time[0]"),
		FIELD_PLACE("vcpu.runstate.time[1]"),
		FIELD_PLACE("vcpu.runstate.time[2]"),
		FIELD_PLACE("vcpu.runstate.time[3]"),
	};
	struct place state, time;
	unsigned int i;

	if (check_is_wrong(record_resolve(c->x->records, "vcpu.runstate.state", &state)))
		return;
	if (times_differ)
		check_doubt(c, "vcpu.runstate.state");
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		if (times_differ)
			check_doubt(c, times[i].path);
		if (!check_is_wrong(record_place(c->x->records, &times[i], &time)))
			check_path(c, times[i].path,
				   time.offset == state.offset + 8 * (i + 1), 0);
	}
}

/* Finds the pcpu with that id if it is in a context switch; or NULL. */
static struct switching *switching_on(struct running *r, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < r->nr; i++)
		if (r->pcpu[i].id == id && r->switching[i].current)
			return &r->switching[i];
	return NULL;
}

/* A context switch has exactly one new vcpu. */
void check_switching(struct running *r)
{
	unsigned int i;

	for (i = 0; i < r->nr; i++)
		if (r->switching[i].current && r->switching[i].nr_next != 1)
			check_path(r->c, "vcpu.runstate.state", false,
				   r->switching[i].current);
}

/*
 * A flag is set while a vcpu is blocked. It is set before the runstate changes:
 * for a vcpu that runs, only a clear flag is evidence.
 */
static void check_blocked(struct checker *c, const struct vcpu *v)
{
	bool flag;

	if (!value_ok(&v->runstate) || !value_ok(&v->pause_flags) ||
	    value_of(&v->runstate) == RUNSTATE_OFFLINE)
		return;
	flag = value_of(&v->pause_flags) & VPF_BLOCKED;
	if (value_of(&v->runstate) != RUNSTATE_RUNNING || !flag)
		CHECK_FLAG(c, vcpu_record, v, pause_flags,
			   value_of(&v->runstate) == RUNSTATE_BLOCKED, flag);
}

/*
 * The times in the four states add up to the time from the creation of the vcpu
 * to its last change of state (common/sched/core.c, vcpu_runstate_change()).
 */
static void check_times(struct running *r, const struct vcpu *v)
{
	uint64_t entry = value_of(&v->state_entry_time), sum = 0;
	bool holds = entry && entry < UPTIME_MAX;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(v->time); i++) {
		if (!value_ok(&v->time[i]))
			return;
		holds = holds && value_of(&v->time[i]) <= entry;
		sum += value_of(&v->time[i]);
	}
	if (value_ok(&v->state_entry_time) && !(holds && sum <= entry))
		r->times_differ = true;
}

/* A vcpu runs if and only if it is the current one of its pcpu. */
static void check_running(struct running *r, const struct vcpu *v)
{
	struct switching *switching = switching_on(r, value_of(&v->processor));
	const struct pcpu *p = runs_on(r, v->va);

	if (p)
		CHECK_NUMBER(r->c, vcpu_record, v, processor, p->id);
	if (switching) {
		switching->nr_next += !p && value_of(&v->runstate) == RUNSTATE_RUNNING;
		return;
	}
	CHECK_FLAG(r->c, vcpu_record, v, is_running, !!p, value_of(&v->is_running) == 1);
	if (value_of(&v->runstate) <= RUNSTATE_OFFLINE)
		CHECK_FLAG(r->c, vcpu_record, v, runstate, !!p,
			   value_of(&v->runstate) == RUNSTATE_RUNNING);
	else
		CHECK_FIELD(r->c, vcpu_record, v, runstate, false);
	check_times(r, v);
	check_blocked(r->c, v);
}

/*
 * Idle vcpus do not move (common/schedule.c, later sched/core.c): the affinity
 * of each is the pcpu with its number; in a unit of several vcpus, with the
 * number of the first one. While its unit serves another vcpu, the affinity is
 * the affinity of that vcpu.
 */
static void check_idle(struct running *r, const struct vcpu *v)
{
	uint64_t bits, id = value_of(&v->vcpu_id);
	struct xen *x = r->c->x;
	struct vcpu own = { .va = v->va };	/* vcpu_read() changes some values */
	struct err *e;

	CHECK_NUMBER(r->c, vcpu_record, v, processor, id);
	e = record_read(x->records, x->space, &vcpu_record, v->va, &own);
	if (value_ok(&own.unit_id))
		id = value_of(&own.unit_id);
	if (!e && !value_of(&v->substitutes) && value_ok(&own.hard_affinity)) {
		e = space_read_u64(x->space, value_of(&own.hard_affinity) + id / 64 * 8,
				   &bits);
		if (!e)
			check_number(r->c, PATHS_OF(vcpu_record, &own, hard_affinity),
				     1ULL << id % 64, bits, v->va);
	}
	err_free(e);
}

/* The registers of a vcpu of a PV guest: on the stack of its pcpu, or saved. */
static struct err *pv_regs(struct running *r, const struct vcpu *v, bool *is_saved,
			   struct regs *ret)
{
	struct xen *x = r->c->x;
	struct place saved;
	unsigned int i;

	*is_saved = false;
	for (i = 0; i < r->nr; i++)
		if (r->pcpu[i].curr_vcpu == v->va)
			return regs_read(x, r->pcpu[i].guest_regs, ret);
	*is_saved = true;
	ERR_TRY(record_resolve(x->records, "vcpu.arch.user_regs", &saved));
	return regs_read(x, v->va + saved.offset, ret);
}

/*
 * cr3 of a guest's kernel is guest_table; in user mode it has another value. A
 * guest that is being migrated runs on copies of its tables.
 */
static void check_tables(struct checker *c, const struct vcpu *v, const struct regs *regs)
{
	if (!value_ok(&v->cr3) || !value_ok(&v->guest_table) || !(value_of(&regs->rip) >> 63))
		return;
	if (value_of(&v->guest_table) && value_of(&v->guest_table) << 12 == (value_of(&v->cr3) & PTE_FRAME)) {
		CHECK_FIELD(c, vcpu_record, v, guest_table, true);
		CHECK_FIELD(c, vcpu_record, v, cr3, true);
	} else {
		check_doubt(c, PATHS_OF(vcpu_record, v, guest_table));
		check_doubt(c, PATHS_OF(vcpu_record, v, cr3));
	}
}

/* Checks a vcpu of a 64-bit PV guest: page table, selectors of ring 3. */
static void check_pv(struct running *r, const struct vcpu *v)
{
	struct regs regs;
	bool is_saved;
	struct err *e = pv_regs(r, v, &is_saved, &regs);

	if (!e && value_ok(&regs.cs) && value_ok(&regs.ss) && value_ok(&regs.rip)) {
		check_tables(r->c, v, &regs);
		if (is_saved)
			check_path(r->c, "vcpu.arch.user_regs",
				   (value_of(&regs.cs) & 3) == 3 &&
				   (value_of(&regs.ss) & 3) == 3 && value_of(&regs.rip), v->va);
	}
	err_free(e);
}

/* False if the affinity is certainly empty, which Xen does not allow. */
static bool may_run(struct running *r, const struct vcpu *v)
{
	unsigned int i;
	uint64_t bits;

	for (i = 0; i < r->c->x->nr_cpus; i += 64) {
		struct err *e = space_read_u64(r->c->x->space,
					       value_of(&v->hard_affinity) + i / 8, &bits);

		if (e || bits) {
			err_free(e);
			return true;
		}
	}
	return false;
}

/* Values that no vcpu has, whatever its state. */
static void check_ranges(struct running *r, const struct vcpu *v)
{
	struct checker *c = r->c;

	if (value_of(&v->processor) >= c->x->nr_cpus)
		check_doubt(c, PATHS_OF(vcpu_record, v, processor));
	if (value_of(&v->is_running) > 1)
		check_doubt(c, PATHS_OF(vcpu_record, v, is_running));
	if (value_of(&v->pause_flags) & ~(uint64_t)VPF_ALL ||
	    (value_of(&v->pause_flags) & VPF_DOWN && runs_on(r, v->va)))
		check_doubt(c, PATHS_OF(vcpu_record, v, pause_flags));
	if (value_ok(&v->hard_affinity) && !may_run(r, v))
		check_doubt(c, PATHS_OF(vcpu_record, v, hard_affinity));
}

void check_vcpu(struct running *r, const struct domain *d, const struct vcpu *v)
{
	/* checked by vcpus_next() */
	CHECK_NUMBER(r->c, vcpu_record, v, vcpu_id, value_of(&v->vcpu_id));
	CHECK_FIELD(r->c, vcpu_record, v, domain, value_of(&v->domain) == d->va);
	check_part(r->c, &unit_record, &v->sched_unit, "vcpu.sched_unit", d->va);
	check_there(r->c, &v->sched_unit, "vcpu.sched_unit");
	check_ranges(r, v);
	/* a vcpu that was never online has no state yet */
	if (value_ok(&v->pause_flags) && value_of(&v->pause_flags) & VPF_DOWN)
		return;
	check_running(r, v);
	if (value_of(&d->domain_id) == DOMID_IDLE)
		check_idle(r, v);
	if (domain_type(d) == DOMAIN_PV &&
	    !(value_ok(&d->is_32bit) && value_of(&d->is_32bit)))
		check_pv(r, v);
}
