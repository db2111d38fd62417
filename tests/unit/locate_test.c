/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A generated hypervisor in memory without notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made_located.h"
#include "xen/image/locate.h"

static void expect(struct err *e, enum err_reason reason, const char *text)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	if (!strstr(err_text(e), text))
		fail_msg("no \"%s\" in \"%s\"", text, err_text(e));
	err_free(e);
}

/* By the tables used by a pcpu, if there are no names. */
static void test_root(void **state)
{
	struct made_options o = { .table = TABLE_4_4, .virt_start = MADE_OLD };
	const uint64_t roots[] = { 0, 0x123000, SIZE + 0x1000, L4 };
	static struct made m;
	struct memory *memory = make_memory(&o, &m);
	struct space_params p;

	(void)state;
	assert_null(image_locate(memory, roots, 4, &p));
	assert_int_equal(p.phys_start, BASE);
	assert_int_equal(p.virt_start, MADE_OLD);
	assert_int_equal(p.root, L4);
	/* with CONFIG_BIGMEM the frame table is elsewhere */
	assert_true(p.bigmem);
	expect(image_locate(memory, roots, 3, &p), ERR_NOT_FOUND,
	       "none is mapped by its own page table");
	memory_destroy(memory);
	free(ram);
}

/* By the hypervisor's own page table, which is in the image. */
static void test_own_table(void **state)
{
	struct made_options o = { .table = TABLE_4_21 };
	static struct made m;
	struct memory *memory = make_memory(&o, &m);
	uint8_t *table = ram + BASE + MADE_IMG_OFFSET + m.page_table;
	struct space_params p;

	(void)state;
	memcpy(table, ram + L4, XPAGE_SIZE);
	memset(ram + L4, 0, XPAGE_SIZE);
	assert_null(image_locate(memory, NULL, 0, &p));
	assert_int_equal(p.phys_start, BASE);
	assert_int_equal(p.virt_start, MADE_NEW);
	assert_int_equal(p.root, BASE + MADE_IMG_OFFSET + m.page_table);
	hole = L2;
	memory_flush(memory);
	expect(image_locate(memory, NULL, 0, &p), ERR_NOT_FOUND, "of 2 images");
	memory_destroy(memory);
	free(ram);
}

static void test_nothing(void **state)
{
	struct made_options o = { .table = TABLE_4_21 };
	static struct made m;
	struct memory *memory = make_memory(&o, &m);
	struct space_params p;

	(void)state;
	memset(ram, 0, SIZE);
	hole = 6UL << 20;
	expect(image_locate(memory, NULL, 0, &p), ERR_NOT_FOUND,
	       "or not a whole one (page 600000 is not in the dump)");
	interrupt_pending = 1;
	expect(image_locate(memory, NULL, 0, &p), ERR_INTERRUPTED, "");
	interrupt_pending = 0;
	memory_destroy(memory);
	free(ram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_own_table),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
