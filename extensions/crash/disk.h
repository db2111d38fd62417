/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk of dom0 on which a ring of blkback is based. */
#ifndef EXT_CRASH_DISK_H
#define EXT_CRASH_DISK_H

#include <sys/types.h>

struct pv_task;

/*
 * Sets the disk of ret for the struct xen_blkif_ring at ring, and whether the
 * device mapper has suspended it; leaves them unchanged if that is unknown.
 */
void dom0_disk(ulong ring, struct pv_task *ret);

#endif
