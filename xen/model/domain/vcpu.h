/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual CPUs: struct vcpu of include/xen/sched.h, 4.4 to master.
 */
#ifndef XEN_MODEL_VCPU_H
#define XEN_MODEL_VCPU_H

#include "xen/model/cpumask.h"
#include "domain.h"
#include "xen/model/xen.h"

#define VCPUS_MAX	8192	/* MAX_VIRT_CPUS (asm/domain.h) */

/* Bits of pause_flags (include/xen/sched.h, 4.4 to master; parked: 4.8+). */
#define VPF_BLOCKED	(1U << 0)
#define VPF_DOWN	(1U << 1)

/* public/vcpu.h */
enum runstate { RUNSTATE_RUNNING, RUNSTATE_RUNNABLE, RUNSTATE_BLOCKED,
		RUNSTATE_OFFLINE };

struct vcpu {
	uint64_t va;
	struct value vcpu_id, processor;
	struct value domain;		/* va */
	struct value runstate;		/* enum runstate */
	struct value state_entry_time;	/* ns since Xen booted */
	struct value time[4];		/* ns in each enum runstate */
	struct value pause_flags;	/* VPF_* */
	struct value pause_count, controller_pause_count, vm_event_pause_count;
	struct value is_running, is_initialised, is_urgent;
	struct value defer_shutdown, paused_for_shutdown;
	struct value affinity_broken;
	struct value hard_affinity, soft_affinity;	/* va of the sets */
	struct value poll_evtchn;	/* >0: the port polled; <0: several */
	struct value dirty_cpu;		/* pcpu that holds state; ~0: none; 4.11+ */
	struct value sched_unit, unit_id;	/* 4.13+ */
	bool lent;			/* idle, in the place of another unit's vcpu */
	struct value sched_priv;	/* va, the scheduler's own */
	struct value vcpu_info;		/* va */
	struct value cr3;		/* maddr, what is loaded */
	struct value guest_table, guest_table_user;	/* mfn */
	struct value waitqueue, wait_esp;	/* va; wait_esp != 0: asleep */
};

extern const struct record_type vcpu_record;

/* ERR_BAD_POINTER, or ERR_CORRUPT when no vcpu of d->domain is there. */
struct err *vcpu_read(struct xen *x, uint64_t va,
		      struct vcpu *ret) ERR_MUST_CHECK;

/* The vcpus of one domain, in the order of their ids. */
struct vcpus {
	struct xen *x;
	uint64_t domain, array;		/* va */
	uint64_t domid;
	unsigned int next, nr;
	bool done;
};

/* Fails when the domain's array of vcpus cannot be had. */
struct err *vcpus_start(struct vcpus *w, struct xen *x,
			const struct domain *d) ERR_MUST_CHECK;
/*
 * The next vcpu; past the last w->done is set and ret untouched. An error
 * costs one vcpu: go on until w->done, unless it is ERR_INTERRUPTED.
 */
struct err *vcpus_next(struct vcpus *w, struct vcpu *ret) ERR_MUST_CHECK;

/* ERR_NOT_FOUND tells how many there are. */
struct err *vcpu_find(struct xen *x, const struct domain *d, uint64_t id,
		      struct vcpu *ret) ERR_MUST_CHECK;

/* The pcpus it may run on, or with soft those it should; soft: 4.5+ */
struct err *vcpu_affinity(struct xen *x, const struct domain *d,
			  const struct vcpu *v, bool soft,
			  struct cpumask *ret) ERR_MUST_CHECK;

/* "running" ...; "?" for what Xen does not have */
const char *runstate_name(uint64_t state);
/* "RU" "RN" "BL" "OF", as crash shows them, but for runnable; "??" */
const char *runstate_short(uint64_t state);

/* As `xl vcpu-list` shows it: "r--", "-b-", "--p"; buf holds 4 bytes. */
const char *vcpu_state_text(const struct vcpu *v, char *buf);

/* Why a vcpu does not run, in words: "blocked, mem_paging"; "" if nothing. */
const char *vcpu_pause_text(const struct vcpu *v, char *buf, size_t size);

/* Upcall pending and masked of the shared page (public/xen.h). */
struct err *vcpu_upcall(struct xen *x, const struct vcpu *v, bool *pending,
			bool *masked) ERR_MUST_CHECK;

#endif
