/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

/*
 * Live sessions of a dom0. /proc/kcore has the kernel's own view of its
 * memory: addresses that page tables map are read from it as they are.
 */
bool live_reads_kernel(ulong va)
{
	return live_is_pv() && (pc->flags & PROC_KCORE) && IS_VMALLOC_ADDR(va);
}

/* crash sets it for a kernel that Xen started (xen_start_info), PV only. */
bool live_is_pv(void)
{
	return ACTIVE() && XEN();
}

bool live_kernel_address(ulong va, physaddr_t *paddr)
{
	return m2p_walk(vt->kernel_pgd[0], va, paddr);
}

bool live_user_address(struct task_context *tc, ulong va, physaddr_t *paddr)
{
	ulong pgd = 0;

	if (!tc || !tc->mm_struct ||
	    !readmem(tc->mm_struct + OFFSET(mm_struct_pgd), KVADDR, &pgd,
		     sizeof(pgd), "mm_struct pgd", RETURN_ON_ERROR | QUIET))
		return false;
	return m2p_walk(pgd, va, paddr);
}

void live_find(void)
{
	struct err *e = session_open_live(&session);

	if (e)
		session.why_no_xen = strdup(err_text(e));
	err_free(e);
}
