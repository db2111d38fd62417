/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dom0map.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failed.h"
#include "quiet.h"
#include "watchdog.h"
#include "windows.h"

const char *dom0_map_mem = "/dev/mem";
const char *dom0_map_iomem = "/proc/iomem";
const char *dom0_map_record = "/run/crash-xen.windows";

/* Magic number of the record; another value is that of another version. */
#define MAGIC		0x32776e65782d7863ULL

#define GIB		(1ULL << 30)
#define SPAN		(WINDOWS * WINDOW_SIZE)

/* Record of the mappings, for the cleanup by a later session; locked while in use. */
struct record {
	uint64_t magic;
	struct windows windows;
};

struct dom0_map {
	xc_interface *xc;
	int mem;			/* file descriptor of /dev/mem */
	int fd;				/* file descriptor of the record */
	pid_t owner;
	struct live_memory_facts facts;
	struct record *record;		/* shared with the watchdog */
	struct watchdog watchdog;
};

static bool overlaps_iomem(uint64_t start, uint64_t end)
{
	FILE *f = fopen(dom0_map_iomem, "re");
	char line[256];
	bool hit = !f;

	while (!hit && fgets(line, sizeof(line), f)) {
		uint64_t a, b;

		/* windows of a bridge, not occupied addresses */
		if (strstr(line, "PCI Bus") ||
		    sscanf(line, " %" SCNx64 "-%" SCNx64, &a, &b) != 2)
			continue;
		hit = a < end && b >= start;
	}
	if (f)
		fclose(f);
	return hit;
}

/* Finds the first GiB above 4 GiB without memory or devices of dom0; 0: none. */
static uint64_t find_hole(void)
{
	uint64_t at;

	for (at = 4 * GIB; at < 512 * GIB; at += GIB)
		if (!overlaps_iomem(at, at + SPAN))
			return at;
	return 0;
}

/*
 * The user of the file removes it before it releases the lock, which its
 * watchdog shares: a lock on a file that was replaced under its name has no
 * effect.
 */
static bool is_current(int fd)
{
	struct stat locked, named;

	return !fstat(fd, &locked) && !lstat(dom0_map_record, &named) &&
	       locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

static int lock_record(int flags, int *fd)
{
	int rc, tries;

	for (tries = 0; tries < 10; tries++) {
		*fd = open(dom0_map_record,
			   O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
		if (*fd < 0)
			return failed();
		rc = flock(*fd, LOCK_EX | LOCK_NB) ? failed() : 0;
		if (!rc && is_current(*fd))
			return 0;
		close(*fd);
		*fd = -1;
		if (rc)
			return rc == -EWOULDBLOCK ? -EBUSY : rc;
	}
	return -EBUSY;
}

/* True for a record of this version, with windows in dom0. */
static bool is_record(const struct record *r)
{
	return r->magic == MAGIC && !r->windows.domid &&
	       !(r->windows.base % GIB);
}

static int open_record(int flags, int *fd, struct record **ret)
{
	struct record *r;
	struct stat st;
	int rc = lock_record(flags, fd);

	if (rc)
		return rc;
	if (fstat(*fd, &st) || ftruncate(*fd, sizeof(*r)))
		rc = failed();
	r = rc ? MAP_FAILED : mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
				   MAP_SHARED, *fd, 0);
	if (r == MAP_FAILED) {
		rc = rc ? rc : failed();
		close(*fd);
		*fd = -1;
		return rc;
	}
	if (st.st_size != sizeof(*r) || !is_record(r))
		memset(r, 0, sizeof(*r));
	r->magic = MAGIC;
	*ret = r;
	return 0;
}

/* The record is kept while memory is mapped, for another attempt. */
static int close_windows(const struct dom0_map *d)
{
	xc_interface *xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	int rc;

	if (!xc)
		return failed();
	rc = windows_close(&d->record->windows, xc, &d->facts);
	if (!rc)
		unlink(dom0_map_record);
	xc_interface_close(xc);
	return rc;
}

/* Runs in the watchdog, hence with separate handles. */
static void take_back(const void *arg)
{
	close_windows(arg);
}

static int open_all(struct dom0_map *d, const char **what)
{
	int rc;

	*what = "opening /dev/xen/privcmd";
	d->xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	if (!d->xc)
		return failed();
	*what = "opening /dev/mem";
	d->mem = open(dom0_map_mem, O_RDONLY | O_CLOEXEC);
	if (d->mem < 0)
		return failed();
	*what = "locking /run/crash-xen.windows (another session may be reading)";
	rc = open_record(O_CREAT, &d->fd, &d->record);
	if (rc)
		return rc;
	*what = "removing the mappings of a session that was killed";
	rc = windows_close(&d->record->windows, d->xc, &d->facts);
	if (rc)
		return rc;
	memset(&d->record->windows, 0, sizeof(d->record->windows));
	*what = "finding a free address range above dom0's memory in /proc/iomem";
	d->record->windows.base = find_hole();
	if (!d->record->windows.base)
		return -ENOSPC;
	*what = "starting the watchdog";
	return watchdog_start(&d->watchdog, take_back, d);
}

int dom0_map_create(const struct live_memory_facts *facts,
		    struct dom0_map **ret, const char **what)
{
	struct dom0_map *d = calloc(1, sizeof(*d));
	int rc;

	if (!d)
		return -ENOMEM;
	d->mem = d->fd = -1;
	d->owner = getpid();
	d->facts = *facts;
	errno = 0;
	rc = open_all(d, what);
	if (rc) {
		dom0_map_destroy(d);
		return rc;
	}
	*ret = d;
	return 0;
}

int dom0_map_destroy(struct dom0_map *d)
{
	int rc = 0;

	/* exit of a forked process, not of the session */
	if (d->owner != getpid())
		return 0;
	if (d->record)
		rc = close_windows(d);
	if (d->watchdog.pid && !rc)
		watchdog_stop(&d->watchdog);
	if (d->record)
		munmap(d->record, sizeof(*d->record));
	if (d->fd >= 0)
		close(d->fd);
	if (d->mem >= 0)
		close(d->mem);
	if (d->xc)
		xc_interface_close(d->xc);
	free(d);
	return rc;
}

/*
 * Linux has no call to reserve the range: memory that is added to dom0 later,
 * for example to map guests, could get it. It is therefore checked before each
 * mapping.
 */
static int check_hole(const struct windows *w, uint64_t maddr)
{
	if (windows_has(w, maddr))
		return 0;
	return overlaps_iomem(w->base, w->base + SPAN) ? -EADDRINUSE : 0;
}

int dom0_map_read(struct dom0_map *d, uint64_t maddr, void *buf, size_t len)
{
	struct windows *w = &d->record->windows;
	uint64_t gpa;
	void *map;
	int rc = check_hole(w, maddr);

	if (!rc)
		rc = windows_see(w, d->xc, &d->facts, maddr, &gpa);
	if (rc)
		return rc;
	map = mmap(NULL, len, PROT_READ, MAP_SHARED, d->mem, gpa);
	if (map == MAP_FAILED)
		return failed();
	memcpy(buf, map, len);
	munmap(map, len);
	return 0;
}

int dom0_map_cleanup(const struct live_memory_facts *facts,
		     unsigned int *removed)
{
	struct dom0_map d = { .facts = *facts };
	int rc = open_record(0, &d.fd, &d.record);

	/* no record, or a running session uses it */
	if (rc)
		return rc == -ENOENT || rc == -EBUSY ? 0 : rc;
	rc = close_windows(&d);
	munmap(d.record, sizeof(*d.record));
	close(d.fd);
	*removed += !rc;
	return rc;
}
