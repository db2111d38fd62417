/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices: what is read of them, and the judgement. */
#include "tests/unit/made_devices.h"

static void test_disk(void **state)
{
	const struct pv_device *d;

	(void)state;
	for_each_shape(f) {
		put_ring(f, 12, 11, 8, 9);
		d = read_devices(f, disk);
		assert_int_equal(devices.nr, 1);
		assert_string_equal(d->domain, "one");
		assert_string_equal(d->name, "xvda");
		assert_string_equal(d->served_by, "blkback");
		assert_int_equal(d->nr, 1);
		assert_true(d->ring[0].mapped && d->ring[0].has_ring);
		assert_int_equal(d->ring[0].ring.size, 32);
		assert_int_equal(d->ring[0].ring.outstanding, 4);
		assert_int_equal(d->ring[0].ring.unfetched, 2);
		assert_string_equal(d->ring[0].thread, "1.xvda-0");
		/* FIFO words of d1, 2-level bits of d0 */
		assert_true(d->ring[0].front.pending && !d->ring[0].front.masked);
		assert_int_equal(d->ring[0].back.port, 2);
		assert_true(!d->ring[0].back.pending && d->ring[0].back.masked);
		assert_int_equal(d->judgement, PV_WAITS_BACKEND);
		pv_devices_release(&devices);
	}
}

#define QEMU_BACK	"/local/domain/0/backend/qdisk/1/51712"

/* dom0's kernel with only one program, pid 190, which is stopped. */
static void made_task(const char *thread, struct pv_task *ret)
{
	assert_string_equal(thread, "");
	assert_int_equal(ret->pid % 100, 90);
	if (ret->pid == 190) {
		strcpy(ret->comm, "xen-qemu-system");
		ret->state = 'T';
	} else {
		ret->pid = 0;
	}
}

/* The device model of a domain, by the pid that libxl wrote to the xenstore. */
static void test_qemu(void **state)
{
	static struct made_value nodes[] = {
		{ FRONT, "" }, { FRONT "/backend", QEMU_BACK },
		{ FRONT "/backend-id", "0" }, { FRONT "/state", "4" },
		{ FRONT "/ring-ref", "1" }, { FRONT "/event-channel", "3" },
		{ QEMU_BACK "/frontend", FRONT }, { QEMU_BACK "/state", "4" },
		{ "/local/domain/1/image/device-model-pid", "190" },
		{ NULL, NULL }
	};
	const struct pv_device *d;

	(void)state;
	store = nodes;
	for_each_shape(f) {
		nodes[8].value = "190";
		put_ring(f, 12, 11, 8, 9);
		assert_ok(pv_devices_read(&f->xen, made_task, &devices));
		d = devices.at;
		assert_string_equal(d->served_by, "qemu");
		assert_int_equal(d->ring[0].task.pid, 190);
		assert_string_equal(d->ring[0].thread, "xen-qemu-system");
		assert_int_equal(d->judgement, PV_WAITS_BACKEND);
		assert_true(d->sure && d->lasting);
		assert_non_null(strstr(d->because, "190 (xen-qemu-system) is stopped"));
		pv_devices_release(&devices);
		/* a pid of no process */
		nodes[8].value = "290";
		assert_ok(pv_devices_read(&f->xen, made_task, &devices));
		assert_int_equal(devices.at->ring[0].task.pid, 0);
		assert_false(devices.at->sure);
		pv_devices_release(&devices);
	}
}

static void no_task(const char *thread, struct pv_task *ret)
{
	(void)ret;
	fail_msg("thread %s is looked for in dom0", thread);
}

#define DRIVER	"/local/domain/1/backend/vbd/1/9"

