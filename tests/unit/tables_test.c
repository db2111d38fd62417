/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables of guests, EPT and NPT, and the P2M list, valid and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xen/address/p2m.h"
#include "xen/address/tables.h"
#include "xen/base/array.h"

#define RAM	(1UL << 20)
#define P	1UL
#define PSE	0x80UL

static unsigned char ram[RAM];
static struct memory *memory;

static struct err *ram_read(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	if (maddr >= RAM)
		return err_new(ERR_NOT_IN_DUMP, "%lx is not in the dump",
			       (unsigned long)maddr);
	memcpy(page, ram + maddr, XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops ram_ops = { .name = "ram", .read_page = ram_read };

static int setup(void **state)
{
	(void)state;
	memset(ram, 0, sizeof(ram));
	assert_null(memory_create(&ram_ops, NULL, &memory));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	memory_destroy(memory);
	return 0;
}

static void set64(uint64_t at, uint64_t v)
{
	memcpy(ram + at, &v, sizeof(v));
}

static void set32(uint64_t at, uint32_t v)
{
	memcpy(ram + at, &v, sizeof(v));
}

static uint64_t walk_ok(const struct table_format *f, uint64_t root,
			uint64_t address, uint64_t page_size)
{
	struct table_walk w;

	assert_null(tables_walk(memory, f, root, address, NULL, NULL, &w));
	assert_int_equal(w.page_size, page_size);
	return w.address;
}

static void walk_fails(const struct table_format *f, uint64_t root,
		       uint64_t address, enum err_reason reason,
		       unsigned int steps)
{
	struct table_walk w;
	struct err *e = tables_walk(memory, f, root, address, NULL, NULL, &w);

	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	assert_int_equal(w.steps, steps);
	err_free(e);
}

static void test_64_bit(void **state)
{
	(void)state;
	set64(0x1000 + 511 * 8, 0x2000 | P);
	set64(0x2000 + 510 * 8, 0x3000 | P);
	set64(0x2000 + 511 * 8, 0x140000000 | P | PSE);
	set64(0x3000 + 8 * 8, 0x4000 | P);
	set64(0x3000 + 9 * 8, 0x80600000 | P | PSE | 1UL << 63);
	set64(0x4000 + 3 * 8, 0x8000000012345067);
	/* flags of cr3 are not part of the root */
	assert_int_equal(walk_ok(&tables_amd64, 0x1018, 0xffffffff81003abc, 0x1000),
			 0x12345abc);
	assert_int_equal(walk_ok(&tables_amd64, 0x1000, 0xffffffff812abcde, 0x200000),
			 0x806abcde);
	assert_int_equal(walk_ok(&tables_amd64, 0x1000, 0xffffffffdeadbeef, 0x40000000),
			 0x15eadbeef);
	walk_fails(&tables_amd64, 0x1000, 0xffffffff81004000, ERR_BAD_POINTER, 4);
	walk_fails(&tables_amd64, 0x1000, 0xffffffff82000000, ERR_BAD_POINTER, 3);
	walk_fails(&tables_amd64, 0x1000, 0x0000800000000000, ERR_BAD_POINTER, 0);
	walk_fails(&tables_amd64, 0x1000, 0, ERR_BAD_POINTER, 1);
	walk_fails(&tables_amd64, RAM, 0, ERR_NOT_IN_DUMP, 0);
}

static void test_5_levels(void **state)
{
	(void)state;
	set64(0x5000 + 1 * 8, 0x1000 | P);
	set64(0x1000 + 2 * 8, 0x2000 | P);
	set64(0x2000 + 3 * 8, 0xc0000000 | P | PSE);
	assert_int_equal(walk_ok(&tables_la57, 0x5000, 1UL << 48 | 2UL << 39 | 3UL << 30 | 5,
				 1UL << 30), 0xc0000005);
	walk_fails(&tables_la57, 0x5000, 1UL << 56, ERR_BAD_POINTER, 0);
}

static void test_pae(void **state)
{
	(void)state;
	/* four entries, only aligned to 32 bytes */
	set64(0x1020 + 3 * 8, 0x2000 | P);
	set64(0x2000, 0x3000 | P);
	set64(0x2000 + 8, 0xf00600000 | P | PSE);
	set64(0x3000 + 8, 0x54321000 | P);
	assert_int_equal(walk_ok(&tables_pae, 0x1020, 0xc0001fff, 0x1000), 0x54321fff);
	assert_int_equal(walk_ok(&tables_pae, 0x1020, 0xc0200001, 0x200000), 0xf00600001);
	walk_fails(&tables_pae, 0x1020, 0x100000000, ERR_BAD_POINTER, 0);
}

static void test_32_bit(void **state)
{
	(void)state;
	set32(0x1000 + 4 * 0x300, 0x2000 | P);
	set32(0x1000 + 4 * 0x301, 0x40400000 | 0x5 << 13 | P | PSE);
	set32(0x2000 + 4 * 0x3ff, 0x6789a000 | P);
	assert_int_equal(walk_ok(&tables_ia32, 0x1000, 0xc03ff123, 0x1000), 0x6789a123);
	/* PSE-36: bits 32 to 39 of the address in bits 13 to 20 */
	assert_int_equal(walk_ok(&tables_ia32, 0x1000, 0xc0412345, 0x400000), 0x540412345);
}

static void test_ept(void **state)
{
	(void)state;
	set64(0x1000, 0x2000 | 7);
	set64(0x2000, 0x3000 | 7);
	set64(0x3000, 0x800000 | 6UL << 3 | 7 | PSE);
	set64(0x3000 + 8, 0x4000 | 7);
	/* execute only is present, too; Xen's type is in bits 52 to 57 */
	set64(0x4000, 0x777000 | 4 | 3UL << 52);
	set64(0x4000 + 8, 4UL << 52);
	assert_int_equal(walk_ok(&tables_ept, 0x1000, 0x123456, 0x200000), 0x923456);
	assert_int_equal(walk_ok(&tables_ept, 0x1000, 0x200010, 0x1000), 0x777010);
	walk_fails(&tables_ept, 0x1000, 0x201000, ERR_BAD_POINTER, 4);
	/* guest physical addresses are not sign extended */
	walk_fails(&tables_ept, 0x1000, 0xffffffff80000000, ERR_BAD_POINTER, 0);
}

static void test_vtd(void **state)
{
	struct table_format f;

	(void)state;
	set64(0x1000, 0x2000 | 3);
	set64(0x2000, 0x3000 | 3);
	set64(0x3000, 0x800000 | 2 | PSE);	/* writable only */
	set64(0x3000 + 8, 0x4000 | 3);
	/*
	 * bits that mean "present and user" to a processor have another meaning
	 * in these tables
	 */
	set64(0x4000, 0x777000 | 1);
	set64(0x4000 + 8, 0x777000 | 4);
	assert_null(tables_lower(&tables_vtd, 4, &f));
	assert_int_equal(walk_ok(&f, 0x1000, 0x123456, 0x200000), 0x923456);
	assert_int_equal(walk_ok(&f, 0x1000, 0x200010, 0x1000), 0x777010);
	walk_fails(&f, 0x1000, 0x201000, ERR_BAD_POINTER, 4);
	walk_fails(&f, 0x1000, 1UL << 48, ERR_BAD_POINTER, 0);
	/* an IOMMU with three levels begins one level lower */
	assert_null(tables_lower(&tables_vtd, 3, &f));
	assert_int_equal(walk_ok(&f, 0x2000, 0x123456, 0x200000), 0x923456);
	walk_fails(&f, 0x2000, 1UL << 39, ERR_BAD_POINTER, 0);
}

#define NEXT(level)	((uint64_t)(level) << 9 | P)

static void test_amd_iommu(void **state)
{
	struct table_format f;

	(void)state;
	set64(0x1000, 0x2000 | NEXT(3));
	set64(0x2000, 0x3000 | NEXT(2));
	set64(0x2000 + 8, 0x80000000 | NEXT(0));
	set64(0x3000, 0x800000 | NEXT(0) | 3UL << 61);
	set64(0x3000 + 8, 0x4000 | NEXT(1));
	set64(0x3000 + 16, 0x4000 | NEXT(2));	/* its own level */
	set64(0x3000 + 24, 0x4000 | NEXT(7));
	set64(0x4000, 0x777000 | NEXT(0) | 1UL << 61);
	assert_null(tables_lower(&tables_amd_iommu, 4, &f));
	assert_int_equal(walk_ok(&f, 0x1000, 0x123456, 0x200000), 0x923456);
	assert_int_equal(walk_ok(&f, 0x1000, 0x40000005, 1UL << 30), 0x80000005);
	assert_int_equal(walk_ok(&f, 0x1000, 0x200010, 0x1000), 0x777010);
	walk_fails(&f, 0x1000, 0x201000, ERR_BAD_POINTER, 4);
	walk_fails(&f, 0x1000, 0x400000, ERR_BAD_POINTER, 3);
	walk_fails(&f, 0x1000, 0x600000, ERR_BAD_POINTER, 3);
	/* all six levels accept any address */
	set64(0x6000 + 127 * 8, 0x5000 | NEXT(5));
	set64(0x5000, 0x1000 | NEXT(4));
	assert_int_equal(walk_ok(&tables_amd_iommu, 0x6000, 127UL << 57 | 0x200010,
				 0x1000), 0x777010);
}

/* Levels are read from memory, which may be damaged. */
static void test_levels(void **state)
{
	static const uint64_t bad[] = { 0, 6, 7, 1UL << 32, ~0UL };
	struct table_format f;
	struct err *e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		e = tables_lower(&tables_vtd, bad[i], &f);
		assert_int_equal(err_reason(e), ERR_BAD_POINTER);
		err_free(e);
	}
}

static struct err *shift_frame(void *arg, uint64_t address, uint64_t *maddr)
{
	if (address >= 0x10000)
		return err_new(ERR_BAD_POINTER, "gfn %lx has no frame",
			       (unsigned long)(address >> 12));
	*maddr = address + *(uint64_t *)arg;
	return NULL;
}

/* A guest's tables contain its own frame numbers; the walk ends at one without frame. */
static void test_translated_frames(void **state)
{
	uint64_t offset = 0x20000;
	struct table_walk w;
	struct err *e;

	(void)state;
	set64(offset + 0x1000, 0x2000 | P);
	set64(offset + 0x2000, 0x3000 | P);
	set64(offset + 0x3000, 0x4000 | P);
	set64(offset + 0x3000 + 8, 0x44000 | P);
	set64(offset + 0x4000, 0x7000 | P);
	assert_null(tables_walk(memory, &tables_amd64, 0x1000, 0x123, shift_frame,
				&offset, &w));
	assert_int_equal(w.address, 0x7123);	/* not translated */
	assert_int_equal(w.step[3].at, 0x4000);
	assert_int_equal(w.step[3].maddr, 0x24000);
	e = tables_walk(memory, &tables_amd64, 0x1000, 0x200000, shift_frame,
			&offset, &w);
	assert_non_null(e);
	assert_int_equal(w.steps, 3);
	err_free(e);
}

/* A table that is its own entry: the walk ends after four steps. */
static void test_recursive(void **state)
{
	(void)state;
	set64(0x1000, 0x1000 | P);
	assert_int_equal(walk_ok(&tables_amd64, 0x1000, 0, 0x1000), 0x1000);
}

static void test_random_tables(void **state)
{
	static const struct table_format *const formats[] = {
		&tables_ia32, &tables_pae, &tables_amd64, &tables_la57,
		&tables_ept, &tables_npt, &tables_vtd, &tables_amd_iommu,
	};
	struct table_walk w;
	unsigned int i, f;
	char text[16];

	(void)state;
	srand(7);
	for (i = 0; i < RAM; i++)
		ram[i] = rand();
	memory_flush(memory);
	for (i = 0; i < 20000; i++) {
		for (f = 0; f < ARRAY_SIZE(formats); f++) {
			uint64_t address = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ rand();

			err_free(tables_walk(memory, formats[f], rand() % RAM,
					     address >> (i % 40), NULL, NULL, &w));
			assert_true(w.steps <= formats[f]->nr_levels);
			if (w.steps)
				assert_true(strlen(table_flags_text(formats[f], w.step[0].entry,
								    text, sizeof(text))) < 16);
		}
	}
}

static void test_p2m_list(void **state)
{
	struct table_walk w;
	uint64_t mfn;
	struct err *e;

	(void)state;
	set64(0x1000, 2);		/* list list -> list */
	set64(0x2000 + 8, 3);		/* list -> P2M */
	set64(0x3000 + 5 * 8, 0xabcde);
	set64(0x3000 + 6 * 8, ~0UL);
	set64(0x3000 + 7 * 8, P2M_ENTRY_FOREIGN | 0x123);
	assert_null(p2m_list_lookup(memory, 1, 512 + 5, &mfn));
	assert_int_equal(mfn, 0xabcde);
	assert_null(p2m_list_walk(memory, 1, 8, 512 + 7, &w));
	assert_int_equal(w.steps, 3);
	assert_true(p2m_entry_mfn(w.step[2].entry, 8, &mfn));
	assert_int_equal(mfn, 0x123);
	assert_null(p2m_list_walk(memory, 1, 8, 512 + 6, &w));
	assert_false(p2m_entry_mfn(w.step[2].entry, 8, &mfn));
	/* no list there, beyond all, none at all, not in the dump */
	e = p2m_list_walk(memory, 1, 8, 5, &w);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	err_free(e);
	e = p2m_list_walk(memory, 1, 8, 1UL << 27, &w);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	err_free(e);
	e = p2m_list_walk(memory, 0, 8, 5, &w);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	err_free(e);
	e = p2m_list_walk(memory, RAM >> 12, 8, 5, &w);
	assert_int_equal(err_reason(e), ERR_NOT_IN_DUMP);
	err_free(e);
}

static void test_p2m_list_of_32_bit(void **state)
{
	struct table_walk w;
	uint64_t mfn;

	(void)state;
	set32(0x1000, 2);
	set32(0x2000 + 4, 3);
	set32(0x3000 + 5 * 4, 0xabcde);
	set32(0x3000 + 6 * 4, 0xffffffff);
	set32(0x3000 + 7 * 4, 1U << 31 | 0x77);
	assert_null(p2m_list_walk(memory, 1, 4, 1024 + 5, &w));
	assert_true(p2m_entry_mfn(w.step[2].entry, 4, &mfn));
	assert_int_equal(mfn, 0xabcde);
	assert_null(p2m_list_walk(memory, 1, 4, 1024 + 6, &w));
	assert_false(p2m_entry_mfn(w.step[2].entry, 4, &mfn));
	assert_null(p2m_list_walk(memory, 1, 4, 1024 + 7, &w));
	assert_true(p2m_entry_mfn(w.step[2].entry, 4, &mfn));
	assert_int_equal(mfn, 0x77);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_64_bit),
		TEST(test_5_levels),
		TEST(test_pae),
		TEST(test_32_bit),
		TEST(test_ept),
		TEST(test_vtd),
		TEST(test_amd_iommu),
		TEST(test_levels),
		TEST(test_translated_frames),
		TEST(test_recursive),
		TEST(test_random_tables),
		TEST(test_p2m_list),
		TEST(test_p2m_list_of_32_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
