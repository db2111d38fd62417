/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The search for a kernel's note in the order of a domain's frames. */
#include "tests/unit/guest_fixture/setup.h"
#include "tests/unit/host_fixture/linux_guest.h"

#include "xen/model/guest/guest_internal.h"

static struct guest *find(unsigned int domid)
{
	struct domain d;
	struct guest *g;

	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
	assert_ok(domain_find(&fix.xen, domid, &d));
	assert_ok(guest_find(&fix.xen, &d, NULL, &g));
	return g;
}

/* The owner of a page in the frame table. */
static void own(const char *page, const char *domain)
{
	host_own_frame(&fix, frame_of(page) - (FIXTURE_PHYS >> XPAGE_SHIFT), domain);
}

/* A search through all frames by their owner would not find the note. */
static void test_by_gfn(void **state)
{
	const struct guest *g;

	(void)state;
	put_guest(false);
	own("linux_note", "dom0");
	g = find(1);
	assert_true(g->confirmed);
	assert_int_equal(g->evidence, frame_of("linux_note"));
}

/* A domain of more than 64 MiB is searched from there first, a smaller one not. */
static void test_ranges(void **state)
{
	static const uint64_t sizes[] = { 0x4000, 0x4001 };
	struct guest_notes found;
	struct guest_first s;
	struct domain d;

	(void)state;
	put_guest(false);
	own("linux_note", "dom0");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		fixture_poke(&fix, fixture_va(&fix, "dom1"), "domain.tot_pages", sizes[i]);
		assert_true(find(1)->confirmed);
		assert_ok(domain_find(&fix.xen, 1, &d));
		assert_ok(guest_first_start(&fix.xen, &d, NULL, &s));
		assert_int_equal(s.gfn, i ? 0x4000 : 0);
		assert_ok(guest_first_next(&s, &found));
		assert_int_equal(found.nr, 1);
		assert_ok(guest_first_next(&s, &found));
		assert_int_equal(found.nr, 0);
		assert_true(s.done);
	}
}

/* A PV domain may list any frame as its own. */
static void test_foreign(void **state)
{
	(void)state;
	put_guest(true);
	assert_true(find(0)->confirmed);
	own("linux_note", "dom1");
	assert_int_not_equal(find(0)->os, GUEST_LINUX);
}

/* The note of another kernel, in front of the right one. */
static void test_not_confirmed(void **state)
{
	const struct guest *g;

	(void)state;
	put_guest(false);
	memcpy(bytes_of("linux_data"), bytes_of("linux_note"), UTS_AT);
	put_note("");
	g = find(1);
	assert_true(g->confirmed);
	assert_int_equal(g->evidence, frame_of("linux_data"));
	/* alone it is used, since there is no better one */
	memset(bytes_of("linux_data"), 0, UTS_AT);
	g = find(1);
	assert_int_equal(g->os, GUEST_LINUX);
	assert_false(g->confirmed);
}

/* Frames that the P2M does not list, and a P2M that cannot be read. */
static void test_not_listed(void **state)
{
	(void)state;
	put_guest(true);
	host_poke(&fix, fixture_va(&fix, "pv_p2m") + 8 * NOTE, NULL, ~0UL);
	assert_true(find(0)->confirmed);
	host_poke(&fix, fixture_va(&fix, "pv_list_list"), NULL, 0x7fffffff);
	assert_int_equal(find(0)->evidence, frame_of("linux_note"));
}

/* A guest that is full of notes is left to the search that keeps only some of them. */
static void test_many_notes(void **state)
{
	struct guest_notes found;
	struct guest_first s;
	struct domain d;
	unsigned int notes = 0;

	(void)state;
	put_guest(false);
	for (unsigned int gfn = END; gfn < END + 100; gfn++)
		host_poke(&fix, fixture_va(&fix, "p2m_l1") + 8 * gfn, NULL,
			  host_maddr(&fix, "linux_note") | 7);
	memory_flush(fix.xen.memory);
	assert_ok(domain_find(&fix.xen, 1, &d));
	assert_ok(guest_first_start(&fix.xen, &d, NULL, &s));
	while (!s.done) {
		assert_ok(guest_first_next(&s, &found));
		notes += found.nr;
	}
	assert_int_equal(notes, CANDIDATES_MAX);
}

/* makedumpfile's ELF cores have zeros for pages that they leave out. */
static void test_zeros(void **state)
{
	(void)state;
	put_guest(false);
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
		memset(bytes_of(pages[i]), 0, XPAGE_SIZE);
	assert_string_equal(find(1)->how, "only zeros in its memory: left out of this dump, or never used");
	memset((char *)bytes_of("linux_note") + XPAGE_SIZE - 1, 1, 1);
	assert_string_equal(find(1)->how, "no known system, 3 frames are not readable");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOST_TEST(test_by_gfn), HOST_TEST(test_ranges), HOST_TEST(test_foreign), HOST_TEST(test_not_confirmed),
		HOST_TEST(test_not_listed), HOST_TEST(test_many_notes),
		HOST_TEST(test_zeros),
	};

	return cmocka_run_group_tests(tests, guest_setup, guest_teardown);
}
