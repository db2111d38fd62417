/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses a map held in memory. */
#ifndef XEN_SYMBOLS_MAP_H
#define XEN_SYMBOLS_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "symbols.h"

struct map_line {
	uint64_t addr;
	char type;
	const char *name;	/* within the line; not terminated */
	size_t name_len;
};

/* Parses one line "[0x]address type name[ more]"; false for other lines. */
bool map_parse_line(const char *line, size_t len, struct map_line *ret);

/* Parses the text of a map, len bytes, which are copied. */
struct err *symbols_from_map_text(const char *text, size_t len,
				  struct symbols **ret) ERR_MUST_CHECK;

#endif
