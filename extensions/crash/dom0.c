/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dom0.h"
#include "hooks.h"
#include "signals.h"

#include "extensions/support/session.h"
#include "xen/model/diagnosis/verdict.h"
#include "xen/model/domain/context.h"
#include "xen/model/pcpu/pcpu.h"

/* Lowest address of kernel code on x86_64; user space is below. */
#define KERNEL_START	0xffff800000000000UL

static struct session *session;

/* Set as crash's panic task by dom0_select_task(); 0: none */
static ulong panic_task;

/* Registers by crash's numbers (enum x86_64_regnum, 8.0.6 and later). */
#ifdef HAVE_TASK_REG
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

const char *kernel_symbol(uint64_t va, uint64_t *offset)
{
	struct syment *sp;
	ulong off = 0;

	if (va < KERNEL_START)
		return NULL;
	/* raises no error: only searches crash's tables */
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
	if (c.place == PLACE_IDLE || !value_ok(&c.regs.rip) ||
	    !value_ok(&c.regs.rsp))
		return err_new(ERR_NOT_FOUND, "vcpu %u has no registers", cpu);
	*ret = c.regs;
	return NULL;
}

static bool active_registers(struct task_context *tc, struct regs *ret)
{
	struct err *e;

	if (!tc || !session->xen || !records_known(session->xen->records) || ACTIVE() ||
	    tc->processor < 0 || !is_task_active(tc->task))
		return false;
	e = read_registers(session->xen, tc->processor, ret);
	err_free(e);
	return !e;
}

/*
 * Start of a trace. crash only has registers from the notes of a dump, which
 * under Xen are those of the hypervisor, and otherwise raises a fatal error
 * (x86_64.c).
 */
static int answer_stack_frame(struct bt_info *bt, ulong *pcp, ulong *spp)
{
	struct regs regs;

	if (!active_registers(bt->tc, &regs))
		return HOOK_PASS;
	if (pcp)
		*pcp = value_of(&regs.rip);
	if (spp)
		*spp = value_of(&regs.rsp);
	/* BT_START: rip itself is a frame */
	bt->flags |= value_of(&regs.rip) < KERNEL_START ? BT_USER_SPACE : BT_START;
	/* no search of the stack: the registers are known */
	bt->flags &= ~(ulonglong)BT_DUMPFILE_SEARCH;
	return TRUE;
}

/*
 * Prints registers of a task in user mode in crash's format; those in system
 * mode are printed by crash.
 */
static void print_user_registers(struct bt_info *bt)
{
	struct regs r;

	if (!(bt->flags & BT_USER_SPACE) || bt->flags & BT_TEXT_SYMBOLS ||
	    BT_REFERENCE_CHECK(bt) || !active_registers(bt->tc, &r) ||
	    value_of(&r.rip) >= KERNEL_START)
		return;
	fprintf(fp, "    RIP: %016lx  RSP: %016lx  RFLAGS: %08lx\n", value_of(&r.rip), value_of(&r.rsp),
		value_of(&r.rflags));
	fprintf(fp, "    RAX: %016lx  RBX: %016lx  RCX: %016lx\n", value_of(&r.rax), value_of(&r.rbx),
		value_of(&r.rcx));
	fprintf(fp, "    RDX: %016lx  RSI: %016lx  RDI: %016lx\n", value_of(&r.rdx), value_of(&r.rsi),
		value_of(&r.rdi));
	fprintf(fp, "    RBP: %016lx   R8: %016lx   R9: %016lx\n", value_of(&r.rbp), value_of(&r.r8),
		value_of(&r.r9));
	fprintf(fp, "    R10: %016lx  R11: %016lx  R12: %016lx\n", value_of(&r.r10), value_of(&r.r11),
		value_of(&r.r12));
	fprintf(fp, "    R13: %016lx  R14: %016lx  R15: %016lx\n", value_of(&r.r13), value_of(&r.r14),
		value_of(&r.r15));
	fprintf(fp, "    CS: %04lx  SS: %04lx\n", value_of(&r.cs), value_of(&r.ss));
}

static bool read_register(struct task_context *tc, int regno, int size, void *value)
{
#ifdef HAVE_TASK_REG
	const struct value *v;
	struct regs regs;
	uint64_t word;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].regno == regno)
			break;
	if (i == sizeof(numbers) / sizeof(numbers[0]) ||
	    !active_registers(tc, &regs))
		return false;
	v = (const void *)((const char *)&regs + numbers[i].at);
	if (!value_ok(v) || size < 0 || (size_t)size > sizeof(word))
		return false;
	/* little endian: the low bytes of a narrow register */
	word = value_of(v);
	memcpy(value, &word, size);
	return true;
#else
	(void)tc;
	(void)regno;
	(void)size;
	(void)value;
	return false;
#endif
}

/*
 * 8.0.6 and later read registers whenever a context is set, which raises the
 * fatal error. For an active task without registers this function returns none
 * to gdb instead.
 */
static int answer_task_reg(struct task_context *tc, int regno, int size, void *value)
{
	if (read_register(tc, regno, size, value))
		return TRUE;
	if (is_task_active(tc->task) &&
	    (tc->task != tt->panic_task || tc->task == panic_task))
		return FALSE;
	return HOOK_PASS;
}

