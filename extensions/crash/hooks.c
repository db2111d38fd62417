/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooks.h"

#define HOOKS_MAX 8

static const struct hook *hooks[HOOKS_MAX];
static size_t nr_hooks;

static struct {
	int (*is_kvaddr)(ulong);
	int (*kvtop)(struct task_context *, ulong, physaddr_t *, int);
	int (*readmem)(int, void *, int, ulong, physaddr_t);
	int (*uvtop)(struct task_context *, ulong, physaddr_t *, int);
	void (*stack_frame)(struct bt_info *, ulong *, ulong *);
	void (*back_trace)(struct bt_info *);
	int (*task_reg)(int, const char *, int, void *, int);
} original;

/* The last read through crash, if it reached a page left out by a filter. */
static struct {
	bool is;
	ulong va;
	physaddr_t paddr;
} excluded;

void hooks_register(const struct hook *hook)
{
	size_t i;

	for (i = 0; i < nr_hooks; i++)
		if (hooks[i] == hook)
			return;
	if (nr_hooks < HOOKS_MAX)
		hooks[nr_hooks++] = hook;
}

/* Returns from the calling function with the first result other than HOOK_PASS. */
#define TRY_HOOKS(member, ...)						\
	do {								\
		size_t i_;						\
									\
		for (i_ = 0; i_ < nr_hooks; i_++) {			\
			int ret_ = hooks[i_]->member ?			\
				   hooks[i_]->member(__VA_ARGS__) :	\
				   HOOK_PASS;				\
									\
			if (ret_ != HOOK_PASS)				\
				return ret_;				\
		}							\
	} while (0)

static int hook_is_kvaddr(ulong va)
{
	TRY_HOOKS(is_kvaddr, va);
	return original.is_kvaddr(va);
}

static int hook_kvtop(struct task_context *tc, ulong va, physaddr_t *paddr,
		      int verbose)
{
	TRY_HOOKS(kvtop, tc, va, paddr, verbose);
	return original.kvtop(tc, va, paddr, verbose);
}

static int hook_uvtop(struct task_context *tc, ulong va, physaddr_t *paddr,
		      int verbose)
{
	TRY_HOOKS(uvtop, tc, va, paddr, verbose);
	return original.uvtop(tc, va, paddr, verbose);
}

static int read_by_hooks(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	TRY_HOOKS(readmem, fd, buf, cnt, va, paddr);
	return original.readmem(fd, buf, cnt, va, paddr);
}

static int hook_readmem(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	int n = read_by_hooks(fd, buf, cnt, va, paddr);

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

static int stack_frame_by_hooks(struct bt_info *bt, ulong *pcp, ulong *spp)
{
	TRY_HOOKS(stack_frame, bt, pcp, spp);
	return HOOK_PASS;
}

static void hook_stack_frame(struct bt_info *bt, ulong *pcp, ulong *spp)
{
	if (stack_frame_by_hooks(bt, pcp, spp) == HOOK_PASS)
		original.stack_frame(bt, pcp, spp);
}

/* At its first trace crash may choose another function (x86_64.c). */
static void hook_back_trace(struct bt_info *bt)
{
	size_t i;

	original.back_trace(bt);
	if (machdep->back_trace != hook_back_trace) {
		original.back_trace = machdep->back_trace;
		machdep->back_trace = hook_back_trace;
	}
	for (i = 0; i < nr_hooks; i++)
		if (hooks[i]->back_trace)
			hooks[i]->back_trace(bt);
}

/*
 * 8.0.6 passes four arguments, 9.0 five; the fifth is always passed, and 8.0.6
 * ignores it.
 */
static int hook_task_reg(int regno, const char *name, int size, void *value,
			 int sid)
{
	struct task_context *tc = CURRENT_CONTEXT();

	if (!tc)
		return FALSE;
	TRY_HOOKS(task_reg, tc, regno, size, value);
	return original.task_reg(regno, name, size, value, sid);
}

static void wrap_task_reg(bool install)
{
#ifdef HAVE_TASK_REG
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

int hooks_read(int fd, void *buf, int cnt, ulong va, physaddr_t paddr)
{
	hooks_reader *reader = original.readmem ? original.readmem : pc->readmem;

	return reader(fd, buf, cnt, va, paddr);
}

/* XEN_MACHINE_ADDR makes netdump.c and diskdump.c skip the lookup in dom0's P2M. */
int hooks_read_machine(int fd, void *buf, int cnt, ulong va, physaddr_t maddr)
{
	ulong flags = pc->curcmd_flags;
	int n;

	pc->curcmd_flags |= XEN_MACHINE_ADDR;
	n = hooks_read(fd, buf, cnt, va, maddr);
	pc->curcmd_flags = flags;
	return n;
}

void hooks_set_reader(hooks_reader *reader)
{
	if (original.readmem)
		original.readmem = reader;
	else
		pc->readmem = reader;
}

void hooks_install(void)
{
	if (original.readmem)
		return;
	original.is_kvaddr = machdep->is_kvaddr;
	original.kvtop = machdep->kvtop;
	original.readmem = pc->readmem;
	original.uvtop = machdep->uvtop;
	original.stack_frame = machdep->get_stack_frame;
	original.back_trace = machdep->back_trace;
	machdep->is_kvaddr = hook_is_kvaddr;
	machdep->kvtop = hook_kvtop;
	pc->readmem = hook_readmem;
	machdep->uvtop = hook_uvtop;
	machdep->get_stack_frame = hook_stack_frame;
	machdep->back_trace = hook_back_trace;
	wrap_task_reg(true);
}

/* crash replaces uvtop when its start-up finds that Xen started the kernel (x86_64.c). */
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
	wrap_task_reg(false);
	memset(&original, 0, sizeof(original));
}
