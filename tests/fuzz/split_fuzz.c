/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as two files of a split dump; the first four are the length of one. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xen/memory/corefile.h"

#define PAGES 20

static int make_part(const uint8_t *bytes, size_t len, char *path, size_t size)
{
	int fd = memfd_create("part", 0);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	snprintf(path, size, "/proc/self/fd/%d", fd);
	return fd;
}

static void read_all(struct memory *m)
{
	char page[4096];

	for (uint64_t pfn = 0; pfn < PAGES; pfn++)
		err_free(memory_read(m, pfn << 12, page, sizeof(page)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char one[64], two[64];
	struct memory *m;
	struct err *e;
	uint32_t first;
	int fd[2];

	if (len < sizeof(first))
		return 0;
	memcpy(&first, bytes, sizeof(first));
	bytes += sizeof(first);
	len -= sizeof(first);
	if (first > len)
		first = len;
	fd[0] = make_part(bytes, first, one, sizeof(one));
	fd[1] = make_part(bytes + first, len - first, two, sizeof(two));
	e = corefile_memory(one, &m);
	if (!e) {
		read_all(m);
		err_free(corefile_join(m, two));
		read_all(m);
		memory_destroy(m);
	}
	err_free(e);
	close(fd[0]);
	close(fd[1]);
	return 0;
}
