/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Source lines of a hypervisor's (or a kernel's) code, with the functions the
 * compiler inlined there, out of its DWARF (libdw).
 */
#ifndef XEN_LINES_H
#define XEN_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <libelf.h>

#include "xen/base/error.h"

struct lines;

/* One function an address is in. Strings live as long as the lines. */
struct source_line {
	const char *function;	/* NULL: DWARF names none, as in assembly */
	const char *file;	/* "common/kexec.c", from where Xen was built */
	unsigned int line;	/* 0: not told */
	bool inlined;		/* into the function of the next entry */
};

/* As many functions are told of one address; deeper outer ones are left out. */
#define SOURCE_LINES_MAX 16

/*
 * The line tables of an ELF image, which must live as long. ERR_NOT_FOUND when
 * it has none. Nothing but headers is read before the first lines_at().
 */
struct err *lines_create(Elf *elf, struct lines **ret) ERR_MUST_CHECK;
void lines_destroy(struct lines *l);

/*
 * Where va is in the source: into ret[], innermost function first, the last
 * the one that the symbol table has, too. *nr is at least 1 on success. Give
 * the byte before a return address, to be told of the call. ERR_NOT_FOUND when
 * no line is known.
 */
struct err *lines_at(struct lines *l, uint64_t va,
		     struct source_line ret[SOURCE_LINES_MAX],
		     unsigned int *nr) ERR_MUST_CHECK;

#endif
