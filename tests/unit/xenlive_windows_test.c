/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows of memory, and the record of those in dom0 that sessions share. */
#include "made_domains.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "extensions/live/dom0map.h"
#include "extensions/live/windows.h"

#define BASE	(1ULL << 30)

static const struct live_memory_facts facts = {
	.major = 4, .minor = 20, .nr_ram = 1, .ram = { { 0, 0x1000000 } },
};

static struct windows w;

static int setup(void **state)
{
	(void)state;
	memset(&host, 0, sizeof(host));
	memset(&w, 0, sizeof(w));
	w.base = BASE;
	w.domid = 1;
	return 0;
}

static int see(uint64_t chunk)
{
	uint64_t gpa = 0;
	int rc = windows_see(&w, (void *)&host, &facts, chunk * WINDOW_SIZE + 5, &gpa);

	if (!rc)
		assert_int_equal(gpa % WINDOW_SIZE, 5);
	return rc;
}

/* A window that cannot be unmapped is skipped, and tried again at the end. */
static void test_stuck(void **state)
{
	unsigned int i, round;

	(void)state;
	for (i = 0; i < WINDOWS; i++)
		assert_int_equal(see(i), 0);
	host.unmap_fails_at = BASE >> 12;
	for (round = 0; round < 3; round++)
		for (i = 0; i < 2 * WINDOWS; i++)
			assert_int_equal(see(100 + i), 0);
	assert_true(w.window[0].stuck);
	assert_int_equal(windows_close(&w, (void *)&host, &facts), -EBUSY);
	assert_true(w.window[0].used);
	assert_int_equal(host.mapped, host.unmapped + 1);
	host.unmap_fails_at = 0;
	assert_int_equal(windows_close(&w, (void *)&host, &facts), 0);
	assert_int_equal(host.mapped, host.unmapped);
	assert_int_equal(see(0), 0);
}

static void test_all_stuck(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < WINDOWS; i++)
		assert_int_equal(see(i), 0);
	host.unmap_error = EPERM;
	assert_int_equal(see(100), -EBUSY);
	/* mapped memory can still be read, if its window is not stuck */
	host.unmap_error = 0;
	assert_int_equal(windows_close(&w, (void *)&host, &facts), 0);
	assert_int_equal(see(100), 0);
}

static void test_map_fails(void **state)
{
	(void)state;
	host.map_error = EPERM;
	assert_int_equal(see(1), -EPERM);
	host.map_error = 0;
	assert_int_equal(see(1), 0);
}

/* ---- dom0 ---- */

static char dir[64], iomem[96], record[96], mem[96];

static void write_iomem(const char *text)
{
	FILE *f = fopen(iomem, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int dom0_setup(void **state)
{
	int fd;

	setup(state);
	snprintf(dir, sizeof(dir), "/tmp/windows.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(iomem, sizeof(iomem), "%s/iomem", dir);
	snprintf(record, sizeof(record), "%s/record", dir);
	snprintf(mem, sizeof(mem), "%s/mem", dir);
	fd = open(mem, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	/* only holes, after the windows */
	assert_int_equal(ftruncate(fd, 16ULL << 30), 0);
	close(fd);
	dom0_map_mem = mem;
	dom0_map_iomem = iomem;
	dom0_map_record = record;
	write_iomem("00001000-0009ffff : System RAM\n00100000-3fffffff : System RAM\n");
	return 0;
}

static int dom0_teardown(void **state)
{
	(void)state;
	unlink(iomem);
	unlink(record);
	unlink(mem);
	rmdir(dir);
	return 0;
}

static struct dom0_map *map(int expected)
{
	const char *what = "";
	struct dom0_map *d = NULL;
	int rc = dom0_map_create(&facts, &d, &what);

	if (rc != expected)
		fail_msg("%d, not %d: %s", rc, expected, what);
	return d;
}

static bool exists(void)
{
	return !access(record, F_OK);
}

/* Runs once, between opening the record and locking it. */
static void (*before_lock)(void);
static int second = -1;

int flock(int fd, int how)
{
	void (*run)(void) = before_lock;

	before_lock = NULL;
	if (run)
		run();
	return syscall(SYS_flock, fd, how);
}

/* The session that owns the record ends, and a second one begins. */
static void second_session(void)
{
	assert_int_equal(unlink(record), 0);
	second = open(record, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(second >= 0);
	assert_int_equal(syscall(SYS_flock, second, LOCK_EX), 0);
}

/* One session at a time, also while the first removes its record. */
static void test_one_record(void **state)
{
	struct dom0_map *one;

	(void)state;
	one = map(0);
	map(-EBUSY);
	assert_true(exists());
	assert_int_equal(dom0_map_destroy(one), 0);
	assert_false(exists());
	before_lock = second_session;
	map(-EBUSY);
	assert_true(exists());
	close(second);
	one = map(0);
	assert_int_equal(dom0_map_destroy(one), 0);
	assert_false(exists());
}

/* After a failure to unmap, record and watchdog remain. */
static void test_dom0_unmap_fails(void **state)
{
	char buf[4096];
	struct dom0_map *one;
	unsigned int removed = 0;

	(void)state;
	one = map(0);
	dom0_map_read(one, 0x100000, buf, sizeof(buf));
	assert_int_equal(host.mapped, 1);
	host.unmap_error = EBUSY;
	assert_int_equal(dom0_map_destroy(one), -EBUSY);
	assert_true(exists());
	/* the watchdog shares the lock: no other process unmaps meanwhile */
	usleep(300000);
	assert_int_equal(dom0_map_cleanup(&facts, &removed), 0);
	assert_int_equal(removed, 0);
	map(-EBUSY);
}

/* dom0 received memory at the addresses of the windows: nothing is mapped over it. */
static void test_hole_taken(void **state)
{
	char buf[4096];
	struct dom0_map *one;

	(void)state;
	one = map(0);
	dom0_map_read(one, 0x100000, buf, sizeof(buf));
	assert_int_equal(host.mapped, 1);
	write_iomem("100000000-1ffffffff : Unpopulated\n");
	assert_int_equal(dom0_map_read(one, 0x10000000, buf, sizeof(buf)), -EADDRINUSE);
	assert_int_equal(host.mapped, 1);
	assert_int_equal(dom0_map_destroy(one), 0);
	assert_int_equal(host.unmapped, 1);
}

/* A record of another version, or another file, does not cause an unmap. */
static void test_foreign_record(void **state)
{
	struct {
		uint64_t magic;
		struct windows windows;
	} junk = { .windows = { .base = BASE } };
	unsigned int removed = 0;
	FILE *f;

	(void)state;
	junk.windows.window[0].used = 1;
	f = fopen(record, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(&junk, sizeof(junk), 1, f), 1);
	fclose(f);
	assert_int_equal(dom0_map_cleanup(&facts, &removed), 0);
	assert_int_equal(host.unmapped, 0);
	assert_string_equal(host.log, "");
	assert_false(exists());
}

int main(void)
{
#define DOM0(name) cmocka_unit_test_setup_teardown(name, dom0_setup, dom0_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_stuck, setup),
		cmocka_unit_test_setup(test_all_stuck, setup),
		cmocka_unit_test_setup(test_map_fails, setup),
		DOM0(test_one_record), DOM0(test_dom0_unmap_fails),
		DOM0(test_hole_taken), DOM0(test_foreign_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
