/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the current registers of a vcpu: those of the vcpu that a pcpu ran last
 * remain on the pcpu's stack until another guest's vcpu runs there.
 */
#ifndef XEN_MODEL_CONTEXT_H
#define XEN_MODEL_CONTEXT_H

#include "xen/model/pcpu/pcpu.h"
#include "xen/model/regs.h"
#include "vcpu.h"

enum vcpu_place {
	PLACE_SAVED,		/* descheduled: registers in struct vcpu */
	PLACE_RUNNING,		/* on a pcpu */
	PLACE_LAZY,		/* the pcpu idles; registers still loaded */
	PLACE_SWITCH_FROM,	/* the pcpu was switching away from it */
	PLACE_SWITCH_TO,	/* the pcpu was switching to it */
	PLACE_LOST,		/* on a pcpu that stopped responding */
	PLACE_IDLE,		/* an idle vcpu, without a guest */
};

/* A guest's registers outside struct cpu_user_regs. */
struct control_regs {
	struct value cr0, cr2, cr3, cr4, efer;
	/* known while descheduled; otherwise only in the processor */
	struct value fs_base, gs_base;
	struct value cs, ss;	/* of HVM guests; not in cpu_user_regs */
};

struct context {
	enum vcpu_place place;
	struct pcpu pcpu;	/* undefined for PLACE_SAVED */
	struct regs regs;	/* va is 0 for PLACE_IDLE and by hypercalls */
	struct control_regs control;
	const char *control_from;	/* source: "VMCB", "struct vcpu" */
};

struct err *context_read(struct xen *x, const struct domain *d,
			 const struct vcpu *v, struct context *ret) ERR_MUST_CHECK;

/* Finds the place of a vcpu, without its registers. */
struct err *context_place(struct xen *x, const struct vcpu *v, struct pcpu *pcpu,
			  enum vcpu_place *ret) ERR_MUST_CHECK;

/* Formats the place, "running on pcpu 3"; returns buf. */
const char *context_text(const struct context *c, char *buf, size_t size);

/*
 * Name of a vcpu as in Xen's messages: "d1v0", "d[IDLE]v3". vcpu_name_at() reads
 * the struct vcpu at va; "?" on failure. Both return buf.
 */
#define VCPU_NAME 24
const char *vcpu_name(const struct domain *d, const struct vcpu *v,
		      char buf[VCPU_NAME]);
const char *vcpu_name_at(struct xen *x, uint64_t va, char buf[VCPU_NAME]);
/*
 * Name of the vcpu that a pcpu runs; hypercalls return "" when no guest's vcpu
 * runs there, and fail for an offline pcpu.
 */
struct err *vcpu_name_on(struct xen *x, const struct pcpu *p,
			 char buf[VCPU_NAME]) ERR_MUST_CHECK;

#endif
