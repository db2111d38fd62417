/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page cache of a source, and frame number compression. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xen/address/pdx.h"
#include "xen/memory/memory.h"

/* A source of 4096 pages, each byte of which derives from its address. */
struct source {
	unsigned int reads;
	uint64_t broken;	/* maddr of a page that cannot be read */
	bool destroyed;
};

#define SOURCE_SIZE (4096 * XPAGE_SIZE)

static unsigned char byte_at(uint64_t maddr)
{
	return maddr ^ maddr >> 12 ^ maddr >> 20;
}

static struct err *source_read(void *priv, uint64_t maddr, void *page)
{
	struct source *s = priv;
	unsigned char *to = page;
	size_t i;

	assert_int_equal(maddr % XPAGE_SIZE, 0);
	s->reads++;
	if (maddr == s->broken)
		return err_new(ERR_EXCLUDED, "excluded");
	if (maddr >= SOURCE_SIZE)
		return err_new(ERR_NOT_IN_DUMP, "not in dump");
	for (i = 0; i < XPAGE_SIZE; i++)
		to[i] = byte_at(maddr + i);
	return NULL;
}

static void source_destroy(void *priv)
{
	((struct source *)priv)->destroyed = true;
}

static const struct memory_ops ops = {
	.name = "test", .read_page = source_read, .destroy = source_destroy,
};

/* Provides even pages in its own memory, whose bytes are all 0x5a. */
static const void *source_borrow(void *priv, uint64_t maddr)
{
	static unsigned char page[XPAGE_SIZE];

	(void)priv;
	assert_int_equal(maddr % XPAGE_SIZE, 0);
	memset(page, 0x5a, sizeof(page));
	return maddr >> XPAGE_SHIFT & 1 ? NULL : page;
}

static const struct memory_ops lending_ops = {
	.name = "lending", .read_page = source_read, .borrow_page = source_borrow,
};

static void check_range(struct memory *m, uint64_t at, size_t len)
{
	unsigned char *buf = malloc(len + 1);
	size_t i;

	buf[len] = 0xa5;
	assert_null(memory_read(m, at, buf, len));
	for (i = 0; i < len; i++)
		if (buf[i] != byte_at(at + i))
			fail_msg("byte %zu of %zu at %#lx is wrong", i, len,
				 (unsigned long)at);
	assert_int_equal(buf[len], 0xa5);
	free(buf);
}

static void expect(struct err *e, enum err_reason reason)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

static void test_read(void **state)
{
	struct source s = { .broken = ~0ULL };
	struct memory *m;
	int i;

	(void)state;
	assert_null(memory_create(&ops, &s, &m));
	assert_string_equal(memory_name(m), "test");
	check_range(m, 0, 1);
	check_range(m, 0xfff, 2);
	check_range(m, 0x1234, 3 * XPAGE_SIZE);
	check_range(m, SOURCE_SIZE - 8, 8);
	srand(1);
	for (i = 0; i < 20000; i++)
		check_range(m, (uint64_t)rand() % (SOURCE_SIZE - 9000), rand() % 9000);
	memory_destroy(m);
	assert_true(s.destroyed);
}

static void test_cache(void **state)
{
	struct source s = { .broken = ~0ULL };
	struct memory *m;
	const void *page;

	(void)state;
	assert_null(memory_create(&ops, &s, &m));
	check_range(m, 0x5000, 8);
	check_range(m, 0x5800, 8);
	assert_int_equal(s.reads, 1);
	/* Two pages of one set are cached together, in any order. */
	check_range(m, 0x5000 + 512 * XPAGE_SIZE, 8);
	check_range(m, 0x5000, 8);
	check_range(m, 0x5000 + 512 * XPAGE_SIZE, 8);
	assert_int_equal(s.reads, 2);
	memory_flush(m);
	assert_null(memory_page(m, 0x5abc, &page));
	assert_int_equal(s.reads, 3);
	assert_int_equal(*((const unsigned char *)page + 0xabc), byte_at(0x5abc));
	memory_destroy(m);
}

/* Whole pages are taken from the cache, but never stored in it. */
static void test_whole_pages(void **state)
{
	struct source s = { .broken = ~0ULL };
	struct memory *m;

	(void)state;
	assert_null(memory_create(&ops, &s, &m));
	check_range(m, 0x5008, 8);
	check_range(m, 0x5000, XPAGE_SIZE);
	assert_int_equal(s.reads, 1);
	check_range(m, 0x5000 + 512 * XPAGE_SIZE, XPAGE_SIZE);
	check_range(m, 0x5000 + 1024 * XPAGE_SIZE, XPAGE_SIZE);
	assert_int_equal(s.reads, 3);
	check_range(m, 0x5008, 8);
	assert_int_equal(s.reads, 3);
	check_range(m, 0x5000 + 512 * XPAGE_SIZE, XPAGE_SIZE);
	assert_int_equal(s.reads, 4);
	memory_destroy(m);
}

