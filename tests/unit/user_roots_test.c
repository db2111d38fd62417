/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables of dom0's processes: by its list of pages, and by the frame table. */
#include "tests/unit/host_fixture/host.h"

#include "xen/model/dom0/user_roots.h"
#include "xen/model/dom0/xenstore.h"

static uint64_t frame_of(const char *page)
{
	return fixture_va(&fix, "frames") +
	       (host_maddr(&fix, page) - FIXTURE_PHYS) / XPAGE_SIZE * HOST_FRAME;
}

static uint64_t entry_of(const char *page)
{
	return HOST_FRAMES + host_maddr(&fix, page) / XPAGE_SIZE * HOST_FRAME;
}

/* dom0's list of pages is that page, and the previous one or none. */
static void put_list(const char *first, const char *second)
{
	uint64_t head = fixture_va(&fix, "dom0");

	host_poke(&fix, head, "domain.page_list.next", entry_of(first));
	host_poke(&fix, head, "domain.page_list.tail", entry_of(second ? second : first));
	host_poke(&fix, frame_of(first), "page_info.list.prev", 0xffffffff);
	host_poke(&fix, frame_of(first), "page_info.list.next",
		  second ? host_maddr(&fix, second) / XPAGE_SIZE : 0xffffffff);
	if (!second)
		return;
	host_poke(&fix, frame_of(second), "page_info.list.prev", host_maddr(&fix, first) / XPAGE_SIZE);
	host_poke(&fix, frame_of(second), "page_info.list.next", 0xffffffff);
}

/* Searches again, though the result is kept. */
static const struct user_roots *find(void)
{
	const struct user_roots *r;
	struct domain d;

	xen_forget(&fix.xen);
	assert_ok(domain_find(&fix.xen, 0, &d));
	assert_ok(user_roots_find(&fix.xen, &d, &r));
	return r;
}

static void test_list(void **state)
{
	const struct user_roots *r = find();

	(void)state;
	/* a table of level 4 that is not in the dump, and a table of level 1 */
	assert_int_equal(r->nr, 0);
	assert_int_equal(r->lost, 1);
	put_list("guest_l4", "guest_l3");
	r = find();
	assert_int_equal(r->nr, 1);
	assert_int_equal(r->maddr[0], host_maddr(&fix, "guest_l4"));
	assert_int_equal(r->lost, 0);
	/* a second table of the same process, and one of only the kernel */
	host_table(&fix, "guest_l3", 4);
	put_list("guest_l4", "guest_l3");
	memcpy(fix.image + (fixture_va(&fix, "guest_l3") - FIXTURE_BASE),
	       fix.image + (fixture_va(&fix, "guest_l4") - FIXTURE_BASE), 8 * 256);
	memory_flush(fix.xen.memory);
	r = find();
	assert_int_equal(r->nr, 1);
	host_poke(&fix, fixture_va(&fix, "guest_l3") + 8 * 77, NULL, 0x1070067);
	r = find();
	assert_int_equal(r->nr, 2);
	memset(fix.image + (fixture_va(&fix, "guest_l3") - FIXTURE_BASE), 0, 8 * 256);
	host_poke(&fix, fixture_va(&fix, "guest_l3") + 8 * 256, NULL, 0x1070067);
	r = find();
	assert_int_equal(r->nr, 1);
}

/* The result is kept until memory changes or another domain is requested. */
static void test_kept(void **state)
{
	const struct user_roots *r = find(), *again;
	struct domain d;

	(void)state;
	put_list("guest_l4", "guest_l3");
	assert_ok(domain_find(&fix.xen, 0, &d));
	assert_ok(user_roots_find(&fix.xen, &d, &again));
	assert_ptr_equal(again, r);
	assert_int_equal(again->nr, 0);
	d.va += 8;
	assert_ok(user_roots_find(&fix.xen, &d, &again));
	assert_int_equal(again->domain, d.va);
	assert_int_equal(find()->nr, 1);
}

/* A damaged list: the frame table has all pages of dom0, and those of others. */
static void test_frame_table(void **state)
{
	const struct user_roots *r;

	(void)state;
	host_poke(&fix, fixture_va(&fix, "dom0"), "domain.page_list.next", 0x1234);
	r = find();
	assert_int_equal(r->nr, 1);
	assert_int_equal(r->maddr[0], host_maddr(&fix, "guest_l4"));
	assert_int_equal(r->lost, 1);
	host_own(&fix, "guest_l4", "dom1");
	r = find();
	assert_int_equal(r->nr, 0);
}

static void test_refused(void **state)
{
	const struct user_roots *r;
	struct domain d;

	(void)state;
	assert_ok(domain_find(&fix.xen, 1, &d));
	assert_err(user_roots_find(&fix.xen, &d, &r), ERR_UNSUPPORTED, "domain 1 is HVM");
	host_poke(&fix, fixture_va(&fix, "dom0"), "domain.arch.pv.is_32bit", 1);
	assert_ok(domain_find(&fix.xen, 0, &d));
	assert_err(user_roots_find(&fix.xen, &d, &r), ERR_UNSUPPORTED, "domain 0 is a 32-bit PV domain");
}

/* None of these processes is xenstored. */
static void test_no_xenstored(void **state)
{
	struct store s;

	(void)state;
	/* no table can be read */
	assert_err(store_read(&fix.xen, "/", 0, &s), ERR_NOT_IN_DUMP,
		   "memory of dom0's processes is not in the dump");
	put_list("guest_l4", NULL);
	xen_forget(&fix.xen);
	assert_err(store_read(&fix.xen, "/", 0, &s), ERR_NOT_IN_DUMP,
		   "memory of dom0's processes is not in the dump");
	/* its only page is not a stack */
	host_poke(&fix, fixture_va(&fix, "guest_l1") + 8 * 4, NULL, 0);
	host_poke(&fix, fixture_va(&fix, "guest_l2") + 8 * 5, NULL, 0);
	xen_forget(&fix.xen);
	assert_err(store_read(&fix.xen, "/", STORE_THOROUGH, &s), ERR_NOT_FOUND,
		   "no process xenstored found in dom0 (1 processes)");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOST_TEST(test_list), HOST_TEST(test_kept), HOST_TEST(test_frame_table),
		HOST_TEST(test_refused), HOST_TEST(test_no_xenstored),
	};

	return cmocka_run_group_tests(tests, host_create_kept, host_destroy);
}
