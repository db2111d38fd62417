/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xen/base/array.h"
#include "xen/base/budget.h"
#include "xen/base/bytes.h"
#include "xen/base/checked.h"
#include "xen/base/hash.h"
#include "xen/base/heap.h"
#include "xen/base/text_filter.h"

static void test_checked_arithmetic(void **state)
{
	uint64_t n;

	(void)state;
	assert_false(add_overflows(UINT64_MAX - 1, 1, &n));
	assert_true(n == UINT64_MAX);
	assert_true(add_overflows(UINT64_MAX, 1, &n));
	assert_true(n == 0);
	assert_true(add_overflows(UINT64_MAX, UINT64_MAX, &n));
	assert_false(mul_overflows(1ULL << 32, (1ULL << 32) - 1, &n));
	assert_true(n == 0xffffffff00000000);
	assert_true(mul_overflows(1ULL << 32, 1ULL << 32, &n));
	n = 1ULL << 63;
	assert_true(mul_overflows(n, 3, &n));
	assert_true(n == 1ULL << 63);
	assert_false(mul_overflows(0, UINT64_MAX, &n));
	assert_true(n == 0);
}

static void test_array_grows(void **state)
{
	uint32_t *numbers = NULL;
	size_t nr = 0;

	(void)state;
	while (nr < 1000) {
		assert_true(ARRAY_GROW(numbers, nr));
		numbers[nr] = nr;
		nr++;
	}
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(numbers[i], i);
	/* fewer elements are added again: sanitizers detect a write past the end */
	for (nr = 20; nr < 300; nr++) {
		assert_true(ARRAY_GROW(numbers, nr));
		numbers[nr] = ~nr;
	}
	assert_int_equal(numbers[19], 19);
	assert_int_equal(numbers[299], ~299u);
	free(numbers);
}

static void test_array_too_large(void **state)
{
	char byte, *array = &byte;

	(void)state;
	/* refused before realloc() is called */
	assert_null(array_grow(array, SIZE_MAX / 2 + 1, 1));
	assert_null(array_grow(array, (size_t)1 << 62, 16));
}

static int not_called(const void *a, const void *b)
{
	(void)a;
	(void)b;
	fail_msg("nothing to compare");
	return 0;
}

/* qsort() must not get NULL, as UBSan reports. */
static void test_sort_of_nothing(void **state)
{
	(void)state;
	array_sort(NULL, 0, 8, not_called);
}

static void test_little_endian(void **state)
{
	static const uint8_t bytes[] = { 0, 1, 2, 3, 4, 5, 6, 7, 0xf8 };

	(void)state;
	assert_int_equal(get_le16(bytes + 1), 0x0201);
	assert_int_equal(get_le32(bytes + 1), 0x04030201);
	assert_true(get_le64(bytes + 1) == 0xf807060504030201);
}

static size_t count(const struct hash *h, uint32_t value)
{
	const struct hash_slot *slot;
	size_t n = 0;

	for (slot = hash_first(h, value); slot; slot = hash_next(h, slot))
		assert_int_equal(slot->number % 1000, n++);
	return n;
}

/* Equal values are returned in the order of adding. */
static void test_hash_keeps_order(void **state)
{
	struct hash h = { .nr = 0 };

	(void)state;
	assert_null(hash_first(&h, 1));
	for (uint32_t i = 0; i < 300; i++) {
		assert_true(hash_add(&h, UINT32_MAX, i));
		assert_true(hash_add(&h, 0x7fffffff, 1000 + i));
		assert_true(hash_add(&h, 0, 2000 + i));
	}
	assert_int_equal(count(&h, UINT32_MAX), 300);
	assert_int_equal(count(&h, 0x7fffffff), 300);
	assert_int_equal(count(&h, 0), 300);
	assert_int_equal(count(&h, 5), 0);
	assert_int_equal(hash_count(&h, 0), 300);
	assert_int_equal(hash_count(&h, 5), 0);
	assert_int_equal(hash_nth(&h, 4)->number, 1001);
	hash_clear(&h);
	assert_null(hash_first(&h, 0));
}