/* Threads of a driver domain are not those of dom0; devices are ordered by number. */
static void test_driver_domain(void **state)
{
	static const struct made_value nodes[] = {
		{ "/local/domain/1/device/vbd/10", "" },
		{ "/local/domain/1/device/vbd/10/backend", DRIVER },
		{ "/local/domain/1/device/vbd/9", "" },
		{ "/local/domain/1/device/vbd/9/backend", DRIVER },
		{ "/local/domain/1/device/vbd/9/ring-ref", "1" },
		{ "/local/domain/1/device/vbd/9/state", "4" },
		{ DRIVER "/frontend", "/local/domain/1/device/vbd/9" },
		{ DRIVER "/state", "4" }, { DRIVER "/dev", "/dev/sdb" },
		{ NULL, NULL }
	};

	(void)state;
	store = nodes;
	put_ring(newest, 12, 11, 8, 9);
	assert_ok(pv_devices_read(&newest->xen, no_task, &devices));
	assert_int_equal(devices.nr, 2);
	assert_string_equal(devices.at[0].id, "9");
	assert_string_equal(devices.at[0].name, "sdb");
	assert_string_equal(devices.at[1].id, "10");
	assert_int_equal(devices.at[0].backend_domid, 1);
	/* its grant is mapped by dom0 */
	assert_false(devices.at[0].ring[0].mapped);
	assert_string_equal(devices.at[0].ring[0].thread, "1.sdb-0");
	pv_devices_release(&devices);
}

/* Answers that remain because the guest cannot run; only then the judgement is sure. */
static void test_paused(void **state)
{
	static const struct {
		const char *member, *because;
	} cases[] = {
		{ "domain.controller_pause_count", "4 answers not taken, the guest is paused" },
		{ "domain.is_shut_down", "4 answers not taken, the guest has shut down" },
	};
	const struct pv_device *d;

	(void)state;
	put_ring(newest, 8, 9, 8, 5);
	d = read_devices(newest, disk);
	assert_int_not_equal(d->judgement, PV_PAUSED);
	pv_devices_release(&devices);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fixture_poke(newest, fixture_va(newest, "dom1"), cases[i].member, 1);
		d = read_devices(newest, disk);
		assert_int_equal(d->judgement, PV_PAUSED);
		assert_true(d->sure);
		assert_string_equal(d->because, cases[i].because);
		pv_devices_release(&devices);
		fixture_poke(newest, fixture_va(newest, "dom1"), cases[i].member, 0);
	}
}

/* A ring mapped by another domain is not that of the backend. */
static void test_other_mapper(void **state)
{
	const struct pv_device *d;

	(void)state;
	put_ring(newest, 8, 9, 8, 9);
	fixture_poke(newest, active_of(newest, 1), "active_grant_entry.domid", 5);
	d = read_devices(newest, disk);
	assert_false(d->ring[0].mapped);
	assert_non_null(strstr(d->ring[0].problem, "grant 1 is mapped by d5"));
	pv_devices_release(&devices);
	fixture_poke(newest, active_of(newest, 1), "active_grant_entry.domid", 0);
}

/* Rings that cannot be read affect only the ring; the others are judged. */
static void test_no_ring(void **state)
{
	struct made_value nodes[ARRAY_SIZE(disk)];
	const struct pv_device *d;

	(void)state;
	for_each_shape(f) {
		put_ring(f, 8, 9, 8, 9);
		fixture_exclude(f, fixture_va(f, "ring_page"));
		d = read_devices(f, disk);
		assert_int_equal(d->judgement, PV_UNKNOWN);
		assert_non_null(strstr(d->because, "left out"));
		pv_devices_release(&devices);
		fixture_exclude(f, 0);
		/* a grant that is not mapped, and one beyond the end of the table */
		memcpy(nodes, disk, sizeof(nodes));
		nodes[5].value = "2";
		d = read_devices(f, nodes);
		assert_int_equal(d->judgement, PV_BACKEND_GONE);
		assert_true(d->ring[0].unmapped && !d->sure);
		pv_devices_release(&devices);
		nodes[5].value = "4294967295";
		d = read_devices(f, nodes);
		assert_int_equal(d->judgement, PV_UNKNOWN);
		pv_devices_release(&devices);
		/* not a number */
		nodes[5].value = "1x";
		d = read_devices(f, nodes);
		assert_false(d->ring[0].has_ref);
		pv_devices_release(&devices);
		nodes[5].value = "1";
		nodes[6].value = "99999";
		d = read_devices(f, nodes);
		assert_int_equal(d->judgement, PV_BACKEND_GONE);
		assert_non_null(strstr(d->because, "port 99999 of d1 is free"));
		pv_devices_release(&devices);
	}
}

