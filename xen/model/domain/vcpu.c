/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vcpu.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/model/memory_source.h"
#include "xen/model/pcpu/pcpu.h"
#include "xen/model/words.h"

#define F(member, path) FIELD(struct vcpu, member, path)
#define AT(member, path) FIELD_AT(struct vcpu, member, path)

static const struct field vcpu_fields[] FIELD_TABLE = {
	F(vcpu_id, "vcpu.vcpu_id"),
	F(processor, "vcpu.processor"),
	F(domain, "vcpu.domain"),
	F(runstate, "vcpu.runstate.state"),
	F(state_entry_time, "vcpu.runstate.state_entry_time"),
	F(time[0], "vcpu.runstate.time[0]"),
	F(time[1], "vcpu.runstate.time[1]"),
	F(time[2], "vcpu.runstate.time[2]"),
	F(time[3], "vcpu.runstate.time[3]"),
	F(pause_flags, "vcpu.pause_flags"),
	F(pause_count, "vcpu.pause_count.counter"),
	F(controller_pause_count, "vcpu.controller_pause_count"),
	F(vm_event_pause_count, "vcpu.vm_event_pause_count.counter | "
				"vcpu.mem_event_pause_count.counter"),
	F(is_running, "vcpu.is_running"),
	F(is_initialised, "vcpu.is_initialised"),
	F(is_urgent, "vcpu.is_urgent"),
	F(defer_shutdown, "vcpu.defer_shutdown"),
	F(paused_for_shutdown, "vcpu.paused_for_shutdown"),
	F(affinity_broken, "vcpu.affinity_broken"),
	/*
	 * A cpumask_var_t is a pointer in builds for many pcpus and an array
	 * of one in others (include/xen/cpumask.h); [0] fits both.
	 */
	AT(hard_affinity, "vcpu.sched_unit->cpu_hard_affinity[0].bits | "
			  "vcpu.cpu_hard_affinity[0].bits | "
			  "vcpu.cpu_affinity[0].bits"),
	AT(soft_affinity, "vcpu.sched_unit->cpu_soft_affinity[0].bits | "
			  "vcpu.cpu_soft_affinity[0].bits"),
	F(poll_evtchn, "vcpu.poll_evtchn"),
	F(dirty_cpu, "vcpu.dirty_cpu"),
	AT(dirty_cpumask, "vcpu.vcpu_dirty_cpumask[0].bits"),
	F(sched_unit, "vcpu.sched_unit"),
	F(unit_id, "vcpu.sched_unit->unit_id"),
	F(sched_priv, "vcpu.sched_unit->priv | vcpu.sched_priv"),
	F(vcpu_info, "vcpu.vcpu_info_area.map | vcpu.vcpu_info"),
	F(cr3, "vcpu.arch.cr3"),
	F(guest_table, "vcpu.arch.guest_table.pfn"),
	F(guest_table_user, "vcpu.arch.guest_table_user.pfn"),
	F(waitqueue, "vcpu.waitqueue_vcpu"),
	F(wait_esp, "vcpu.waitqueue_vcpu->esp"),
};

const struct record_type vcpu_record = RECORD_TYPE("vcpu", vcpu_fields);

/* Members of the scheduling resource of an idle vcpu's pcpu. */
static const struct field idle_fields[] FIELD_TABLE = {
	AT(hard_affinity, "sched_resource.sched_unit_idle->cpu_hard_affinity[0].bits"),
	AT(soft_affinity, "sched_resource.sched_unit_idle->cpu_soft_affinity[0].bits"),
	F(sched_unit, "sched_resource.sched_unit_idle"),
	F(unit_id, "sched_resource.sched_unit_idle->unit_id"),
	F(sched_priv, "sched_resource.sched_unit_idle->priv"),
};

static const struct record_type idle_record =
	RECORD_TYPE("idle unit", idle_fields);

/*
 * Units of several vcpus: an idle vcpu replaces a vcpu that does not run in a
 * running unit, and its sched_unit is that unit during this time
 * (common/sched/core.c, 4.13+). Restores the idle vcpu's own unit.
 */
static void find_idle_unit(struct xen *x, struct vcpu *v)
{
	struct vcpu idle = *v;
	uint64_t va = 0;
	struct err *e;

	if (!value_ok(&v->sched_unit) || !value_ok(&v->processor) ||
	    value_of(&v->processor) != value_of(&v->vcpu_id) || value_of(&v->processor) >= x->nr_cpus ||
	    pcpu_idle_vcpu(x, value_of(&v->processor)) != v->va)
		return;
	e = pcpu_sched_resource(x, value_of(&v->processor), &va);
	if (!e)
		e = xen_check_pointer(x, va, 8, "scheduling resource");
	if (!e)
		e = record_read(x->records, x->space, &idle_record, va, &idle);
	if (!e && value_ok(&idle.sched_unit) && value_of(&idle.sched_unit)) {
		idle.substitutes = value_from(value_of(&idle.sched_unit) !=
					      value_of(&v->sched_unit), false);
		*v = idle;
	}
	err_free(e);
}

