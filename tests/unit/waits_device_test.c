/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits of guests for events and devices, the verdict on them, and times of a wait. */
#include "tests/unit/model_fixture/shapes.h"
#include "tests/unit/troubles_text.h"

#include "xen/base/array.h"
#include "xen/model/diagnosis/waits.h"
#include "xen/model/dom0/xenstore.h"
#include "xen/model/source.h"

#define SECOND	1000000000ULL
#define FRONT	"/local/domain/1/device/vbd/51712"
#define BACK	"/local/domain/0/backend/vbd/1/51712"
#define STRANGE	"/local/domain/0/backend/new/1/51712"

static const struct shape shapes[] = { { 404, 64 }, { 412, 64 }, { 423, 64 } };
static uint8_t fresh[ARRAY_SIZE(shapes)][sizeof(fix[0].image)];
static struct source_ops source;

/* The path of the backend, which the tests change */
static const char *backend;

static struct err *made_store(struct xen *x, const char *path, unsigned int flags,
			      struct store *ret)
{
	const struct { const char *path, *value; } nodes[] = {
		{ FRONT, "" }, { FRONT "/backend", backend }, { FRONT "/backend-id", "0" },
		{ FRONT "/state", "4" }, { FRONT "/ring-ref", "1" },
		{ FRONT "/event-channel", "3" },
		{ BACK "/frontend", FRONT }, { BACK "/state", "4" }, { BACK "/dev", "/dev/xvda" },
		{ STRANGE "/frontend", FRONT }, { STRANGE "/state", "4" },
	};

	(void)x;
	(void)path;
	(void)flags;
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		struct store_node n = { .path = nodes[i].path, .value = nodes[i].value,
					.len = strlen(nodes[i].value) };

		assert_ok(store_add(ret, &n));
	}
	store_sort(ret);
	return NULL;
}

static int setup(void **state)
{
	unsigned int i = 0;

	(void)state;
	shapes_create("tests/unit/channels_fixture/channels.c tests/unit/channels_fixture/page_alloc.c "
		      "tests/unit/io_fixture/ring.c tests/unit/io_fixture/vcpus.c",
		      shapes, ARRAY_SIZE(shapes));
	source = memory_source;
	source.store_read = made_store;
	for_each_shape(f) {
		uint64_t dom0 = fixture_va(f, "dom0"), dom1 = fixture_va(f, "dom1");
		struct place size;

		f->xen.source = &source;
		f->xen.id.major = 4;
		f->xen.id.minor = f->version % 100;
		assert_ok(record_resolve(f->xen.records, "active_grant_entry", &size));
		fixture_poke(f, fixture_va(f, "active1") + size.size,
			     "active_grant_entry.mfn | active_grant_entry.frame",
			     (fixture_va(f, "ring_page") - FIXTURE_BASE + FIXTURE_PHYS) >> XPAGE_SHIFT);
		fixture_poke(f, dom0, "domain.vcpu", fixture_va(f, "vcpus0"));
		fixture_poke(f, dom0, "domain.max_vcpus", 1);
		fixture_poke(f, dom1, "domain.vcpu", fixture_va(f, "vcpus1"));
		fixture_poke(f, dom1, "domain.max_vcpus", 2);
		memcpy(fresh[i++], f->image, sizeof(f->image));
	}
	return 0;
}

static int restore(void **state)
{
	unsigned int i = 0;

	(void)state;
	backend = BACK;
	for_each_shape(f) {
		memcpy(f->image, fresh[i++], sizeof(f->image));
		memory_flush(f->xen.memory);
	}
	return 0;
}

static void put_ring(struct fixture *f, uint32_t req_prod, uint32_t req_event,
		     uint32_t rsp_prod, uint32_t rsp_event)
{
	const uint32_t word[] = { req_prod, req_event, rsp_prod, rsp_event };

	memcpy(f->image + (fixture_va(f, "ring_page") - FIXTURE_BASE), word, sizeof(word));
	memory_flush(f->xen.memory);
}

static void set(struct fixture *f, const char *object, const char *path, uint64_t v)
{
	fixture_poke(f, fixture_va(f, object), path, v);
}

/* All waits, one per line. */
static const char *all_waits(struct fixture *f)
{
	static char text[4096];
	struct waits waits;
	size_t len = 0;

	text[0] = '\0';
	assert_ok(waits_read(&f->xen, NULL, NULL, &waits));
	for (unsigned int i = 0; i < waits.nr; i++) {
		const struct wait *w = &waits.at[i];
		char time[WAIT_TIME_TEXT];

		len += snprintf(text + len, sizeof(text) - len, "%s: %s for %s, of %s: %s%s (%s)\n",
				wait_kind_name(w->kind), w->who, w->what, w->holder, w->because,
				w->sure ? "" : "?", wait_time_text(w, time));
	}
	for (unsigned int i = 0; i < waits.nr_missing; i++)
		len += snprintf(text + len, sizeof(text) - len, "MISSING %s\n", err_text(waits.missing[i].e));
	waits_release(&waits);
	return text;
}

