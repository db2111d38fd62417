/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's address space over generated page tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xen/address/p2m.h"
#include "xen/address/space.h"

#define RAM	(8UL << 20)
#include "made_ram.h"

#define ROOT	0x1000UL
#define PHYS	0x200000UL
#define VIRT	0xffff82d040000000UL
#define P	1UL
#define PSE	0x80UL

static void set_entry(uint64_t table, uint64_t va, unsigned int level, uint64_t e)
{
	unsigned int shift = 12 + 9 * (level - 1);

	memcpy(ram + table + (va >> shift & 511) * 8, &e, 8);
}

/*
 * The image as two 2 MiB pages, M2P as one 2 MiB page of frame 4 MiB, vmap as
 * 4 KiB pages, the directmap as 2 MiB pages; the second L2 of vmap is a 1 GiB page.
 */
static void make_tables(void)
{
	const uint64_t m2p = 0xffff828000000000, vmap = 0xffff82c000000000;
	const uint64_t direct = 0xffff830000000000;
	int i;

	memset(ram, 0, sizeof(ram));
	absent = 0;
	set_entry(ROOT, VIRT, 4, 0x2000 | P);
	set_entry(0x2000, VIRT, 3, 0x3000 | P);
	set_entry(0x3000, VIRT, 2, PHYS | P | PSE);
	set_entry(0x3000, VIRT + (2 << 20), 2, (PHYS + (2 << 20)) | P | PSE);
	set_entry(0x2000, m2p, 3, 0x4000 | P);
	set_entry(0x4000, m2p, 2, 0x400000 | P | PSE);
	set_entry(0x2000, vmap, 3, 0x5000 | P);
	set_entry(0x5000, vmap, 2, 0x6000 | P);
	set_entry(0x6000, vmap, 1, 0x7000 | P | 1UL << 63);
	set_entry(0x6000, vmap + 0x2000, 1, 0x8000 | P);
	set_entry(0x2000, vmap + (1UL << 30), 3, 0x40000000 | P | PSE);
	set_entry(ROOT, direct, 4, 0x9000 | P);
	set_entry(0x9000, direct, 3, 0xa000 | P);
	for (i = 0; i < 4; i++)
		set_entry(0xa000, direct + (2UL << 20) * i, 2, (2UL << 20) * i | P | PSE);
	for (i = 0xb000; i < (int)RAM; i++)
		ram[i] = i * 31 >> 3;
}

static void open_space(struct memory **m, struct space **s, uint64_t root)
{
	struct space_params params = { .virt_start = VIRT, .phys_start = PHYS,
				       .root = root };

	make_tables();
	assert_null(memory_create(&ram_ops, NULL, m));
	assert_null(space_create(*m, &params, s));
}

static void expect(struct err *e, enum err_reason reason)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

static void expect_maddr(struct space *s, uint64_t va, uint64_t want)
{
	uint64_t maddr = 0;
	int i;

	/* The second time from the cached translations. */
	for (i = 0; i < 2; i++) {
		assert_null(space_translate(s, va, &maddr));
		assert_int_equal(maddr, want);
	}
}

static void test_translate(void **state)
{
	struct memory *m;
	struct space *s;
	uint64_t maddr;

	(void)state;
	open_space(&m, &s, ROOT);
	expect_maddr(s, VIRT + 0x200123, PHYS + 0x200123);
	expect_maddr(s, 0xffff828000001ff8, 0x401ff8);
	expect_maddr(s, 0xffff82c000000abc, 0x7abc);
	expect_maddr(s, 0xffff82c000002abc, 0x8abc);
	expect_maddr(s, 0xffff82c040000000 + 0x12345678, 0x40000000 + 0x12345678);
	expect_maddr(s, 0xffff830000456789, 0x456789);
	expect(space_translate(s, 0xffff82c000001000, &maddr), ERR_BAD_POINTER);
	expect(space_translate(s, 0xffff830010000000, &maddr), ERR_BAD_POINTER);
	expect(space_translate(s, 0, &maddr), ERR_BAD_POINTER);
	expect(space_translate(s, 0xffffffff81000000, &maddr), ERR_BAD_POINTER);
	expect(space_translate(s, 0x8000000000000000, &maddr), ERR_BAD_POINTER);
	space_destroy(s);
	memory_destroy(m);
}

static void test_steps(void **state)
{
	struct memory *m;
	struct space *s;
	struct walk w;

	(void)state;
	open_space(&m, &s, ROOT);
	assert_null(space_walk(s, ROOT, 0xffff82c000000abc, &w));
	assert_int_equal(w.steps, 4);
	assert_int_equal(w.page_size, 4096);
	assert_int_equal(w.step[0].entry_maddr, ROOT + 261 * 8);
	assert_int_equal(w.step[3].entry, 0x7000 | P | 1UL << 63);
	assert_string_equal(w.step[3].level, "L1");
	assert_null(space_walk(s, ROOT, VIRT, &w));
	assert_int_equal(w.steps, 3);
	assert_int_equal(w.page_size, 2 << 20);
	expect(space_walk(s, ROOT, 0xffff82c000001000, &w), ERR_BAD_POINTER);
	assert_int_equal(w.steps, 4);
	expect(space_walk(s, ROOT, 0x7fff00000000f000, &w), ERR_BAD_POINTER);
	expect(space_walk(s, RAM, VIRT, &w), ERR_NOT_IN_DUMP);
	space_destroy(s);
	memory_destroy(m);
}

