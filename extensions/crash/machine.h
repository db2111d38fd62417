/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dom0's memory in a dump of a whole machine. It has no Xen notes, so that
 * crash interprets dom0's addresses as machine addresses.
 */
#ifndef EXT_CRASH_MACHINE_H
#define EXT_CRASH_MACHINE_H

struct xen;

/* Finds dom0's memory if crash does not, and registers the reader of a PVH dom0. */
void machine_register(struct xen *x);
void machine_forget(void);
/* A step of the deferred start; errors may jump to crash's prompt. */
void machine_restart(void);

#endif
