/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as a dump file: its notes, its memory, its hypervisor. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xen/base/array.h"
#include "xen/memory/corefile.h"
#include "xen/model/memory_source.h"
#include "xen/model/xen.h"

static void read_some(struct memory *m)
{
	static const uint64_t at[] = { 0, 0x1000, 0x9f000, 0x100000, 0x200ff8,
				       0x7fffffff000, ~0xfffULL };
	char buf[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		err_free(memory_read(m, at[i], buf, sizeof(buf)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	int fd = memfd_create("core", 0);
	struct memory *m = NULL;
	struct notes *n = NULL;
	char path[64];
	struct err *e;

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err_free(corefile_notes(path, &n));
	e = corefile_memory(path, &m);
	if (!e)
		read_some(m);
	err_free(e);
	if (m && n) {
		struct xen *x;

		e = xen_open(m, n, &memory_source, &x);
		if (!e) {
			xen_close(x);
			m = NULL;
			n = NULL;
		}
		err_free(e);
	}
	memory_destroy(m);
	notes_destroy(n);
	close(fd);
	return 0;
}
