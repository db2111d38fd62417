/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sums over the frame table, with entries of 32 bytes, and of 48
 * (CONFIG_BIGMEM), which cross pages.
 */
#include "tests/unit/model_fixture/fixture.h"

static unsigned int frame_size;
#define HOST_FRAME frame_size
#include "tests/unit/host_fixture/host.h"

#include "xen/base/array.h"
#include "xen/model/memory/page.h"
#include "xen/model/memory/page_scan.h"

/* The sums as text: "d0 L1 1, L4 1; ..." in the order of the domains */
static const char *sums_text(struct page_scan *scan)
{
	static const char *const owners[] = { "dom0", "dom1" };
	static char text[1024];
	struct page_sums sums;
	struct pages *p;
	size_t len = 0;

	assert_ok(pages_open(&fix.xen, &p));
	assert_ok(page_sums_read(p, NULL, &sums));
	*scan = sums.scan;
	for (unsigned int i = 0; i <= ARRAY_SIZE(owners); i++) {
		uint64_t owner = i < ARRAY_SIZE(owners) ? host_va(&fix, owners[i]) : 0;

		len += snprintf(text + len, sizeof(text) - len, "%s:", owner ? owners[i] : "none");
		for (unsigned int n = 0; n < sums.nr; n++)
			for (unsigned int k = 0; sums.sum[n].owner == owner && k < KIND_NR; k++)
				if (sums.sum[n].frames[k])
					len += snprintf(text + len, sizeof(text) - len, " %s %lu",
							page_kind_name(k),
							(unsigned long)sums.sum[n].frames[k]);
		len += snprintf(text + len, sizeof(text) - len, "; ");
	}
	page_sums_free(&sums);
	pages_close(p);
	free(fix.xen.page_bits);
	fix.xen.page_bits = NULL;
	return text;
}

static void check(const char *sources, unsigned int size, const char *expected)
{
	struct page_scan scan;

	frame_size = size;
	host_create_from(sources);
	assert_string_equal(sums_text(&scan), expected);
	assert_int_equal(scan.seen, 128);
	assert_int_equal(scan.unmapped, 0x1000);
	assert_int_equal(scan.lost, 0);
}

/* d0: a table of each level, and two pages; d1: pages, one of Xen's heap, one extra */
#define SUMS "dom0: l1 2 l2 1 l3 1 l4 2 xen heap 1; dom1: no type 1 writable 1 xen heap 2 extra 1; " \
	     "none: free 3 other 113; "

static void test_usual(void **state)
{
	struct page_scan scan;

	(void)state;
	check(HOST_SOURCES, 32, SUMS);
	fixture_exclude(&fix, fixture_va(&fix, "frames"));
	sums_text(&scan);
	assert_int_equal(scan.seen, 0);
	assert_int_equal(scan.lost, 128);
	host_destroy(state);
}

static void test_bigmem(void **state)
{
	struct page_scan scan;
	struct page_sums sums;
	struct pages *p;

	(void)state;
	check("-DBIGMEM " HOST_SOURCES, 48, SUMS);
	/* entry 85 crosses from the first page, which exists, to the second */
	fixture_exclude(&fix, fixture_va(&fix, "frames") + XPAGE_SIZE);
	sums_text(&scan);
	assert_int_equal(scan.seen, 85);
	assert_int_equal(scan.lost, 43);
	assert_int_equal(scan.unmapped, 0x1000);
	fixture_exclude(&fix, 0);
	/* the second page is not mapped: entries from 85 on */
	host_poke(&fix, fixture_va(&fix, "frame_l1") + 8 * 0x31, NULL, 0);
	space_flush(fix.xen.space);
	sums_text(&scan);
	assert_int_equal(scan.seen, 85);
	assert_int_equal(scan.lost, 0);
	assert_int_equal(scan.unmapped, 0x1000 + 43);
	assert_ok(pages_open(&fix.xen, &p));
	interrupt_pending = 1;
	assert_err(page_sums_read(p, NULL, &sums), ERR_INTERRUPTED, "");
	interrupt_pending = 0;
	pages_close(p);
	host_destroy(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual), cmocka_unit_test(test_bigmem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
