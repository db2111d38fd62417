/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message signalled interrupts of old and new layouts; segments that are one. */
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

#define DEVICES	2100

struct counted {
	unsigned int devices, lost;
};

static struct err *count(void *arg, const struct pci_dev *dev)
{
	struct counted *c = arg;

	assert_int_equal(dev->devfn.state, VALUE_OK);
	c->devices++;
	return NULL;
}

static void lose(void *arg, struct err *e)
{
	struct counted *c = arg;

	c->lost++;
	err_free(e);
}

/* The devices form one list, which is that of each segment. */
static void link_devices(struct fixture *f)
{
	uint64_t head = fixture_va(f, "segment"), at = head, first = fixture_va(f, "devices");
	struct place dev;

	assert_ok(record_resolve(f->xen.records, "pci_dev", &dev));
	for (unsigned int i = 0; i <= DEVICES; i++) {
		uint64_t next = i < DEVICES ? first + i * dev.size : head;

		fixture_poke(f, at, NULL, next);
		fixture_poke(f, next + 8, NULL, at);
		at = next;
	}
}

static void test_repeated_segments(void **state)
{
	struct counted c = { 0 };
	struct fixture fix;
	uint64_t slots;

	(void)state;
	fixture_create_from(&fix, "tests/unit/pci_fixture/segments.c", 420, 64);
	link_devices(&fix);
	assert_err(pci_each(&fix.xen, count, lose, &c), ERR_CORRUPT,
		   "devices of all segments: stopped after 131072 steps");
	assert_in_range(c.devices, 130000, 131072);
	assert_int_equal(c.lost, 0);
	/* 62 of them, below the limit of devices */
	slots = fixture_va(&fix, "node") + 8;
	fixture_poke(&fix, slots, NULL, 0);
	fixture_poke(&fix, slots + 8, NULL, 0);
	c.devices = 0;
	assert_ok(pci_each(&fix.xen, count, lose, &c));
	assert_int_equal(c.devices, 62 * DEVICES);
	fixture_destroy(&fix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_repeated_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
