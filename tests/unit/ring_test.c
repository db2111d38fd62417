/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rings: valid and hostile indexes; and the judgement of a device by its rings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "xen/base/array.h"
#include "xen/model/io/pv_internal.h"

static uint8_t page[XPAGE_SIZE];

static void put(unsigned int offset, uint32_t v)
{
	memcpy(page + offset, &v, sizeof(v));
}

static struct ring parse(enum ring_kind kind, uint32_t size)
{
	struct ring r;

	ring_parse(kind, page, size, &r);
	return r;
}

static void test_size(void **state)
{
	(void)state;
	assert_int_equal(ring_size(1, 112), 32);	/* blk */
	assert_int_equal(ring_size(2, 112), 64);
	assert_int_equal(ring_size(1, 12), 256);	/* net tx */
	assert_int_equal(ring_size(1, 8), 256);
	assert_int_equal(ring_size(1, 0), 0);
	assert_int_equal(ring_size(0, 112), 0);
	assert_int_equal(ring_size(1U << 31, 112), 0);
}

static struct ring requests(uint32_t req_prod, uint32_t req_event, uint32_t rsp_prod,
			    uint32_t rsp_event)
{
	memset(page, 0, sizeof(page));
	put(0, req_prod);
	put(4, req_event);
	put(8, rsp_prod);
	put(12, rsp_event);
	return parse(RING_REQUESTS, 32);
}

static void test_requests(void **state)
{
	struct ring r = requests(148, 149, 148, 149);

	(void)state;
	assert_int_equal(r.outstanding + r.unfetched + r.unread, 0);
	assert_true(r.fetch_known);
	assert_string_equal(r.indexes,
			    "req_prod 148, req_event 149, rsp_prod 148, rsp_event 149");
	/* three requests sent, one fetched; and across the wrap of the indexes */
	for (uint32_t at = 0; at < 2; at++) {
		uint32_t base = at ? (uint32_t)-2 : 100;

		r = requests(base + 3, base + 2, base, base + 1);
		assert_int_equal(r.outstanding, 3);
		assert_int_equal(r.unfetched, 2);
		assert_int_equal(r.unread, 0);
		assert_false(r.corrupt);
	}
	/* two answers not yet read */
	r = requests(100, 101, 100, 99);
	assert_int_equal(r.unread, 2);
	/* netfront sets rsp_event further ahead */
	r = requests(100, 101, 90, 96);
	assert_int_equal(r.unread, 0);
	assert_int_equal(r.outstanding, 10);
	/* req_event is old: the number is unknown */
	r = requests(100, 80, 90, 91);
	assert_false(r.fetch_known);
	assert_int_equal(r.unfetched, 0);
}

static void test_hostile_requests(void **state)
{
	struct ring r = requests(133, 101, 100, 101);

	(void)state;
	assert_true(r.corrupt);
	assert_true(requests(99, 101, 100, 101).corrupt);
	r = requests(0xdeadbeef, 0x12345678, 0, 0x80000000);
	assert_true(r.corrupt);
	assert_int_equal(r.unread, 0);
	/* of unknown size: limited by the largest ring of several pages */
	r = parse(RING_REQUESTS, 0);
	assert_true(r.corrupt);
}

static void test_bytes(void **state)
{
	struct ring r;

	(void)state;
	memset(page, 0, sizeof(page));
	put(2048, 10);
	put(2052, 34);
	put(2056, 7);
	put(2060, 8);
	r = parse(RING_XENSTORE, 0);
	assert_int_equal(r.unfetched, 24);
	assert_int_equal(r.unread, 1);
	assert_int_equal(r.size, 1024);
	assert_false(r.corrupt);
	put(2052, 10 + 1025);
	assert_true(parse(RING_XENSTORE, 0).corrupt);
	put(3080, 5);
	put(3084, 5 + 2048);
	r = parse(RING_CONSOLE, 0);
	assert_int_equal(r.unfetched, 2048);
	assert_false(r.corrupt);
	memset(page, 0, 132);
	put(4, 3);
	r = parse(RING_INPUT, 0);
	assert_int_equal(r.unread, 3);
	put(4, 52);
	assert_true(parse(RING_INPUT, 0).corrupt);
}

static void test_stream(void **state)
{
	struct ring r;

	(void)state;
	memset(page, 0, sizeof(page));
	put(68, 2048);
	assert_false(parse(RING_STREAM, 0).corrupt);
	put(68, 2049);
	assert_true(parse(RING_STREAM, 0).corrupt);
	put(128, 9);
	put(68, 1 << 20);
	r = parse(RING_STREAM, 0);
	assert_int_equal(r.size, 1 << 20);
	assert_int_equal(r.unfetched, 1 << 20);
	assert_false(r.corrupt);
	put(128, 10);
	assert_true(parse(RING_STREAM, 0).corrupt);
	put(128, 0xffffffff);
	assert_true(parse(RING_STREAM, 0).corrupt);
}

