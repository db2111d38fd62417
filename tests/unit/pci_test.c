/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message signalled interrupts of old and new layouts. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/channel/pci.h"

static void expect_message(unsigned int version, enum value_state guest)
{
	struct pci_msi msi;
	struct fixture fix;

	fixture_create_from(&fix, "tests/unit/pci_fixture/msi.c", version, 64);
	assert_ok(pci_msi_read(&fix.xen, fixture_va(&fix, "message"), &msi));
	assert_int_equal(value_of(&msi.type), 0x11);
	assert_int_equal(value_of(&msi.entry_nr), 3);
	assert_int_equal(msi.address.state, VALUE_OK);
	assert_int_equal(value_of(&msi.address), 0xfee0100c);
	assert_int_equal(value_of(&msi.data), 0x4051);
	assert_int_equal(msi.host_masked.state, VALUE_OK);
	assert_int_equal(value_of(&msi.host_masked), 1);
	assert_int_equal(msi.guest_masked.state, guest);
	fixture_destroy(&fix);
}

static void test_message(void **state)
{
	(void)state;
	expect_message(406, VALUE_OK);
	/* address in halves, one mask */
	expect_message(404, VALUE_NO_FIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
