/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbol table inside a Linux kernel (kernel/kallsyms.c,
 * scripts/kallsyms.c; 2.6.10 to 6.12), on which Xen's own is based
 * (embedded.h):
 *
 *   names        per symbol: length and that many tokens; since 6.1 a length
 *                above 127 has two bytes, the lower 7 bits first
 *   token table  256 strings
 *   token index  u16 each: offset in the token table
 *   offsets      s32 per symbol. Absolute symbols and those of per-cpu data
 *                are positive and absolute, others negative: relative base
 *                - 1 - offset (x86-64, 4.6 to 6.13). If none is negative all
 *                are u32 from the relative base.
 *   addresses    u64 per symbol, up to 4.5
 */
#ifndef XEN_KALLSYMS_H
#define XEN_KALLSYMS_H

#include <stddef.h>

#include "symbols.h"

#define KALLSYMS_INDEX_SIZE 512		/* size of the token index, bytes */

struct kallsyms {
	uint32_t nr;			/* number of symbols */
	const uint8_t *names;
	size_t names_len;		/* bytes available, padding included */
	const uint8_t *tokens;
	size_t tokens_len;
	const uint8_t *token_index;	/* KALLSYMS_INDEX_SIZE bytes */
	const uint8_t *addresses;	/* nr of entry_size */
	unsigned int entry_size;	/* 4: offsets, 8: addresses */
	uint64_t relative_base;
	uint64_t offset;		/* added to addresses: KASLR, up to 4.5; else 0 */
};

/*
 * Searches the bytes of a kernel's image, from an address that is aligned to 8
 * bytes, for the tables of Linux up to 6.1; ret points into them. ERR_NOT_FOUND.
 */
struct err *kallsyms_find(const uint8_t *image, size_t len,
			  struct kallsyms *ret) ERR_MUST_CHECK;

/*
 * Decodes all symbols, or those of one name (only; else NULL), which requires
 * little memory; ERR_NO_SYMBOL if there is none. The text of ERR_CORRUPT
 * contains the symbol at which the table is damaged.
 */
struct err *kallsyms_decode(const struct kallsyms *k, const char *only,
			    struct symbols **ret) ERR_MUST_CHECK;

#endif
