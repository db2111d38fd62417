/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owner of an address: the vcpu or domain whose structure contains it. This
 * identifies timers, tasklets and locks that are embedded there.
 */
#ifndef XEN_MODEL_OWNER_H
#define XEN_MODEL_OWNER_H

#include "xen/model/xen.h"

struct owner {
	uint64_t va, end;		/* va of the structure */
	uint16_t domid;
	int32_t vcpu;			/* -1: the domain itself */
};

struct owners {
	struct owner *at;		/* sorted by va */
	size_t nr;
};

/*
 * Reads all domains and vcpus that are readable. Fails only with ERR_NO_MEMORY
 * and ERR_INTERRUPTED.
 */
struct err *owners_read(struct xen *x, struct owners *ret) ERR_MUST_CHECK;
void owners_release(struct owners *o);

/* Returns the structure that contains va, or NULL. */
const struct owner *owners_find(const struct owners *o, uint64_t va);
/* "d1v0", "d1", "idle3"; returns buf. */
#define OWNER_TEXT 24
const char *owner_text(const struct owner *o, char *buf);

#endif
