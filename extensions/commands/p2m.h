/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands share that translate a guest's addresses. */
#ifndef EXT_P2M_H
#define EXT_P2M_H

#include "xen/model/memory/p2m.h"
#include "extensions/support/command.h"

/* The steps of a walk, as a list. format NULL: entries are plain mfns. */
void steps_show(struct out *o, const char *key, const struct table_format *format,
		const struct table_walk *walk);

/* A guest's virtual address; vcpu is text, "D" or "D:V". */
struct err *guest_vtop(struct session *s, struct out *o, const char *vcpu,
		       const char *address) ERR_MUST_CHECK;

#endif