static void expect(struct fixture *f, const char *text, const char *part, bool is)
{
	if (!strstr(text, part) == is)
		fail_msg("%u: %s \"%s\" in:\n%s", f->version, is ? "no" : "still", part, text);
}

/* An event that a blocked vcpu has not noticed, unless it was just sent. */
static void test_lost_event(void **state)
{
	(void)state;
	for_each_shape(f) {
		expect(f, all_waits(f), "lost event: d1v0 for event on port 3, of none, it is pending: "
		       "pending, not masked, vcpu 0 blocked, upcall pending (5.000 s or more)\n", true);
		expect(f, troubles_text(&f->xen), "lost event: d1v0 is blocked for 5.000 s or more although port 3 is pending "
		       "[runstate and state_entry_time; pending, not masked, vcpu 0 blocked, upcall pending]\n", true);
		set(f, "d1v0", "vcpu.runstate.state_entry_time", 7 * SECOND - SECOND / 5);
		expect(f, troubles_text(&f->xen), "lost event: d1v0 is blocked for 0.200 s or more", true);
		set(f, "d1v0", "vcpu.runstate.state_entry_time", 7 * SECOND - SECOND / 20);
		expect(f, all_waits(f), "lost event: d1v0 ", true);
		expect(f, troubles_text(&f->xen), "lost event", false);
		set(f, "d1v0", "vcpu.runstate.state", 0);
		expect(f, all_waits(f), "lost event", false);
	}
}

static void test_disk(void **state)
{
	(void)state;
	for_each_shape(f) {
		put_ring(f, 12, 13, 8, 9);
		expect(f, all_waits(f), "disk: d1 vbd 51712 (xvda) for the disk, of blkback 1.xvda-0: "
		       "4 requests fetched by the backend, not answered for at least 5.000 s ()\n", true);
		expect(f, troubles_text(&f->xen), "device is stuck: d1 vbd 51712 (xvda) waits for the disk (blkback 1.xvda-0) "
		       "[its ring and event channel; 4 requests fetched by the backend, not answered for at least 5.000 s]\n", true);
		/* for less than 2 s it counts as work in progress */
		set(f, "d1v0", "vcpu.runstate.state_entry_time", 6 * SECOND);
		expect(f, all_waits(f), "fetched by the backend, not answered? ()\n", true);
		expect(f, troubles_text(&f->xen), "device is stuck", false);
		/* since the last of two vcpus blocked */
		set(f, "d1v0", "vcpu.runstate.state_entry_time", 2 * SECOND);
		set(f, "d1v1", "vcpu.pause_flags", 1);
		set(f, "d1v1", "vcpu.runstate.state", 2);
		set(f, "d1v1", "vcpu.runstate.state_entry_time", 4 * SECOND);
		expect(f, all_waits(f), "not answered for at least 3.000 s ()\n", true);
		/* one of them can run */
		set(f, "d1v1", "vcpu.runstate.state", 1);
		expect(f, all_waits(f), "fetched by the backend, not answered? ()\n", true);
	}
}

static void test_backend(void **state)
{
	(void)state;
	for_each_shape(f) {
		put_ring(f, 12, 11, 8, 9);
		expect(f, all_waits(f), "backend: d1 vbd 51712 (xvda) for the backend, of blkback 1.xvda-0: "
		       "2 requests not fetched, port 2 of d0 not pending and masked? ()\n", true);
		expect(f, troubles_text(&f->xen), "device is stuck", false);
		/* dom0's vcpu is blocked, too: nothing remains to fetch the requests */
		set(f, "d0v0", "vcpu.runstate.state", 2);
		set(f, "d0v0", "vcpu.pause_flags", 1);
		expect(f, troubles_text(&f->xen), "device is stuck: d1 vbd 51712 (xvda) waits for the backend (blkback 1.xvda-0) [", true);
		/* a backend without a known program */
		backend = STRANGE;
		expect(f, all_waits(f), "backend: d1 vbd 51712 for the backend, of d0: ", true);
		backend = BACK;
	}
}

static void test_gone(void **state)
{
	(void)state;
	for_each_shape(f) {
		put_ring(f, 8, 9, 8, 9);
		expect(f, all_waits(f), "backend: d1", false);
		fixture_poke(f, fixture_va(f, "bucket_of_1") + 3 * 64, "evtchn.state", 2);
		expect(f, all_waits(f), "backend: d1 vbd 51712 (xvda) for the backend, which is gone, of blkback 1.xvda-0: "
		       "port 3 of d1 is unbound, not connected? ()\n", true);
	}
}

