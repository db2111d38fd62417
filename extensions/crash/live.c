/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

/*
 * Live sessions of a dom0. /proc/kcore has the kernel's own view of its
 * memory: addresses that page tables map are read from it as they are.
 */
bool live_reads_kernel(ulong va)
{
	return ACTIVE() && (pc->flags & PROC_KCORE) && IS_VMALLOC_ADDR(va);
}

void live_find(void)
{
	struct err *e = session_open_live(&session);

	if (e)
		session.why_no_xen = strdup(err_text(e));
	err_free(e);
}
