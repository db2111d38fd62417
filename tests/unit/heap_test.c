/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The free lists of the heap, sound and damaged. */
#include "tests/unit/host_fixture/host.h"

#include "extensions/support/command.h"
#include "xen/model/memory/heap.h"
#include "xen/model/memory/page.h"

static int forget(void **state)
{
	(void)state;
	free(fix.xen.page_bits);
	fix.xen.page_bits = NULL;
	return 0;
}

static struct pages *open_pages(void)
{
	struct pages *p;

	assert_ok(pages_open(&fix.xen, &p));
	return p;
}

static char problems[1024];

static void keep_problem(void *arg, struct err *e)
{
	size_t len = strlen(problems);

	(void)arg;
	snprintf(problems + len, sizeof(problems) - len, "%s\n", err_text(e));
	err_free(e);
}

static struct heap_zone read_zone(unsigned int zone)
{
	struct pages *p = open_pages();
	struct heap_zone z;
	struct heap h;

	problems[0] = '\0';
	assert_ok(heap_open(&fix.xen, &h));
	assert_int_equal(h.zones, 14);
	assert_int_equal(h.orders, 3);
	assert_int_equal(value_of(&h.total), 3);
	assert_int_equal(value_of(&h.claimed), 2);
	assert_ok(heap_zone_read(&h, p, 0, zone, &z, keep_problem, NULL));
	pages_close(p);
	return z;
}

static void expect_problem(uint64_t va, const char *path, uint64_t v, const char *why)
{
	uint64_t old;
	const struct field f = FIELD_PLACE(path);
	struct place m = { .size = 8 };

	if (path)
		assert_ok(record_place(fix.xen.records, &f, &m));
	assert_ok(space_read_u64(fix.xen.space, va + m.offset, &old));
	forget(NULL);
	host_poke(&fix, va, path, v);
	read_zone(13);
	if (!strstr(problems, why))
		fail_msg("no \"%s\" in: %s", why, problems);
	host_poke(&fix, va, path, old);
	forget(NULL);
}

static void test_heap(void **state)
{
	struct heap_zone z = read_zone(13);
	uint64_t frames = fixture_va(&fix, "frames");

	(void)state;
	assert_string_equal(problems, "");
	assert_int_equal(z.pages, 3);
	assert_int_equal(z.chunks[0], 1);
	assert_int_equal(z.chunks[1], 1);
	assert_int_equal(z.chunks[2], 0);
	assert_int_equal(z.dirty, 1);
	assert_int_equal(value_of(&z.avail), 3);
	assert_int_equal(value_of(&z.need_scrub), 1);
	assert_int_equal(read_zone(12).pages, 0);
	expect_problem(fixture_va(&fix, "avail0") + 13 * 8, NULL, 4,
		       "node 0, zone 13: the lists contain 3 pages, avail[][] is 4");
	expect_problem(frames + 0x76 * 32, "page_info.v.free.order", 1,
		       "mfn 1076 is on the list of order 0, but has order 1");
	expect_problem(frames + 0x76 * 32, "page_info.count_info", 1UL << 63 | 1,
		       "mfn 1076 is on a free list, but is in use");
	expect_problem(frames + 0x76 * 32, "page_info.count_info", 3UL << 58 | 5,
		       "mfn 1076 is free, but has 5 references");
	expect_problem(frames + 0x78 * 32, "page_info.u.free.first_dirty", 2,
		       "mfn 1078: first dirty page 2 is outside of its chunk of order 1");
}

/* Chunks of a damaged zone have more frames than the zone: they are not all read. */
static void test_heap_budget(void **state)
{
	uint64_t frame = fixture_va(&fix, "frames") + 0x78 * 32, heap = fixture_va(&fix, "heap0");
	uint64_t chunk = 0xffff82e000000000UL + 0x1078 * 32;
	struct heap_zone z;

	(void)state;
	/* on the list of order 2 of zone 2, which has two frames; all four are marked as dirty */
	for (unsigned int i = 0; i < 2; i++)
		host_poke(&fix, heap + ((2 * 3 + 2) * 2 + i) * 8, NULL, chunk);
	host_poke(&fix, frame, "page_info.u.free.first_dirty", 0);
	forget(NULL);
	z = read_zone(2);
	assert_non_null(strstr(problems, "node 0, zone 2: dirty frames of the free lists: stopped after 2 steps\n"));
	assert_non_null(strstr(problems, "node 0, zone 2: mfn 1078 is on the list of order 2, but has order 1\n"));
	assert_int_equal(z.chunks[2], 1);
	assert_true(z.dirty <= 2);
	for (unsigned int i = 0; i < 2; i++)
		host_poke(&fix, heap + ((2 * 3 + 2) * 2 + i) * 8, NULL, 0);
	host_poke(&fix, frame, "page_info.u.free.first_dirty", 1);
	forget(NULL);
}

