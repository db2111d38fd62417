/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_PCPU_H
#define XEN_MODEL_PCPU_H

#include "xen/stack/geometry.h"
#include "xen/model/xen.h"

/* A physical cpu and what struct cpu_info at the top of its stack says. */
struct pcpu {
	unsigned int id;
	bool online;			/* in cpu_online_map */
	bool lost;			/* did not answer when the host died */
	uint64_t stack;			/* va of its stack's lowest byte */
	uint64_t cpu_info;		/* va */
	uint64_t guest_regs;		/* va of guest_cpu_user_regs */
	uint64_t tss;			/* va; 0: not known */
	struct value processor_id;
	struct value current_vcpu;	/* va of the vcpu scheduled here */
	uint64_t curr_vcpu;		/* va of the vcpu whose state is loaded */
	uint64_t idle_vcpu;		/* va of the pcpu's idle vcpu */
	const struct note_pcpu *note;	/* NULL: it saved none */
};

/* What is read of struct cpu_info */
extern const struct record_type pcpu_info_record;

/*
 * Reads one pcpu; hypercalls fill id and online alone. ERR_NOT_FOUND when there
 * is no pcpu of that number, or it has no stack (never brought up, or taken
 * down).
 */
struct err *pcpu_read(struct xen *x, unsigned int id,
		      struct pcpu *ret) ERR_MUST_CHECK;

/* The va of a pcpu's idle vcpu; 0: it has none, or that cannot be read. */
uint64_t pcpu_idle_vcpu(struct xen *x, unsigned int id);

/*
 * The va of what a pcpu schedules by: its struct sched_resource (4.13+), 0 if
 * it never came up or is parked; before, the schedule_data in its own area.
 */
struct err *pcpu_sched_resource(struct xen *x, unsigned int id,
				uint64_t *ret) ERR_MUST_CHECK;

/*
 * struct cpu_info of a pcpu by what it holds, without any type; of *p the
 * stack, the task state segment and the id are used.
 */
struct err *pcpu_find_info(struct xen *x, const struct pcpu *p,
			   struct cpu_info_found *ret) ERR_MUST_CHECK;

/* Whether the registers in its note are a guest's, which it was running. */
bool pcpu_in_guest(const struct pcpu *p);

/* "saved", "online", "offline" or "lost": what became of it when the host died. */
const char *pcpu_state_text(const struct pcpu *p);

/* Whether a number is in one of Xen's cpu maps ("cpu_online_map"). */
struct err *pcpu_in_map(struct xen *x, const char *map, unsigned int id,
			bool *ret) ERR_MUST_CHECK;

#endif
