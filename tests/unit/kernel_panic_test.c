/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The panic message of a generated dom0, in a log that crosses pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "made_dom0.h"
#include "xen/model/dom0/kernel_panic.h"

static struct err *find(struct kernel_panic *k)
{
	struct notes notes = { .crash_info.dom0_p2m_mfn = LIST_LIST };
	struct xen x = { .notes = &notes };
	struct err *e;

	assert_null(memory_create(&memory_ops, NULL, &x.memory));
	e = kernel_panic_find(&x, k);
	memory_destroy(x.memory);
	free(x.panic);
	return e;
}

static const char format[] = "\0013Kernel panic - not syncing: %s\n";
static const char record[] = "Kernel panic - not syncing: Fatal exception in interruptrest";
static const char message[] = "Fatal exception in interrupt";

static void test_across_pages(void **state)
{
	struct kernel_panic k;

	(void)state;
	make_p2m();
	write_at(100, format, sizeof(format));
	write_at(XPAGE_SIZE - 20, record, strlen(record));
	write_at(3 * XPAGE_SIZE - 10, message, sizeof(message));
	assert_null(find(&k));
	assert_string_equal(k.text, "Kernel panic - not syncing: Fatal exception in interrupt");
	assert_int_equal(k.pfn, START_PFN + 1);
}

/* Without panic()'s own copy the end of a record is unknown. */
static void test_no_copy(void **state)
{
	struct kernel_panic k;

	(void)state;
	make_p2m();
	write_at(200, record, strlen(record));
	assert_null(find(&k));
	assert_string_equal(k.text, record);
}

static void test_end_line(void **state)
{
	static const char end[] = "---[ end Kernel panic - not syncing: VFS ]---";
	struct kernel_panic k;

	(void)state;
	make_p2m();
	write_at(200, end, strlen(end));
	assert_null(find(&k));
	assert_string_equal(k.text, "Kernel panic - not syncing: VFS");
}

static void test_none(void **state)
{
	struct kernel_panic k = { .pfn = 7 };
	struct err *e;

	(void)state;
	make_p2m();
	write_at(100, format, sizeof(format));
	e = find(&k);
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	assert_int_equal(k.pfn, 7);
	err_free(e);
	/* a mark at the very end of the last page */
	write_at(4 * XPAGE_SIZE - 28, "Kernel panic - not syncing: ", 28);
	e = find(&k);
	assert_non_null(e);
	err_free(e);
}

/* A core of the hypervisor alone: from its note, which may be forged. */
static struct err *find_in_note(const char *text, struct kernel_panic *k)
{
	struct notes notes = { .panic.pfn = 0x77, .crash_info.dom0_p2m_mfn = LIST_LIST };
	struct xen x = { .notes = &notes };
	struct err *e;

	strcpy(notes.panic.text, text);
	assert_null(memory_create(&memory_ops, NULL, &x.memory));
	e = kernel_panic_find(&x, k);
	memory_destroy(x.memory);
	free(x.panic);
	return e;
}

static void test_note(void **state)
{
	static const char *const bad[] = {
		"", "panic", "Kernel panic - not syncing: ", "Kernel panic - not syncing: %s",
		"Kernel panic - not syncing: \033[2J",
	};
	struct kernel_panic k;

	(void)state;
	make_p2m();
	assert_null(find_in_note(record, &k));
	assert_string_equal(k.text, record);
	assert_int_equal(k.pfn, 0x77);
	assert_true(k.from_note);
	assert_false(k.unproved);
	assert_null(find_in_note("Kernel panic - not syncing: a\nb", &k));
	assert_string_equal(k.text, "Kernel panic - not syncing: a");
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err *e = find_in_note(bad[i], &k);

		assert_non_null(e);
		err_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_across_pages),
		cmocka_unit_test(test_no_copy),
		cmocka_unit_test(test_end_line),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
