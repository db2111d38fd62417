/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/domain/context.h"
#include "hypercall_number.h"
#include "lock.h"

#define RFLAGS_IF	(1ULL << 9)
/* Offset of the primary stack, 8 KiB, in the stack area (geometry.h). */
#define PRIMARY_START	(6 * STACK_PAGE)

/*
 * Functions on the path to the crash kernel, the most specific first; a trace
 * contains several. Names of 4.4 to master.
 */
static const struct {
	const char *function;
	enum death kind;
} ways[] = {
	{ "do_double_fault", DEATH_DOUBLE_FAULT },
	{ "nmi_watchdog_tick", DEATH_WATCHDOG },
	{ "mc_panic", DEATH_MCE },
	{ "do_machine_check", DEATH_MCE },
	{ "do_crashdump_trigger", DEATH_KEY },
	{ "hwdom_shutdown", DEATH_DOM0 },
	{ "dom0_shutdown", DEATH_DOM0 },
	{ "do_bug_frame", DEATH_BUG },
	{ "do_invalid_op", DEATH_BUG },
	{ "do_page_fault", DEATH_PAGE_FAULT },
	{ "do_general_protection", DEATH_PROTECTION },
	{ "do_entry_CP", DEATH_CONTROL_FLOW },
	{ "do_nmi", DEATH_NMI },
	{ "fatal_trap", DEATH_TRAP },
	{ "do_trap", DEATH_TRAP },
	{ "panic", DEATH_PANIC },
	{ "kexec_exec", DEATH_HYPERCALL },
	{ "do_kexec_op_internal", DEATH_HYPERCALL },
	{ "do_kexec_op", DEATH_HYPERCALL },
	{ "compat_kexec_op", DEATH_HYPERCALL },
};

static const char *const crash_functions[] = { "kexec_crash", "machine_crash_shutdown" };
static const char *const dying_functions[] = { "one_cpu_only", "panic", "kexec_crash" };

/* Functions that wait, recognised by the innermost function or its caller. */
static const struct {
	const char *function, *what;
	enum spin_kind kind;
} spins[] = {
	{ "_spin_lock", "waits for a spinlock", SPIN_SPINLOCK },
	{ "_spin_lock_cb", "waits for a spinlock", SPIN_SPINLOCK },
	{ "_spin_lock_irq", "waits for a spinlock", SPIN_SPINLOCK },
	{ "_spin_lock_irqsave", "waits for a spinlock", SPIN_SPINLOCK },
	{ "_spin_lock_recursive", "waits for a spinlock", SPIN_SPINLOCK },
	{ "spin_lock_common", "waits for a spinlock", SPIN_SPINLOCK },
	{ "rspin_lock", "waits for a spinlock", SPIN_SPINLOCK },
	{ "_rspin_lock", "waits for a spinlock", SPIN_SPINLOCK },
	{ "_rspin_lock_irqsave", "waits for a spinlock", SPIN_SPINLOCK },
	{ "_spin_barrier", "waits until a spinlock is free", SPIN_LOCK },
	{ "_read_lock", "waits for a read lock", SPIN_LOCK },
	{ "queue_read_lock_slowpath", "waits for a read lock", SPIN_LOCK },
	{ "_write_lock", "waits for a write lock", SPIN_LOCK },
	{ "queue_write_lock_slowpath", "waits for a write lock", SPIN_LOCK },
	{ "_percpu_write_lock", "waits for a write lock", SPIN_LOCK },
	{ "flush_area_mask", "waits for other pcpus to flush their TLBs", SPIN_PCPUS },
	{ "on_selected_cpus", "waits for other pcpus to call a function", SPIN_PCPUS },
	{ "smp_call_function", "waits for other pcpus to call a function", SPIN_PCPUS },
	{ "stop_machine_run", "waits for all other pcpus to stop", SPIN_PCPUS },
	{ "stopmachine_action", "waits for the pcpu that stops all others", SPIN_PCPUS },
	{ "mce_barrier_enter", "waits for other pcpus to handle a machine check", SPIN_PCPUS },
	{ "mce_barrier_exit", "waits for other pcpus to handle a machine check", SPIN_PCPUS },
	{ "sched_wait_rendezvous_in", "waits for its siblings to schedule", SPIN_PCPUS },
	{ "vcpu_sleep_sync", "waits for a vcpu to stop", SPIN_PCPUS },
};

/* Number of innermost frames to compare. */
#define SPIN_DEPTH 2

