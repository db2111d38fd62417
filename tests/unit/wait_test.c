/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traces of vcpus that sleep inside the hypervisor, with a saved copy of their stack. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/diagnosis/backtrace.h"

#define INFO_SIZE	264	/* of the fixture's struct cpu_info */

static struct fixture fix;
static struct backtrace *bt;
static struct trace trace;
static struct vcpu vcpu;

static int setup(void **state)
{
	(void)state;
	fixture_create_from(&fix, "tests/unit/wait_fixture/wait.c", 417, 2);
	assert_ok(backtrace_create(&fix.xen, &bt));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	backtrace_destroy(bt);
	fixture_destroy(&fix);
	return 0;
}

static uint64_t va(const char *name)
{
	return fixture_va(&fix, name);
}

static uint64_t bottom(void)
{
	return va("stack") + STACK_SIZE - INFO_SIZE;
}

/* Saves words that were on the stack up to its bottom. */
static void sleep_with(const uint64_t *words, unsigned int nr)
{
	uint64_t esp = bottom() - nr * 8;
	unsigned int i;

	for (i = 0; i < nr; i++)
		fixture_poke(&fix, va("saved") + 8 * i, NULL, words[i]);
	fixture_poke(&fix, va("waitqueue"), "waitqueue_vcpu.esp", esp);
	fixture_poke(&fix, va("waitqueue"), "waitqueue_vcpu.stack", va("saved"));
	vcpu.waitqueue = (struct value){ .raw = va("waitqueue"), .state = VALUE_OK };
	vcpu.wait_esp = (struct value){ .raw = esp, .state = VALUE_OK };
	assert_true(backtrace_is_asleep(&vcpu));
}

static void check_frame(unsigned int n, const char *at, uint64_t sp)
{
	assert_true(n < trace.nr);
	assert_int_equal(trace.frame[n].pc, va(at));
	assert_int_equal(trace.frame[n].sp, sp);
}

/* 4.17 and later, and fixed point releases before: six registers, no address. */
static void test_new(void **state)
{
	const uint64_t words[] = {
		15, 14, 13, 12, 0xb9, 0xb8, va("in_prepare_to_wait"), 0x77,
		va("in_send_request"), 0x78, va("in_entry"),
	};
	unsigned int nr = sizeof(words) / 8;

	(void)state;
	sleep_with(words, nr);
	assert_ok(backtrace_asleep(bt, &vcpu, &trace));
	assert_int_equal(trace.end, END_BOTTOM);
	assert_int_equal(trace.nr, 4);
	check_frame(0, "resumed", bottom() - 5 * 8);
	check_frame(1, "in_prepare_to_wait", bottom() - 4 * 8);
	check_frame(2, "in_send_request", bottom() - 2 * 8);
	check_frame(3, "in_entry", bottom());
	assert_int_equal(trace.frame[0].state.r[X64_R15], 15);
	assert_int_equal(trace.frame[0].state.r[X64_RBP], 0xb9);
	assert_int_equal(trace.frame[0].state.r[X64_RBX], 0xb8);
	assert_false(state_has(&trace.frame[0].state, X64_RAX));
}

/* Before: twelve registers, followed by the address of the continuation. */
static void test_old(void **state)
{
	const uint64_t words[] = {
		va("resume"), 15, 14, 13, 12, 11, 10, 9, 8, 0xb9, 0xd0, 0xb8, 0xa0,
		va("in_prepare_to_wait"), va("in_send_request"), 0x79, va("in_entry"),
	};

	(void)state;
	sleep_with(words, sizeof(words) / 8);
	assert_ok(backtrace_asleep(bt, &vcpu, &trace));
	assert_int_equal(trace.end, END_BOTTOM);
	assert_int_equal(trace.nr, 4);
	check_frame(0, "resume", bottom() - 4 * 8);
	check_frame(1, "in_prepare_to_wait", bottom() - 3 * 8);
	check_frame(2, "in_send_request", bottom() - 2 * 8);
	check_frame(3, "in_entry", bottom());
	assert_int_equal(trace.frame[0].state.r[X64_R8], 8);
	assert_int_equal(trace.frame[0].state.r[X64_RAX], 0xa0);
}

static void test_awake(void **state)
{
	(void)state;
	vcpu.wait_esp = (struct value){ .raw = 0, .state = VALUE_OK };
	assert_false(backtrace_is_asleep(&vcpu));
	vcpu.wait_esp.state = VALUE_NO_FIELD;
	assert_false(backtrace_is_asleep(&vcpu));
}

static void test_damaged(void **state)
{
	const uint64_t words[] = { 15, 14, 13, 12, 1, 2, 3, 4, 5 };
	uint64_t queue = va("waitqueue");

	(void)state;
	/* no word in it is code */
	sleep_with(words, sizeof(words) / 8);
	assert_ok(backtrace_asleep(bt, &vcpu, &trace));
	assert_int_equal(trace.end, END_BROKEN);
	assert_int_equal(trace.nr, 1);
	assert_non_null(strstr(trace.why, "no caller found"));
	/* not on a stack */
	fixture_poke(&fix, queue, "waitqueue_vcpu.esp", bottom() + 8);
	assert_err(backtrace_asleep(bt, &vcpu, &trace), ERR_CORRUPT, "is not on a stack");
	fixture_poke(&fix, queue, "waitqueue_vcpu.esp", bottom() - 4104);
	assert_err(backtrace_asleep(bt, &vcpu, &trace), ERR_CORRUPT, "is not on a stack");
	fixture_poke(&fix, queue, "waitqueue_vcpu.esp", bottom() - 4);
	assert_err(backtrace_asleep(bt, &vcpu, &trace), ERR_BAD_POINTER, "stack pointer");
	/* no copy */
	sleep_with(words, sizeof(words) / 8);
	fixture_poke(&fix, queue, "waitqueue_vcpu.stack", 0);
	assert_err(backtrace_asleep(bt, &vcpu, &trace), ERR_BAD_POINTER, "saved stack");
	sleep_with(words, sizeof(words) / 8);
	fixture_exclude(&fix, va("saved"));
	assert_err(backtrace_asleep(bt, &vcpu, &trace), ERR_EXCLUDED, "");
	fixture_exclude(&fix, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_awake),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
