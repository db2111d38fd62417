/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a struct xen from a C file, in the shape of one version: types, symbols
 * and a memory that tests can damage.
 */
#ifndef MODEL_FIXTURE_H
#define MODEL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/assert_err.h"
#include "xen/model/memory_source.h"
#include "xen/model/xen.h"
#include "xen/symbols/build.h"

#define FIXTURE_BASE 0xffff82d040000000UL
#define FIXTURE_PHYS 0x1000000UL
#define FIXTURE_SIZE 0x60000UL

struct fixture {
	unsigned int version;	/* 404 ... 423 */
	int fd;
	Elf *elf;
	struct symbols *symbols;
	struct xen xen;
	uint64_t end;		/* bytes of the image */
	uint64_t hole;		/* va of a page that is not in the dump, or 0 */
	uint64_t interrupts;	/* va of a page; ^C comes while it is read. Or 0 */
	uint8_t image[FIXTURE_SIZE];
};

static struct err *fixture_read_page(void *priv, uint64_t maddr, void *page)
{
	struct fixture *f = priv;
	uint64_t offset = maddr - FIXTURE_PHYS;

	if (maddr < FIXTURE_PHYS || offset >= f->end)
		return err_new(ERR_NOT_IN_DUMP, "not in the dump");
	if (f->hole && FIXTURE_BASE + offset == (f->hole & XPAGE_MASK))
		return err_new(ERR_EXCLUDED, "left out");
	if (f->interrupts && FIXTURE_BASE + offset == (f->interrupts & XPAGE_MASK))
		interrupt_pending = 1;
	memcpy(page, f->image + offset, XPAGE_SIZE);
	return NULL;
}

/* Like a dump file: one buffer, which is filled again by the next call. */
static const void *fixture_borrow_page(void *priv, uint64_t maddr)
{
	static uint64_t page[XPAGE_SIZE / 8];
	struct err *e = fixture_read_page(priv, maddr, page);

	if (!e)
		return page;
	err_free(e);
	return NULL;
}

static const struct memory_ops fixture_ops = {
	.name = "fixture", .read_page = fixture_read_page, .borrow_page = fixture_borrow_page,
};

static inline void fixture_segments(struct fixture *f)
{
	GElf_Phdr ph;
	size_t i, n;

	assert_int_equal(elf_getphdrnum(f->elf, &n), 0);
	for (i = 0; i < n; i++) {
		assert_non_null(gelf_getphdr(f->elf, i, &ph));
		if (ph.p_type != PT_LOAD)
			continue;
		assert_true(ph.p_vaddr >= FIXTURE_BASE);
		assert_true(ph.p_vaddr - FIXTURE_BASE + ph.p_memsz <= FIXTURE_SIZE);
		assert_int_equal(pread(f->fd, f->image + (ph.p_vaddr - FIXTURE_BASE),
				       ph.p_filesz, ph.p_offset), ph.p_filesz);
		f->end = ph.p_vaddr - FIXTURE_BASE + ph.p_memsz;
	}
}

/*
 * Creates a fixture from a source; version: 404 for 4.4; masks of nr_cpus bits,
 * pointers when above 128.
 */
static inline void fixture_create_from(struct fixture *f, const char *source,
				       unsigned int version,
				       unsigned int nr_cpus)
{
	struct space_params params = {
		.virt_start = FIXTURE_BASE, .phys_start = FIXTURE_PHYS,
	};
	char path[] = "/tmp/model-fixture.XXXXXX", command[512];

	memset(f, 0, sizeof(*f));
	f->version = version;
	f->fd = mkstemp(path);
	assert_true(f->fd >= 0);
	snprintf(command, sizeof(command),
		 "cc -DV=%u -DNR_CPUS=%u -g -O0 -ffreestanding -fno-pic "
		 "-mcmodel=large -fno-asynchronous-unwind-tables -nostdlib "
		 "-static -Wl,-e,0 -Wl,--build-id=none -Wl,-Ttext-segment=%#lx "
		 "-o %s %s", version, nr_cpus, FIXTURE_BASE, path, source);
	assert_int_equal(system(command), 0);
	close(f->fd);
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(f->fd >= 0);
	unlink(path);
	elf_version(EV_CURRENT);
	f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	assert_non_null(f->elf);
	fixture_segments(f);
	assert_ok(types_from_elf(f->elf, &f->xen.types));
	assert_ok(symbols_from_elf(f->elf, &f->symbols));
	f->xen.symbols = f->symbols;
	f->xen.source = &memory_source;
	assert_ok(memory_create(&fixture_ops, f, &f->xen.memory));
	assert_ok(space_create(f->xen.memory, &params, &f->xen.space));
	assert_ok(records_create(types_places(f->xen.types), &f->xen.records));
	f->xen.nr_cpus = 2;
}

static inline void fixture_destroy(struct fixture *f)
{
	xen_forget(&f->xen);
	records_destroy(f->xen.records);
	space_destroy(f->xen.space);
	memory_destroy(f->xen.memory);
	symbols_destroy(f->symbols);
	types_destroy(f->xen.types);
	elf_end(f->elf);
	close(f->fd);
}

static inline uint64_t fixture_va(struct fixture *f, const char *name)
{
	uint64_t va;

	assert_ok(xen_symbol(&f->xen, name, &va));
	return va;
}

/* Writes bytes at "TYPE.member" of the object at va. */
static inline void fixture_poke(struct fixture *f, uint64_t va, const char *path,
				uint64_t v)
{
	const struct field field = FIELD_PLACE(path);
	struct place m = { .size = 8 };

	if (path)
		assert_ok(record_place(f->xen.records, &field, &m));
	memcpy(f->image + (va - FIXTURE_BASE) + m.offset, &v, m.size);
	memory_flush(f->xen.memory);
}

/* Leaves the page of va out of the dump; 0: nothing. */
static inline void fixture_exclude(struct fixture *f, uint64_t va)
{
	f->hole = va;
	memory_flush(f->xen.memory);
}

/* Runs the tests of a program on one fixture; returns the number of failed ones. */
#define fixture_run_tests(f, source, version, nr_cpus, tests) ({	\
	int failed_;							\
									\
	fixture_create_from((f), (source), (version), (nr_cpus));	\
	failed_ = cmocka_run_group_tests(tests, NULL, NULL);		\
	fixture_destroy(f);						\
	failed_; })

/* A copy of the symbols without those of one name. */
static inline struct symbols *fixture_symbols_without(const struct symbols *all,
						      const char *name)
{
	struct symbols *some;
	const struct symbol *sym;

	assert_ok(symbols_create(&some));
	for (size_t i = 0; (sym = symbols_nth(all, i)); i++)
		if (strcmp(sym->name, name))
			assert_ok(symbols_add(some, sym, RANK_TYPED, NULL));
	assert_ok(symbols_finish(some));
	return some;
}

#endif
