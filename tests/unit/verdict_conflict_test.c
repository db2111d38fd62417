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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STACKS_TEST(test_other_vcpu), STACKS_TEST(test_two_crashes),
		STACKS_TEST(test_taint),
	};

	return cmocka_run_group_tests(tests, host_create_kept, host_destroy);
}
