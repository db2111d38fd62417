/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "dom0.h"
#include "gdb.h"
#include "guest.h"
#include "hooks.h"
#include "live.h"
#include "machine.h"
#include "signals.h"
#include "start.h"

#include "extensions/support/session.h"
#include "xen/model/dom0/kernel.h"

/*
 * With --minimal crash skips a part of main_loop() (main.c), the same calls in
 * the same order from 7.2.9 to 9.0.2. This file makes these calls once dom0's
 * memory is readable.
 *
 * RUNTIME has to be clear at first because the top page directory is only read
 * then (FILL_TOP_PGD), and while it is clear error(FATAL) ends crash. With
 * IN_FOREACH the same error jumps to foreach_loop_env, whatever RUNTIME is
 * (tools.c, __error); during the start this file sets that buffer, and also
 * main_loop_env, the target of ^C.
 */
static void read_config(void)
{
	read_in_kernel_config(IKCFG_INIT);
}

/*
 * kernel_init() of releases before 8.0.0 recognises a PV kernel by pv_init_ops,
 * which Linux 4.20 removed: crash would take machine addresses in its page
 * tables for physical ones. This sets what kernel_init() would have set.
 */
static void recognise_pv(void)
{
	ulong info, max_pfn;

	if (ACTIVE() || guest_is_open() || PVOPS_XEN() || !PVOPS() ||
	    !symbol_exists("xen_start_info") || !symbol_exists("max_pfn"))
		return;
	if (!readmem(symbol_value("xen_start_info"), KVADDR, &info, sizeof(info),
		     "xen_start_info", RETURN_ON_ERROR | QUIET) || !info ||
	    !readmem(symbol_value("max_pfn"), KVADDR, &max_pfn, sizeof(max_pfn),
		     "max_pfn", RETURN_ON_ERROR | QUIET))
		return;
	kt->m2p_page = malloc(PAGESIZE());
	if (!kt->m2p_page)
		return;
	kt->p2m_table_size = max_pfn;
	kt->xen_flags |= WRITABLE_PAGE_TABLES;
	kt->flags |= ARCH_XEN | ARCH_PVOPS_XEN;
}

/*
 * Without a panic in the variables of the kernel, crash dumps the stacks of the tasks that it saw on the pcpus
 * (get_active_set_panic_task() of task.c), and fails for one that has ended since then. A guest that panics shuts down
 * (xen_panic_event() of Linux), thus in one that runs there is nothing to look for; as with --no_panic, crash then shows the idle
 * task of cpu 0.
 */
static void skip_panic(void)
{
	if (guest_is_open() && guest_runs())
		tt->flags |= PANIC_TASK_NOT_FOUND;
}

static void set_runtime(void)
{
	pc->flags |= RUNTIME;
}

static const struct step {
	const char *name;
	void (*fn)(void);	/* NULL: machdep_init(machdep) */
	int machdep;
} steps[] = {
	{ "address ranges", machine_restart, 0 },
	{ "kernel configuration", read_config, 0 },
	{ "kernel", kernel_init, 0 },
	{ "paravirtual kernel", recognise_pv, 0 },
	{ "processors", NULL, POST_GDB },
	{ "memory", vm_init, 0 },
	{ "page tables", NULL, POST_VM },
	{ "modules", module_init, 0 },
	{ "help", help_init, 0 },
	{ "run time", set_runtime, 0 },
	{ "panic", skip_panic, 0 },
	{ "tasks", task_init, 0 },
	{ "filesystems", vfs_init, 0 },
	{ "network", net_init, 0 },
	{ "devices", dev_init, 0 },
	{ "machine", NULL, POST_INIT },
};

/* The step in which a jump occurred. */
static const struct step *volatile current;

static bool run_steps(void)
{
	size_t i;

	if (setjmp(pc->foreach_loop_env) || setjmp(pc->main_loop_env))
		return false;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		current = &steps[i];
		if (current->fn)
			current->fn();
		else
			machdep_init(current->machdep);
	}
	return true;
}