static const struct hook hook = {
	.stack_frame = answer_stack_frame,
	.back_trace = print_user_registers,
	.task_reg = answer_task_reg,
};

void dom0_register(struct session *s)
{
	session = s;
	hooks_register(&hook);
}

/*
 * Finds dom0's vcpu that was scheduled on a pcpu; ERR_NOT_FOUND: it is one of
 * another domain.
 */
static struct err *vcpu_on_pcpu(struct xen *x, const struct domain *dom0,
				unsigned int id, unsigned int *cpu)
{
	struct pcpu p;
	struct vcpu v;

	ERR_TRY(pcpu_read(x, id, &p));
	if (!value_ok(&p.current_vcpu))
		return err_new(ERR_NOT_FOUND, "pcpu %u has no current vcpu", id);
	ERR_TRY(vcpu_read(x, value_of(&p.current_vcpu), &v));
	if (!value_ok(&v.domain) || value_of(&v.domain) != dom0->va ||
	    !value_ok(&v.vcpu_id))
		return err_new(ERR_NOT_FOUND, "pcpu %u ran no vcpu of dom0", id);
	*cpu = value_of(&v.vcpu_id);
	return NULL;
}

/* Finds the lowest of dom0's vcpus that was running; ERR_NOT_FOUND: none. */
static struct err *running_vcpu(struct xen *x, const struct domain *dom0,
				unsigned int *cpu)
{
	struct vcpus walk;
	struct vcpu v;

	ERR_TRY(vcpus_start(&walk, x, dom0));
	for (;;) {
		struct err *e = vcpus_next(&walk, &v);

		if (err_is_final(e))
			return e;
		if (walk.done) {
			err_free(e);
			return err_new(ERR_NOT_FOUND, "no vcpu of dom0 was running");
		}
		if (e) {
			err_free(e);
			continue;
		}
		if (value_ok(&v.runstate) && value_of(&v.runstate) == RUNSTATE_RUNNING &&
		    value_ok(&v.vcpu_id)) {
			*cpu = value_of(&v.vcpu_id);
			return NULL;
		}
	}
}

/* died: it was scheduled on the pcpu that crashed. */
static struct err *find_cpu(struct xen *x, unsigned int *cpu, bool *died)
{
	struct verdict *v = malloc(sizeof(*v));
	struct domain dom0;
	struct err *e;
	int pcpu = -1;

	if (!v)
		return err_nomem();
	e = verdict_read(x, v);
	if (!e)
		pcpu = v->pcpu;
	free(v);
	if (!e)
		e = domain_find(x, 0, &dom0);
	if (e)
		return e;
	if (pcpu >= 0) {
		e = vcpu_on_pcpu(x, &dom0, pcpu, cpu);
		*died = !e;
		if (!e || err_is_final(e))
			return e;
		err_free(e);
	}
	return running_vcpu(x, &dom0, cpu);
}

static void set_task(ulong task)
{
	/* setting a context reads registers, and an error in it jumps to the prompt */
	bool ours = signals_leave();

#ifdef SET_CONTEXT_FORCE
	set_context(task, NO_PID, TRUE);
#else
	set_context(task, NO_PID);
#endif
	if (ours)
		signals_enter();
}

void dom0_select_task(struct session *s)
{
	bool died = false;
	unsigned int cpu;
	ulong task;
	struct err *e;

	if (ACTIVE() || tt->panic_task || !tt->active_set || !s->xen ||
	    !records_known(s->xen->records))
		return;
	e = find_cpu(s->xen, &cpu, &died);
	if (e) {
		err_free(e);
		return;
	}
	task = cpu < NR_CPUS ? tt->active_set[cpu] : 0;
	if (!task || !task_to_context(task))
		return;
	if (died)
		tt->panic_task = panic_task = task;
	set_task(task);
}

void dom0_forget(void)
{
	if (panic_task && tt->panic_task == panic_task)
		tt->panic_task = NO_TASK;
	panic_task = 0;
}

/*
 * Reads the kernel's own struct task_struct: crash's copy of it differs between
 * releases.
 */
const char *dom0_task(unsigned int cpu, char *buf, size_t size)
{
	long pid_at, comm_at;
	char comm[17] = "";
	ulong task;
	int pid;

	buf[0] = '\0';
	if (pc->flags & MINIMAL_MODE || ACTIVE() || !tt->active_set ||
	    cpu >= NR_CPUS)
		return buf;
	task = tt->active_set[cpu];
	pid_at = MEMBER_OFFSET("task_struct", "pid");
	comm_at = MEMBER_OFFSET("task_struct", "comm");
	if (!task || pid_at < 0 || comm_at < 0 ||
	    !readmem(task + pid_at, KVADDR, &pid, sizeof(pid), "pid",
		     RETURN_ON_ERROR | QUIET) ||
	    !readmem(task + comm_at, KVADDR, comm, sizeof(comm) - 1, "comm",
		     RETURN_ON_ERROR | QUIET))
		return buf;
	snprintf(buf, size, "%d (%s)", pid, comm);
	return buf;
}
