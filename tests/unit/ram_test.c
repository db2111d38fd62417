/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses of RAM: the memory map, Xen's page tables, a host without a frame table. */
#include "tests/unit/model_fixture/shapes.h"

#include "extensions/support/command.h"
#include "xen/base/array.h"
#include "xen/model/memory/e820.h"
#include "xen/model/memory/ram.h"
#include "xen/model/memory/xen_tables.h"

static const struct shape shapes[] = { { 404, 64 }, { 420, 64 } };

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/model_fixture/model.c "
		      "tests/unit/channels_fixture/page_alloc.c "
		      "tests/unit/ram_fixture/ram.c", shapes, ARRAY_SIZE(shapes));
	return 0;
}

/* ---- e820 ---- */

static void test_map(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct e820 map;

		assert_ok(e820_read(&f->xen, &map));
		assert_int_equal(map.nr, 4);
		assert_int_equal(map.at[0].mfn, 0);
		assert_int_equal(map.at[0].end, 0x9f);
		assert_int_equal(map.at[1].type, E820_RESERVED);
		assert_int_equal(map.at[2].mfn, 0x100);
		assert_int_equal(map.at[2].end, 0x800);
		assert_int_equal(map.pages[E820_RAM], 0x9f + 0x700);
		assert_int_equal(map.pages[E820_RESERVED], 1);
		assert_int_equal(map.pages[E820_ACPI], 2);
		e820_release(&map);
	}
}

static void test_damaged_map(void **state)
{
	struct fixture *f = newest;
	uint64_t va = fixture_va(f, "e820");
	struct e820 map;

	(void)state;
	fixture_poke(f, va, "e820map.nr_map", 0);
	assert_err(e820_read(&f->xen, &map), ERR_CORRUPT, "E820");
	fixture_poke(f, va, "e820map.nr_map", 1025);
	assert_err(e820_read(&f->xen, &map), ERR_CORRUPT, "E820");
	fixture_poke(f, va, "e820map.nr_map", 4);
	fixture_poke(f, va + 4, "e820entry.size", ~0ULL);
	assert_err(e820_read(&f->xen, &map), ERR_CORRUPT, "E820");
	/* overlapping regions: each page counts once */
	fixture_poke(f, va + 4, "e820entry.size", 0x10000000);
	assert_ok(e820_read(&f->xen, &map));
	assert_int_equal(map.pages[E820_RAM], 0x9f + 0x10000);
	assert_int_equal(map.pages[E820_ACPI], 0);
	e820_release(&map);
	fixture_poke(f, va + 4, "e820entry.size", 0x700800);
}

/* ---- page tables ---- */

struct seen {
	char text[256];
	unsigned int tables;
};

static struct err *see_mapped(void *arg, enum region_id region, uint64_t va,
			      uint64_t mfn, uint64_t nr)
{
	struct seen *s = arg;
	size_t len = strlen(s->text);

	assert_int_equal(region, REGION_IMAGE);
	snprintf(s->text + len, sizeof(s->text) - len, "%llx:%llx+%llu ",
		 (unsigned long long)(va - 0xffff82d040000000), (unsigned long long)mfn,
		 (unsigned long long)nr);
	return NULL;
}

static struct err *see_table(void *arg, uint64_t mfn)
{
	struct seen *s = arg;

	(void)mfn;
	s->tables++;
	return NULL;
}

static struct err *visit(struct fixture *f, struct seen *s, unsigned int *lost)
{
	struct xen_tables_fn fn = { see_mapped, see_table, s };

	memset(s, 0, sizeof(*s));
	*lost = 0;
	return xen_tables_visit(&f->xen, &fn, lost);
}

