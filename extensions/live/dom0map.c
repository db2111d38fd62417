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
#include <unistd.h>

#include "quiet.h"
#include "watchdog.h"
#include "windows.h"

/* The mappings, for the cleanup of a later session; locked while in use. */
#define RECORD		"/run/crash-xen.windows"

#define GIB		(1ULL << 30)
#define SPAN		(WINDOWS * WINDOW_SIZE)

struct dom0_map {
	xc_interface *xc;
	int mem;			/* /dev/mem */
	int record;
	pid_t owner;
	struct live_memory_facts facts;
	struct windows *windows;	/* the record's, shared */
	struct watchdog watchdog;
};

static int failed(void)
{
	return errno ? -errno : -EIO;
}

static bool overlaps_iomem(uint64_t start, uint64_t end)
{
	FILE *f = fopen("/proc/iomem", "re");
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

/* First GiB above 4 GiB without memory or devices of dom0; 0: none. */
static uint64_t find_hole(void)
{
	uint64_t at;

	for (at = 4 * GIB; at < 512 * GIB; at += GIB)
		if (!overlaps_iomem(at, at + SPAN))
			return at;
	return 0;
}

static int open_record(int flags, int *fd, struct windows **ret)
{
	int rc;

	*fd = open(RECORD, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	if (*fd < 0)
		return failed();
	*ret = MAP_FAILED;
	if (!flock(*fd, LOCK_EX | LOCK_NB) && !ftruncate(*fd, sizeof(**ret)))
		*ret = mmap(NULL, sizeof(**ret), PROT_READ | PROT_WRITE,
			    MAP_SHARED, *fd, 0);
	if (*ret != MAP_FAILED)
		return 0;
	rc = errno == EWOULDBLOCK ? -EBUSY : failed();
	close(*fd);
	*fd = -1;
	return rc;
}

/* Also runs in the watchdog, hence with handles of its own. */
static void take_back(const void *arg)
{
	const struct dom0_map *d = arg;
	xc_interface *xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);

	if (!xc)
		return;
	windows_close(d->windows, xc, &d->facts);
	unlink(RECORD);
	xc_interface_close(xc);
}

static int open_all(struct dom0_map *d, const char **what)
{
	int rc;

	*what = "opening /dev/xen/privcmd";
	d->xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	if (!d->xc)
		return failed();
	*what = "opening /dev/mem";
	d->mem = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	if (d->mem < 0)
		return failed();
	*what = "locking " RECORD " (another session may be reading)";
	rc = open_record(O_CREAT, &d->record, &d->windows);
	if (rc)
		return rc;
	/* left by a session that was killed together with its watchdog */
	windows_close(d->windows, d->xc, &d->facts);
	memset(d->windows, 0, sizeof(*d->windows));
	*what = "finding a free address range above dom0's memory in /proc/iomem";
	d->windows->base = find_hole();
	if (!d->windows->base)
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
	d->mem = d->record = -1;
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

void dom0_map_destroy(struct dom0_map *d)
{
	/* exit of a forked process, not of the session */
	if (d->owner != getpid())
		return;
	if (d->watchdog.pid) {
		take_back(d);
		watchdog_stop(&d->watchdog);
	}
	if (d->record >= 0) {
		munmap(d->windows, sizeof(*d->windows));
		close(d->record);
	}
	if (d->mem >= 0)
		close(d->mem);
	if (d->xc)
		xc_interface_close(d->xc);
	free(d);
}

int dom0_map_read(struct dom0_map *d, uint64_t maddr, void *buf, size_t len)
{
	uint64_t gpa;
	void *map;
	int rc = windows_see(d->windows, d->xc, &d->facts, maddr, &gpa);

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
	int rc = open_record(0, &d.record, &d.windows);

	/* no record, or a session that is running */
	if (rc)
		return rc == -ENOENT || rc == -EBUSY ? 0 : rc;
	take_back(&d);
	munmap(d.windows, sizeof(*d.windows));
	close(d.record);
	++*removed;
	return 0;
}
