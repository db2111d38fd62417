/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares the speed of a scan of the whole frame table with that of memcpy()
 * of the same bytes from the same file:
 *
 *   scan_bench VMCORE XEN-SYMS [ROUNDS]
 *
 * Prints microseconds of a scan, of a memcpy, and KiB. The file has to be in
 * the page cache; the goal is half of memcpy's speed.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "xen/image/image.h"
#include "xen/memory/corefile.h"
#include "xen/model/memory/page_scan.h"
#include "xen/model/memory_source.h"

/* Processor time of this process alone, as the machine may have other load. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int fail(struct err *e)
{
	fprintf(stderr, "scan_bench: %s\n", err_text(e));
	err_free(e);
	return 1;
}

static const char *map_core(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return map == MAP_FAILED ? NULL : map;
}

/* The address of a machine address in the mapped file; NULL: not in it. */
static const char *in_core(const char *core, uint64_t maddr)
{
	const Elf64_Ehdr *h = (const void *)core;
	const Elf64_Phdr *p = (const void *)(core + h->e_phoff);
	unsigned int i;

	for (i = 0; i < h->e_phnum; i++)
		if (p[i].p_type == PT_LOAD && maddr >= p[i].p_paddr &&
		    maddr - p[i].p_paddr < p[i].p_filesz)
			return core + p[i].p_offset + (maddr - p[i].p_paddr);
	return NULL;
}

/* The pages of the table, found beforehand: only the copying is measured. */
static size_t find_pages(struct xen *x, const char *core, struct pages *p,
			 const char ***ret)
{
	uint64_t bytes = pages_table(p)->max_pdx * pages_table(p)->size, maddr, at;
	const char **page = calloc(bytes / XPAGE_SIZE + 1, sizeof(*page));
	struct page first;
	size_t nr = 0;

	err_free(frame_table_read(pages_table(p), 0, &first));
	for (at = 0; page && at < bytes; at += XPAGE_SIZE) {
		struct err *e = space_translate(x->space, first.va + at, &maddr);

		if (!e && in_core(core, maddr))
			page[nr++] = in_core(core, maddr);
		err_free(e);
	}
	*ret = page;
	return nr;
}

static double time_memcpy(const char **page, size_t nr, unsigned int rounds)
{
	char *to = malloc(nr * XPAGE_SIZE);
	double start = 0;
	unsigned int r;
	size_t i;

	/* the first round faults the pages of both in */
	for (r = 0; to && r <= rounds; r++) {
		if (r == 1)
			start = now();
		for (i = 0; i < nr; i++)
			memcpy(to + i * XPAGE_SIZE, page[i], XPAGE_SIZE);
		__asm__ volatile("" : : "r"(to) : "memory");
	}
	free(to);
	return (now() - start) / rounds;
}

static struct err *time_scan(struct pages *p, unsigned int rounds, double *ns)
{
	struct page_sums sums;
	double start = 0;
	unsigned int r;

	for (r = 0; r <= rounds; r++) {
		if (r == 1)
			start = now();
		ERR_TRY(page_sums_read(p, NULL, &sums));
		page_sums_free(&sums);
	}
	*ns = (now() - start) / rounds;
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;
	struct memory *memory;
	struct notes *notes;
	const char *core, **page;
	struct image *img;
	struct pages *p;
	double scan, copy;
	struct xen *x;
	struct err *e;
	size_t nr;

	if (argc < 3 || !rounds)
		return 2;
	core = map_core(argv[1]);
	if (!core)
		return 2;
	e = corefile_notes(argv[1], &notes);
	if (!e)
		e = corefile_memory(argv[1], &memory);
	if (!e)
		e = xen_open(memory, notes, &memory_source, &x);
	if (!e)
		e = image_open(argv[2], &img);
	if (!e)
		e = image_complete(img);
	if (!e)
		e = xen_attach(x, img, false);
	if (!e)
		e = pages_open(x, &p);
	if (!e)
		e = time_scan(p, rounds, &scan);
	if (e)
		return fail(e);
	nr = find_pages(x, core, p, &page);
	copy = time_memcpy(page, nr, rounds);
	printf("%.0f %.0f %zu\n", scan / 1e3, copy / 1e3, nr * XPAGE_SIZE >> 10);
	free(page);
	pages_close(p);
	xen_close(x);
	return 0;
}
