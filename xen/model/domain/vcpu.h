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
#define VPF_ALL		0x1ffU

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
	struct value poll_evtchn;	/* > 0: the polled port; < 0: several */
	struct value dirty_cpu;		/* pcpu that has its registers; ~0: none; 4.11+ */
	struct value dirty_cpumask;	/* va of the set of these pcpus, up to 4.10 */
	struct value sched_unit, unit_id;	/* 4.13+ */
	struct value substitutes;	/* idle, in place of a vcpu of another unit */
	struct value sched_priv;	/* va of the scheduler's data */
	struct value vcpu_info;		/* va */
	struct value cr3;		/* maddr; the value that is loaded */
	struct value guest_table, guest_table_user;	/* mfn */
	struct value waitqueue, wait_esp;	/* va; wait_esp != 0: asleep */
};

extern const struct record_type vcpu_record;

/* Reads the vcpu at va; ERR_BAD_POINTER, or ERR_CORRUPT if there is no vcpu at va. */
struct err *vcpu_read(struct xen *x, uint64_t va,
		      struct vcpu *ret) ERR_MUST_CHECK;

/* Walks the vcpus of one domain in the order of their ids. */
struct vcpus {
	struct xen *x;
	uint64_t domain, array;		/* va */
	uint64_t domid;
	unsigned int next, nr;
	bool done;
};

/* Fails when the domain's array of vcpus is not available. */
struct err *vcpus_start(struct vcpus *w, struct xen *x,
			const struct domain *d) ERR_MUST_CHECK;
/*
 * Returns the next vcpu; past the last w->done is set and ret unchanged. An
 * error affects one vcpu: the caller continues until w->done, unless it is
 * ERR_INTERRUPTED.
 */
struct err *vcpus_next(struct vcpus *w, struct vcpu *ret) ERR_MUST_CHECK;

/* Reads one vcpu; the text of ERR_NOT_FOUND contains max_vcpus. */
struct err *vcpu_find(struct xen *x, const struct domain *d, uint64_t id,
		      struct vcpu *ret) ERR_MUST_CHECK;

/* Reads the hard affinity, or the soft affinity if soft is set (4.5+). */
struct err *vcpu_affinity(struct xen *x, const struct domain *d,
			  const struct vcpu *v, bool soft,
			  struct cpumask *ret) ERR_MUST_CHECK;

/* "running" ...; "?" for unknown states */
const char *runstate_name(uint64_t state);
/* crash's abbreviations "RU", "BL", "OF", and "RN" for runnable; "??" */
const char *runstate_short(uint64_t state);

/* As in `xl vcpu-list`: "r--", "-b-", "--p"; buf holds 4 bytes. */
const char *vcpu_state_text(const struct vcpu *v, char *buf);

/* Lists the reasons why a vcpu does not run: "blocked, mem_paging"; "" for none. */
const char *vcpu_pause_text(const struct vcpu *v, char *buf, size_t size);

/* Reads upcall pending and mask of struct vcpu_info (public/xen.h). */
struct err *vcpu_upcall(struct xen *x, const struct vcpu *v, bool *pending,
			bool *masked) ERR_MUST_CHECK;

#endif