/*
 * Pages in the source's own memory are neither read nor cached; all others are
 * read as before.
 */
static void test_borrow(void **state)
{
	struct source s = { .broken = 0x7000 };
	struct memory *m;
	const void *page;

	(void)state;
	assert_null(memory_create(&lending_ops, &s, &m));
	assert_null(memory_borrow_page(m, 0x4123, &page));
	assert_int_equal(*(const unsigned char *)page, 0x5a);
	assert_int_equal(s.reads, 0);
	check_range(m, 0x4123, 8);
	assert_null(memory_borrow_page(m, 0x5123, &page));
	assert_int_equal(((const unsigned char *)page)[0x123], byte_at(0x5123));
	assert_int_equal(s.reads, 2);
	expect(memory_borrow_page(m, 0x7000, &page), ERR_EXCLUDED);
	memory_destroy(m);
}

static void test_errors(void **state)
{
	struct source s = { .broken = 0x7000 };
	struct memory *m;
	char buf[64];

	(void)state;
	assert_null(memory_create(&ops, &s, &m));
	expect(memory_read(m, 0x7010, buf, 8), ERR_EXCLUDED);
	expect(memory_read(m, 0x6ff8, buf, 64), ERR_EXCLUDED);
	expect(memory_read(m, SOURCE_SIZE, buf, 1), ERR_NOT_IN_DUMP);
	expect(memory_read(m, ~0ULL - 4, buf, 64), ERR_BAD_POINTER);
	/* After a failure the cache must not contain half a page. */
	s.broken = ~0ULL;
	check_range(m, 0x7010, 8);
	assert_null(memory_read(m, ~0ULL, buf, 0));
	memory_destroy(m);
}

/* Two nodes, the second at 1 TiB: bits 28 to 39 of the mfn are removed. */
static void test_pdx_mask(void **state)
{
	struct pdx p = {
		.scheme = PDX_MASK,
		.pfn_bottom_mask = (1ULL << 20) - 1,
		.pfn_top_mask = ~0ULL << 28 & ((1ULL << 40) - 1),
		.hole_shift = 8,
	};
	uint64_t pfn = (1ULL << 28) | 0x12345;

	(void)state;
	p.ma_bottom_mask = p.pfn_bottom_mask << 12 | 0xfff;
	p.ma_top_mask = p.pfn_top_mask << 12;
	assert_int_equal(pdx_from_pfn(&p, pfn), (1ULL << 20) | 0x12345);
	assert_int_equal(pdx_to_pfn(&p, pdx_from_pfn(&p, pfn)), pfn);
	assert_int_equal(pdx_maddr_to_offset(&p, (pfn << 12) + 0x678),
			 (((1ULL << 20) | 0x12345) << 12) + 0x678);
	assert_int_equal(pdx_offset_to_maddr(&p, pdx_maddr_to_offset(&p, (pfn << 12) + 5)),
			 (pfn << 12) + 5);
}

/* Regions of 2^18 frames; region 4 of the pfns follows region 0. */
static void test_pdx_offset(void **state)
{
	static struct pdx p = {
		.scheme = PDX_OFFSET, .entries = 64,
		.pfn_index_shift = 18, .pdx_index_shift = 18,
	};
	uint64_t pfn = (4ULL << 18) + 77;

	(void)state;
	p.pfn_to_pdx[4] = 3ULL << 18;
	p.pdx_to_pfn[1] = 3ULL << 18;
	assert_int_equal(pdx_from_pfn(&p, 5), 5);
	assert_int_equal(pdx_from_pfn(&p, pfn), (1ULL << 18) + 77);
	assert_int_equal(pdx_to_pfn(&p, (1ULL << 18) + 77), pfn);
	assert_int_equal(pdx_offset_to_maddr(&p, pdx_maddr_to_offset(&p, (pfn << 12) + 9)),
			 (pfn << 12) + 9);
}

static void test_pdx_none(void **state)
{
	struct pdx p = { .scheme = PDX_NONE };

	(void)state;
	assert_int_equal(pdx_from_pfn(&p, 0x123456789), 0x123456789);
	assert_int_equal(pdx_offset_to_maddr(&p, 0xabcdef), 0xabcdef);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_whole_pages),
		cmocka_unit_test(test_borrow),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_pdx_mask),
		cmocka_unit_test(test_pdx_offset),
		cmocka_unit_test(test_pdx_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
