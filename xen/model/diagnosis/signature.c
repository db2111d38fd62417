/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signature.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backtrace.h"
#include "xen/base/array.h"

/* Part of the interface: the names never change. */
static const char *const kinds[NR_DEATHS] = {
	[DEATH_UNKNOWN] = "unknown",
	[DEATH_PANIC] = "panic",
	[DEATH_TRAP] = "trap",
	[DEATH_PAGE_FAULT] = "page-fault",
	[DEATH_PROTECTION] = "general-protection",
	[DEATH_CONTROL_FLOW] = "control-flow",
	[DEATH_BUG] = "bug",
	[DEATH_ASSERT] = "assert",
	[DEATH_DOUBLE_FAULT] = "double-fault",
	[DEATH_NMI] = "nmi",
	[DEATH_WATCHDOG] = "watchdog",
	[DEATH_MCE] = "machine-check",
	[DEATH_DOM0] = "dom0-panic",
	[DEATH_DOM0_WATCHDOG] = "dom0-watchdog",
	[DEATH_KEY] = "debug-key",
	[DEATH_HYPERCALL] = "crash-hypercall",
	[DEATH_NONE] = "none",
};

/*
 * Functions on the path from the fault to the crash kernel: equal for all
 * crashes of a kind. Names of Xen 4.4 to master, arch/x86/traps.c, nmi.c,
 * crash.c, common/kexec.c, keyhandler.c, shutdown.c.
 */
static const char *const crash_path[] = {
	"kexec_crash_save_cpu", "kexec_crash", "machine_crash_shutdown",
	"do_crashdump_trigger", "panic", "fatal_trap", "do_double_fault",
	"do_page_fault", "do_general_protection", "do_invalid_op", "do_trap",
	"do_entry_CP", "do_bug_frame", "handle_bug_frame", "do_nmi", "nmi_crash",
	"do_nmi_crash", "nmi_watchdog_tick", "mc_panic", "do_machine_check",
	"hwdom_shutdown", "dom0_shutdown", "handle_ist_exception",
	"handle_exception_saved", "kexec_exec", "do_kexec_op_internal",
	"one_cpu_only", "show_execution_state", "mcheck_cmn_handler",
	"intel_machine_check", "k8_machine_check", "pci_serr_error",
	"io_check_error", "unknown_nmi_error", "mem_parity_error",
	"asm_domain_crash_synchronous", "fixup_page_fault", "elf_core_save_regs",
	/*
	 * functions at the place itself: the caller is used instead, since
	 * builds inline these differently
	 */
	"_spin_lock", "_spin_lock_cb", "_spin_lock_irq", "_spin_lock_irqsave",
	"_spin_lock_recursive", "spin_lock_common", "rspin_lock", "_rspin_lock",
	"_rspin_lock_irqsave", "_spin_barrier", "_read_lock", "_write_lock",
	"queue_read_lock_slowpath", "queue_write_lock_slowpath", "memcpy", "memset",
};

/*
 * Entries and dispatchers, whose names differ between releases: frames outside
 * of them are ignored.
 */
static const char *const dispatchers[] = {
	"pv_hypercall", "hvm_hypercall", "hvm_do_hypercall", "compat_hypercall",
	"lstar_enter", "cstar_enter", "sysenter_entry", "syscall_enter",
	"entry_int80", "entry_int82", "hypercall", "do_softirq", "__do_softirq",
	"process_softirqs", "do_IRQ", "common_interrupt", "ret_from_intr",
	"idle_loop", "svm_asm_do_resume", "vmx_asm_vmexit_handler",
	"svm_stgi_label", "svm_vmexit_handler", "vmx_vmexit_handler",
	"reset_stack_and_jump", "continue_running", "do_entry_int82",
};

static bool is_one_of(const char *name, const char *const *names, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

bool signature_add(struct signature *s, const char *function)
{
	char name[SIGNATURE_NAME];

	/* "do_foo.isra.0", "do_foo.cold": parts created by the compiler */
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(function, "."), function);
	if (!*name || (!s->nr && is_one_of(name, crash_path, ARRAY_SIZE(crash_path))))
		return true;
	if (is_one_of(name, dispatchers, ARRAY_SIZE(dispatchers)))
		return false;
	if (s->nr && !strcmp(s->name[s->nr - 1], name))
		return true;
	snprintf(s->name[s->nr++], SIGNATURE_NAME, "%s", name);
	return s->nr < SIGNATURE_NAMES;
}

