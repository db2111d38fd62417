/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Source lines of a hypervisor's (or a kernel's) code, with the functions
 * inlined there, from its DWARF (libdw).
 */
#ifndef XEN_LINES_H
#define XEN_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <libelf.h>

#include "xen/base/error.h"

struct lines;

/* One function at an address. Strings are valid as long as the lines. */
struct source_line {
	const char *function;	/* NULL: not in DWARF, as for assembly */
	const char *file;	/* "common/kexec.c", relative to the directory of Xen's build */
	unsigned int line;	/* 0: unknown */
	bool inlined;		/* inlined into the function of the next entry */
};

/* Limit of functions of one address; further outer ones are omitted. */
#define SOURCE_LINES_MAX 16

/*
 * Opens the line tables of an ELF image, which must outlive the lines.
 * ERR_NOT_FOUND if there are none. Only headers are read before the first
 * lines_at().
 */
struct err *lines_create(Elf *elf, struct lines **ret) ERR_MUST_CHECK;
void lines_destroy(struct lines *l);

/*
 * Stores the source lines of va in ret[], innermost function first; the last
 * function is that of the symbol table. *nr is at least 1 on success. For the
 * line of a call, va is the byte before the return address. ERR_NOT_FOUND if
 * there is no line.
 */
struct err *lines_at(struct lines *l, uint64_t va,
		     struct source_line ret[SOURCE_LINES_MAX],
		     unsigned int *nr) ERR_MUST_CHECK;

#endif