static void test_plausible(void **state)
{
	enum ring_kind kind;

	(void)state;
	requests(0, 1, 0, 1);
	assert_true(ring_is_plausible(page, &kind));
	assert_int_equal(kind, RING_REQUESTS);
	requests(0, 0, 0, 0);
	assert_false(ring_is_plausible(page, &kind));
	requests(1000, 1, 1000, 1001);
	assert_false(ring_is_plausible(page, &kind));
	requests(300, 301, 300, 1);
	assert_false(ring_is_plausible(page, &kind));
	/* netfront's buffers: indexes in the entries */
	requests(269, 1, 13, 14);
	for (unsigned int i = 0; i < 256; i++)
		put(64 + 8 * i, i);
	assert_true(ring_is_plausible(page, &kind));
	assert_int_equal(kind, RING_BUFFERS);
	put(64 + 8 * 7, 8);
	assert_false(ring_is_plausible(page, &kind));
	requests(100, 101, 99, 100);
	page[63] = 1;
	assert_false(ring_is_plausible(page, &kind));
}

/* ---- judgement ---- */

/* d0 and d1, which has one vbd with one ring. */
static struct pv_domain domains[2];
static struct pv_device device;
static struct pv_ring ring;
static struct pv_job job = { .domain = domains, .nr_domains = 2 };

static void reset(void)
{
	memset(domains, 0, sizeof(domains));
	domains[0].d.domain_id = value_from(0, false);
	domains[1].d.domain_id = value_from(1, false);
	device = (struct pv_device){
		.domid = 1, .has_backend = true, .from_store = true,
		.class = "vbd", .id = "51712", .front_state = 4, .back_state = 4,
		.ring = &ring, .nr = 1,
	};
	ring = (struct pv_ring){
		.kind = RING_REQUESTS, .has_ref = true, .has_port = true,
		.has_mfn = true, .has_ring = true, .mapped = true, .ref = 8,
		.ring = { .size = 32, .fetch_known = true },
		.front = { .known = true, .state = EVTCHN_INTERDOMAIN, .domid = 1,
			   .port = 15, .bits = true },
		.back = { .known = true, .state = EVTCHN_INTERDOMAIN, .port = 31,
			  .bits = true },
	};
}

static void expect(enum pv_judgement judgement, bool sure, bool lasting,
		   const char *because)
{
	device.because[0] = '\0';
	pv_device_judge(&job, &device);
	if (device.judgement != judgement)
		fail_msg("%s: %s", pv_judgement_name(device.judgement), device.because);
	assert_int_equal(device.sure, sure);
	assert_int_equal(device.lasting, lasting);
	if (!strstr(device.because, because))
		fail_msg("no \"%s\" in: %s", because, device.because);
}

static void test_answers(void **state)
{
	(void)state;
	reset();
	expect(PV_IDLE, true, false, "nothing is waiting");
	ring.ring.unread = 3;
	expect(PV_BUSY, false, false, "3 answers not taken yet");
	ring.front.pending = ring.front.masked = true;
	expect(PV_NOT_TAKEN, false, false, "port 15 of d1 pending and masked");
	domains[1].idle = true;
	expect(PV_NOT_TAKEN, true, true, "its vcpus blocked");
	ring.front.masked = false;
	ring.front.lost = ring.front.lost_sure = true;
	expect(PV_EVENT_LOST, true, true, "3 answers not taken, port 15 of d1 pending");
	ring.front.lost = false;
	ring.front.pending = false;
	expect(PV_NOT_TAKEN, false, false, "not pending");
	domains[1].paused = true;
	expect(PV_PAUSED, true, true, "the guest is paused");
	domains[1].shut = true;
	expect(PV_PAUSED, true, true, "the guest has shut down");
	ring.ring.unread = 0;
	expect(PV_PAUSED, true, false, "nothing is waiting");
}

static void test_requests_wait(void **state)
{
	(void)state;
	reset();
	ring.ring.outstanding = 5;
	expect(PV_WAITS_DISK, false, false, "5 requests fetched by the backend");
	domains[1].idle = true;
	domains[1].idle_ns = 2500000000;
	expect(PV_WAITS_DISK, true, true, "for at least 2.500 s");
	ring.ring.fetch_known = false;
	expect(PV_WAITS_DISK, true, true, "5 requests not answered");
	reset();
	ring.ring.outstanding = ring.ring.unfetched = 1;
	expect(PV_WAITS_BACKEND, false, false, "1 request not fetched");
	ring.back.pending = true;
	expect(PV_BUSY, false, false, "port 31 of d0 pending");
	domains[0].idle = true;
	expect(PV_WAITS_BACKEND, true, true, "its vcpus blocked");
	ring.back.lost = true;
	expect(PV_EVENT_LOST, false, true, "port 31 of d0 pending");
	ring.back.lost = false;
	domains[0].paused = true;
	expect(PV_WAITS_BACKEND, true, true, "its domain d0 is paused");
	reset();
	ring.kind = RING_BUFFERS;
	expect(PV_NO_BUFFERS, true, true, "no buffer was ever posted");
	device.front_state = PV_STATE_UNKNOWN;
	device.from_store = false;
	expect(PV_NO_BUFFERS, false, false, "no buffer");
	device.front_state = 4;
	device.from_store = true;
	ring.ring.req_prod = 256;
	expect(PV_NO_BUFFERS, false, false, "no buffer");
	domains[1].idle_ns = 2500000000;
	expect(PV_NO_BUFFERS, true, true, "no buffer in the ring to receive into, for at least 2.500 s");
	ring.ring.outstanding = 256;
	expect(PV_IDLE, true, false, "");
}

