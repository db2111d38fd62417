/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that Xen shares from outside its heap, which 4.4 to 4.6 do not mark as Xen's heap. */
#include "tests/unit/host_fixture/host.h"

#include "xen/model/memory/page.h"

/* The text on the evidence for the layout, which is detected again. */
static const char *proof(bool *sure)
{
	static char text[256];
	struct pages *p;

	free(fix.xen.page_bits);
	fix.xen.page_bits = NULL;
	assert_ok(pages_open(&fix.xen, &p));
	snprintf(text, sizeof(text), "%s", pages_layout_proof(p));
	*sure = pages_layout_sure(p);
	pages_close(p);
	return text;
}

static void test_unmarked_pages(void **state)
{
	const struct field list = FIELD_PLACE("domain.xenpage_list");
	uint64_t io = fixture_va(&fix, "the_io"), frame = HOST_FRAMES + 0x1072 * 32;
	uint64_t table = fixture_va(&fix, "frames") + 0x75 * 32;
	struct place m;
	bool sure;

	(void)state;
	assert_ok(record_place(fix.xen.records, &list, &m));
	fixture_poke(&fix, io + m.offset, NULL, frame);
	fixture_poke(&fix, io + m.offset + 8, NULL, frame);
	fix.xen.id.minor = 6;
	assert_non_null(strstr(proof(&sure), "; 0 of 9 pages contradict: 2 on free lists, 1 not scrubbed, 4 of domains, 1 of Xen's heap"));
	assert_true(sure);
	/* those of other domains are marked in all versions */
	fixture_poke(&fix, table, "page_info.count_info", 1UL << 63 | 3);
	assert_non_null(strstr(proof(&sure), "; 1 of 9 pages contradict"));
	assert_false(sure);
	fixture_poke(&fix, table, "page_info.count_info", 1UL << 63 | 3 | 1UL << 62);
	fix.xen.id.minor = 7;
	assert_non_null(strstr(proof(&sure), "; 1 of 10 pages contradict"));
	assert_false(sure);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_unmarked_pages) };

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
