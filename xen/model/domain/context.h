/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the true registers of a vcpu are: Xen leaves those of the vcpu it ran
 * last on the pcpu's stack, until another one needs the pcpu.
 */
#ifndef XEN_MODEL_CONTEXT_H
#define XEN_MODEL_CONTEXT_H

#include "xen/model/pcpu/pcpu.h"
#include "xen/model/regs.h"
#include "vcpu.h"

enum vcpu_place {
	PLACE_SAVED,		/* descheduled: struct vcpu has them */
	PLACE_RUNNING,		/* on a pcpu */
	PLACE_LAZY,		/* the pcpu idles, with them still loaded */
	PLACE_SWITCH_FROM,	/* the pcpu was switching away from it */
	PLACE_SWITCH_TO,	/* the pcpu was switching to it */
	PLACE_LOST,		/* runs on a pcpu that did not answer any more */
	PLACE_IDLE,		/* an idle vcpu: it has no guest */
};

/* What a guest has besides struct cpu_user_regs. */
struct control_regs {
	struct value cr0, cr2, cr3, cr4, efer;
	/* known while descheduled; else in the processor only */
	struct value fs_base, gs_base;
	struct value cs, ss;	/* of HVM guests; cpu_user_regs lacks them */
};

struct context {
	enum vcpu_place place;
	struct pcpu pcpu;	/* meaningless for PLACE_SAVED */
	struct regs regs;	/* va is 0 for PLACE_IDLE and by hypercalls */
	struct control_regs control;
	const char *control_from;	/* "VMCB", "struct vcpu" */
};

struct err *context_read(struct xen *x, const struct domain *d,
			 const struct vcpu *v, struct context *ret) ERR_MUST_CHECK;

/* Where a vcpu is, without its registers. */
struct err *context_place(struct xen *x, const struct vcpu *v, struct pcpu *pcpu,
			  enum vcpu_place *ret) ERR_MUST_CHECK;

/* "running on pcpu 3" ...; returns buf. */
const char *context_text(const struct context *c, char *buf, size_t size);

/*
 * A vcpu as Xen's messages name it: "d1v0", "d[IDLE]v3"; or the one whose
 * struct vcpu is at va, "?" when it cannot be read. Both return buf.
 */
#define VCPU_NAME 24
const char *vcpu_name(const struct domain *d, const struct vcpu *v,
		      char buf[VCPU_NAME]);
const char *vcpu_name_at(struct xen *x, uint64_t va, char buf[VCPU_NAME]);
/*
 * The name of the vcpu that a pcpu runs; "" when hypercalls find no guest's
 * there. Fails where that cannot be read, and for an offline pcpu by hypercalls.
 */
struct err *vcpu_name_on(struct xen *x, const struct pcpu *p,
			 char buf[VCPU_NAME]) ERR_MUST_CHECK;

#endif