/* Numbers are times, pids, addresses. */
void signature_set_message(struct signature *s, const char *message)
{
	size_t len = 0;

	while (*message && len + 1 < sizeof(s->message)) {
		if (!isxdigit((unsigned char)*message)) {
			s->message[len++] = *message++;
			continue;
		}
		/*
		 * words such as "bad" are hexadecimal digits, too: a number has
		 * a decimal digit
		 */
		size_t word = strspn(message, "0123456789abcdefABCDEFx");
		size_t digit = strcspn(message, "0123456789");

		if (digit < word) {
			s->message[len++] = '#';
			message += word;
		} else {
			while (word-- && len + 1 < sizeof(s->message))
				s->message[len++] = *message++;
		}
	}
	s->message[len] = '\0';
}

/* FNV-1a, 64 bit; the final NUL separates the texts. */
static uint64_t add_text(uint64_t hash, const char *text)
{
	do {
		hash ^= (unsigned char)*text;
		hash *= 0x100000001b3ULL;
	} while (*text++);
	return hash;
}

/* Such a crash comes from outside, at any place. */
static bool is_anywhere(enum death kind)
{
	return kind == DEATH_NMI || kind == DEATH_MCE;
}

/*
 * Callers are not hashed: a function that only calls another one last is a frame
 * in a debug build, and none in a release build, where the call is a jump.
 */
void signature_finish(struct signature *s, enum death kind, const char *message)
{
	s->kind = kinds[kind];
	signature_set_message(s, message);
	s->hash = add_text(0xcbf29ce484222325ULL, s->kind);
	if (s->nr && !is_anywhere(kind))
		s->hash = add_text(s->hash, s->name[0]);
	s->hash = add_text(s->hash, s->message);
}

const char *signature_text(const struct signature *s, char *buf, size_t size)
{
	if (s->nr)
		snprintf(buf, size, "%s in %s", s->kind, s->name[0]);
	else if (*s->message)
		snprintf(buf, size, "%s: %s", s->kind, s->message);
	else
		snprintf(buf, size, "%s", s->kind);
	return buf;
}

/*
 * In a build without .debug_frame the only frames are return addresses found on
 * the stack: they are used, but the signature is marked as unproved.
 */
static bool is_taken(const struct backtrace *b, const struct frame *f,
		     struct signature *s)
{
	if (f->found <= FOUND_POINTER)
		return true;
	s->proved = false;
	return !b->cfi && f->found <= FOUND_SCAN;
}

/*
 * The frames before the exception belong to the crash; without an exception
 * signature_add() leaves out the functions of the crash path.
 */
static void add_names(struct backtrace *b, const struct trace *t, bool exception,
		      struct signature *s)
{
	unsigned int i = 0;

	while (exception && i < t->nr && t->frame[i].kind != FRAME_ENTRY)
		i++;
	if (i == t->nr)
		i = 0;
	for (; i < t->nr; i++) {
		const struct frame *f = &t->frame[i];
		const struct symbol *sym;

		if (f->kind == FRAME_ENTRY)
			continue;
		sym = symbols_by_addr(b->x->symbols, f->pc - f->is_return, NULL);
		if (!is_taken(b, f, s) || (sym && !signature_add(s, sym->name)))
			return;
	}
}

/* A crash requested by dom0 always has the same trace. */
static bool has_place(enum death kind)
{
	return kind != DEATH_DOM0 && kind != DEATH_DOM0_WATCHDOG &&
	       kind != DEATH_NONE && kind != DEATH_HYPERCALL;
}

static struct err *read_names(struct xen *x, const struct verdict *v,
			      struct signature *s)
{
	struct trace *t = calloc(1, sizeof(*t));
	struct backtrace *b = NULL;
	enum trace_start start;
	struct pcpu p;
	struct err *e = t ? backtrace_create(x, &b) : err_nomem();

	if (!e)
		e = pcpu_read(x, v->pcpu, &p);
	if (!e)
		e = backtrace_pcpu(b, &p, t, &start);
	if (!e && start == START_NOTE)
		add_names(b, t, v->kind != DEATH_PANIC && v->kind != DEATH_KEY, s);
	backtrace_destroy(b);
	free(t);
	return e;
}

static const char *dom0_message(const struct verdict *v)
{
	unsigned int i;

	for (i = 0; i < v->nr; i++)
		if (!strcmp(v->line[i].about, "dom0") && v->line[i].sure)
			return v->line[i].text;
	return "";
}

struct err *signature_read(struct xen *x, const struct verdict *v,
			   struct signature *ret)
{
	struct provenance before = provenance_enter();
	struct signature s = { .proved = true };
	struct err *e = NULL;

	provenance_use_if(v->unproved);
	if (x->symbols && v->pcpu >= 0 && has_place(v->kind))
		e = read_names(x, v, &s);
	s.unproved = provenance_leave(before);
	ERR_TRY(err_drop(e));
	s.proved |= !s.nr;
	signature_finish(&s, xen_is_running(x) ? DEATH_NONE : v->kind, dom0_message(v));
	*ret = s;
	return NULL;
}
