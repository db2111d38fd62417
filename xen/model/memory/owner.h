/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose an address is: the vcpu or domain whose structure it lies in. Timers,
 * tasklets and locks say by that what they are for.
 */
#ifndef XEN_MODEL_OWNER_H
#define XEN_MODEL_OWNER_H

#include "xen/model/xen.h"

struct owner {
	uint64_t va, end;		/* of the structure */
	uint16_t domid;
	int32_t vcpu;			/* -1: of the domain itself */
};

struct owners {
	struct owner *at;		/* sorted by va */
	size_t nr, room;
	uint64_t latest;		/* youngest state_entry_time of a vcpu, ns */
};

/*
 * All domains and vcpus that can be read; the others cannot be named, which is
 * no error. Fails without memory and by ERR_INTERRUPTED.
 */
struct err *owners_read(struct xen *x, struct owners *ret) ERR_MUST_CHECK;
void owners_release(struct owners *o);

/* The structure that va lies in; NULL: in none. */
const struct owner *owners_find(const struct owners *o, uint64_t va);
/* "d1v0", "d1", "idle3"; returns buf. */
#define OWNER_TEXT 24
const char *owner_text(const struct owner *o, char *buf);

#endif
