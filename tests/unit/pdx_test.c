/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compression of frame numbers, with the two index shifts different from each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "assert_err.h"

#include "xen/address/pdx.h"

/* Two regions of RAM: pfn 0 at pdx 0, pfn 0x4000000 at pdx 0x100000. */
static void test_offset(void **state)
{
	struct pdx p = { .scheme = PDX_OFFSET, .pfn_index_shift = 26,
			 .pdx_index_shift = 20, .entries = 4 };

	(void)state;
	p.pfn_to_pdx[1] = 0x4000000 - 0x100000;
	p.pdx_to_pfn[1] = 0x4000000 - 0x100000;
	assert_int_equal(pdx_from_pfn(&p, 0x1234), 0x1234);
	assert_int_equal(pdx_from_pfn(&p, 0x4001234), 0x101234);
	assert_int_equal(pdx_to_pfn(&p, 0x1234), 0x1234);
	assert_int_equal(pdx_to_pfn(&p, 0x101234), 0x4001234);
	assert_int_equal(pdx_maddr_to_offset(&p, 0x4001234567), 0x101234567);
	assert_int_equal(pdx_offset_to_maddr(&p, 0x101234567), 0x4001234567);
}

/* A hole of 4 bits above bit 20 of the frame number. */
static void test_mask(void **state)
{
	const struct pdx p = {
		.scheme = PDX_MASK, .hole_shift = 4,
		.pfn_bottom_mask = 0xfffff, .pfn_top_mask = ~0xffffffULL,
		.ma_bottom_mask = 0xffffffff, .ma_top_mask = ~0xfffffffffULL,
	};

	(void)state;
	assert_int_equal(pdx_from_pfn(&p, 0x5012345), 0x512345);
	assert_int_equal(pdx_to_pfn(&p, 0x512345), 0x5012345);
	assert_int_equal(pdx_maddr_to_offset(&p, 0x5012345678), 0x512345678);
	assert_int_equal(pdx_offset_to_maddr(&p, 0x512345678), 0x5012345678);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
