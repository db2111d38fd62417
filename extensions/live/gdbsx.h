/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Methods A and C: Xen's own debugger interface, XEN_DOMCTL_gdbsx_guestmemio. */
#ifndef LIVE_GDBSX_H
#define LIVE_GDBSX_H

#include "xen/hypercall/live_memory_ops.h"

struct gdbsx;

/* with_helper: method C. what: see live_memory_ops.h */
int gdbsx_create(const struct live_memory_facts *facts, bool with_helper,
		 struct gdbsx **ret, const char **what);
/* For errors see helper_destroy(). */
int gdbsx_destroy(struct gdbsx *g);
/* address: a va of the hypervisor for A, a machine address for C, within one window. */
int gdbsx_read(struct gdbsx *g, uint64_t address, void *buf, size_t len);

#endif
