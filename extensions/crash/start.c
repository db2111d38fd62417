/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

#include "xen/model/dom0/kernel.h"

/*
 * The deferred start. With --minimal crash leaves out what main_loop() does
 * between gdb's start and the first prompt (main.c of 7.2.9 to 9.0.2, the same
 * order in all); the extension does it once memory can be read rightly.
 *
 * RUNTIME has to be clear at first because the top page directory is only read
 * then (FILL_TOP_PGD), and while it is clear error(FATAL) ends crash. But
 * IN_FOREACH makes the same error jump to foreach_loop_env, whatever RUNTIME
 * says (tools.c, __error), and that is ours while the start runs; so is
 * main_loop_env, where ^C goes.
 */
static void read_config(void)
{
	read_in_kernel_config(IKCFG_INIT);
}

static void runtime_begins(void)
{
	pc->flags |= RUNTIME;
}

static const struct step {
	const char *what;
	void (*fn)(void);	/* or, when NULL: */
	int machdep;		/* machdep_init() at this point */
} steps[] = {
	{ "address ranges", machine_relearn, 0 },
	{ "kernel configuration", read_config, 0 },
	{ "kernel", kernel_init, 0 },
	{ "processors", NULL, POST_GDB },
	{ "memory", vm_init, 0 },
	{ "page tables", NULL, POST_VM },
	{ "modules", module_init, 0 },
	{ "help", help_init, 0 },
	{ "run time", runtime_begins, 0 },
	{ "tasks", task_init, 0 },
	{ "filesystems", vfs_init, 0 },
	{ "network", net_init, 0 },
	{ "devices", dev_init, 0 },
	{ "machine", NULL, POST_INIT },
};

/* Where the start was when it was left by a jump. */
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
			       "crash gave up at its %s: the page at %lx, physical address %llx, was excluded from the dump",
			       current->what, va ? va : (ulong)paddr,
			       (unsigned long long)paddr);
	return err_new(ERR_MISMATCH,
		       "crash gave up at its %s, for the reason above; is %s the kernel %s?",
		       current->what, pc->namelist ? pc->namelist : "vmlinux",
		       ACTIVE() ? "that runs" : "of this dump");
}

struct err *start_session(struct session *s)
{
	jmp_buf main_loop;
	bool ok;

	if (!(pc->flags & MINIMAL_MODE))
		return err_new(ERR_REFUSED,
			       "the session is complete already; this is for one begun with --minimal");
	if (ACTIVE())
		ERR_TRY(live_check_source(pc->live_memsrc));
	/* crash would print its usage and exit. */
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
	display_sys_stats();
	show_context(CURRENT_CONTEXT());
	fprintf(fp, "\n");
	if (!s->xen || !s->xen->image)
		return NULL;
	return gdb_add_image(s);
}

const char *start_state(struct session *s)
{
	(void)s;
	if (pc->flags & MINIMAL_MODE)
		return "dom0 is not started: \"xen start\" completes the session";
	return NULL;
}