static void vcpu_find_idle_unit(struct xen *x, struct vcpu *v)
{
	struct provenance before = provenance_enter();
	bool unproved;

	v->substitutes = value_from(false, false);
	find_idle_unit(x, v);
	unproved = provenance_leave(before);
	for (size_t i = 0; i < ARRAY_SIZE(idle_fields); i++) {
		struct value *found = (void *)((char *)v + idle_fields[i].at);

		found->unproved |= unproved;
	}
	v->substitutes.unproved |= unproved;
}

struct err *vcpu_read(struct xen *x, uint64_t va, struct vcpu *ret)
{
	struct vcpu v;

	ERR_TRY(xen_check_pointer(x, va, 8, "vcpu"));
	memset(&v, 0, sizeof(v));
	ERR_TRY(err_prefix(record_read(x->records, x->space, &vcpu_record, va,
				       &v), "vcpu at %" PRIx64, va));
	if (v.vcpu_id.state == VALUE_UNREADABLE)
		return err_new(v.vcpu_id.why,
			       "vcpu at %" PRIx64 ": vcpu.vcpu_id cannot be read", va);
	if (value_ok(&v.vcpu_id) && value_of(&v.vcpu_id) >= VCPUS_MAX)
		return err_new(ERR_CORRUPT,
			       "%" PRIx64 " is not a vcpu: vcpu.vcpu_id is %" PRId64,
			       va, (int64_t)value_of(&v.vcpu_id));
	if (value_ok(&v.domain))
		ERR_TRY(err_prefix(xen_check_pointer(x, value_of(&v.domain), XPAGE_SIZE,
						     "domain"),
				   "%" PRIx64 " is not a vcpu", va));
	v.va = va;
	vcpu_find_idle_unit(x, &v);
	*ret = v;
	return NULL;
}

struct err *vcpus_start(struct vcpus *w, struct xen *x, const struct domain *d)
{
	struct vcpus new = { .x = x, .domain = d->va, .domid = value_of(&d->domain_id) };

	ERR_TRY(x->source->vcpus_start(&new, d));
	*w = new;
	return NULL;
}

struct err *mem_vcpus_start(struct vcpus *w, const struct domain *d)
{
	if (!value_ok(&d->vcpu) || !value_ok(&d->max_vcpus))
		return err_new(ERR_NO_TYPE, "domain at %" PRIx64
			       ": no vcpu array (vcpu, max_vcpus)", d->va);
	if (value_of(&d->max_vcpus) > VCPUS_MAX)
		return err_new(ERR_CORRUPT, "domain at %" PRIx64
			       ": max_vcpus is %" PRIu64 ", more than Xen allows",
			       d->va, value_of(&d->max_vcpus));
	/* dom_io and other domains of Xen have no vcpus */
	if (!value_of(&d->vcpu) || !value_of(&d->max_vcpus))
		return NULL;
	ERR_TRY(err_prefix(xen_check_pointer(w->x, value_of(&d->vcpu), 8, "vcpu array"),
			   "domain at %" PRIx64, d->va));
	w->array = value_of(&d->vcpu);
	w->nr = value_of(&d->max_vcpus);
	return NULL;
}

/* Reads the vcpu at va; ERR_CORRUPT unless it is the n-th vcpu of the domain. */
static struct err *vcpus_read(struct vcpus *w, unsigned int n, uint64_t va,
			      struct vcpu *ret)
{
	struct vcpu v;

	ERR_TRY(vcpu_read(w->x, va, &v));
	if (value_ok(&v.vcpu_id) && value_of(&v.vcpu_id) != n)
		return err_new(ERR_CORRUPT, "%" PRIx64 " has id %" PRIu64, va,
			       value_of(&v.vcpu_id));
	if (value_ok(&v.domain) && value_of(&v.domain) != w->domain)
		return err_new(ERR_CORRUPT,
			       "%" PRIx64 " belongs to the domain at %" PRIx64, va,
			       value_of(&v.domain));
	*ret = v;
	return NULL;
}

/* Reads the n-th pointer of the array. */
static struct err *vcpus_pointer(struct vcpus *w, unsigned int n, uint64_t *va)
{
	return err_prefix(space_read_u64(w->x->space, w->array + 8ULL * n, va),
			  "vcpu array of the domain at %" PRIx64, w->domain);
}

struct err *vcpus_next(struct vcpus *w, struct vcpu *ret)
{
	return w->x->source->vcpus_next(w, ret);
}

struct err *mem_vcpus_next(struct vcpus *w, struct vcpu *ret)
{
	unsigned int n;
	struct err *e;
	uint64_t va;

	while (w->next < w->nr) {
		ERR_TRY(interrupt_check());
		n = w->next++;
		e = vcpus_pointer(w, n, &va);
		if (e) {
			/* reading the rest of the array would fail, too */
			w->next = w->nr;
			return e;
		}
		if (va)
			return err_prefix(vcpus_read(w, n, va, ret),
					  "vcpu %u of the domain at %" PRIx64,
					  n, w->domain);
	}
	w->done = true;
	return NULL;
}

