/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of guests by hypercalls: entries that a PV guest publishes and Xen
 * contradicts, holes, devices; pauses.
 */
#include "made_live.h"

#include "xen/model/domain/domain.h"
#include "xen/model/guest/guest.h"
#include "xen/model/guest/guest_pages.h"
#include "xen/model/source.h"

/* Frames of the fake host after the tables of fake_page(): a list of three levels. */
enum { TOP = 0x20, MIDDLE, LEAF };

/* gfn 0 to 5; Xen's M2P has mfn + 7. */
static const uint64_t published[] = { ~0ULL, 0xffff, 0x123, 5, 4, 0xfffc };

static int copy_list(void *priv, uint32_t domid, int is_hvm,
		     const uint64_t *frame, unsigned int n, void *buf, int *result)
{
	unsigned int i;

	fake_copy(priv, domid, is_hvm, frame, n, buf, result);
	for (i = 0; i < n; i++) {
		uint64_t *entry = (uint64_t *)((char *)buf + 4096 * i);

		if (frame[i] >= TOP && frame[i] <= LEAF)
			memset(entry, 0xff, 4096);
		if (frame[i] == TOP)
			entry[0] = MIDDLE;
		else if (frame[i] == MIDDLE)
			entry[0] = LEAF;
		else if (frame[i] == LEAF)
			memcpy(entry, published, sizeof(published));
	}
	return 0;
}

/* In the M2P, gfn 1 belongs to mfn 4, 3 to mfn 5, and 5 to none. */
static int m2p_list(void *priv, uint64_t mfn, uint64_t *entry)
{
	(void)priv;
	if (mfn >= 0x1000)
		return -ENOENT;
	*entry = mfn == 5 ? 3 : mfn == 4 ? 4 : 77;
	return 0;
}

static struct live_ops list_ops;

static struct xen *open_list(void)
{
	struct xen *y;

	list_ops = ops;
	list_ops.guest_copy = copy_list;
	list_ops.m2p = m2p_list;
	fake.layout = (struct live_layout){ .gfns = 6, .list_list = TOP };
	ok(live_open(&list_ops, NULL, &y));
	return y;
}

static void close_list(struct xen *y)
{
	xen_close(y);
	fake.closed = 0;
}

/* Only frames on which guest and M2P agree, and that the guest owns, count. */
static void test_pv(void **state)
{
	struct guest_frame f;
	struct guest_map m;
	struct domain d;
	struct p2m p;
	struct xen *y;

	(void)state;
	y = open_list();
	ok(domain_find(y, 1, &d));
	ok(guest_map_read(y, &d, NULL, &m));
	assert_int_equal(m.nr, 2);
	assert_int_equal(m.frame[0].gfn, 3);
	assert_int_equal(m.frame[0].mfn, 5);
	assert_int_equal(m.frame[0].kind, KIND_L4);
	assert_int_equal(m.frame[1].gfn, 4);
	assert_int_equal(m.frame[1].kind, KIND_OTHER);
	guest_map_free(&m);
	ok(p2m_open(y, &d, &p));
	ok(y->source->guest_frame(&p, 3, true, &f));
	assert_int_equal(f.kind, KIND_L4);
	bad(y->source->guest_frame(&p, 2, false, &f), ERR_NOT_FOUND);
	bad(y->source->guest_frame(&p, 0, false, &f), ERR_NOT_FOUND);
	close_list(y);
}

/* The number of pages is stated by the guest. */
static void test_lies(void **state)
{
	struct guest_map m;
	struct domain d;
	struct xen *y;

	(void)state;
	y = open_list();
	ok(domain_find(y, 1, &d));
	fake.layout.gfns = 1ULL << 50;
	bad(guest_map_read(y, &d, NULL, &m), ERR_CORRUPT);
	fake.layout.gfns = 6;
	fake.types_error = -EIO;
	bad(guest_map_read(y, &d, NULL, &m), ERR_IO);
	close_list(y);
}

static void test_translated(void **state)
{
	struct guest_pages pages;
	struct guest_map m;
	struct domain d;
	uint64_t v;

	(void)state;
	fake.layout.gfns = 5;
	ok(domain_find(x, 7, &d));
	ok(guest_map_read(x, &d, NULL, &m));
	assert_int_equal(m.nr, 4);		/* frame 2 is missing */
	assert_int_equal(m.frame[2].gfn, 3);
	assert_int_equal(m.frame[2].mfn, 3);
	guest_map_free(&m);
	ok(guest_pages_open(x, &d, false, NULL, &pages));
	ok(guest_pages_read(&pages, 0x3008, &v, sizeof(v)));
	assert_int_equal(v, 0x0303030303030303);
	fake.copy_error = -EFAULT;
	ok(guest_pages_read(&pages, 0x3010, &v, sizeof(v)));	/* kept */
	guest_pages_refresh(&pages);
	bad(guest_pages_read(&pages, 0x3010, &v, sizeof(v)), ERR_BAD_POINTER);
	guest_pages_close(&pages);
}

/* Reading a page without memory would make Xen populate it. */
static void test_pod(void **state)
{
	struct guest_map m;
	struct domain d;

	(void)state;
	fake.layout = (struct live_layout){ .gfns = 5, .pod_pages = 1 };
	ok(domain_find(x, 7, &d));
	bad(guest_map_read(x, &d, NULL, &m), ERR_REFUSED);
}

/* A domain that cannot be searched does not end the search of others. */
static void test_find(void **state)
{
	struct domain d[2];
	const struct guest_domains domains = { d, 2 };
	const struct guest *g;

	(void)state;
	fake.layout.gfns = 5;
	ok(domain_find(x, 0, &d[0]));
	ok(domain_find(x, 7, &d[1]));
	ok(guest_find_all(x, &domains, NULL));
	g = guest_known(x, &d[0]);
	assert_non_null(strstr(g->how, "dom0's memory is not read by hypercalls"));
	g = guest_known(x, &d[1]);
	assert_string_equal(g->how, "no known system in its memory");
}

static void test_pause(void **state)
{
	struct domain d;

	(void)state;
	ok(domain_find(x, 0, &d));
	bad(domain_pause(x, &d), ERR_REFUSED);
	ok(domain_find(x, 7, &d));
	ok(domain_pause(x, &d));
	assert_int_equal(fake.paused, 1U << 7);
	ok(domain_pause(x, &d));
	ok(domain_unpause(x, &d));
	assert_int_equal(fake.paused, 0);
	ok(domain_unpause(x, &d));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pv), TEST(test_lies), TEST(test_translated), TEST(test_pod),
		TEST(test_find), TEST(test_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