static struct err *why_not(void)
{
	physaddr_t paddr;
	ulong va;

	if (hooks_excluded(&va, &paddr))
		return err_new(ERR_EXCLUDED,
			       "crash failed to initialize its %s: the page at %lx, physical address %llx, was excluded from the dump",
			       current->name, va ? va : (ulong)paddr,
			       (unsigned long long)paddr);
	if (guest_is_open() && guest_runs())
		return err_new(ERR_MISMATCH,
			       "crash failed to initialize its %s, see its message above; the guest changed meanwhile: try again, or pause it with \"-P\"",
			       current->name);
	return err_new(ERR_MISMATCH,
		       "crash failed to initialize its %s, see its message above; check that %s is the kernel %s",
		       current->name, pc->namelist ? pc->namelist : "vmlinux",
		       guest_is_open() ? "of this guest" :
		       ACTIVE() ? "of this host" : "of this dump");
}

static struct err *reopen_guest(struct session *s, const struct start_request *r)
{
	ERR_TRY(guest_open(s, r));
	return s->xen->image ? gdb_add_image(s) : NULL;
}

/* True if crash ended when it read dom0's kernel, and xencrash has opened it again without. */
static bool crash_ended(void)
{
	return getenv("XENCRASH_HYPERVISOR_ONLY") != NULL;
}

struct err *start_session(struct session *s, const struct start_request *r)
{
	jmp_buf main_loop;
	bool ok;

	/* of a session whose extension was unloaded */
	if (!(pc->flags & MINIMAL_MODE) && r->domain && guest_is_expected() &&
	    !guest_is_open())
		return reopen_guest(s, r);
	if (!(pc->flags & MINIMAL_MODE))
		return err_new(ERR_REFUSED,
			       "the session is complete; \"start\" completes one started with --minimal");
	if (r->domain)
		ERR_TRY(guest_open(s, r));
	else if (guest_is_expected())
		return err_new(ERR_USAGE, "missing \"-d DOMID VMCORE\"");
	else if (crash_ended())
		return err_new(ERR_REFUSED,
			       "this crash cannot read dom0's kernel and would end; start xencrash with one that can (CRASH=PATH)");
	if (ACTIVE())
		ERR_TRY(live_check_source(s, pc->live_memsrc));
	/* with another kernel crash would print its usage and exit */
	if (s->xen && s->vmlinux_path)
		ERR_TRY(kernel_check_vmlinux(s->xen, s->vmlinux_path));
	memcpy(&main_loop, &pc->main_loop_env, sizeof(main_loop));
	signals_leave();
	pc->flags &= ~(MINIMAL_MODE | RUNTIME);
	pc->flags |= IN_FOREACH;
	ok = run_steps();
	pc->flags &= ~IN_FOREACH;
	pc->flags |= RUNTIME;
	memcpy(&pc->main_loop_env, &main_loop, sizeof(main_loop));
	signals_enter();
	if (!ok) {
		if (pc->tmpfile)
			close_tmpfile();
		pc->flags |= MINIMAL_MODE;
		return why_not();
	}
	hooks_renew();
	if (!guest_is_open())
		dom0_select_task(s);
	display_sys_stats();
	show_context(CURRENT_CONTEXT());
	fprintf(fp, "\n");
	if (!s->xen || !s->xen->image)
		return NULL;
	return gdb_add_image(s);
}

const char *start_state(struct session *s)
{
	static char text[sizeof(kt->utsname.release) + 64];

	(void)s;
	if (pc->flags & MINIMAL_MODE)
		return crash_ended() ? "minimal session; this crash cannot read dom0's kernel"
				     : "minimal session; \"xen start\" completes it";
	snprintf(text, sizeof(text), "Linux %.*s, %lu tasks",
		 (int)sizeof(kt->utsname.release), kt->utsname.release,
		 RUNNING_TASKS());
	return text;
}
