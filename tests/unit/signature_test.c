/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signatures: equal for the same fault in other builds, and independent of
 * their addresses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "xen/base/array.h"
#include "xen/model/diagnosis/signature.h"

static struct signature make(enum death kind, const char *message,
			     const char *const *function)
{
	struct signature s = { .nr = 0 };

	while (*function && signature_add(&s, *function))
		function++;
	signature_finish(&s, kind, message);
	return s;
}

static void test_builds(void **state)
{
	/* of a release build, and of one whose compiler made parts and other entries */
	static const char *const release[] = {
		"kexec_crash", "panic", "do_foo", "do_bar", "pv_hypercall", "lstar_enter", NULL };
	static const char *const other[] = {
		"kexec_crash.part.0", "fatal_trap", "do_page_fault", "do_foo.isra.0",
		"do_bar.cold", "lstar_enter", NULL };
	struct signature a = make(DEATH_PAGE_FAULT, "", release);
	struct signature b = make(DEATH_PAGE_FAULT, "", other);
	char text[128];

	(void)state;
	assert_int_equal(a.nr, 2);
	assert_string_equal(a.name[0], "do_foo");
	assert_string_equal(a.name[1], "do_bar");
	assert_int_equal(b.nr, 2);
	assert_true(a.hash == b.hash);
	assert_string_equal(signature_text(&a, text, sizeof(text)), "page-fault in do_foo");
}

static void test_differ(void **state)
{
	static const char *const foo[] = { "do_foo", "do_bar", NULL };
	static const char *const bar[] = { "do_bar", "do_foo", NULL };
	static const char *const joined[] = { "do_foodo_bar", NULL };
	uint64_t hash = make(DEATH_BUG, "", foo).hash;

	(void)state;
	assert_true(hash != make(DEATH_BUG, "", bar).hash);
	assert_true(hash != make(DEATH_BUG, "", joined).hash);
	assert_true(hash != make(DEATH_ASSERT, "", foo).hash);
	assert_true(hash != make(DEATH_BUG, "text", foo).hash);
}

/* Callers of the same fault in builds of Xen 4.20: a release jumps to functions that are called last. */
static void test_jumps(void **state)
{
	static const char *const release[] = {
		"vcpu_wake", "vcpu_kick", "evtchn_fifo_set_pending", "send_guest_vcpu_virq",
		"execute_timer", NULL };
	static const char *const debug[] = {
		"vcpu_wake", "vcpu_unblock", "vcpu_kick", "vcpu_mark_events_pending",
		"evtchn_fifo_set_pending", NULL };

	(void)state;
	assert_true(make(DEATH_PAGE_FAULT, "", release).hash == make(DEATH_PAGE_FAULT, "", debug).hash);
}

/* The place that an NMI or a machine check interrupted says nothing about it. */
static void test_anywhere(void **state)
{
	static const char *const foo[] = { "do_foo", NULL };
	static const char *const bar[] = { "do_bar", NULL };

	(void)state;
	assert_true(make(DEATH_NMI, "", foo).hash == make(DEATH_NMI, "", bar).hash);
	assert_true(make(DEATH_MCE, "", foo).hash == make(DEATH_MCE, "", bar).hash);
	assert_true(make(DEATH_WATCHDOG, "", foo).hash != make(DEATH_WATCHDOG, "", bar).hash);
}

static void test_five(void **state)
{
	static const char *const many[] = { "f1", "f2", "f2", "f3", "f4", "f5", "f6", NULL };
	/* the function that waits, not that of the lock */
	static const char *const waits[] = { "nmi_watchdog_tick", "_spin_lock", "f1", NULL };
	static const char *const less[] = { "f1", "f2", "f3", "f4", "f5", NULL };
	struct signature s = make(DEATH_PANIC, "", many);

	(void)state;
	assert_int_equal(s.nr, SIGNATURE_NAMES);
	assert_string_equal(s.name[4], "f5");
	assert_string_equal(make(DEATH_WATCHDOG, "", waits).name[0], "f1");
	assert_true(s.hash == make(DEATH_PANIC, "", less).hash);
}

/* A name of any length, as a livepatch may have it */
static void test_long(void **state)
{
	char name[300];
	const char *const names[] = { name, NULL };
	struct signature s;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	s = make(DEATH_PANIC, name, names);
	assert_int_equal(strlen(s.name[0]), SIGNATURE_NAME - 1);
	assert_int_equal(strlen(s.message), sizeof(s.message) - 1);
}

/* The message of dom0's kernel is used without its numbers. */
static void test_message(void **state)
{
	static const char *const none[] = { NULL };
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "Attempted to kill init! exitcode=0x0000000b", "Attempted to kill init! exitcode=0x00000009", true },
		{ "Fatal exception on cpu 3", "Fatal exception on cpu 12", true },
		{ "sysrq triggered crash", "sysrq triggered crash", true },
		{ "bad page", "dead page", false },
		{ "sysrq triggered crash", "Out of memory", false },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t a = make(DEATH_DOM0, cases[i].a, none).hash;
		uint64_t b = make(DEATH_DOM0, cases[i].b, none).hash;

		assert_int_equal(a == b, cases[i].same);
	}
	assert_string_equal(make(DEATH_DOM0, "pid 12 at 0xffff8880aabbccdd", none).message,
			    "pid # at #");
}

/* Every kind has a word, which is part of the interface. */
static void test_kinds(void **state)
{
	static const char *const none[] = { NULL };
	unsigned int kind, other;

	(void)state;
	for (kind = 0; kind < NR_DEATHS; kind++) {
		struct signature s = make(kind, "", none);

		assert_non_null(s.kind);
		for (other = 0; other < kind; other++)
			assert_string_not_equal(s.kind, make(other, "", none).kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builds), cmocka_unit_test(test_differ),
		cmocka_unit_test(test_jumps), cmocka_unit_test(test_anywhere),
		cmocka_unit_test(test_five), cmocka_unit_test(test_long),
		cmocka_unit_test(test_message), cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