/* A list that leads back into itself ends there, and is named. */
static void test_heap_loop(void **state)
{
	uint64_t first = fixture_va(&fix, "frames") + 0x76 * 32, second = first + 2 * 32;
	uint64_t tail = fixture_va(&fix, "heap0") + (13 * 3 * 2 + 1) * 8;
	const struct field link = FIELD_PLACE("page_info.list.next");
	struct heap_zone z;
	struct place m;
	uint64_t old[3];

	(void)state;
	assert_ok(record_place(fix.xen.records, &link, &m));
	assert_ok(space_read_u64(fix.xen.space, first + m.offset, &old[0]));
	assert_ok(space_read_u64(fix.xen.space, second + m.offset, &old[1]));
	assert_ok(space_read_u64(fix.xen.space, tail, &old[2]));
	host_poke(&fix, tail, NULL, 0xffff82e000000000UL + 0x107a * 32);
	host_poke(&fix, first, "page_info.list.next", 0x1078);
	host_poke(&fix, second, "page_info.list.prev", 0x1076);
	host_poke(&fix, second, "page_info.list.next", 0x1076);
	forget(NULL);
	z = read_zone(13);
	assert_non_null(strstr(problems, "free list of order 0: page 3, mfn 1076: no back link to the page before it"));
	assert_int_equal(z.chunks[0], 2);
	host_poke(&fix, first + m.offset, NULL, old[0]);
	host_poke(&fix, second + m.offset, NULL, old[1]);
	host_poke(&fix, tail, NULL, old[2]);
	forget(NULL);
	read_zone(13);
	assert_string_equal(problems, "");
}

/* Without variables the places of the lists are found, but not the counts. */
static void test_heap_without_counts(void **state)
{
	const struct symbols *all = fix.xen.symbols;
	struct symbols *some = fixture_symbols_without(all, "avail");
	struct heap_zone z;

	(void)state;
	fix.xen.symbols = some;
	forget(NULL);
	z = read_zone(13);
	assert_string_equal(problems, "");
	assert_int_equal(z.pages, 3);
	assert_int_equal(z.avail.state, VALUE_NO_FIELD);
	fix.xen.symbols = all;
	symbols_destroy(some);
	forget(NULL);
}

/* "heap" as a user runs it; the caller frees the output. */
static char *run_heap(bool *ok)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .xen = &fix.xen };
	char *argv[] = { "heap", NULL }, *text;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	*ok = command_run(&s, 1, argv, fp);
	fclose(fp);
	return text;
}

/*
 * Puts a chunk of four frames on the list of order 2 of zone 13. Two of them are
 * in the next page of the frame table, which is that of guest_l1.
 */
static void put_chunk(bool there)
{
	uint64_t heap = fixture_va(&fix, "heap0"), frame = fixture_va(&fix, "frames") + 0x7e * 32;
	uint64_t none = there ? 0xffffffff : 0;

	for (unsigned int i = 0; i < 2; i++)
		host_poke(&fix, heap + ((13 * 3 + 2) * 2 + i) * 8, NULL,
			  there ? 0xffff82e000000000UL + 0x107e * 32 : 0);
	host_poke(&fix, frame, "page_info.list.next", none);
	host_poke(&fix, frame, "page_info.list.prev", none);
	host_poke(&fix, fixture_va(&fix, "frame_l1") + 0x21 * 8, NULL,
		  host_maddr(&fix, there ? "guest_l1" : "frames") | 3);
	host_poke(&fix, fixture_va(&fix, "max_page"), NULL, there ? 0x1100 : 0x1080);
	host_poke(&fix, fixture_va(&fix, "max_pdx"), NULL, there ? 0x1100 : 0x1080);
	space_flush(fix.xen.space);
	forget(NULL);
}

/*
 * ^C while the frames of a chunk are counted ends the command with one line; the
 * next one is as if nothing had happened.
 */
static void test_heap_interrupted(void **state)
{
	char *before, *text;
	bool ok;

	(void)state;
	before = run_heap(&ok);
	assert_true(ok);
	put_chunk(true);
	text = run_heap(&ok);
	assert_non_null(strstr(text, "mfn 107e is on a free list, but is in use"));
	free(text);
	fix.interrupts = fixture_va(&fix, "guest_l1");
	memory_flush(fix.xen.memory);
	text = run_heap(&ok);
	fix.interrupts = 0;
	assert_int_equal(interrupt_pending, 1);
	interrupt_pending = 0;
	assert_false(ok);
	assert_non_null(strstr(text, "xen heap: interrupted\n"));
	assert_null(strstr(text, "107e"));
	free(text);
	put_chunk(false);
	text = run_heap(&ok);
	assert_true(ok);
	assert_string_equal(text, before);
	free(text);
	free(before);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, forget)
	static const struct CMUnitTest tests[] = {
		TEST(test_heap), TEST(test_heap_without_counts), TEST(test_heap_budget),
		TEST(test_heap_loop), TEST(test_heap_interrupted),
	};

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
