/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest.h"
#include "hooks.h"
#include "hypervisor.h"

#include <time.h>

#include "extensions/support/session.h"

/*
 * In a PV guest ffff8000'00000000 to ffff87ff'ffffffff belongs to Xen
 * (asm/config.h), and Linux on four-level tables does not map it under any
 * other hypervisor, so that hypervisor and kernel addresses do not overlap.
 */
#define XEN_START	0xffff800000000000UL
#define XEN_END		0xffff880000000000UL

/* Maximum age of cached memory of a running hypervisor; crash reads word by word. */
#define MAX_AGE_MS	100

static struct session *session;

/*
 * The live sources of crash cannot read memory of a running hypervisor: they
 * would interpret a machine address as one of dom0. Readers of xen.so can.
 */
static bool can_read(void)
{
	const struct xen *x = session->xen;

	return x && (!ACTIVE() || (xen_is_running(x) && xen_reads_memory(x)));
}

/*
 * Memory of the hypervisor; on a running host and in a session on a guest it is
 * read by xen.so.
 */
static bool crash_has_memory(void)
{
	return !ACTIVE() && !guest_is_expected();
}

bool hypervisor_owns(uint64_t va)
{
	return va >= XEN_START && va < XEN_END && can_read();
}

static int answer_is_kvaddr(ulong va)
{
	return hypervisor_owns(va) ? TRUE : HOOK_PASS;
}

static void refresh(void)
{
	static struct timespec last;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - last.tv_sec) * 1000 +
	    (now.tv_nsec - last.tv_nsec) / 1000000 < MAX_AGE_MS)
		return;
	xen_refresh(session->xen);
	last = now;
}

static int answer_kvtop(struct task_context *tc, ulong va, physaddr_t *paddr,
			int verbose)
{
	uint64_t maddr;
	struct err *e;

	(void)tc;
	if (!hypervisor_owns(va))
		return HOOK_PASS;
	refresh();
	e = space_translate(session->xen->space, va, &maddr);
	if (e) {
		if (verbose)
			print_safe(fp, "%s\n", err_text(e));
		err_free(e);
		return FALSE;
	}
	*paddr = maddr | MACHINE_TAG;
	return TRUE;
}

static int read_host(void *buf, int cnt, physaddr_t maddr)
{
	struct err *e = memory_read(session->xen->memory, maddr, buf, cnt);

	if (e && CRASHDEBUG(1))
		print_safe(fp, "%s\n", err_text(e));
	err_free(e);
	return e ? READ_ERROR : cnt;
}

static int answer_readmem(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	if ((paddr & TAG_BITS) != MACHINE_TAG)
		return HOOK_PASS;
	paddr &= ~MACHINE_TAG;
	return crash_has_memory() ? hooks_read_machine(fd, buf, cnt, va, paddr) :
				    read_host(buf, cnt, paddr);
}

static const struct hook hook = {
	.is_kvaddr = answer_is_kvaddr,
	.kvtop = answer_kvtop,
	.readmem = answer_readmem,
};

void hypervisor_register(struct session *s)
{
	session = s;
	hooks_register(&hook);
}