#define HASHED 100000

/* Adding and finding compare few slots, whichever values are added. */
static void check_hash_work(uint32_t (*value)(uint32_t i))
{
	struct hash h = { .nr = 0 };
	uint32_t i;

	hash_steps = 0;
	for (i = 0; i < HASHED; i++)
		assert_true(hash_add(&h, value(i), i));
	for (i = 0; i < HASHED; i++)
		assert_non_null(hash_first(&h, value(i)));
	if (hash_steps > 8 * HASHED)
		fail_msg("%lu slots compared for %d elements", (unsigned long)hash_steps,
			 HASHED);
	hash_clear(&h);
}

static uint32_t equal_values(uint32_t i)
{
	(void)i;
	return 7;
}

/* Values with equal lower or upper bits, as addresses have. */
static uint32_t upper_values(uint32_t i)
{
	return i << 15;
}

static uint32_t lower_values(uint32_t i)
{
	return i;
}

static void test_hash_work(void **state)
{
	(void)state;
	check_hash_work(equal_values);
	check_hash_work(upper_values);
	check_hash_work(lower_values);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * Texts that differ in any one byte have different values, but for chance: two that are equal
 * make others equal whose differences are multiples of theirs.
 */
static void test_hash_text_bytes(void **state)
{
	static uint32_t value[64 * 255];
	size_t nr = 0, same = 0, i;
	char text[65];
	int c;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[64] = '\0';
	for (i = 0; i < 64; i++, text[i - 1] = 'x')
		for (c = 1; c < 256; c++) {
			text[i] = c;
			if (c != 'x')
				value[nr++] = hash_text(text, 0);
		}
	qsort(value, nr, sizeof(*value), compare_numbers);
	for (i = 1; i < nr; i++)
		same += value[i] == value[i - 1];
	assert_true(same < nr / 100);
}

static void test_hash_text(void **state)
{
	(void)state;
	assert_int_not_equal(hash_text("domain", 0), hash_text("domain", 1));
	assert_int_not_equal(hash_text("domain", 0), hash_text("domaim", 0));
}

#define HEAPED 1000

static unsigned int compared;

static bool is_smaller(const void *ctx, unsigned int a, unsigned int b)
{
	const unsigned int *value = ctx;

	compared++;
	return value[a] != value[b] ? value[a] < value[b] : a < b;
}

/* Merges HEAPED sequences of ten numbers; n log n comparisons. */
static void test_heap(void **state)
{
	unsigned int value[HEAPED], at[HEAPED], last = 0, nr = 0, i;
	struct heap h = { .at = at, .is_before = is_smaller, .ctx = value };

	(void)state;
	compared = 0;
	for (i = 0; i < HEAPED; i++) {
		value[i] = i * 7919 % 997;
		heap_add(&h, i);
	}
	for (; h.nr; nr++) {
		unsigned int *v = &value[h.at[0]];

		for (i = 1; i < h.nr; i++)
			assert_true(*v <= value[h.at[i]]);
		assert_true(*v >= last);
		last = *v;
		*v += 1000;
		if (*v < 10000)
			heap_first_changed(&h);
		else
			heap_remove_first(&h);
	}
	assert_int_equal(nr, 10 * HEAPED);
	assert_true(compared < 25 * nr);
}

static void test_budget(void **state)
{
	struct budget b = { .limit = 1000 };
	struct err *e;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		assert_false(budget_spent(&b));
		assert_null(budget_take(&b, "walk"));
	}
	assert_true(budget_spent(&b));
	e = budget_take(&b, "walk");
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_CORRUPT);
	assert_string_equal(err_text(e), "walk: stopped after 1000 steps");
	err_free(e);
}

static void test_budget_interrupted(void **state)
{
	struct budget b = { .limit = 1000 };
	struct err *e = NULL;

	(void)state;
	assert_null(budget_take(&b, "walk"));
	interrupt_pending = 1;
	while (!e)
		e = budget_take(&b, "walk");
	interrupt_pending = 0;
	assert_int_equal(err_reason(e), ERR_INTERRUPTED);
	assert_true(b.taken < 300);
	err_free(e);
}

