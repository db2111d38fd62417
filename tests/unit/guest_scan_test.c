/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The search for kernels in frames of domains that are full of notes and texts. */
#include "tests/unit/guest_fixture/setup.h"

#include "xen/model/guest/guest_internal.h"
#include "xen/model/guest/guest_scan.h"

/* Gives a page to dom1. */
static void give(const char *page)
{
	unsigned int n = (host_maddr(&fix, page) - FIXTURE_PHYS) >> XPAGE_SHIFT;

	host_poke(&fix, fixture_va(&fix, "frames") + n * 32, "page_info.count_info",
		  1ULL << 63 | 1);
	host_own_frame(&fix, n, "dom1");
}

static uint8_t *bytes_of(const char *name)
{
	return fix.image + (fixture_va(&fix, name) - FIXTURE_BASE);
}

static void put_note(uint8_t *at)
{
	const uint32_t header[] = { 11, 100, 0 };

	memcpy(at, header, sizeof(header));
	memcpy(at + 12, "VMCOREINFO", 11);
}

static void read_clues(struct guest_clues *ret)
{
	struct domain d;
	struct guest_domains domains = { .domain = &d, .nr = 1 };

	assert_ok(domain_find(&fix.xen, 1, &d));
	memory_flush(fix.xen.memory);
	assert_ok(guest_clues_read(&fix.xen, &domains, NULL, ret));
}

/* No more notes than a kernel may have are kept, however many there are. */
static void test_many_notes(void **state)
{
	/* what follows would be overwritten */
	struct {
		struct guest_clues clues;
		uint64_t after;
	} c = { .after = 0x1122334455667788 };

	(void)state;
	give("linux_data");
	give("linux_note");
	for (unsigned int at = 0; at < XPAGE_SIZE; at += 64) {
		put_note(bytes_of("linux_data") + at);
		put_note(bytes_of("linux_note") + at);
	}
	read_clues(&c.clues);
	assert_int_equal(c.clues.first.nr, 2);
	assert_int_equal(c.clues.inner.nr, CANDIDATES_MAX);
	assert_int_equal(c.clues.inner.note[CANDIDATES_MAX - 1].len, 100);
	assert_int_equal(c.after, 0x1122334455667788);
}

/* A release that does not end is cut. */
static void test_long_release(void **state)
{
	struct guest_clues c;
	uint8_t *page = bytes_of("linux_data");

	(void)state;
	give("linux_data");
	memset(page, '9', XPAGE_SIZE);
	memcpy(page, "Linux version ", 14);
	read_clues(&c);
	assert_int_equal(c.text_os, GUEST_LINUX);
	assert_int_equal(strlen(c.text), sizeof(c.text) - 1);
	/* at the end of its page */
	memset(page, 0, XPAGE_SIZE);
	memcpy(page + XPAGE_SIZE - 15, "Linux version 6", 15);
	read_clues(&c);
	assert_string_equal(c.text, "6");
}

static struct err *stop(void *arg, unsigned int nr, struct memory *memory, uint64_t mfn,
			enum page_kind kind)
{
	unsigned int *frames = arg;

	(void)nr;
	(void)memory;
	(void)mfn;
	(void)kind;
	++*frames;
	return err_new(ERR_INTERRUPTED, "interrupted");
}

/* ^C ends the search; without domains nothing is read. */
static void test_ends(void **state)
{
	struct domain d;
	struct guest_domains domains = { .domain = &d, .nr = 1 };
	unsigned int frames = 0;

	(void)state;
	give("linux_data");
	give("linux_note");
	memory_flush(fix.xen.memory);
	assert_ok(domain_find(&fix.xen, 1, &d));
	assert_err(guest_scan(&fix.xen, &domains, stop, &frames, NULL), ERR_INTERRUPTED, "");
	assert_int_equal(frames, 1);
	domains.nr = 0;
	assert_ok(guest_scan(&fix.xen, &domains, stop, &frames, NULL));
	assert_int_equal(frames, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOST_TEST(test_many_notes), HOST_TEST(test_long_release),
		HOST_TEST(test_ends),
	};

	return cmocka_run_group_tests(tests, guest_setup, guest_teardown);
}
