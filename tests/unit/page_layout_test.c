/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bits of struct page_info in each series of releases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "xen/model/memory/page_layout.h"

static const struct page_layout *layout(const char *name)
{
	const struct page_layout *l;
	unsigned int i;

	for (i = 0; (l = page_layout_nth(i)); i++)
		if (!strcmp(l->name, name))
			return l;
	fail_msg("no layout %s", name);
	return NULL;
}

/* No two flags on one bit, and none in a count or in the state. */
static void test_bits_are_apart(void **state)
{
	const struct page_layout *l;
	unsigned int n, i;

	(void)state;
	for (n = 0; (l = page_layout_nth(n)); n++) {
		const uint8_t flags[] = { 62, l->page_table, l->broken,
					  l->extra, l->shadowed_pt };
		uint64_t used = ((1ULL << l->count) - 1) | 3ULL << l->state;

		assert_int_equal(used & 3ULL << l->state, 3ULL << l->state);
		assert_true(l->count <= l->state);
		if (l->cacheattr) {
			assert_int_equal(used >> l->cacheattr & 7, 0);
			used |= 7ULL << l->cacheattr;
		}
		for (i = 0; i < sizeof(flags); i++) {
			if (!flags[i])
				continue;
			if (used >> flags[i] & 1)
				fail_msg("%s: bit %u is used twice", l->name, flags[i]);
			used |= 1ULL << flags[i];
		}
		assert_true(l->type_count <= 56);
		assert_true(!l->locked || l->locked >= l->type_count);
		assert_true(!l->non_coherent || l->non_coherent >= l->type_count);
	}
	assert_true(n >= 7);
}

/* Output of Debian's 4.20 for debug key q. */
static void test_words(void **state)
{
	const struct page_layout *l = layout("4.18 to 4.21");
	char text[128];

	(void)state;
	assert_int_equal(page_count(l, 0xc000000000000002), 2);
	assert_string_equal(page_count_flags(l, 0xc000000000000002, text, sizeof(text)),
			    "allocated, xen heap");
	assert_int_equal(page_type(l, 0xe400000000000002), PAGE_WRITABLE);
	assert_int_equal(page_type_count(l, 0xe400000000000002), 2);
	assert_string_equal(page_type_flags(l, 0xe400000000000002, text, sizeof(text)),
			    "validated");
	assert_int_equal(page_state(l, 0x0c00000000000000), PAGE_FREE);
	assert_false(page_needs_scrub(l, 0x0c00000000000000));
	/* for a page in use the same bit means allocated */
	assert_true(page_needs_scrub(l, 0x8c00000000000000));
	assert_false(page_is_allocated(l, 0x8c00000000000000));
	assert_string_equal(page_count_flags(l, 0x8c00000000000000, text, sizeof(text)),
			    "needs scrub");
	assert_true(page_is_extra(l, 0xa000000000000001));
	/* the type of a page table in 4.17 has the bit of extra pages in 4.18 */
	assert_string_equal(page_count_flags(layout("4.14.6 to 4.17"), 0xa000000000000001,
					     text, sizeof(text)),
			    "allocated, page table");
}

static void test_types_of_4_bits(void **state)
{
	const struct page_layout *l = layout("4.4 to 4.9");

	(void)state;
	assert_int_equal(page_type(l, 0x7400000000000001), PAGE_WRITABLE);
	assert_int_equal(page_type(l, 0x8000000000000001), PAGE_SHARED);
	assert_int_equal(page_type(l, 0x4000000000000001), PAGE_L4);
	assert_int_equal(page_type(l, 0x6000000000000001), PAGE_TYPE_UNKNOWN);
	assert_int_equal(page_type(l, 0xf000000000000001), PAGE_TYPE_UNKNOWN);
	assert_string_equal(page_type_name(PAGE_TYPE_UNKNOWN), "?");
	assert_string_equal(page_type_name(99), "?");
}

/*
 * A free page in the layout since XSA-402 is not free in the layout before, and
 * vice versa.
 */
static void test_free_pages_tell_layouts_apart(void **state)
{
	static const char *const before[] = {
		"4.4 to 4.9", "4.10 to 4.13.4", "4.14.0 to 4.16.1",
	};
	static const char *const after[] = {
		"4.13.5", "4.14.6 to 4.17", "4.18 to 4.21", "4.22 and later",
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_true(page_layout_agrees(layout(before[i]), KNOWN_FREE,
					       3ULL << 55, 0));
		assert_false(page_layout_agrees(layout(before[i]), KNOWN_FREE,
						3ULL << 58, 0));
	}
	for (i = 0; i < 4; i++) {
		assert_true(page_layout_agrees(layout(after[i]), KNOWN_FREE,
					       3ULL << 58, 0));
		assert_false(page_layout_agrees(layout(after[i]), KNOWN_FREE,
						3ULL << 55, 0));
	}
	/* a free page has no references */
	assert_false(page_layout_agrees(layout("4.18 to 4.21"), KNOWN_FREE,
					(3ULL << 58) + 1, 0));
}

static void test_scrub_tells_4_22(void **state)
{
	const uint64_t old = 3ULL << 58 | 1ULL << 63, new = 3ULL << 58 | 1ULL << 57;

	(void)state;
	assert_true(page_layout_agrees(layout("4.18 to 4.21"), KNOWN_DIRTY, old, 0));
	assert_false(page_layout_agrees(layout("4.18 to 4.21"), KNOWN_DIRTY, new, 0));
	assert_false(page_layout_agrees(layout("4.22 and later"), KNOWN_DIRTY, old, 0));
	assert_true(page_layout_agrees(layout("4.22 and later"), KNOWN_DIRTY, new, 0));
}

static void test_domain_pages(void **state)
{
	const struct page_layout *l = layout("4.14.6 to 4.17");

	(void)state;
	assert_true(page_layout_agrees(l, KNOWN_DOMAIN, 1ULL << 63 | 1, 0));
	assert_false(page_layout_agrees(l, KNOWN_DOMAIN, 1ULL << 63, 0));
	assert_false(page_layout_agrees(l, KNOWN_DOMAIN, 1, 0));
	assert_true(page_layout_agrees(l, KNOWN_XENHEAP, 3ULL << 62 | 1, 7ULL << 61));
	assert_true(page_layout_agrees(l, KNOWN_XENHEAP, 3ULL << 62 | 1, 0));
	assert_false(page_layout_agrees(l, KNOWN_XENHEAP, 3ULL << 62 | 1, 7ULL << 60));
	assert_true(page_layout_agrees(l, KNOWN_EXTRA, 1ULL << 57, 0));
	assert_false(page_layout_agrees(l, KNOWN_EXTRA, 1ULL << 61, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits_are_apart),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_types_of_4_bits),
		cmocka_unit_test(test_free_pages_tell_layouts_apart),
		cmocka_unit_test(test_scrub_tells_4_22),
		cmocka_unit_test(test_domain_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
