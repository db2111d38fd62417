/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From machine frames to frames of a PV dom0 on a running host. Its page tables
 * contain machine addresses, and crash translates these back only in dumps.
 */
#ifndef EXT_CRASH_M2P_H
#define EXT_CRASH_M2P_H

#include "crash.h"
#include "xen/base/error.h"

struct session;

/*
 * Walks page tables of dom0 from the top-level table at va pgd. False if the
 * address is not mapped, or is mapped to a frame of another domain.
 */
bool m2p_walk(struct session *s, ulong pgd, ulong va, physaddr_t *paddr);
/* Returns NULL if Xen's M2P can be read, else the reason. */
struct err *m2p_try(struct session *s) ERR_MUST_CHECK;
/* Frees the copy of dom0's P2M. */
void m2p_forget(void);

#endif
