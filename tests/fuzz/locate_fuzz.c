/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arbitrary bytes as a plain image of a host's memory: page tables from 0x5000
 * on, and at 14 MiB the hypervisor, which has to be found without a note.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xen/image/locate.h"
#include "xen/memory/corefile.h"
#include "xen/model/memory_source.h"
#include "xen/model/xen.h"

#define TABLES		0x5000
#define TABLES_SIZE	0x3000
#define IMAGE		(14L << 20)	/* the range searched ends just above it */
#define MEMORY		(16L << 20)	/* smaller files are not images of memory */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const uint64_t roots[] = { TABLES, 0, MEMORY };
	size_t tables = len < TABLES_SIZE ? len : TABLES_SIZE, rest = len - tables;
	int fd = memfd_create("memory", 0);
	struct memory *m = NULL;
	struct notes *n = NULL;
	struct space_params p;
	struct xen *x;
	char path[64];
	struct err *e;

	if (fd < 0 || rest > MEMORY - IMAGE || ftruncate(fd, MEMORY) ||
	    pwrite(fd, bytes, tables, TABLES) != (ssize_t)tables ||
	    pwrite(fd, bytes + tables, rest, IMAGE) != (ssize_t)rest)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	e = corefile_notes(path, &n);
	if (!e)
		e = corefile_memory(path, &m);
	if (e)
		abort();
	e = xen_open(m, n, &memory_source, &x);
	if (!e) {
		err_free(xen_attach_embedded(x));
		xen_close(x);
	} else {
		/* by a page table that is only in a pcpu's register */
		err_free(image_locate(m, roots, 3, &p));
		memory_destroy(m);
		notes_destroy(n);
	}
	err_free(e);
	close(fd);
	return 0;
}
