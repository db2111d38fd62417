/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `xen source -x`: methods to read the memory of the running hypervisor. */
#ifndef EXT_SOURCE_XEN_H
#define EXT_SOURCE_XEN_H

#include "extensions/support/command.h"
#include "xen/hypercall/live_memory_ops.h"

struct source_method {
	char name[16];		/* "-x A" */
	const char *state;	/* "in use", "usable", "refused" */
	char why[512];		/* reason of a refusal, else how the method reads */
};

/* Lists all methods, in the order of enum live_method. */
struct err *source_xen_methods(struct session *s,
			       struct source_method ret[LIVE_METHODS]) ERR_MUST_CHECK;
/* method: a letter, "auto", "off" or "cleanup". */
struct err *source_xen_use(struct session *s, struct out *o,
			   const char *method) ERR_MUST_CHECK;

#endif