static void test_tables(void **state)
{
	struct fixture *f = newest;
	struct space *old = f->xen.space;
	struct space_params params = *space_params(old);
	unsigned int lost;
	struct seen s;

	(void)state;
	assert_err(visit(f, &s, &lost), ERR_UNSUPPORTED, "idle_pg_table");
	params.root = fixture_va(f, "idle_pg_table") - FIXTURE_BASE + FIXTURE_PHYS;
	assert_ok(space_create(f->xen.memory, &params, &f->xen.space));
	assert_ok(visit(f, &s, &lost));
	/* the directmap's gigabyte is not reported, its table is */
	assert_string_equal(s.text, "0:5+1 2000:6+1 200000:400+512 ");
	assert_int_equal(s.tables, 5);
	assert_int_equal(lost, 0);
	/*
	 * a table missing in the dump; a table that contains itself: the walk
	 * ends after four levels
	 */
	fixture_poke(f, fixture_va(f, "image_l2") + 16, NULL, 0x7fff000001);
	fixture_poke(f, fixture_va(f, "direct_l3"), NULL,
		     fixture_va(f, "direct_l3") - FIXTURE_BASE + FIXTURE_PHYS + 1);
	assert_ok(visit(f, &s, &lost));
	assert_string_equal(s.text, "0:5+1 2000:6+1 200000:400+512 ");
	assert_int_equal(lost, 1);
	assert_int_equal(s.tables, 7);
	fixture_poke(f, fixture_va(f, "image_l2") + 16, NULL, 0);
	fixture_poke(f, fixture_va(f, "direct_l3"), NULL, 0x81);
	space_destroy(f->xen.space);
	f->xen.space = old;
}

/* ---- counters ---- */

static void test_counters(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct ram r;

		assert_ok(ram_read(&f->xen, NULL, &r));
		assert_false(r.by_frames);
		assert_true(*r.no_frames);
		assert_int_equal(value_of(&r.total), 0x6000);
		assert_int_equal(value_of(&r.free), 5000);
		assert_int_equal(value_of(&r.claimed), 1000);
		assert_int_equal(r.nr_domains, 4);
		assert_true(r.has_unaccounted);
		/* four domains of 1000 pages */
		assert_int_equal(r.unaccounted, 0x6000 - 5000 - 4000);
		ram_release(&r);
	}
}

/* Runs "xen mem" on the newest host; the caller frees the text. */
static char *mem(void)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	char *argv[] = { "mem", NULL }, *text;
	struct session s = { .front = &front, .xen = &newest->xen };
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	assert_true(command_run(&s, 1, argv, fp));
	fclose(fp);
	return text;
}

static void test_command(void **state)
{
	char *text = mem();

	(void)state;
	assert_non_null(strstr(text, "domain       d300"));
	assert_non_null(strstr(text, "   ACCOUNTED: 9000\n"));
	assert_non_null(strstr(text, "   AVAILABLE: 4000\n"));
	assert_non_null(strstr(text, "by counters only"));
	free(text);
}

/* If the size of RAM is unknown, no part of it is shown as a sum. */
static void test_unknown_ram(void **state)
{
	const struct symbols *all = newest->xen.symbols;
	struct symbols *some = fixture_symbols_without(all, "total_pages");
	char *text;

	(void)state;
	newest->xen.symbols = some;
	text = mem();
	assert_non_null(strstr(text, "   ACCOUNTED: -\n"));
	assert_non_null(strstr(text, " UNACCOUNTED: -\n"));
	assert_non_null(strstr(text, "   AVAILABLE: 4000\n"));
	free(text);
	newest->xen.symbols = all;
	symbols_destroy(some);
}

/* A damaged counter is printed; for sizes above 64 bits no negative number is printed. */
static void test_damaged_counter(void **state)
{
	struct fixture *f = newest;
	char *text;

	(void)state;
	fixture_poke(f, fixture_va(f, "total_pages"), NULL, 0x7fffffffffff0000);
	memory_flush(f->xen.memory);
	text = mem();
	assert_non_null(strstr(text, "9223372036854701272  "));
	free(text);
	fixture_poke(f, fixture_va(f, "total_pages"), NULL, 0x6000);
	memory_flush(f->xen.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_damaged_map),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_unknown_ram),
		cmocka_unit_test(test_damaged_counter),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