/* Functions in which the idle vcpu halts its pcpu. Names of 4.4 to master. */
static const char *const halts[] = {
	"default_idle", "mwait_idle", "mwait_idle_with_hints", "acpi_idle_do_entry",
	"acpi_safe_halt", "acpi_processor_idle", "idle_loop",
};

/* Context of the activity: the innermost match counts. */
static const struct {
	const char *function, *work;
} works[] = {
	{ "do_softirq", "in a softirq" },
	{ "__do_softirq", "in a softirq" },
	{ "process_softirqs", "in a softirq" },
	{ "do_IRQ", "in an interrupt" },
	{ "pv_hypercall", "in a hypercall" },
	{ "hvm_hypercall", "in a hypercall" },
	/* entry stubs that call the handlers directly, up to 4.7 */
	{ "hvm_do_hypercall", "in a hypercall" },
	{ "compat_hypercall", "in a hypercall" },
	{ "syscall_enter", "in a system call" },
	{ "lstar_enter", "in a system call" },
	{ "svm_intr_assist", "entering the guest" },
	{ "vmx_intr_assist", "entering the guest" },
	{ "svm_vmexit_handler", "handling a VM exit" },
	{ "vmx_vmexit_handler", "handling a VM exit" },
	{ "handle_exception_saved", "handling an exception" },
};

static const char *const key_ways[][2] = {
	{ "do_sysctl", "by a hypercall" },
	{ "keypress_action", "on a console" },
	{ "serial_rx", "on a console" },
};

/* Compares with a function's name, including its parts (".cold", ".isra.0"). */
static bool is_function(const struct symbol *sym, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(sym->name, name, len) && (!sym->name[len] || sym->name[len] == '.');
}

static const struct symbol *frame_symbol(const struct backtrace *b,
					 const struct frame *f)
{
	return symbols_by_addr(b->x->symbols, f->pc - f->is_return, NULL);
}

static bool is_any(const struct symbol *sym, const char *const *names, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (is_function(sym, names[i]))
			return true;
	return false;
}

/* Number of frames of the crash path: up to the first exception, or all. */
static unsigned int end_of_death(const struct trace *t)
{
	unsigned int i = 0;

	while (i < t->nr && t->frame[i].kind != FRAME_ENTRY)
		i++;
	return i;
}

static void look_at_death(struct backtrace *b, const struct trace *t,
			  unsigned int end, struct pcpu_activity *s)
{
	size_t best = ARRAY_SIZE(ways), w;
	unsigned int i;

	for (i = 0; i < end; i++) {
		const struct symbol *sym = frame_symbol(b, &t->frame[i]);

		if (!sym)
			continue;
		if (is_any(sym, crash_functions, ARRAY_SIZE(crash_functions)))
			s->crashed = true;
		for (w = 0; w < best; w++)
			if (is_function(sym, ways[w].function))
				best = w;
		for (w = 0; w < ARRAY_SIZE(key_ways); w++)
			if (is_function(sym, key_ways[w][0]))
				s->how = key_ways[w][1];
	}
	if (best < ARRAY_SIZE(ways)) {
		s->kind = ways[best].kind;
		s->via = ways[best].function;
	}
}

static bool is_exception(enum death d)
{
	return d == DEATH_MCE || d == DEATH_NMI || d == DEATH_WATCHDOG;
}

/* Finds the place of the crash: after the exception, or the caller of panic(). */
static void look_at_place(struct backtrace *b, const struct trace *t,
			  unsigned int end, struct pcpu_activity *s)
{
	const struct frame *f = NULL;
	unsigned int i;

	if (end < t->nr) {
		const struct entry *e = &t->frame[end].entry;

		s->vector = e->vector;
		s->error_code = e->error_code;
		s->entry = e->va;
		s->irqs_off = !(e->rflags & RFLAGS_IF);
		if (end + 1 < t->nr)
			f = &t->frame[end + 1];
	} else {
		/* such an exception without a frame interrupted a guest */
		s->from_guest = is_exception(s->kind);
	}
	for (i = 0; s->kind == DEATH_PANIC && i + 1 < end; i++) {
		const struct symbol *sym = frame_symbol(b, &t->frame[i]);

		if (sym && is_function(sym, s->via))
			f = &t->frame[i + 1];
	}
	if (!f)
		return;
	s->pc = f->pc;
	s->is_return = f->is_return;
	s->sp = f->sp;
	s->overflow = (f->sp & (STACK_SIZE - 1)) <= PRIMARY_START;
	if (f + 1 < t->frame + t->nr && f[1].kind == FRAME_CODE)
		s->outer = f[1].pc;
}