/* Answers that the guest does not read; then it has shut down. */
static void test_guest(void **state)
{
	(void)state;
	for_each_shape(f) {
		put_ring(f, 8, 9, 8, 5);
		set(f, "words", NULL, 0);
		fixture_poke(f, fixture_va(f, "words") + 12, NULL, 0x60000000UL << 32 | 0x40000000);
		expect(f, all_waits(f), "lost event", false);
		expect(f, all_waits(f), "guest: d1 vbd 51712 (xvda) for the guest to take its answers, of d1: "
		       "4 answers not taken, port 3 of d1 not pending and masked, its vcpus blocked? ()\n", true);
		set(f, "dom1", "domain.is_shut_down", 1);
		expect(f, all_waits(f), "guest: d1 vbd 51712 (xvda) for the guest, which does not run, of d1: "
		       "4 answers not taken, the guest has shut down ()\n", true);
		expect(f, troubles_text(&f->xen), "device is stuck: d1 vbd 51712 (xvda) waits for the guest, which does not run (d1) [", true);
		/* no answers, no wait */
		put_ring(f, 8, 9, 8, 9);
		expect(f, all_waits(f), "guest: d1", false);
		put_ring(f, 400, 9, 8, 9);
		expect(f, all_waits(f), "guest: d1 vbd 51712 (xvda) for the guest, whose ring is corrupt, of d1: "
		       "req_prod 400, req_event 9, rsp_prod 8, rsp_event 9, ring of 32 ()\n", true);
	}
}

/* The first timer of a pcpu limits the time of the dump, or is overdue. */
static void test_timers(void **state)
{
	(void)state;
	for_each_shape(f) {
		set(f, "timer", "timer.expires", 8 * SECOND);
		expect(f, all_waits(f), "lost event: d1v0 for event on port 3, of none, it is pending: "
		       "pending, not masked, vcpu 0 blocked, upcall pending (5.000 to 6.000 s)\n", true);
		/* more than an hour ahead: no limit */
		set(f, "timer", "timer.expires", 4000 * SECOND);
		expect(f, all_waits(f), "upcall pending (5.000 s or more)\n", true);
		set(f, "timer", "timer.expires", 4 * SECOND);
		set(f, "d1v1", "vcpu.runstate.state", 1);
		set(f, "d1v1", "vcpu.pause_flags", 0);
		expect(f, all_waits(f), "pcpu: d1v1 for pcpu 0, of : that pcpu has not served its timers for 3.000 s (1.000 s or more)\n", true);
		/* by less than a quarter of a second: late */
		set(f, "timer", "timer.expires", 7 * SECOND - SECOND / 5);
		expect(f, all_waits(f), "pcpu: d1v1 for pcpu 0, of :  (1.000 s or more)\n", true);
	}
}

/* Other reasons why a vcpu waits. */
static void test_vcpu(void **state)
{
	(void)state;
	for_each_shape(f) {
		set(f, "d1v1", "vcpu.pause_flags", 4);
		expect(f, all_waits(f), "device model: d1v1 for an answer to an I/O request, of device model: blocked_in_xen (1.000 s or more)\n", true);
		set(f, "d1v1", "vcpu.pause_flags", 16);
		expect(f, all_waits(f), "vm_event: d1v1 for an answer to a vm_event, of pager or monitor: ", true);
		set(f, "d1v1", "vcpu.pause_flags", 2 | 4);
		expect(f, all_waits(f), "d1v1", false);
	}
}

/* Rings and event words that are not in the dump: "nothing" would be false. */
static void test_unread(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct place size;

		assert_ok(record_resolve(f->xen.records, "active_grant_entry", &size));
		fixture_poke(f, fixture_va(f, "active1") + size.size,
			     "active_grant_entry.mfn | active_grant_entry.frame", 0x7777777);
		expect(f, all_waits(f), "MISSING 1 of 1: ring page: not in the dump\n", true);
		set(f, "fifo", NULL, 0xffff830000777000);
		expect(f, all_waits(f), "lost event", false);
		expect(f, all_waits(f), "MISSING d1: ", true);
		expect(f, troubles_text(&f->xen), "not examined: ", true);
		expect(f, troubles_text(&f->xen), "lost events, devices? [", true);
		/* a vcpu that can run has lost none */
		set(f, "d1v0", "vcpu.runstate.state", 0);
		expect(f, all_waits(f), "MISSING d1: ", false);
	}
}

/* Waits that require data this host lacks are listed as missing. */
static void test_missing(void **state)
{
	(void)state;
	expect(newest, all_waits(newest), "MISSING cpupools: no symbol \"cpupool_list\"\n"
	       "MISSING no symbols _stext and _etext\nMISSING no symbol \"rcu_ctrlblk\"\n", true);
	expect(newest, troubles_text(&newest->xen), "deadlocks: check failed? [no symbols _stext and _etext]\n", true);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, restore)
	const struct CMUnitTest tests[] = {
		TEST(test_lost_event), TEST(test_disk), TEST(test_backend), TEST(test_gone),
		TEST(test_guest), TEST(test_timers), TEST(test_vcpu), TEST(test_unread),
		TEST(test_missing),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
