/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the memory of the running hypervisor, and measures it. In dom0:
 *
 *   live_bench XEN-LIVE.SO METHOD XEN-SYMS [MIB]
 *
 * Compares the whole text of the hypervisor with its file, then reads MIB (100)
 * of the directmap consecutively, and single pages at distant places.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "xen/image/match.h"
#include "xen/hypercall/live.h"
#include "xen/hypercall/live_memory.h"

#define MIB		(1UL << 20)
#define PAGES		1000
#define CHUNK		MIB

struct bench {
	struct xen *x;
	struct image *image;
	struct live_memory_facts facts;
	const struct live_memory_ops *ops;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static struct err *open_host(struct bench *b, const char *library, const char *xen_syms)
{
	void *so = dlopen(library, RTLD_NOW);
	const struct live_ops *calls = so ? dlsym(so, LIVE_OPS_SYMBOL) : NULL;
	void *priv;
	int rc;

	b->ops = so ? dlsym(so, LIVE_MEMORY_OPS_SYMBOL) : NULL;
	if (!calls || !b->ops)
		return err_new(ERR_IO, "%s", dlerror());
	rc = calls->open(&priv);
	if (rc)
		return err_io(-rc, "hypercalls");
	ERR_TRY(live_open(calls, priv, &b->x));
	rc = b->ops->facts(&b->facts);
	if (rc)
		return err_io(-rc, "facts");
	return image_open(xen_syms, &b->image);
}

static struct err *read_text(struct bench *b)
{
	double start = now();
	struct text_compare c;

	ERR_TRY(image_compare_text(b->image, image_read_space, b->x->space, NULL,
				   0, &c));
	printf("text: %" PRIu64 " bytes in %.3f s, %" PRIu64 " unreadable, %" PRIu64 " differ and are not patched\n",
	       c.compared, now() - start, c.unreadable, c.unexplained);
	return NULL;
}

/* Returns the number of bytes of RAM in a range. */
static uint64_t read_range(struct bench *b, uint64_t from, uint64_t len,
			   uint64_t step, uint64_t size)
{
	static unsigned char buf[CHUNK];
	uint64_t at, got = 0;

	for (at = from; at < from + len; at += step) {
		struct err *e = space_read(b->x->space,
					   space_directmap_va(b->x->space, at),
					   buf, size);

		got += e ? 0 : size;
		err_free(e);
	}
	return got;
}

static struct err *measure(struct bench *b, enum live_method m, uint64_t len)
{
	/* every host has RAM from the hypervisor upwards */
	uint64_t top = 0, from, got;
	double start = now();
	unsigned int i;

	ERR_TRY(live_memory_open(b->x, b->ops, &b->facts, m));
	printf("open: %.3f s, method %s\n", now() - start, live_method_letter(m));
	ERR_TRY(read_text(b));
	for (i = 0; i < b->facts.nr_ram; i++)
		if (b->facts.ram[i].end - b->facts.ram[i].first > len >> XPAGE_SHIFT)
			top = b->facts.ram[i].end << XPAGE_SHIFT;
	from = (top - len) & ~(CHUNK - 1);
	start = now();
	got = read_range(b, from, len, CHUNK, CHUNK);
	printf("in a row: %" PRIu64 " MiB, %.2f MiB/s\n", got / MIB,
	       got / MIB / (now() - start));
	start = now();
	got = read_range(b, from, len, len / PAGES & XPAGE_MASK, 8);
	printf("single pages: %" PRIu64 ", %.0f us each\n", got / 8,
	       (now() - start) * 1e6 / (got / 8));
	start = now();
	ERR_TRY(live_memory_close(b->x));
	printf("close: %.3f s\n", now() - start);
	return NULL;
}

int main(int argc, char **argv)
{
	struct bench b = { .x = NULL };
	enum live_method m;
	struct err *e;

	if (argc < 4)
		return 2;
	e = open_host(&b, argv[1], argv[3]);
	if (!e)
		e = live_method_find(argv[2], &m);
	if (!e)
		e = measure(&b, m, (argc > 4 ? strtoul(argv[4], NULL, 10) : 100) * MIB);
	xen_close(b.x);
	image_close(b.image);
	if (!e)
		return 0;
	fprintf(stderr, "live_bench: %s\n", err_text(e));
	err_free(e);
	return 1;
}
