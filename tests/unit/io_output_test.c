/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of "io", and what it says of pages and tasks that cannot be read. */
#include "tests/unit/made_devices.h"

/* Reads tasks of dom0's kernel for expect_output(); NULL: no such kernel. */
static void (*thread_of_front)(const char *name, struct pv_task *ret);

static void no_task(const char *name, struct pv_task *ret)
{
	(void)name;
	(void)ret;
}

static void no_types(const char *name, struct pv_task *ret)
{
	assert_string_equal(name, "1.xvda-0");
	ret->pid = 190;
	ret->state = 'D';
}

/* Compares parts of the output of "io -v -d 1". */
static void expect_output(const char *device, const char *ring)
{
	struct front_end front = { .name = "test", .help = "help",
				   .dom0_thread = thread_of_front };
	char *argv[] = { "io", "-v", "-d", "1", NULL }, *text;
	struct session s = { .front = &front, .xen = &newest->xen };
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	assert_true(command_run(&s, 4, argv, fp));
	fclose(fp);
	if (!strstr(text, device) || !strstr(text, ring))
		fail_msg("%s", text);
	free(text);
}

static void test_command(void **state)
{
	(void)state;
	store = disk;
	put_ring(newest, 12, 13, 8, 9);
	expect_output("vbd 51712 (xvda)  connected  connected  blkback             4          0          0  waits for the disk  unsure: 4 requests fetched by the backend, not answered",
		      "d1:3 pending  d0:2 masked  1.xvda-0");
	/* indexes that the backend has not written recently, or that contradict each other */
	put_ring(newest, 12, 1, 8, 9);
	expect_output("blkback             4  -                  0  waits for the disk", "  4  -                  0  d1:3");
	put_ring(newest, 4000, 13, 8, 9);
	expect_output("blkback    -           -          -          ring corrupt", "  -           -          -          d1:3");
}

/*
 * A page that a filter excluded is zero in a dump in ELF: indexes of a ring of
 * requests are not, after its initialisation, and nothing is concluded.
 */
static void test_zero(void **state)
{
	const struct pv_device *d;

	(void)state;
	put_ring(newest, 0, 0, 0, 0);
	d = read_devices(newest, disk);
	assert_int_equal(d->judgement, PV_UNKNOWN);
	assert_false(d->sure);
	assert_false(d->ring[0].has_ring);
	assert_true(d->ring[0].has_mfn);
	assert_string_equal(d->because, "ring page: has no indexes, only zeros: excluded from the dump, or not initialised");
	pv_devices_release(&devices);
	put_ring(newest, 0, 1, 0, 1);
	d = read_devices(newest, disk);
	assert_int_equal(d->judgement, PV_IDLE);
	assert_true(d->sure);
	pv_devices_release(&devices);
}

/* Without dom0's kernel, its tasks or its types the output says what they would show. */
static void test_notes(void **state)
{
	(void)state;
	store = disk;
	put_ring(newest, 12, 13, 8, 9);
	expect_output("note: backends' tasks and disks are not examined: they require dom0's vmlinux (\"xencrash\")", "");
	thread_of_front = no_task;
	expect_output("note: 1 of 1 backends' tasks are not found in dom0's kernel\n", "");
	thread_of_front = no_types;
	expect_output("note: requests at the disk, and the disk, are unknown for 1 rings of blkback: dom0's kernel has no readable types of xen_blkback (BTF of the module)",
		      "  190 D ");
	thread_of_front = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_notes),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
