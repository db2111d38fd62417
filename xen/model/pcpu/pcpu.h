/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_PCPU_H
#define XEN_MODEL_PCPU_H

#include "xen/stack/geometry.h"
#include "xen/model/xen.h"

/* A physical cpu, with struct cpu_info at the top of its stack. */
struct pcpu {
	unsigned int id;
	bool online;			/* in cpu_online_map */
	bool lost;			/* did not respond when the host crashed */
	uint64_t stack;			/* va of its stack's lowest byte */
	uint64_t cpu_info;		/* va */
	uint64_t guest_regs;		/* va of guest_cpu_user_regs */
	uint64_t tss;			/* va; 0: unknown */
	struct value processor_id;
	struct value current_vcpu;	/* va of the vcpu scheduled here */
	uint64_t curr_vcpu;		/* va of the vcpu whose state is loaded */
	uint64_t idle_vcpu;		/* va of the pcpu's idle vcpu */
	const struct note_pcpu *note;	/* NULL: none was saved */
};

/* Members of struct cpu_info. */
extern const struct record_type pcpu_info_record;

/*
 * Reads one pcpu; hypercalls fill only id and online. ERR_NOT_FOUND: no pcpu
 * has that number, or it has no stack (never started, or removed).
 */
struct err *pcpu_read(struct xen *x, unsigned int id,
		      struct pcpu *ret) ERR_MUST_CHECK;

/* Returns the va of a pcpu's idle vcpu; 0: none, or unreadable. */
uint64_t pcpu_idle_vcpu(struct xen *x, unsigned int id);

/*
 * Finds the va of a pcpu's struct sched_resource (4.13+), 0 if the pcpu never
 * started or is parked; before 4.13 the va of its per-cpu schedule_data.
 */
struct err *pcpu_sched_resource(struct xen *x, unsigned int id,
				uint64_t *ret) ERR_MUST_CHECK;

/*
 * Finds struct cpu_info of a pcpu by its contents, without types. Uses stack,
 * tss and id of *p.
 */
struct err *pcpu_find_info(struct xen *x, const struct pcpu *p,
			   struct cpu_info_found *ret) ERR_MUST_CHECK;

/* True when the registers in the pcpu's note are those of the guest it ran. */
bool pcpu_in_guest(const struct pcpu *p);

/* State of the pcpu at the crash: "saved", "online", "offline" or "lost". */
const char *pcpu_state_text(const struct pcpu *p);

/* Reads a pcpu's bit of one of Xen's cpu maps ("cpu_online_map"). */
struct err *pcpu_in_map(struct xen *x, const char *map, unsigned int id,
			bool *ret) ERR_MUST_CHECK;

#endif