/* Without tables in the dump, image and directmap are translated as linear. */
static void test_without_tables(void **state)
{
	struct memory *m;
	struct space *s;
	uint64_t maddr;

	(void)state;
	open_space(&m, &s, ROOT);
	absent = 0x2000;
	expect_maddr(s, VIRT + 0x345678, PHYS + 0x345678);
	expect(space_translate(s, 0xffff828000000000, &maddr), ERR_NOT_IN_DUMP);
	absent = 0x9000;
	memory_flush(m);
	expect_maddr(s, 0xffff830000456789, 0x456789);
	space_destroy(s);
	memory_destroy(m);
	open_space(&m, &s, 0);
	expect_maddr(s, VIRT + 0x300000, PHYS + 0x300000);
	expect(space_translate(s, 0xffff828000000000, &maddr), ERR_NO_SYMBOL);
	space_destroy(s);
	memory_destroy(m);
}

static void test_read(void **state)
{
	struct memory *m;
	struct space *s;
	char text[32];
	uint64_t v;

	(void)state;
	open_space(&m, &s, ROOT);
	assert_null(space_read_u64(s, VIRT + 0x2ffffc, &v));
	assert_memory_equal(&v, ram + PHYS + 0x2ffffc, 8);
	/* vmap: page 0 is mapped, page 1 is not */
	expect(space_read_u64(s, 0xffff82c000000ffc, &v), ERR_BAD_POINTER);
	memcpy(ram + 0x7ff0, "end of the page!", 16);
	memory_flush(m);
	assert_null(space_read_string(s, 0xffff82c000000ff0, text, sizeof(text)));
	assert_string_equal(text, "end of the page!");
	memcpy(ram + 0x7ff0, "short\0", 6);
	memory_flush(m);
	assert_null(space_read_string(s, 0xffff82c000000ff0, text, sizeof(text)));
	assert_string_equal(text, "short");
	assert_null(space_read_string(s, 0xffff82c000000ff0, text, 3));
	assert_string_equal(text, "sh");
	expect(space_read_string(s, 0xffff82c000001000, text, 3), ERR_BAD_POINTER);
	space_destroy(s);
	memory_destroy(m);
}

static void test_regions(void **state)
{
	const struct region *r, *last = NULL;
	struct memory *m;
	struct space *s;
	unsigned int n;

	(void)state;
	open_space(&m, &s, ROOT);
	for (n = 0; (r = space_region_nth(s, n)); n++) {
		assert_true(r->start < r->end);
		assert_true(!last || last->end <= r->start);
		assert_ptr_equal(space_region(s, r->start), r);
		assert_ptr_equal(space_region(s, r->end - 1), r);
		last = r;
	}
	assert_int_equal(n, 10);
	assert_int_equal(space_region(s, 0xffff82e000000000)->id, REGION_FRAMETABLE);
	assert_int_equal(space_region(s, 0)->id, REGION_NONE);
	assert_int_equal(space_directmap_va(s, 0x1234000), 0xffff830001234000);
	space_destroy(s);
	memory_destroy(m);
}

/* Three levels at 0x10000, 0x11000, 0x12000. */
static void test_p2m_list(void **state)
{
	struct memory *m;
	uint64_t e, mfn;

	(void)state;
	make_tables();
	assert_null(memory_create(&ram_ops, NULL, &m));
	memset(ram + 0x10000, 0, 0x3000);
	e = 0x11;
	memcpy(ram + 0x10000, &e, 8);
	e = 0x12;
	memcpy(ram + 0x11000 + 8 * 8, &e, 8);
	e = 0x4321;
	memcpy(ram + 0x12000 + 5 * 8, &e, 8);
	e = 1ULL << 63 | 0x77;
	memcpy(ram + 0x12000 + 6 * 8, &e, 8);
	assert_null(p2m_list_lookup(m, 0x10, 8 * 512 + 5, &mfn));
	assert_int_equal(mfn, 0x4321);
	expect(p2m_list_lookup(m, 0x10, 8 * 512 + 6, &mfn), ERR_NOT_FOUND);
	expect(p2m_list_lookup(m, 0x10, 8 * 512 + 7, &mfn), ERR_NOT_FOUND);
	expect(p2m_list_lookup(m, 0x10, 9 * 512, &mfn), ERR_NOT_FOUND);
	expect(p2m_list_lookup(m, 0x10, 1ULL << 27, &mfn), ERR_NOT_FOUND);
	expect(p2m_list_lookup(m, 0, 0, &mfn), ERR_NOT_FOUND);
	expect(p2m_list_lookup(m, ~0ULL, 0, &mfn), ERR_NOT_FOUND);
	expect(p2m_list_lookup(m, RAM >> 12, 0, &mfn), ERR_NOT_IN_DUMP);
	memory_destroy(m);
}

/* Words stay kept while others are read, until the memory changes. */
static void test_words(void **state)
{
	const uint64_t words = RAM / sizeof(uint64_t), first = 0xffff830000000000;
	uint64_t got, i;
	struct memory *m;
	struct space *s;

	(void)state;
	open_space(&m, &s, ROOT);
	for (int round = 0; round < 2; round++) {
		for (i = 0; i < words; i++) {
			assert_null(space_read_u64(s, first + 8 * i, &got));
			assert_memory_equal(&got, ram + 8 * i, 8);
		}
	}
	memset(ram + RAM - 8, 0x5a, 8);
	assert_null(space_read_u64(s, first + RAM - 8, &got));
	assert_int_not_equal(got, 0x5a5a5a5a5a5a5a5a);
	memory_flush(m);
	assert_null(space_read_u64(s, first + RAM - 8, &got));
	assert_int_equal(got, 0x5a5a5a5a5a5a5a5a);
	/* what cannot be read is not kept */
	expect(space_read_u64(s, 0, &got), ERR_BAD_POINTER);
	expect(space_read_u64(s, 0, &got), ERR_BAD_POINTER);
	space_destroy(s);
	memory_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_translate),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_without_tables),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_regions),
		cmocka_unit_test(test_p2m_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
