/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts and storms of interrupts; faults of IOMMUs on the console. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "xen/model/channel/irq.h"
#include "xen/model/diagnosis/iommu_fault.h"

static struct value ok(uint64_t u)
{
	return (struct value){ .raw = u, .state = VALUE_OK };
}

static void test_counts(void **state)
{
	struct irq irq = { .status = ok(IRQ_STATUS_GUEST), .rl_cnt = ok(500) };

	(void)state;
	assert_true(irq_counts(&irq));
	irq.rl_start = (struct value){ .state = VALUE_NO_FIELD };
	assert_int_equal(irq_rate(&irq, 5000000000), 0);
	irq.rl_start = ok(3000000000);
	assert_int_equal(irq_rate(&irq, 5000000000), 250);
	/* within the first ms, and before the start */
	assert_int_equal(irq_rate(&irq, 3000000001), 0);
	assert_int_equal(irq_rate(&irq, 1), 0);
	/* an interrupt of Xen */
	irq.status = ok(0);
	assert_false(irq_counts(&irq));
}

static void test_storm(void **state)
{
	struct irq irq = {
		.status = ok(IRQ_STATUS_GUEST), .rl_cnt = ok(10001),
		.rl_link = ok(0x1000), .rl_next = ok(0x1000),
	};

	(void)state;
	/* a list_head that points to itself is not on a list; neither is one of zeros */
	assert_false(irq_is_storm(&irq));
	irq.rl_next = ok(0);
	assert_false(irq_is_storm(&irq));
	irq.rl_next = ok(0x2000);
	assert_true(irq_is_storm(&irq));
	irq.rl_next = (struct value){ .state = VALUE_UNREADABLE };
	assert_false(irq_is_storm(&irq));
}

static void test_faults(void **state)
{
	static struct iommu_faults f;

	(void)state;
	iommu_faults_parse("(XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:02.0] fault addr 1234000\n"
			   "(XEN) something else\n"
			   "(XEN) AMD-Vi: IO_PAGE_FAULT: 0000:03:00.0 d0 addr 00000000fed00000 flags 0x20 RW\n"
			   "(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr 5000", &f);
	assert_int_equal(f.nr, 2);
	assert_string_equal(f.at[0].device, "0000:00:02.0");
	assert_int_equal(f.at[0].messages, 2);
	assert_string_equal(f.at[0].meaning,
			    "the IOMMU blocked a DMA read of device 0000:00:02.0 at bus address 5000");
	assert_string_equal(f.at[1].device, "0000:03:00.0");
	assert_string_equal(f.at[1].meaning, "write of a page that is not mapped");
	/* until 4.11, and a blocked interrupt */
	iommu_faults_parse("(d1) (XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:02.0] fault addr 1234000\n", &f);
	assert_int_equal(f.nr, 0);
	iommu_faults_parse("AMD-Vi: IO_PAGE_FAULT: domain = 3, device id = 0x3fa, fault address = 0x1000, flags = 0x20\n"
			   "[VT-D]INTR-REMAP: Request device [0000:f0:1f.7] fault index 42\n", &f);
	assert_int_equal(f.nr, 2);
	assert_string_equal(f.at[0].device, "03:1f.2");
	assert_string_equal(f.at[1].device, "0000:f0:1f.7");
	iommu_faults_parse("IO_PAGE_FAULT: zz\nIO_PAGE_FAULT: 0123456789:012345678901234567\n"
			   "[VT-D]DMAR:[DMA Read] Request [0000:00:02.0]\n", &f);
	assert_int_equal(f.nr, 0);
}

static void test_many_devices(void **state)
{
	static struct iommu_faults f;
	char text[64 * 48], *at = text;

	(void)state;
	for (unsigned int i = 0; i < 40; i++)
		at += sprintf(at, "IO_PAGE_FAULT: 0000:%02x:00.0 d0 flags 0\n", i);
	iommu_faults_parse(text, &f);
	assert_int_equal(f.nr, IOMMU_FAULTS_MAX);
	assert_int_equal(f.left_out, 40 - IOMMU_FAULTS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_many_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
