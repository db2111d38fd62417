/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls of Xen 4.4 to 4.7, whose entry stubs call the handlers directly:
 * the name is that of the handler, or of the number in the guest's rax.
 */
#include "tests/unit/host_fixture/stacks.h"

static struct verdict verdict;

/* The context in which the pcpu crashed. */
static void check_context(const char *work)
{
	static const char about[] = "for";
	const char *found = NULL;

	read_verdict_again(&verdict);
	for (unsigned int i = 0; i < verdict.nr; i++)
		if (!strcmp(verdict.line[i].about, about))
			found = verdict.line[i].text;
	assert_non_null(found);
	assert_string_equal(found, work);
}

/* panic() in a handler that the stub called */
static void check(const char *handler, const char *stub, const char *work)
{
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "guilty");
	if (handler)
		called_by(0, handler);
	called_by(0, stub);
	check_context(work);
}

static void test_handlers(void **state)
{
	(void)state;
	check("do_mmuext_op", "syscall_enter", "d0v0, in a hypercall (mmuext_op)");
	check("do_mmuext_op", "lstar_enter", "d0v0, in a hypercall (mmuext_op)");
	check("do_sched_op", "compat_hypercall", "d0v0, in a hypercall (sched_op)");
	check("do_sched_op", "hvm_do_hypercall", "d0v0, in a hypercall (sched_op)");
	check("do_sched_op", "pv_hypercall", "d0v0, in a hypercall (sched_op)");
}

/* The compiler has inlined the handler, or ended it by a jump to guilty(). */
static void test_numbers(void **state)
{
	static const char *const stubs[] = {
		"syscall_enter", "lstar_enter", "compat_hypercall", "hvm_do_hypercall" };
	static const char rax[] = "stack_area.info.guest_cpu_user_regs.rax";
	uint64_t stack = host_va(&fix, "stack0");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stubs); i++) {
		host_poke(&fix, stack, rax, 29);
		check(NULL, stubs[i], "d0v0, in a hypercall (sched_op)");
	}
	/* not a hypercall number: an entry alone is not a hypercall */
	host_poke(&fix, stack, rax, 0x7000);
	check(NULL, "syscall_enter", "d0v0, in a system call");
	check(NULL, "lstar_enter", "d0v0, in a system call");
	check(NULL, "compat_hypercall", "d0v0, in a hypercall");
}

/* Found by scanning: a return address that is just below the guest's registers. */
static void check_scanned(const char *stub, unsigned int below, const char *work)
{
	uint64_t regs = host_va(&fix, "stack0") + 0x8000 - 232;

	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "guilty");
	put(0, 0);
	called_by(0, "innocent");
	/* left by an earlier check */
	for (top[0] = regs - 24; top[0] < regs;)
		put(0, 0);
	top[0] = regs - below - 8;
	called_by(0, stub);
	check_context(work);
}

static void test_scanned(void **state)
{
	static const char rax[] = "stack_area.info.guest_cpu_user_regs.rax";
	static const char vector[] = "stack_area.info.guest_cpu_user_regs.entry_vector";
	uint64_t stack = host_va(&fix, "stack0");

	(void)state;
	host_poke(&fix, stack, rax, 35);
	host_poke(&fix, stack, vector, 0x10100);
	check_scanned("syscall_enter", 0, "d0v0, in a hypercall (sysctl)");
	check_scanned("lstar_enter", 0, "d0v0, in a hypercall (sysctl)");
	check_scanned("lstar_enter", 16, "d0v0, in a hypercall (sysctl)");
	check_scanned("pv_hypercall", 64, "d0v0, in a hypercall (sysctl)");
	/* an old word; another function; an interrupt */
	check_scanned("lstar_enter", 64, "d0v0");
	check_scanned("do_IRQ", 0, "d0v0");
	host_poke(&fix, stack, vector, 0xf1);
	check_scanned("lstar_enter", 0, "d0v0");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STACKS_TEST(test_handlers), STACKS_TEST(test_numbers),
		STACKS_TEST(test_scanned),
	};

	return cmocka_run_group_tests(tests, host_create_kept, host_destroy);
}