/* Nodes written by a guest: those of the backend do not agree with them. */
static void test_hostile_nodes(void **state)
{
	static char longest[4000];
	static const struct made_value other[] = {
		{ FRONT, "" }, { FRONT "/backend", BACK }, { FRONT "/state", "4" },
		{ BACK "/frontend", "/local/domain/7/device/vbd/1" },
		{ BACK "/state", "4" },
		{ "/local/domain/1/device/vbd/0123456789012345678901234", "" },
		{ "/local/domain/1/device/vbd/", "" },
		{ "/local/domain/99/device/vbd/1", "" },
		{ "/local/domain/1/device/vif/0", "" },
		{ "/local/domain/1/device/new/0", "" },
		{ "/local/domain/1/device/vbd/0123456789012345678901234/backend", BACK },
		{ "/local/domain/1/device/vbd//backend", BACK },
		{ "/local/domain/99/device/vbd/1/backend", BACK },
		{ "/local/domain/1/device/vif/0/backend", "/local/domain/99999/backend/vif" },
		{ "/local/domain/1/device/vif/0/multi-queue-num-queues", "4000000000" },
		{ "/local/domain/1/device/new/0/backend", longest },
		{ NULL, NULL }
	};
	const struct pv_device *d;

	(void)state;
	memset(longest, '/', sizeof(longest) - 1);
	d = read_devices(newest, other);
	assert_int_equal(devices.nr, 3);
	assert_string_equal(d[0].class, "new");
	assert_non_null(strstr(d[0].because, "too long"));
	assert_string_equal(d[1].class, "vbd");
	assert_non_null(strstr(d[1].because, "/local/domain/7/device/vbd/1"));
	assert_false(d[1].sure);
	assert_string_equal(d[2].class, "vif");
	assert_false(d[2].has_backend);
	assert_int_equal(d[2].nr, 2);
	pv_devices_release(&devices);
}

static void test_without_store(void **state)
{
	(void)state;
	for_each_shape(f) {
		const struct pv_device *d;

		/* grant 1 is that of the xenstore */
		put_ring(f, 8, 9, 8, 9);
		d = read_devices(f, NULL);
		assert_string_equal(devices.no_store, "no process xenstored found in dom0");
		assert_int_equal(devices.nr, 1);
		assert_string_equal(d->class, "xenstore");
		assert_int_equal(d->judgement, PV_IDLE);
		pv_devices_release(&devices);
		/* the same page as grant 5 */
		memcpy(f->image + (active_of(f, 5) - FIXTURE_BASE),
		       f->image + (active_of(f, 1) - FIXTURE_BASE),
		       active_of(f, 1) - active_of(f, 0));
		put_ring(f, 40, 40, 39, 40);
		d = read_devices(f, NULL);
		assert_int_equal(devices.nr, 2);
		assert_string_equal(d[0].id, "ref 5");
		assert_int_equal(d[0].judgement, PV_WAITS_BACKEND);
		assert_int_equal(d[0].ring[0].ring.unfetched, 1);
		pv_devices_release(&devices);
		/* not a ring: a page of data */
		put_ring(f, 0x12345678, 1, 2, 3);
		read_devices(f, NULL);
		assert_int_equal(devices.nr, 1);
		pv_devices_release(&devices);
		/* an event index far from its producer */
		put_ring(f, 40, 0x9000, 39, 40);
		read_devices(f, NULL);
		assert_int_equal(devices.nr, 1);
		pv_devices_release(&devices);
		fixture_poke(f, active_of(f, 5), "active_grant_entry.pin", 0);
	}
}

#define CONSOLE	"/local/domain/1/console"
#define STORE	"/local/domain/1/store"
#define VIF	"/local/domain/1/device/vif/0"
#define VIFBACK	"/local/domain/0/backend/vif/1/0"
#define KBD	"/local/domain/1/device/vkbd/0"
#define KBDBACK	"/local/domain/0/backend/vkbd/1/0"

