/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the parts of guest_core.h. */
#ifndef XEN_MODEL_GUEST_CORE_INTERNAL_H
#define XEN_MODEL_GUEST_CORE_INTERNAL_H

#include "guest_core.h"
#include "xen/memory/corewriter.h"
#include "xen/model/domain/context.h"

/* Receives the registers of a vcpu; control is NULL, and regs 0, if they cannot be read. */
typedef struct err *guest_vcpu_fn(void *arg, const struct note_regs *regs,
				  const struct control_regs *control);

/* Passes the vcpus in order; *missing counts vcpus that cannot be read at all. */
struct err *guest_core_each_vcpu(struct xen *x, const struct domain *d,
				 guest_vcpu_fn *fn, void *arg,
				 unsigned int *missing) ERR_MUST_CHECK;

/* Parts of the format of "xl dump-core" other than the pages. */
struct guest_core_xc {
	unsigned char *notes;
	size_t notes_len;		/* bytes */
	unsigned char *contexts;
	struct core_frame *frame;
	struct core_xc sections;	/* has pointers to the other members */
};

/* Release with guest_core_xc_free(), also after an error. */
struct err *guest_core_xc_make(struct xen *x, const struct domain *d,
			       const struct guest_map *m, struct guest_core_xc *ret,
			       struct guest_core *counts) ERR_MUST_CHECK;
void guest_core_xc_free(struct guest_core_xc *c);

#endif
