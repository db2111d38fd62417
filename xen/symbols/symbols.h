/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and addresses of one hypervisor, whatever they were read from.
 */
#ifndef XEN_SYMBOLS_H
#define XEN_SYMBOLS_H

#include <stdint.h>
#include <libelf.h>

#include "xen/base/error.h"

struct symbol {
	uint64_t addr;		/* va */
	uint64_t size;		/* bytes; 0 when the source does not say */
	const char *name;	/* without the file */
	const char *file;	/* of a static, as in "common/domain.c"; else NULL */
	char type;		/* nm's letter: t T d D b B r R a A ... */
};

struct symbols;

/* The symbol table of an ELF64 image (xen-syms). elf is only read. */
struct err *symbols_from_elf(Elf *elf, struct symbols **ret) ERR_MUST_CHECK;

/* An "address type name" text: xen-syms.map, /proc/xen/xensyms, plain or gz. */
struct err *symbols_from_map(const char *path,
			     struct symbols **ret) ERR_MUST_CHECK;
void symbols_destroy(struct symbols *s);

/*
 * By name: "conring", or with the file a static is from, whole or its tail,
 * as Xen prints it: "console.c#conring", "drivers/char/console.c#conring".
 * A plain name that only several statics carry fails with ERR_NO_SYMBOL and a
 * text that lists them; a global of that name wins over statics.
 */
struct err *symbols_by_name(const struct symbols *s, const char *name,
			    const struct symbol **ret) ERR_MUST_CHECK;

/*
 * All symbols that such a name fits, globals and statics alike: start with
 * prev NULL, go on with what was returned, until NULL.
 */
const struct symbol *symbols_next_match(const struct symbols *s,
					const char *name,
					const struct symbol *prev);

/*
 * The symbol whose range holds va, or the nearest one below within the same
 * kind of section; NULL when there is none. offset may be NULL.
 */
const struct symbol *symbols_by_addr(const struct symbols *s, uint64_t va,
				     uint64_t *offset);

/*
 * How far a symbol can reach at most: bytes to the next address that has a
 * name, or to the end of its section; 0 when nothing is known to follow. A
 * linked PE file says no sizes (Debian's xen.efi.elf of 4.20), nor do maps.
 */
uint64_t symbols_room(const struct symbols *s, const struct symbol *sym);

/*
 * Adds a table of what was loaded later, and owns it; one that was added before
 * goes. It answers for the addresses in its sections, and for names that the
 * first table does not have: what looks for Xen's own never finds a livepatch's.
 */
void symbols_extend(struct symbols *s, struct symbols *later);

/*
 * The n-th symbol in address order, those loaded later behind the others; NULL
 * past the last.
 */
const struct symbol *symbols_nth(const struct symbols *s, size_t n);
size_t symbols_count(const struct symbols *s);

/* "file.c#name" or "name", as Xen itself prints it; returns buf. */
const char *symbol_full_name(const struct symbol *sym, char *buf, size_t size);

/* "name+0x12" for va, or "" when no symbol fits; returns buf. */
const char *symbols_describe(const struct symbols *s, uint64_t va, char *buf,
			     size_t size);

#endif
