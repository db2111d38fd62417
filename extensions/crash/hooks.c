/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

/*
 * crash decides by three pointers whether it can read an address: is it the
 * kernel's, where is it, read it. In a PV guest ffff8000'00000000 to
 * ffff87ff'ffffffff is Xen's (asm/config.h), and no Linux before or since puts
 * anything there on four-level tables, so that the two never clash.
 */
#define XEN_START	0xffff800000000000UL
#define XEN_END		0xffff880000000000UL

/*
 * Mark a "physical" address of crash as a machine address of ours, or as what
 * is really an address of dom0's kernel, to be read as such.
 */
#define MACHINE_TAG	(1ULL << 62)
#define KERNEL_TAG	(2ULL << 62)
#define TAG_BITS	(3ULL << 62)

/* Kernel addresses have these bits set, and are told by the ones below. */
#define KERNEL_BITS	(~0ULL << 47)

static struct {
	int (*is_kvaddr)(ulong);
	int (*kvtop)(struct task_context *, ulong, physaddr_t *, int);
	int (*readmem)(int, void *, int, ulong, physaddr_t);
	int (*uvtop)(struct task_context *, ulong, physaddr_t *, int);
	void (*stack_frame)(struct bt_info *, ulong *, ulong *);
	void (*back_trace)(struct bt_info *);
	int (*task_reg)(int, const char *, int, void *, int);
} original;

/* The last read through crash, when it came upon a page that a filter left out. */
static struct {
	bool is;
	ulong va;
	physaddr_t paddr;
} excluded;

/*
 * A running hypervisor's memory is no part of what crash's live sources read: a
 * machine address would be taken for one of dom0's. Ours may read it.
 */
static bool is_xen(ulong va)
{
	return va >= XEN_START && va < XEN_END && (!ACTIVE() || live_reads_xen());
}

static int hook_is_kvaddr(ulong va)
{
	return is_xen(va) || original.is_kvaddr(va);
}

static int hook_kvtop(struct task_context *tc, ulong va, physaddr_t *paddr,
		      int verbose)
{
	uint64_t maddr;
	struct err *e;

	/* vtop wants to know where it is; readers only want its bytes */
	if (!is_xen(va) && live_is_mapped(va)) {
		if (!live_reads_virtual())
			return live_kernel_address(va, paddr);
		if (verbose && live_kernel_address(va, paddr))
			return TRUE;
		*paddr = (va & ~KERNEL_BITS) | KERNEL_TAG;
		return TRUE;
	}
	if (!is_xen(va) || !session.xen)
		return original.kvtop(tc, va, paddr, verbose);
	live_refresh();
	e = space_translate(session.xen->space, va, &maddr);
	if (e) {
		if (verbose)
			fprintf(fp, "%s\n", err_text(e));
		err_free(e);
		return FALSE;
	}
	*paddr = maddr | MACHINE_TAG;
	return TRUE;
}

/*
 * In /proc/kcore the array of struct page has holes where there is no RAM,
 * though the kernel has mapped them.
 */
static int read_kernel(int fd, void *buf, int cnt, ulong va)
{
	int n = original.readmem(fd, buf, cnt, va, KCORE_USE_VADDR);
	physaddr_t paddr;

	if (n == SEEK_ERROR && live_kernel_address(va, &paddr))
		n = original.readmem(fd, buf, cnt, va, paddr);
	return n;
}

static int hook_uvtop(struct task_context *tc, ulong va, physaddr_t *paddr,
		      int verbose)
{
	if (!live_is_pv())
		return original.uvtop(tc, va, paddr, verbose);
	if (live_user_address(tc, va, paddr))
		return TRUE;
	*paddr = 0;
	return FALSE;
}

static int read_at(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	ulong flags = pc->curcmd_flags;
	int n;

	if ((paddr & TAG_BITS) == KERNEL_TAG)
		return read_kernel(fd, buf, cnt, (paddr & ~TAG_BITS) | KERNEL_BITS);
	if ((paddr & TAG_BITS) != MACHINE_TAG &&
	    !(flags & XEN_MACHINE_ADDR) && machine_translates()) {
		if (!machine_address(paddr, &paddr))
			return SEEK_ERROR;
		paddr |= MACHINE_TAG;
	}
	if ((paddr & TAG_BITS) != MACHINE_TAG)
		return original.readmem(fd, buf, cnt, va, paddr);
	if (ACTIVE())
		return live_read_machine(buf, cnt, paddr & ~MACHINE_TAG);
	pc->curcmd_flags |= XEN_MACHINE_ADDR;
	n = original.readmem(fd, buf, cnt, va, paddr & ~MACHINE_TAG);
	pc->curcmd_flags = flags;
	return n;
}

