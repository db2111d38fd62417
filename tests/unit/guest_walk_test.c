/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of an HVM guest in each mode of paging, through its P2M to machine addresses. */
#include "tests/unit/host_fixture/host.h"

#include "xen/base/array.h"
#include "xen/model/memory/p2m.h"
#include "xen/model/source.h"

/* In the order of the gfns from 20 on */
static const char *const tables[] = {
	"g_text", "g_ia32_l1", "g_ia32_l2", "g_pae_l1", "g_pae_l2", "g_pae_l3",
	"g_l1", "g_l2", "g_l3", "g_l4", "g_l5",
};

#define GFN(n)	((0x20UL + (n)) << XPAGE_SHIFT)
#define PG	0x80000011UL
#define PAE	0x20UL
#define LA57	0x1000UL
#define LMA	0x400UL

static int setup(void **state)
{
	(void)state;
	host_create_from(HOST_SOURCES "tests/unit/host_fixture/guest_tables.c");
	for (unsigned int i = 0; i < ARRAY_SIZE(tables); i++)
		host_poke(&fix, fixture_va(&fix, "p2m_l1") + 8 * (0x20 + i), NULL,
			  host_maddr(&fix, tables[i]) | 7);
	/* gfns 200 on are a large page, of which gfn 203 is the last */
	host_poke(&fix, fixture_va(&fix, "p2m1"), "p2m_domain.max_mapped_pfn", 0x203);
	return 0;
}

static void set_paging(uint64_t cr0, uint64_t cr3, uint64_t cr4, uint64_t efer)
{
	uint64_t d1v0 = fixture_va(&fix, "d1v0");

	host_poke(&fix, d1v0, "vcpu.arch.hvm.guest_cr[0]", cr0);
	host_poke(&fix, d1v0, "vcpu.arch.hvm.guest_cr[3]", cr3);
	host_poke(&fix, d1v0, "vcpu.arch.hvm.guest_cr[4]", cr4);
	host_poke(&fix, d1v0, "vcpu.arch.hvm.guest_efer", efer);
}

static struct err *walk(uint64_t va, struct guest_walk *w)
{
	struct domain d;
	struct vcpu v;
	struct p2m p;

	assert_ok(domain_find(&fix.xen, 1, &d));
	assert_ok(vcpu_read(&fix.xen, host_va(&fix, "d1v0"), &v));
	assert_ok(p2m_open(&fix.xen, &d, &p));
	return guest_walk(&p, &v, va, w);
}

static void check(uint64_t va, uint64_t maddr, const struct table_format *format, unsigned int steps)
{
	struct guest_walk w;

	assert_ok(walk(va, &w));
	assert_int_equal(w.maddr, maddr);
	assert_ptr_equal(w.format, format);
	assert_int_equal(w.walk.steps, steps);
}

static void test_modes(void **state)
{
	uint64_t page = host_maddr(&fix, "g_text");
	struct guest_walk w;

	(void)state;
	set_paging(PG, GFN(2), 0, 0);
	check(1UL << 22 | 2 << 12 | 0x345, page + 0x345, &tables_ia32, 2);
	/* in a large page: gfn 0 and gfn 4 of the P2M */
	check(3UL << 22 | 0x345, 0x1070345, &tables_ia32, 1);
	check(3UL << 22 | 4 << 12 | 0x345, 0x1072345, &tables_ia32, 1);
	assert_err(walk(1UL << 22 | 3 << 12, &w), ERR_BAD_POINTER, "");
	/* the root of PAE is aligned to 32 bytes */
	set_paging(PG, GFN(5) | 0x20, PAE, 0);
	check(1UL << 30 | 2 << 21 | 3 << 12 | 0x678, page + 0x678, &tables_pae, 3);
	check(1UL << 30 | 5 << 21 | 0x678, 0x1070678, &tables_pae, 2);
	set_paging(PG, GFN(5), PAE, 0);
	assert_err(walk(1UL << 30 | 2 << 21 | 3 << 12, &w), ERR_BAD_POINTER, "");
	/* 64-bit: flags in the root are no part of the address */
	set_paging(PG, GFN(9) | 0x18, PAE, LMA);
	check(0xffffUL << 48 | 300UL << 39 | 5UL << 30 | 6 << 21 | 7 << 12 | 0x9ab, page + 0x9ab,
	      &tables_amd64, 4);
	set_paging(PG, GFN(10), PAE | LA57, LMA);
	check(0xffUL << 56 | 400UL << 48 | 300UL << 39 | 5UL << 30 | 6 << 21 | 7 << 12 | 0xcde,
	      page + 0xcde, &tables_la57, 5);
	/* paging is off */
	set_paging(0x11, GFN(10), PAE | LA57, LMA);
	check(GFN(0) | 0x10, page + 0x10, NULL, 0);
}

static void test_read(void **state)
{
	struct domain d;
	struct vcpu v;
	uint64_t word;

	(void)state;
	assert_ok(domain_find(&fix.xen, 1, &d));
	assert_ok(vcpu_read(&fix.xen, host_va(&fix, "d1v0"), &v));
	set_paging(PG, GFN(2), 0, 0);
	assert_ok(fix.xen.source->guest_read(&fix.xen, &d, &v, true, 1UL << 22 | 2 << 12 | 8, &word, 8));
	assert_int_equal(word, 0x2222222222222222);
	/* by a guest frame, and a machine frame of a PV guest */
	assert_ok(fix.xen.source->guest_read(&fix.xen, &d, &v, false, GFN(0), &word, 8));
	assert_int_equal(word, 0x1111111111111111);
	assert_ok(domain_find(&fix.xen, 0, &d));
	assert_ok(fix.xen.source->guest_read(&fix.xen, &d, &v, false, host_maddr(&fix, "g_text") + 8, &word, 8));
	assert_int_equal(word, 0x2222222222222222);
}

/* Registers that the build lacks, and tables that the P2M does not map. */
static void test_refused(void **state)
{
	struct guest_paging r = { .cr0 = { .state = VALUE_OK }, .cr3 = { .state = VALUE_OK },
				  .cr4 = { .state = VALUE_OK } };
	struct guest_walk w;

	(void)state;
	assert_err(guest_paging_format(&r, &w), ERR_NO_TYPE, "control registers of the vcpu are not available");
	set_paging(PG, 0x100UL << 12, PAE, LMA);
	assert_err(walk(0x1000, &w), ERR_BAD_POINTER, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes), cmocka_unit_test(test_read), cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, setup, host_destroy);
}
