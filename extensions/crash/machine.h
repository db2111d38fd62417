/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dom0's memory in a dump of a whole machine. It has no Xen notes, so that crash
 * takes dom0's addresses for machine addresses.
 */
#ifndef EXT_CRASH_MACHINE_H
#define EXT_CRASH_MACHINE_H

struct xen;

/* Finds dom0's memory where crash does not, and registers the reader of a PVH dom0. */
void machine_register(struct xen *x);
void machine_forget(void);
/* A step of the deferred start; may leave by crash's jumps. */
void machine_restart(void);

#endif
