/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data in .rodata of the hypervisor that describe it: a compressed symbol table
 * (common/symbols.c, written by tools/symbols.c at build time) and, from 4.14,
 * its .config (common/config_data.S). Both are found in plain bytes, of a file
 * or of memory, without symbols.
 */
#ifndef XEN_SYMBOLS_EMBEDDED_H
#define XEN_SYMBOLS_EMBEDDED_H

#include <stddef.h>
#include <stdint.h>

#include "symbols.h"

/* Parts of a table, as offsets in the bytes in which it was found. */
struct embedded_table {
	size_t offsets;		/* symbols_offsets or symbols_addresses */
	unsigned int entry_size;	/* 4: offsets from the origin, 8: addresses */
	uint32_t nr_addrs;	/* END markers (4.21+) included */
	size_t names, names_end;
	size_t markers;
	uint32_t nr_markers;
	size_t token_table, token_index;
};

/*
 * Searches len bytes for the table. ERR_NOT_FOUND also if a part of it is
 * missing (zeros in place of pages that could not be read).
 */
struct err *embedded_find(const uint8_t *bytes, size_t len,
			  struct embedded_table *ret) ERR_MUST_CHECK;

/*
 * Decodes a table that embedded_find() found in the same bytes. origin is
 * XEN_VIRT_START, va. The file of a static symbol is set from 4.7 on. Sizes are
 * known from 4.21 on for functions that are followed by a gap.
 */
struct err *embedded_decode(const uint8_t *bytes, size_t len,
			    const struct embedded_table *table,
			    uint64_t origin,
			    struct symbols **ret) ERR_MUST_CHECK;

/* Calls embedded_find() and embedded_decode(). */
struct err *symbols_from_embedded(const uint8_t *bytes, size_t len,
				  uint64_t origin,
				  struct symbols **ret) ERR_MUST_CHECK;

/*
 * The text of the embedded .config: the first gzip stream in the bytes that
 * unpacks to one. *text is terminated by NUL; the caller frees it.
 */
struct err *embedded_config(const uint8_t *bytes, size_t len,
			    char **text) ERR_MUST_CHECK;

/* Returns the value of CONFIG_name in such a text: "y", "n" if "is not set", or NULL. */
const char *config_value(const char *text, const char *name, char *buf,
			 size_t size);

#endif