static void put_word(struct fixture *f, unsigned int offset, uint32_t word)
{
	memcpy(f->image + (fixture_va(f, "ring_page") - FIXTURE_BASE) + offset, &word, 4);
	memory_flush(f->xen.memory);
}

/*
 * The first console and the xenstore have folders of their own, and reserved
 * grants; if that of the console is not mapped, its node has the frame.
 */
static void test_fixed(void **state)
{
	char frame[24];
	const struct made_value nodes[] = {
		{ CONSOLE, "" }, { CONSOLE "/ring-ref", frame }, { CONSOLE "/port", "3" },
		{ CONSOLE "/type", "xenconsoled" },
		{ STORE, "" }, { STORE "/ring-ref", "77" }, { STORE "/port", "4" },
		{ NULL, NULL }
	};

	(void)state;
	for_each_shape(f) {
		const struct pv_device *d;

		snprintf(frame, sizeof(frame), "%lu",
			 (fixture_va(f, "ring_page") - FIXTURE_BASE + FIXTURE_PHYS) >> XPAGE_SHIFT);
		/* output of the console: 9 bytes; requests to xenstored: 5 */
		put_ring(f, 0, 0, 0, 0);
		put_word(f, 3080, 100);
		put_word(f, 3084, 109);
		put_word(f, 2048, 20);
		put_word(f, 2052, 25);
		d = read_devices(f, nodes);
		assert_int_equal(devices.nr, 2);
		assert_string_equal(d[0].class, "console");
		assert_string_equal(d[0].served_by, "xenconsoled");
		assert_string_equal(d[0].ring[0].thread, "xenconsoled");
		assert_true(d[0].ring[0].unmapped && d[0].ring[0].has_mfn);
		assert_int_equal(d[0].ring[0].ref, 0);
		assert_int_equal(d[0].ring[0].ring.unfetched, 9);
		assert_int_equal(d[0].ring[0].front.port, 3);
		assert_int_equal(d[0].judgement, PV_WAITS_BACKEND);
		assert_string_equal(d[1].class, "xenstore");
		assert_string_equal(d[1].served_by, "xenstored");
		assert_int_equal(d[1].ring[0].ref, 1);
		assert_true(d[1].ring[0].mapped && !d[1].ring[0].unmapped);
		assert_int_equal(d[1].ring[0].ring.unfetched, 5);
		assert_true(d[1].has_backend);
		assert_int_equal(d[1].backend_domid, 0);
		pv_devices_release(&devices);
		/* xenstored in another domain, which the grant identifies */
		fixture_poke(f, active_of(f, 1), "active_grant_entry.domid", 9);
		d = read_devices(f, nodes);
		assert_int_equal(d[1].backend_domid, 9);
		pv_devices_release(&devices);
		fixture_poke(f, active_of(f, 1), "active_grant_entry.domid", 0);
		for (unsigned int i = 2048; i < 3088; i += 4)
			put_word(f, i, 0);
	}
}

