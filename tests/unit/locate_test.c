/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made hypervisor in memory without notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made_xen.h"
#include "xen/image/locate.h"

#define SIZE	(64UL << 20)
#define BASE	(38UL << 20)	/* maddr of XEN_VIRT_START */
#define STALE	0UL		/* where it was before it moved */
#define L4	0x5000UL
#define L3	0x6000UL
#define L2	0x7000UL

static uint8_t *ram;
static uint64_t hole;		/* maddr of a page that is not there */

static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	if (maddr >= SIZE || maddr == hole)
		return err_new(ERR_NOT_IN_DUMP, "page %lx is not in the dump",
			       (unsigned long)maddr);
	memcpy(page, ram + maddr, XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops ops = { .name = "test", .read_page = read_page };

/* Puts the image to base; with a header as mkelf32 leaves it. */
static void put_image(const struct made *m, uint64_t base)
{
	uint8_t *at = ram + base + MADE_IMG_OFFSET;

	memcpy(at, m->payload, m->size);
	made_put32(at + 8, 0x1badb002);
	made_put32(at + 12, 3);
	made_put32(at + 16, -(0x1badb002 + 3));
}

static struct memory *make_memory(const struct made_options *o, struct made *m)
{
	uint64_t virt = o->virt_start ? o->virt_start : MADE_NEW;
	struct memory *memory;

	hole = ~0UL;
	ram = calloc(1, SIZE);
	made_init(m, o);
	put_image(m, BASE);
	put_image(m, STALE);
	made_put64(ram + L4 + (virt >> 39 & 511) * 8, L3 | 3);
	made_put64(ram + L3 + (virt >> 30 & 511) * 8, L2 | 3);
	made_put64(ram + L2 + ((virt + MADE_IMG_OFFSET) >> 21 & 511) * 8,
		   (BASE + MADE_IMG_OFFSET) | 0x83);
	assert_null(memory_create(&ops, NULL, &memory));
	return memory;
}

static void expect(struct err *e, enum err_reason reason, const char *text)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	if (!strstr(err_text(e), text))
		fail_msg("no \"%s\" in \"%s\"", text, err_text(e));
	err_free(e);
}

/* By the tables a pcpu ran with, where names are absent. */
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
	/* no frame table where it is without CONFIG_BIGMEM */
	assert_true(p.bigmem);
	expect(image_locate(memory, roots, 3, &p), ERR_NOT_FOUND,
	       "none is mapped by its own page table");
	memory_destroy(memory);
	free(ram);
}

/* By the hypervisor's own page table, which lies in the image. */
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
