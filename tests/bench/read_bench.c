/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures the nanoseconds of a cached, translated read of 8 bytes in the core:
 *
 *   read_bench VMCORE [READS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "xen/address/space.h"
#include "xen/memory/corefile.h"
#include "xen/model/memory_source.h"
#include "xen/model/xen.h"

/* Number of pages that exceeds the first-level cache, but not the later ones. */
#define PAGES	64
#define STRIDE	712

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int fail(struct err *e)
{
	fprintf(stderr, "read_bench: %s\n", err_text(e));
	err_free(e);
	return 1;
}

int main(int argc, char **argv)
{
	unsigned long reads = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000000, i;
	struct memory *memory;
	struct notes *notes;
	uint64_t base, sum = 0, v;
	struct err *e;
	struct xen *x;
	double start;

	if (argc < 2)
		return 2;
	e = corefile_notes(argv[1], &notes);
	if (!e)
		e = corefile_memory(argv[1], &memory);
	if (!e)
		e = xen_open(memory, notes, &memory_source, &x);
	if (e)
		return fail(e);
	base = space_directmap_va(x->space, space_params(x->space)->phys_start);
	start = now();
	for (i = 0; i < reads; i++) {
		uint64_t va = base + i * STRIDE % (PAGES * XPAGE_SIZE) / 8 * 8;

		e = space_read_u64(x->space, va, &v);
		if (e)
			return fail(e);
		sum += v;
	}
	printf("%.1f ns a read (%lu reads, sum %lx)\n", (now() - start) / reads,
	       reads, (unsigned long)sum);
	xen_close(x);
	return 0;
}
