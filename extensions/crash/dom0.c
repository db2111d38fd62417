/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

#include "xen/model/domain/context.h"

/* No PV kernel on x86_64 runs below; user space does. */
#define KERNEL_START	0xffff800000000000UL

/* Registers by crash's numbers (enum x86_64_regnum, 8.0.6 and later). */
#ifdef HAVE_GET_CURRENT_TASK_REG
static const struct {
	int regno;
	size_t at;
} numbers[] = {
	{ RAX_REGNUM, offsetof(struct regs, rax) },
	{ RBX_REGNUM, offsetof(struct regs, rbx) },
	{ RCX_REGNUM, offsetof(struct regs, rcx) },
	{ RDX_REGNUM, offsetof(struct regs, rdx) },
	{ RSI_REGNUM, offsetof(struct regs, rsi) },
	{ RDI_REGNUM, offsetof(struct regs, rdi) },
	{ RBP_REGNUM, offsetof(struct regs, rbp) },
	{ RSP_REGNUM, offsetof(struct regs, rsp) },
	{ R8_REGNUM, offsetof(struct regs, r8) },
	{ R9_REGNUM, offsetof(struct regs, r9) },
	{ R10_REGNUM, offsetof(struct regs, r10) },
	{ R11_REGNUM, offsetof(struct regs, r11) },
	{ R12_REGNUM, offsetof(struct regs, r12) },
	{ R13_REGNUM, offsetof(struct regs, r13) },
	{ R14_REGNUM, offsetof(struct regs, r14) },
	{ R15_REGNUM, offsetof(struct regs, r15) },
	{ RIP_REGNUM, offsetof(struct regs, rip) },
	{ EFLAGS_REGNUM, offsetof(struct regs, rflags) },
	{ CS_REGNUM, offsetof(struct regs, cs) },
	{ SS_REGNUM, offsetof(struct regs, ss) },
};
#endif

const char *dom0_symbol(uint64_t va, uint64_t *offset)
{
	struct syment *sp;
	ulong off = 0;

	if (va < KERNEL_START)
		return NULL;
	/* does not raise errors: it only looks in crash's own tables */
	sp = value_search(va, &off);
	if (!sp)
		return NULL;
	*offset = off;
	return sp->name;
}

/* Linux numbers its cpus in dom0 as Xen numbers its vcpus. */
static struct err *read_registers(struct xen *x, unsigned int cpu,
				  struct regs *ret)
{
	struct context c;
	struct domain d;
	struct vcpu v;

	ERR_TRY(domain_find(x, 0, &d));
	ERR_TRY(vcpu_find(x, &d, cpu, &v));
	ERR_TRY(context_read(x, &d, &v, &c));
	if (c.place == PLACE_IDLE || c.regs.rip.state != VALUE_OK ||
	    c.regs.rsp.state != VALUE_OK)
		return err_new(ERR_NOT_FOUND, "vcpu %u has no registers", cpu);
	*ret = c.regs;
	return NULL;
}

bool dom0_registers(struct task_context *tc, struct regs *ret)
{
	struct err *e;

	if (!tc || !session.xen || !records_known(session.xen->records) || ACTIVE() ||
	    tc->processor < 0 || !is_task_active(tc->task))
		return false;
	e = read_registers(session.xen, tc->processor, ret);
	err_free(e);
	return !e;
}

bool dom0_stack_frame(struct bt_info *bt, ulong *pcp, ulong *spp)
{
	struct regs regs;

	if (!dom0_registers(bt->tc, &regs))
		return false;
	if (pcp)
		*pcp = regs.rip.u;
	if (spp)
		*spp = regs.rsp.u;
	/* BT_START: rip itself is a frame, not only what is on the stack */
	bt->flags |= regs.rip.u < KERNEL_START ? BT_USER_SPACE : BT_START;
	/* nothing further to search: these are the registers */
	bt->flags &= ~(ulonglong)BT_DUMPFILE_SEARCH;
	return true;
}

void dom0_show_user(struct bt_info *bt)
{
	struct regs r;

	if (!(bt->flags & BT_USER_SPACE) || bt->flags & BT_TEXT_SYMBOLS ||
	    BT_REFERENCE_CHECK(bt) || !dom0_registers(bt->tc, &r) ||
	    r.rip.u >= KERNEL_START)
		return;
	fprintf(fp, "    RIP: %016lx  RSP: %016lx  RFLAGS: %08lx\n", r.rip.u, r.rsp.u,
		r.rflags.u);
	fprintf(fp, "    RAX: %016lx  RBX: %016lx  RCX: %016lx\n", r.rax.u, r.rbx.u,
		r.rcx.u);
	fprintf(fp, "    RDX: %016lx  RSI: %016lx  RDI: %016lx\n", r.rdx.u, r.rsi.u,
		r.rdi.u);
	fprintf(fp, "    RBP: %016lx   R8: %016lx   R9: %016lx\n", r.rbp.u, r.r8.u,
		r.r9.u);
	fprintf(fp, "    R10: %016lx  R11: %016lx  R12: %016lx\n", r.r10.u, r.r11.u,
		r.r12.u);
	fprintf(fp, "    R13: %016lx  R14: %016lx  R15: %016lx\n", r.r13.u, r.r14.u,
		r.r15.u);
	fprintf(fp, "    CS: %04lx  SS: %04lx\n", r.cs.u, r.ss.u);
}

bool dom0_register(struct task_context *tc, int regno, int size, void *value)
{
#ifdef HAVE_GET_CURRENT_TASK_REG
	const struct value *v;
	struct regs regs;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].regno == regno)
			break;
	if (i == sizeof(numbers) / sizeof(numbers[0]) ||
	    !dom0_registers(tc, &regs))
		return false;
	v = (const void *)((const char *)&regs + numbers[i].at);
	if (v->state != VALUE_OK || size < 0 || (size_t)size > sizeof(v->u))
		return false;
	/* a wide value in low bytes first, as registers of fewer bytes want it */
	memcpy(value, &v->u, size);
	return true;
#else
	(void)tc;
	(void)regno;
	(void)size;
	(void)value;
	return false;
#endif
}
