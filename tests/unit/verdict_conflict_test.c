/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements for which two places in memory disagree. */
#include "tests/unit/host_fixture/stacks.h"

static struct verdict verdict;

/* There must be a statement of that text, which is sure or not. */
static void expect(const char *about, const char *text, bool sure)
{
	read_verdict_again(&verdict);
	for (unsigned int i = 0; i < verdict.nr; i++) {
		const struct verdict_line *l = &verdict.line[i];

		if (!strcmp(l->about, about) && !strcmp(l->text, text)) {
			assert_int_equal(l->sure, sure);
			return;
		}
	}
	fail_msg("no \"%s\" in \"%s\"", text, verdict.text);
}

/* A single variable is evidence for the vcpu that the pcpu ran. */
static void test_other_vcpu(void **state)
{
	static const char current[] = "stack_area.info.current_vcpu";

	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "guilty");
	host_poke(&fix, host_va(&fix, "stack0"), current, host_va(&fix, "d0v1"));
	expect("for", "d0v1, conflicting evidence: its processor is pcpu 1", false);
	assert_non_null(strstr(verdict.text, "for d0v1 (not sure)"));
	host_poke(&fix, host_va(&fix, "d0v1"), "vcpu.processor", 0);
	expect("for", "d0v1, conflicting evidence: its is_running is 0", false);
	host_poke(&fix, host_va(&fix, "d0v1"), "vcpu.is_running", 1);
	expect("for", "d0v1", true);
	assert_null(strstr(verdict.text, "d0v1 (not sure)"));
}

/* Only one pcpu executes the crash kernel. */
static void test_two_crashes(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	stopped_in(1, "kexec_crash");
	called_by(1, "hwdom_shutdown");
	expect("pcpu", "0", true);
	expect("stands out", "pcpu 1, conflicting evidence: kexec_crash() is in its trace, too", false);
}

/* The crash note has a copy of the variable. */
static void test_taint(void **state)
{
	(void)state;
	host_poke(&fix, fixture_va(&fix, "tainted"), NULL, 3);
	notes.has_crash_info = true;
	notes.crash_info.tainted = 1;
	expect("taint", "synchronous console, conflicting evidence: the variable tainted is 3", false);
}

/* A jump to no function: the caller is what leads further. */
static void test_wild_jump(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "do_page_fault");
	interrupted(0, 14, 0x10, "guilty", FLAGS_ON, 0);
	host_poke(&fix, saved[0] + 16 * 8, NULL, 0x1238);
	called_by(0, "innocent");
	expect("function", "0000000000001238: no function of Xen, called from innocent+0x12", true);
	assert_non_null(strstr(verdict.text, "in 0000000000001238: no function of Xen, for d0v0"));
}

/*
 * A pcpu whose stack is not where its pointer says is not one that was never
 * started.
 */
static void test_unreadable(void **state)
{
	uint64_t bases = fixture_va(&fix, "stack_base");

	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	fixture_poke(&fix, bases + 8, NULL, 3);
	expect("stands out", "pcpu 1: state not available", false);
	fixture_poke(&fix, bases, NULL, 5);
	expect("stands out", "pcpu 0: state not available, nor is that of other pcpus (1)", false);
	fixture_poke(&fix, bases, NULL, 0);
	fixture_poke(&fix, bases + 8, NULL, 0);
	read_verdict_again(&verdict);
	for (unsigned int i = 0; i < verdict.nr; i++)
		assert_string_not_equal(verdict.line[i].about, "stands out");
	/* the page with the pointers is missing */
	fixture_exclude(&fix, bases);
	expect("stands out", "pcpu 0: state not available, nor is that of other pcpus (1)", false);
	fixture_exclude(&fix, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STACKS_TEST(test_other_vcpu), STACKS_TEST(test_two_crashes),
		STACKS_TEST(test_taint), STACKS_TEST(test_wild_jump),
		STACKS_TEST(test_unreadable),
	};

	return cmocka_run_group_tests(tests, host_create_kept, host_destroy);
}