struct err *vcpu_find(struct xen *x, const struct domain *d, uint64_t id,
		      struct vcpu *ret)
{
	return x->source->vcpu_find(x, d, id, ret);
}

struct err *mem_vcpu_find(struct xen *x, const struct domain *d, uint64_t id,
			  struct vcpu *ret)
{
	struct vcpus w;
	uint64_t va = 0;

	ERR_TRY(vcpus_start(&w, x, d));
	if (id < w.nr)
		ERR_TRY(vcpus_pointer(&w, id, &va));
	if (va)
		return err_prefix(vcpus_read(&w, id, va, ret),
				  "vcpu %" PRIu64 " of domain %" PRIu64, id,
				  value_of(&d->domain_id));
	return err_new(ERR_NOT_FOUND, "domain %" PRIu64 " has no vcpu %" PRIu64
		       " (max_vcpus is %u)", value_of(&d->domain_id), id, w.nr);
}

struct err *vcpu_affinity(struct xen *x, const struct domain *d,
			  const struct vcpu *v, bool soft, struct cpumask *ret)
{
	return x->source->vcpu_affinity(x, d, v, soft, ret);
}

struct err *mem_vcpu_affinity(struct xen *x, const struct domain *d,
			      const struct vcpu *v, bool soft,
			      struct cpumask *ret)
{
	const struct value *at = soft ? &v->soft_affinity : &v->hard_affinity;

	(void)d;
	if (!value_ok(at))
		return err_new(at->state == VALUE_UNREADABLE ? at->why : ERR_NO_TYPE,
			       "vcpu at %" PRIx64 ": no affinity", v->va);
	return cpumask_read(x, value_of(at), x->nr_cpus, ret);
}

static const struct {
	const char *name, *abbreviation;
} runstates[] = {
	[RUNSTATE_RUNNING] = { "running", "RU" },
	[RUNSTATE_RUNNABLE] = { "runnable", "RN" },
	[RUNSTATE_BLOCKED] = { "blocked", "BL" },
	[RUNSTATE_OFFLINE] = { "offline", "OF" },
};

#define NR_RUNSTATES (sizeof(runstates) / sizeof(runstates[0]))

const char *runstate_name(uint64_t state)
{
	return state < NR_RUNSTATES ? runstates[state].name : "?";
}

const char *runstate_short(uint64_t state)
{
	return state < NR_RUNSTATES ? runstates[state].abbreviation : "??";
}

const char *vcpu_state_text(const struct vcpu *v, char *buf)
{
	bool known = value_ok(&v->pause_flags);
	bool down = known && value_of(&v->pause_flags) & VPF_DOWN;
	bool blocked = known && value_of(&v->pause_flags) & VPF_BLOCKED;
	bool running = value_ok(&v->is_running) && value_of(&v->is_running);

	snprintf(buf, 4, "%c%c%c", running && !down ? 'r' : '-',
		 blocked && !down ? 'b' : '-', down ? 'p' : '-');
	return buf;
}

/* VPF_*, by bit. */
static const char *const pause_names[] = {
	"blocked", "down", "blocked_in_xen", "migrating", "mem_paging",
	"mem_access", "mem_sharing", "in_reset", "parked (cap)",
};

const char *vcpu_pause_text(const struct vcpu *v, char *buf, size_t size)
{
	const struct {
		const struct value *v;
		const char *what;
	} counts[] = {
		{ &v->pause_count, "paused" },
		{ &v->controller_pause_count, "by the toolstack" },
		{ &v->vm_event_pause_count, "for vm_event" },
	};
	char word[64];
	unsigned int i;

	buf[0] = '\0';
	if (value_ok(&v->pause_flags))
		words_add_bits(buf, size, value_of(&v->pause_flags), pause_names,
			       sizeof(pause_names) / sizeof(pause_names[0]));
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (!value_ok(counts[i].v) || !value_of(counts[i].v))
			continue;
		snprintf(word, sizeof(word), "%s %" PRId64 " times",
			 counts[i].what, (int64_t)value_of(counts[i].v));
		words_add(buf, size, word);
	}
	if (value_ok(&v->paused_for_shutdown) && value_of(&v->paused_for_shutdown))
		words_add(buf, size, "for shutdown");
	if (value_ok(&v->wait_esp) && value_of(&v->wait_esp))
		words_add(buf, size, "asleep in a wait queue");
	return buf;
}

struct err *vcpu_upcall(struct xen *x, const struct vcpu *v, bool *pending,
			bool *masked)
{
	/* the first bytes of struct vcpu_info, of 32-bit guests too */
	uint8_t bytes[2];

	if (!value_ok(&v->vcpu_info))
		return err_new(ERR_NO_TYPE, "vcpu at %" PRIx64 ": no vcpu_info",
			       v->va);
	ERR_TRY(xen_check_pointer(x, value_of(&v->vcpu_info), 1, "vcpu_info"));
	ERR_TRY(space_read(x->space, value_of(&v->vcpu_info), bytes, sizeof(bytes)));
	*pending = bytes[0];
	*masked = bytes[1];
	return NULL;
}