/* With the tasks of dom0's kernel more judgements are sure. */
static void test_tasks(void **state)
{
	(void)state;
	reset();
	strcpy(ring.thread, "1.xvda-0");
	ring.ring.outstanding = 2;
	ring.ring.req_prod = 10;
	ring.task = (struct pv_task){ .pid = 194, .state = 'S', .has_ran = true,
		.ran_ns = 2500000000 };
	expect(PV_WAITS_DISK, true, true, "for at least 2.500 s");
	ring.task.ran_ns = 1000;
	expect(PV_WAITS_DISK, false, false, "not answered");
	ring.ring.fetch_known = false;
	ring.task.has_counts = true;
	ring.task.fetched = 10;
	ring.task.inflight = 2;
	expect(PV_WAITS_DISK, false, false, "2 at the disk");
	strcpy(ring.task.disk, "dm-0");
	ring.task.suspended = true;
	expect(PV_WAITS_DISK, true, true, "dm-0 is suspended");
	ring.task.fetched = 9;
	expect(PV_WAITS_BACKEND, false, false,
	       "1 request not fetched, port 31 of d0 not pending, 194 (1.xvda-0) sleeps");
	ring.task.state = 'T';
	expect(PV_WAITS_BACKEND, true, true, "194 (1.xvda-0) is stopped");
	ring.task.state = 'F';
	expect(PV_WAITS_BACKEND, true, true, "194 (1.xvda-0) is frozen");
	/* its requests are at the disk, which does not depend on the thread */
	ring.task.fetched = 10;
	expect(PV_WAITS_DISK, true, true, "dm-0 is suspended");
	/* a program that is stopped does not answer, also after it has fetched requests */
	ring.task.has_counts = ring.task.suspended = false;
	ring.ring.fetch_known = true;
	ring.ring.unfetched = 0;
	ring.task.state = 'T';
	expect(PV_WAITS_BACKEND, true, true, "2 requests not answered, 194 (1.xvda-0) is stopped");
	ring.task.state = '\0';
	expect(PV_WAITS_DISK, false, false, "");
	ring.task.has_counts = true;
	/* an index that contradicts the ring is ignored */
	ring.ring.unfetched = 0;
	ring.task.fetched = 50;
	ring.task.suspended = false;
	expect(PV_WAITS_DISK, false, false, "");
}

static void test_gone(void **state)
{
	(void)state;
	reset();
	ring.front.state = EVTCHN_UNBOUND;
	expect(PV_BACKEND_GONE, false, false, "port 15 of d1 is unbound");
	ring.unmapped = true;
	ring.has_mfn = ring.has_ring = false;
	expect(PV_BACKEND_GONE, true, true, "the ring is not mapped");
	ring.front.state = EVTCHN_INTERDOMAIN;
	expect(PV_BACKEND_GONE, false, false, "grant 8");
	reset();
	device.back_state = 6;
	expect(PV_BACKEND_GONE, true, true, "frontend connected, backend closed");
	device.front_state = 6;
	expect(PV_UNCONNECTED, true, false, "frontend closed, backend closed");
	reset();
	device.backend_domid = 7;
	expect(PV_BACKEND_GONE, true, true, "there is no domain d7");
	reset();
	ring.ring.corrupt = true;
	expect(PV_CORRUPT, true, true, "ring of 32");
	reset();
	ring.has_ring = false;
	strcpy(ring.problem, "ring page: left out");
	expect(PV_UNKNOWN, false, false, "ring page: left out");
	device.nr = 0;
	expect(PV_UNKNOWN, false, false, "rings of this class are not read");
}

/* The judgement of a device whose nodes contradict each other is not sure. */
static void test_contradiction(void **state)
{
	(void)state;
	reset();
	ring.ring.corrupt = true;
	strcpy(device.because, "the nodes of its backend are of another");
	pv_device_judge(&job, &device);
	assert_int_equal(device.judgement, PV_CORRUPT);
	assert_false(device.sure || device.lasting);
}

static void test_names(void **state)
{
	char text[PV_DEVICE_TEXT];

	(void)state;
	for (int i = 0; i < PV_NR_JUDGEMENTS; i++)
		assert_true(strlen(pv_judgement_name(i)) > 1);
	assert_string_equal(pv_judgement_name(99), "?");
	assert_string_equal(xenbus_state_name(4), "connected");
	assert_string_equal(xenbus_state_name(-1), "");
	assert_string_equal(xenbus_state_name(9), "");
	reset();
	strcpy(device.name, "xvda");
	assert_string_equal(pv_device_text(&device, text), "vbd 51712 (xvda)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_hostile_requests),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_plausible),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_requests_wait),
		cmocka_unit_test(test_tasks),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_contradiction),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
