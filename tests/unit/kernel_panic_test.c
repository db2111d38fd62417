/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last words of a made dom0, in a log that goes across pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xen/model/dom0/kernel_panic.h"

/* Frames: the P2M's three levels, then the kernel's pages from pfn 0x1000 on. */
enum { LIST_LIST = 1, LIST, LEAF, FIRST, FRAMES = FIRST + 4 };
#define START_PFN 0x1000

static unsigned char frame[FRAMES][XPAGE_SIZE];

static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	if (maddr >> XPAGE_SHIFT >= FRAMES)
		return err_new(ERR_NOT_IN_DUMP, "no frame");
	memcpy(page, frame[maddr >> XPAGE_SHIFT], XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops memory_ops = { .name = "made", .read_page = read_page };

static void entry(unsigned int mfn, unsigned int i, uint64_t v)
{
	memcpy(frame[mfn] + 8 * i, &v, 8);
}

static void make_p2m(void)
{
	unsigned int i;

	memset(frame, 0, sizeof(frame));
	for (i = 0; i < 512; i++) {
		entry(LIST_LIST, i, ~0ULL);
		entry(LIST, i, ~0ULL);
		entry(LEAF, i, ~0ULL);
	}
	entry(LIST_LIST, 0, LIST);
	entry(LIST, START_PFN / 512, LEAF);
	for (i = 0; FIRST + i < FRAMES; i++)
		entry(LEAF, i, FIRST + i);
}

/* Text in the kernel's image, offset bytes from its begin. */
static void write_at(unsigned int offset, const char *text, size_t len)
{
	memcpy(&frame[FIRST][0] + offset, text, len);
}

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

/* If panic() did not keep it, the end of a record is unknown. */
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

/* A core of the hypervisor alone: from its note, which anybody can have written. */
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
