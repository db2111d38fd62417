/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Construction of a struct symbols, for readers of symbol tables: create, add
 * symbols in the order of the source, add sections, finish.
 */
#ifndef XEN_SYMBOLS_BUILD_H
#define XEN_SYMBOLS_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "symbols.h"

/* Limit, above the largest hypervisor and Linux kernel. */
#define SYMBOLS_MAX	(4U << 20)

/*
 * Rank of a name among several for one address, lower is preferred. The same
 * order as in tools/symbols.c of Xen 4.21; within one rank the first in the
 * source wins.
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
 * Adds a symbol; copies name and file; file may be NULL or empty. The symbol's
 * size may be changed through *ret (may be NULL) until the next symbol is
 * added.
 */
struct err *symbols_add(struct symbols *s, const struct symbol *sym,
			enum symbol_rank rank,
			struct symbol **ret) ERR_MUST_CHECK;

/* Splits "file.c#name"; otherwise like symbols_add() with RANK_PLAIN. */
struct err *symbols_add_full(struct symbols *s, uint64_t addr, char type,
			     const char *full_name,
			     struct symbol **ret) ERR_MUST_CHECK;

/*
 * Adds a range of addresses, end exclusive; symbols in it do not extend past
 * its end. If no range is added, the end symbols of the linker script are used.
 */
struct err *symbols_add_section(struct symbols *s, uint64_t start,
				uint64_t end) ERR_MUST_CHECK;

/* Sorts and indexes, after the last addition. ERR_NO_SYMBOL if empty. */
struct err *symbols_finish(struct symbols *s) ERR_MUST_CHECK;

#endif