/* True if the pcpu takes a spinlock, at rdi of its first frame there, without waiting. */
static bool takes_free_lock(struct backtrace *b, const struct frame *f,
			    enum spin_kind kind)
{
	return f && kind == SPIN_SPINLOCK && state_has(&f->state, X64_RDI) &&
	       lock_has_no_waiter(b->x, f->state.r[X64_RDI]);
}

static void look_at_spin(struct backtrace *b, const struct trace *t,
			 unsigned int from, struct pcpu_activity *s)
{
	const struct frame *first = NULL;
	unsigned int i;
	size_t w;

	for (i = from; i < t->nr && i < from + SPIN_DEPTH; i++) {
		const struct symbol *sym = frame_symbol(b, &t->frame[i]);

		for (w = 0; sym && w < ARRAY_SIZE(spins); w++) {
			if (!is_function(sym, spins[w].function))
				continue;
			first = first ? first : &t->frame[i];
			s->spins = spins[w].what;
			s->spin_kind = spins[w].kind;
			s->spin_regs = t->frame[i].state;
			if (i + 1 < t->nr && t->frame[i + 1].kind == FRAME_CODE)
				s->caller = t->frame[i + 1].pc;
		}
	}
	if (s->spins && takes_free_lock(b, first, s->spin_kind))
		s->spins = NULL;
}

/*
 * Reads "mmuext_op" from the frame that the hypercall dispatcher called.
 * Returns false if that is not a handler.
 */
static bool take_hypercall(struct backtrace *b, const struct frame *f,
			   struct pcpu_activity *s)
{
	static const char *const prefixes[] = { "do_", "compat_", "hvm_" };
	const struct symbol *sym = f->kind == FRAME_CODE ? frame_symbol(b, f) : NULL;
	size_t i, len;

	for (i = 0; sym && i < ARRAY_SIZE(prefixes); i++) {
		len = strlen(prefixes[i]);
		if (strncmp(sym->name, prefixes[i], len))
			continue;
		snprintf(s->hypercall, sizeof(s->hypercall), "%.*s",
			 (int)strcspn(sym->name + len, "."), sym->name + len);
		return true;
	}
	return false;
}

/*
 * The stub of an entry has called C code, which for system calls means a
 * hypercall: it is identified by the handler, or by its number in rax.
 */
static void name_hypercall(struct backtrace *b, const struct pcpu *p,
			   const struct frame *handler, struct pcpu_activity *s)
{
	const char *name;

	if (!take_hypercall(b, handler, s)) {
		name = p->guest_regs ? hypercall_in(b->x, p->guest_regs) : NULL;
		if (!name)
			return;
		snprintf(s->hypercall, sizeof(s->hypercall), "%s", name);
	}
	s->work = "in a hypercall";
}

static void look_at_work(struct backtrace *b, const struct pcpu *p,
			 const struct trace *t, unsigned int from,
			 struct pcpu_activity *s)
{
	unsigned int i;
	size_t w;

	for (i = from; i < t->nr && !s->work; i++) {
		const struct symbol *sym;

		/* frames of a stack scan may be stale */
		if (t->frame[i].kind == FRAME_ENTRY || t->frame[i].found >= FOUND_SCAN)
			continue;
		sym = frame_symbol(b, &t->frame[i]);
		for (w = 0; sym && w < ARRAY_SIZE(works) && !s->work; w++) {
			if (!is_function(sym, works[w].function))
				continue;
			s->work = works[w].work;
			if (i > from && (strstr(s->work, "hypercall") ||
					 strstr(s->work, "system call")))
				name_hypercall(b, p, &t->frame[i - 1], s);
		}
	}
}

/*
 * The function that dispatches hypercalls. The stubs of 4.4 to 4.7 do it themselves:
 * their return address is just below the guest's registers, like that of the first
 * call of every entry; builds with debug=y keep 16 bytes in between.
 */
static bool is_dispatcher(struct backtrace *b, const struct pcpu *p, const struct frame *f)
{
	static const char *const stubs[] = { "lstar_enter", "syscall_enter" };
	const struct symbol *sym = f->kind == FRAME_CODE ? frame_symbol(b, f) : NULL;
	uint64_t below = p->guest_regs - f->sp;

	return sym && (is_function(sym, "pv_hypercall") ||
		       (f->is_return && (below == 0 || below == 16) &&
			is_any(sym, stubs, ARRAY_SIZE(stubs))));
}