/* Names of files and arguments can contain any bytes. */
static void test_error_text(void **state)
{
	char *word = malloc(120001);
	struct err *e;

	(void)state;
	assert_non_null(word);
	memset(word, 'x', 120000);
	word[120000] = '\0';
	e = err_prefix(err_new(ERR_NOT_FOUND, "%s: no such file", word), "load");
	assert_true(strlen(err_text(e)) < 3100);
	assert_memory_equal(err_text(e), "load: xxx", 9);
	assert_non_null(strstr(err_text(e), "xxx [1"));
	assert_non_null(strstr(err_text(e), " bytes] xxx"));
	assert_string_equal(err_text(e) + strlen(err_text(e)) - 16, "xx: no such file");
	err_free(e);
	free(word);
	e = err_new(ERR_IO, "%s: bad", "a\nxen: forged\tb\r");
	assert_string_equal(err_text(e), "a\\x0axen: forged\\x09b\\x0d: bad");
	err_free(e);
	/* a list is kept */
	e = err_new(ERR_IO, "searched:\n  one\n  two");
	assert_string_equal(err_text(e), "searched:\n  one\n  two");
	err_free(e);
}

/* A text is found at each place, and few other blocks are taken for one with it. */
static void test_text_filter(void **state)
{
	static const char *const texts[] = { "HVM Loader\n", "Linux version ", "Xen Minimal OS!" };
	static struct text_filter f, g;
	char block[256];
	unsigned int taken = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		text_filter_add(&f, texts[i], strlen(texts[i]));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		size_t len = strlen(texts[i]);

		for (size_t at = 0; at + len <= sizeof(block); at++) {
			memset(block, 0, sizeof(block));
			assert_false(text_filter_may_contain(&f, block, sizeof(block)));
			memcpy(block + at, texts[i], len);
			assert_true(text_filter_may_contain(&f, block, sizeof(block)));
		}
	}
	for (unsigned int i = 0; i < 1000; i++) {
		for (size_t k = 0; k < sizeof(block); k++)
			block[k] = rand() >> 8;
		taken += text_filter_may_contain(&f, block, sizeof(block));
	}
	assert_in_range(taken, 0, 200);
	/* texts that the filter cannot find */
	text_filter_add(&g, "abcdefghabcd", 12);
	memset(block, 0, sizeof(block));
	assert_true(text_filter_may_contain(&g, block, sizeof(block)));
	g = (struct text_filter){ .any = false };
	text_filter_add(&g, "abcdefghij", 10);
	assert_true(text_filter_may_contain(&g, block, sizeof(block)));
}

static void test_text_filter_start(void **state)
{
	static struct text_filter f, g;

	(void)state;
	text_filter_add_start(&f, "RIP:", 4);
	text_filter_add_start(&f, "Panic on CPU ", 13);
	assert_true(text_filter_may_start(&f, "RIP:", 4));
	assert_true(text_filter_may_start(&f, "x RIP:", 6));
	assert_true(text_filter_may_start(&f, "*** Panic on CPU 3", 18));
	assert_false(text_filter_may_start(&f, "x RIP:", 5));
	assert_false(text_filter_may_start(&f, "rip", 3));
	assert_false(text_filter_may_start(&f, "Xen call trace", 14));
	text_filter_add_start(&g, "RIP", 3);
	assert_true(text_filter_may_start(&g, "", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_filter_start),
		cmocka_unit_test(test_text_filter),
		cmocka_unit_test(test_array_grows),
		cmocka_unit_test(test_array_too_large),
		cmocka_unit_test(test_sort_of_nothing),
		cmocka_unit_test(test_checked_arithmetic),
		cmocka_unit_test(test_little_endian),
		cmocka_unit_test(test_hash_keeps_order),
		cmocka_unit_test(test_hash_work),
		cmocka_unit_test(test_hash_text),
		cmocka_unit_test(test_hash_text_bytes),
		cmocka_unit_test(test_heap),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_budget_interrupted),
		cmocka_unit_test(test_error_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
