/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From machine frames to frames of a PV dom0 on a running host. Its page tables
 * hold machine addresses, and crash has the way back for dumps only.
 */
#ifndef EXT_CRASH_M2P_H
#define EXT_CRASH_M2P_H

#include "crash.h"
#include "xen/base/error.h"

struct session;

/*
 * Walks page tables of dom0 from the top-level table at va pgd. False if the
 * address is not mapped, or not to a frame of dom0.
 */
bool m2p_walk(struct session *s, ulong pgd, ulong va, physaddr_t *paddr);
/* NULL if Xen's M2P can be read, else the reason. */
struct err *m2p_try(struct session *s) ERR_MUST_CHECK;
/* Frees what was read of dom0's P2M. */
void m2p_forget(void);

#endif
