/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compiles one.c and two.c, links them at Xen's address, and opens the result
 * like a hypervisor: types, symbols, memory.
 */
#ifndef TYPES_FIXTURE_H
#define TYPES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/assert_err.h"
#include "xen/address/space.h"
#include "xen/symbols/symbols.h"
#include "xen/types/types.h"

#define FIXTURE_DIR "tests/unit/types_fixture/"
#define FIXTURE_BASE 0xffff82d040000000UL
#define FIXTURE_PHYS 0x1000000UL
#define FIXTURE_SIZE 0x10000UL

struct fixture {
	char dir[64];
	char elf_path[80];
	Elf *elf;
	int fd;
	struct types *types;
	struct symbols *symbols;
	struct memory *memory;
	struct space *space;
	uint8_t image[FIXTURE_SIZE];
	uint64_t image_end;
	uint64_t hole, hole_end;	/* va of excluded pages */
};

/* "cc" is required; other compilers are tested if they are installed. */
struct compiler {
	const char *cc, *flags;
};
static const struct compiler compilers[] __attribute__((unused)) = {
	{ "cc", "" },
	{ "gcc", "-gdwarf-5" },
	{ "gcc", "-gdwarf-4" },
	{ "gcc", "-gdwarf-2 -gstrict-dwarf" },
	{ "gcc", "-gdwarf-5 -fdebug-types-section" },
	{ "gcc", "-gdwarf-5 -gz=zlib" },
	{ "clang", "-gdwarf-5" },
	{ "clang", "-gdwarf-4" },
	{ NULL, NULL },
};

static struct err *fixture_read_page(void *priv, uint64_t maddr, void *page)
{
	struct fixture *f = priv;
	uint64_t offset = maddr - FIXTURE_PHYS, va = FIXTURE_BASE + offset;

	if (maddr < FIXTURE_PHYS || offset >= f->image_end)
		return err_new(ERR_NOT_IN_DUMP, "maddr %lx is not in the dump",
			       (unsigned long)maddr);
	if (va >= f->hole && va < f->hole_end)
		return err_new(ERR_EXCLUDED, "maddr %lx was left out",
			       (unsigned long)maddr);
	memcpy(page, f->image + offset, XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops fixture_ops = {
	.name = "fixture", .read_page = fixture_read_page,
};

/* False if that compiler is missing or fails. */
static inline bool fixture_compile(struct fixture *f, const char *cc,
				   const char *flags)
{
	char command[1024];

	strcpy(f->dir, "/tmp/types-fixture.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->elf_path, sizeof(f->elf_path), "%s/xen-syms", f->dir);
	snprintf(command, sizeof(command),
		 "%s -g %s -O0 -ffreestanding -fno-pic -mcmodel=large "
		 "-fno-asynchronous-unwind-tables -nostdlib -static -Wl,-e,0 "
		 "-Wl,--build-id=none -Wl,-Ttext-segment=%#lx -o %s "
		 FIXTURE_DIR "one.c " FIXTURE_DIR "two.c%s",
		 cc, flags, FIXTURE_BASE, f->elf_path,
		 strcmp(cc, "cc") ? " 2>/dev/null" : "");
	return !system(command);
}

static inline void fixture_load(struct fixture *f)
{
	struct space_params params = {
		.virt_start = FIXTURE_BASE, .phys_start = FIXTURE_PHYS,
	};
	GElf_Phdr ph;
	size_t n;

	elf_version(EV_CURRENT);
	f->fd = open(f->elf_path, O_RDONLY | O_CLOEXEC);
	assert_true(f->fd >= 0);
	f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	assert_non_null(f->elf);
	assert_int_equal(elf_getphdrnum(f->elf, &n), 0);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(gelf_getphdr(f->elf, i, &ph));
		if (ph.p_type != PT_LOAD)
			continue;
		assert_true(ph.p_vaddr >= FIXTURE_BASE);
		assert_true(ph.p_vaddr - FIXTURE_BASE + ph.p_memsz <=
			    FIXTURE_SIZE);
		assert_int_equal(pread(f->fd, f->image + (ph.p_vaddr - FIXTURE_BASE),
				       ph.p_filesz, ph.p_offset), ph.p_filesz);
		f->image_end = ph.p_vaddr - FIXTURE_BASE + ph.p_memsz;
	}
	assert_ok(types_from_elf(f->elf, &f->types));
	assert_ok(symbols_from_elf(f->elf, &f->symbols));
	assert_ok(memory_create(&fixture_ops, f, &f->memory));
	assert_ok(space_create(f->memory, &params, &f->space));
}

static inline void fixture_unload(struct fixture *f)
{
	char command[128];

	space_destroy(f->space);
	memory_destroy(f->memory);
	symbols_destroy(f->symbols);
	types_destroy(f->types);
	if (f->elf)
		elf_end(f->elf);
	if (f->fd > 0)
		close(f->fd);
	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	if (f->dir[0])
		assert_int_equal(system(command), 0);
	memset(f, 0, sizeof(*f));
}

/* Leaves the pages of [va, end) out of the dump; 0, 0: none. */
static inline void fixture_exclude(struct fixture *f, uint64_t va, uint64_t end)
{
	f->hole = va & XPAGE_MASK;
	f->hole_end = end;
	memory_flush(f->memory);
}

static inline uint64_t fixture_va(struct fixture *f, const char *name)
{
	const struct symbol *sym;

	assert_ok(symbols_by_name(f->symbols, name, &sym));
	return sym->addr;
}

static inline struct type fixture_type(struct fixture *f, const char *name)
{
	struct type t;

	assert_ok(types_find(f->types, name, &t));
	return t;
}

static inline struct type fixture_variable(struct fixture *f, const char *name)
{
	struct type t;

	assert_ok(types_variable(f->types, name, &t));
	return t;
}

#endif