/*
 * Without .debug_frame a scan finds the dispatcher, and the guest's registers
 * confirm it: the entry was a syscall, and rax, which the result replaces at
 * the end, still contains the number of the hypercall.
 */
static void look_at_guest(struct backtrace *b, const struct pcpu *p,
			  const struct trace *t, unsigned int from,
			  struct pcpu_activity *s)
{
	const struct unwinder u = { .space = b->x->space };
	const char *name;
	struct entry entry;
	unsigned int i;
	struct err *e;

	if (s->work || s->idle)
		return;
	e = entry_read(unwind_read, (void *)&u, p->guest_regs, &entry);
	if (e || entry.vector != ENTRY_SYSCALL || !state_has(&entry.state, X64_RAX)) {
		err_free(e);
		return;
	}
	for (i = from; i < t->nr && !is_dispatcher(b, p, &t->frame[i]);)
		i++;
	name = hypercall_name(entry.state.r[X64_RAX]);
	if (i == t->nr || !name)
		return;
	s->work = "in a hypercall";
	snprintf(s->hypercall, sizeof(s->hypercall), "%s", name);
}

/*
 * True if the pcpu was in a guest or halted, by its registers, or by the frame
 * that the NMI interrupted. from: the first frame after the crash path.
 */
static bool is_away(struct backtrace *b, const struct trace *t, enum trace_start start,
		    unsigned int from, const struct pcpu_activity *s)
{
	const struct symbol *sym;

	if (start == START_GUEST)
		return true;
	if (start != START_NOTE)
		return false;
	if (!from)	/* no frame of the hypervisor was interrupted */
		return !s->crashed || s->from_guest;
	sym = from < t->nr ? frame_symbol(b, &t->frame[from]) : NULL;
	return sym && is_any(sym, halts, ARRAY_SIZE(halts));
}

/*
 * Functions that Xen calls through an exception, to pass them its registers:
 * run_in_exception_handler(), 4.4 to master. Pollers do so many times per
 * second.
 */
static const char *const polls[] = { "__ns16550_poll", "_ehci_dbgp_poll" };

/*
 * Examines the frames before the NMI that stopped the pcpu: a crash path, or an
 * exception.
 */
static void look_at_rest(struct backtrace *b, const struct trace *t,
			 unsigned int from, struct pcpu_activity *s)
{
	bool polling = false;
	unsigned int i;

	for (i = from; i < t->nr; i++) {
		const struct frame *f = &t->frame[i];
		const struct symbol *sym;

		if (f->kind == FRAME_ENTRY) {
			if (!s->inside && !polling)
				s->inside = vector_name(f->entry.vector);
			polling = false;
			continue;
		}
		sym = frame_symbol(b, f);
		if (sym && is_any(sym, polls, ARRAY_SIZE(polls)))
			polling = true;
		if (sym && is_any(sym, dying_functions, ARRAY_SIZE(dying_functions)))
			s->dying = true;
	}
}

static void look_at_current(struct backtrace *b, const struct pcpu *p,
			    struct pcpu_activity *s)
{
	if (!value_ok(&p->current_vcpu))
		return;
	s->vcpu = value_of(&p->current_vcpu);
	s->idle = s->vcpu == p->idle_vcpu;
	if (!s->idle && records_known(b->x->records))
		vcpu_name_at(b->x, s->vcpu, s->current);
}

struct err *pcpu_activity(struct backtrace *b, const struct pcpu *p,
		       struct pcpu_activity *ret)
{
	struct trace *t = calloc(1, sizeof(*t));
	struct pcpu_activity s = { .pcpu = p->id, .lost = p->lost };
	enum trace_start start;
	unsigned int end, from;
	struct err *e;

	if (!t)
		return err_nomem();
	e = backtrace_pcpu(b, p, t, &start);
	if (e) {
		free(t);
		return e;
	}
	look_at_current(b, p, &s);
	if (start == START_GUEST)
		s.from_guest = true;
	end = start == START_NOTE ? end_of_death(t) : 0;
	look_at_death(b, t, end, &s);
	if (start == START_NOTE)
		look_at_place(b, t, end, &s);
	from = end < t->nr ? end + (start == START_NOTE) : 0;
	if (start == START_NOTE || start == START_SEARCH) {
		look_at_spin(b, t, from, &s);
		look_at_work(b, p, t, from, &s);
		look_at_guest(b, p, t, from, &s);
	}
	if (!s.crashed && from)
		look_at_rest(b, t, from, &s);
	s.away = is_away(b, t, start, from, &s);
	free(t);
	*ret = s;
	return NULL;
}