static int hook_readmem(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	int n = read_at(fd, buf, cnt, va, paddr);

	excluded.is = n == PAGE_EXCLUDED;
	excluded.va = va;
	excluded.paddr = paddr & ~TAG_BITS;
	return n;
}

bool hooks_excluded(ulong *va, physaddr_t *paddr)
{
	*va = excluded.va;
	*paddr = excluded.paddr;
	return excluded.is;
}

/*
 * Where a trace of dom0 begins: for a task that was active, at the registers
 * Xen holds of its cpu. crash knows those of its own dumps' notes, which under
 * Xen are the hypervisor's, and else raises a fatal error (x86_64.c).
 */
static void hook_stack_frame(struct bt_info *bt, ulong *pcp, ulong *spp)
{
	if (!dom0_stack_frame(bt, pcp, spp))
		original.stack_frame(bt, pcp, spp);
}

/*
 * Of a task that was in user mode crash says no more than that, where it has no
 * registers of its own. At its first trace it may choose another function.
 */
static void hook_back_trace(struct bt_info *bt)
{
	original.back_trace(bt);
	if (machdep->back_trace != hook_back_trace) {
		original.back_trace = machdep->back_trace;
		machdep->back_trace = hook_back_trace;
	}
	dom0_show_user(bt);
}

/*
 * 8.0.6 and later read the current task's registers whenever a context is set,
 * and raise that error then. Where Xen's cannot be had, gdb is told so instead.
 * (8.0.6 passes four arguments, 9.0 five; the fifth is passed on and ignored.)
 */
static int hook_task_reg(int regno, const char *name, int size, void *value,
			 int sid)
{
	struct task_context *tc = CURRENT_CONTEXT();

	if (!tc)
		return FALSE;
	if (dom0_register(tc, regno, size, value))
		return TRUE;
	if (is_task_active(tc->task) && tc->task != tt->panic_task)
		return FALSE;
	return original.task_reg(regno, name, size, value, sid);
}

static void hook_registers(bool install)
{
#ifdef HAVE_GET_CURRENT_TASK_REG
	if (install) {
		original.task_reg = (void *)machdep->get_current_task_reg;
		machdep->get_current_task_reg = (void *)hook_task_reg;
	} else {
		machdep->get_current_task_reg = (void *)original.task_reg;
	}
#else
	(void)install;
	(void)hook_task_reg;
#endif
}

int hooks_readmem(void *buf, int cnt, physaddr_t paddr)
{
	int (*readmem)(int, void *, int, ulong, physaddr_t) =
		original.readmem ? original.readmem : pc->readmem;

	return readmem(pc->dfd, buf, cnt, 0, paddr);
}

void hooks_set_readmem(hooks_reader *readmem)
{
	if (original.readmem)
		original.readmem = readmem;
	else
		pc->readmem = readmem;
}

void hooks_install(void)
{
	if (original.readmem)
		return;
	original.is_kvaddr = machdep->is_kvaddr;
	original.kvtop = machdep->kvtop;
	original.readmem = pc->readmem;
	original.uvtop = machdep->uvtop;
	machdep->uvtop = hook_uvtop;
	machdep->is_kvaddr = hook_is_kvaddr;
	machdep->kvtop = hook_kvtop;
	pc->readmem = hook_readmem;
	original.stack_frame = machdep->get_stack_frame;
	machdep->get_stack_frame = hook_stack_frame;
	original.back_trace = machdep->back_trace;
	machdep->back_trace = hook_back_trace;
	hook_registers(true);
}

/* crash takes another uvtop once its start-up has seen that Xen started the kernel (x86_64.c). */
void hooks_renew(void)
{
	if (!original.readmem || machdep->uvtop == hook_uvtop)
		return;
	original.uvtop = machdep->uvtop;
	machdep->uvtop = hook_uvtop;
}

void hooks_remove(void)
{
	if (!original.readmem)
		return;
	machdep->is_kvaddr = original.is_kvaddr;
	machdep->kvtop = original.kvtop;
	pc->readmem = original.readmem;
	machdep->uvtop = original.uvtop;
	machdep->get_stack_frame = original.stack_frame;
	machdep->back_trace = original.back_trace;
	hook_registers(false);
	memset(&original, 0, sizeof(original));
}
