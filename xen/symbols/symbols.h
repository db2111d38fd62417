/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and addresses of one hypervisor, from any symbol table.
 */
#ifndef XEN_SYMBOLS_H
#define XEN_SYMBOLS_H

#include <stdint.h>
#include <libelf.h>

#include "xen/base/error.h"

struct symbol {
	uint64_t addr;		/* va */
	uint64_t size;		/* bytes; 0: unknown */
	const char *name;	/* without the file */
	const char *file;	/* file of a static, as in "common/domain.c"; else NULL */
	char type;		/* nm's letter: t T d D b B r R a A ... */
};

struct symbols;

/* Reads the symbol table of an ELF64 image (xen-syms). elf is not changed. */
struct err *symbols_from_elf(Elf *elf, struct symbols **ret) ERR_MUST_CHECK;

/* Reads an "address type name" text: xen-syms.map, /proc/xen/xensyms, plain or gz. */
struct err *symbols_from_map(const char *path,
			     struct symbols **ret) ERR_MUST_CHECK;
void symbols_destroy(struct symbols *s);

/*
 * Finds a symbol by name: "conring", or with the file of a static, whole or its
 * tail, as Xen prints it: "console.c#conring",
 * "drivers/char/console.c#conring". A global has precedence over statics of the
 * same name. ERR_NO_SYMBOL if several statics and no global have the name; the
 * text lists them.
 */
struct err *symbols_by_name(const struct symbols *s, const char *name,
			    const struct symbol **ret) ERR_MUST_CHECK;

/*
 * Iterates over all symbols of such a name, globals and statics: prev is NULL
 * at first, then the symbol returned before. Returns NULL at the end.
 */
const struct symbol *symbols_next_match(const struct symbols *s,
					const char *name,
					const struct symbol *prev);

/*
 * Finds the symbol whose range contains va, or the nearest one below within the
 * same kind of section; NULL if there is none. offset may be NULL.
 */
const struct symbol *symbols_by_addr(const struct symbols *s, uint64_t va,
				     uint64_t *offset);

/*
 * Upper limit of the size of a symbol: bytes to the next named address or to the
 * end of its section; 0: unknown. Linked PE files (xen.efi.elf of Debian's 4.20)
 * and maps have no sizes.
 */
uint64_t symbols_room(const struct symbols *s, const struct symbol *sym);

/*
 * Adds a table of code loaded later, which s owns; it replaces one added before.
 * It is used for addresses in its sections, and for names that s lacks, so that
 * a search for a symbol of Xen never finds that of a livepatch.
 */
void symbols_extend(struct symbols *s, struct symbols *later);

/*
 * Returns the n-th symbol in address order, those of code loaded later after
 * the others; NULL past the last.
 */
const struct symbol *symbols_nth(const struct symbols *s, size_t n);
size_t symbols_count(const struct symbols *s);

/* Formats "file.c#name" or "name", as Xen itself prints it; returns buf. */
const char *symbol_full_name(const struct symbol *sym, char *buf, size_t size);

/* Formats "name+0x12" for va, or "" if no symbol matches; returns buf. */
const char *symbols_describe(const struct symbols *s, uint64_t va, char *buf,
			     size_t size);

#endif
