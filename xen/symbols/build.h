/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the readers of symbol tables make a struct symbols: create, add in the
 * order of the source, say where sections end, finish. Not for others.
 */
#ifndef XEN_SYMBOLS_BUILD_H
#define XEN_SYMBOLS_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "symbols.h"

/* More is no symbol table of a hypervisor (or of a Linux kernel). */
#define SYMBOLS_MAX	(4U << 20)

/*
 * Which of several names of one address stands for it, lower is better. The
 * same order as Xen's tools/symbols.c of 4.21; within one rank the first in
 * the source wins.
 */
enum symbol_rank {
	RANK_TYPED_GLOBAL,	/* STT_FUNC, STT_OBJECT */
	RANK_TYPED,
	RANK_GLOBAL,
	RANK_PLAIN,
	RANK_SECTION,		/* ".text" */
};

struct err *symbols_create(struct symbols **ret) ERR_MUST_CHECK;

/*
 * Copies name and file; file may be NULL or empty. The symbol's size may be
 * changed through *ret (may be NULL) until the next symbol is added.
 */
struct err *symbols_add(struct symbols *s, const struct symbol *sym,
			enum symbol_rank rank,
			struct symbol **ret) ERR_MUST_CHECK;

/* "file.c#name", split; otherwise like symbols_add with RANK_PLAIN. */
struct err *symbols_add_full(struct symbols *s, uint64_t addr, char type,
			     const char *full_name,
			     struct symbol **ret) ERR_MUST_CHECK;

/*
 * A range of addresses, end exclusive, whose symbols say nothing of addresses
 * outside. Without any, the linker script's own end symbols are used.
 */
struct err *symbols_add_section(struct symbols *s, uint64_t start,
				uint64_t end) ERR_MUST_CHECK;

/* Sorts and indexes; nothing is added after that. ERR_NO_SYMBOL when empty. */
struct err *symbols_finish(struct symbols *s) ERR_MUST_CHECK;

#endif