/* A network device with two queues, a keyboard whose node has a frame. */
static void test_queues(void **state)
{
	static const struct made_value nodes[] = {
		{ VIF, "" }, { VIF "/backend", VIFBACK }, { VIF "/state", "4" },
		{ VIF "/multi-queue-num-queues", "2" },
		{ VIF "/queue-0", "" }, { VIF "/queue-0/tx-ring-ref", "1" },
		{ VIF "/queue-0/event-channel-tx", "3" },
		{ VIF "/queue-1", "" }, { VIF "/queue-1/tx-ring-ref", "2" },
		{ VIF "/queue-1/event-channel", "4" },
		{ VIFBACK "/frontend", VIF }, { VIFBACK "/state", "4" },
		{ KBD, "" }, { KBD "/backend", BACK }, { KBD "/page-ref", "4503599627370496" },
		{ KBD "/backend-id", "5" },
		{ NULL, NULL }
	};
	const struct pv_device *d;

	(void)state;
	put_ring(newest, 8, 9, 8, 9);
	d = read_devices(newest, nodes);
	assert_int_equal(devices.nr, 2);
	assert_int_equal(d[0].nr, 4);
	assert_string_equal(d[0].ring[0].name, "queue-0 tx");
	assert_true(d[0].ring[0].mapped);
	assert_int_equal(d[0].ring[0].front.port, 3);
	assert_string_equal(d[0].ring[1].name, "queue-1 tx");
	assert_true(d[0].ring[1].unmapped);
	assert_int_equal(d[0].ring[1].front.port, 4);
	assert_string_equal(d[0].ring[2].name, "queue-0 rx");
	assert_string_equal(d[0].ring[2].thread, "vif1.0-q0-guest-rx");
	assert_string_equal(d[0].ring[3].thread, "vif1.0-q1-guest-rx");
	assert_string_equal(d[1].class, "vkbd");
	assert_int_equal(d[1].backend_domid, 5);
	assert_non_null(strstr(d[1].because, "backend-id 5 contradicts the path of its backend"));
	/* not a 32-bit number, and thus no frame */
	assert_false(d[1].ring[0].has_mfn);
	pv_devices_release(&devices);
}

/* A keyboard: qemu maps the frame of its node "page-ref", so that the grant in "page-gref" is not mapped. */
static void test_keyboard(void **state)
{
	char frame[24];
	const struct made_value nodes[] = {
		{ KBD, "" }, { KBD "/backend", KBDBACK }, { KBD "/state", "4" },
		{ KBD "/page-ref", frame }, { KBD "/page-gref", "2" }, { KBD "/event-channel", "3" },
		{ KBDBACK "/frontend", KBD }, { KBDBACK "/state", "4" }, { NULL, NULL }
	};
	const struct pv_device *d;

	(void)state;
	for_each_shape(f) {
		snprintf(frame, sizeof(frame), "%" PRIu64,
			 (fixture_va(f, "ring_page") - FIXTURE_BASE + FIXTURE_PHYS) >> XPAGE_SHIFT);
		put_ring(f, 0, 0, 0, 0);
		d = read_devices(f, nodes);
		assert_int_equal(devices.nr, 1);
		assert_true(d->ring[0].has_ring && d->ring[0].has_mfn);
		assert_false(d->ring[0].has_ref);
		assert_false(d->ring[0].unmapped);
		assert_int_equal(d->judgement, PV_IDLE);
		pv_devices_release(&devices);
	}
}

/* A running host: hypercalls return neither grants nor rings. */
static void test_running(void **state)
{
	struct source_ops running = source;
	const struct pv_device *d;
	struct made_value nodes[ARRAY_SIZE(disk)];

	(void)state;
	running.reads_memory = false;
	running.is_running = true;
	newest->xen.source = &running;
	d = read_devices(newest, disk);
	assert_int_equal(devices.nr, 1);
	assert_true(*devices.no_rings);
	assert_int_equal(d->judgement, PV_UNKNOWN);
	assert_false(d->ring[0].has_ring);
	assert_int_equal(d->ring[0].back.port, 2);
	pv_devices_release(&devices);
	memcpy(nodes, disk, sizeof(nodes));
	nodes[8].value = "6";
	d = read_devices(newest, nodes);
	assert_int_equal(d->judgement, PV_BACKEND_GONE);
	assert_true(d->sure);
	pv_devices_release(&devices);
	newest->xen.source = &source;
}

static void test_interrupted(void **state)
{
	struct err *e;

	(void)state;
	store = disk;
	interrupt_pending = 1;
	e = pv_devices_read(&newest->xen, NULL, &devices);
	interrupt_pending = 0;
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_INTERRUPTED);
	err_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disk),
		cmocka_unit_test(test_qemu),
		cmocka_unit_test(test_driver_domain),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_other_mapper),
		cmocka_unit_test(test_no_ring),
		cmocka_unit_test(test_hostile_nodes),
		cmocka_unit_test(test_without_store),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_keyboard),
		cmocka_unit_test(test_running),
		cmocka_unit_test(test_interrupted),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
