/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_DECODE_INTERNAL_H
#define XEN_MODEL_DECODE_INTERNAL_H

#include <string.h>

#include "xen/stack/entry.h"
#include "decode.h"

struct decoder {
	const struct image *xen;		/* or NULL */
	const struct symbols *xen_symbols;
	struct symbols *kernel_symbols;		/* or NULL */
	char kernel_banner[256];		/* "Linux version ..."; or "" */
	struct lines *xen_lines, *kernel_lines;	/* or NULL */
};

/* One line; text is without prefix and time stamp. */
struct decode_line {
	const char *start, *end;	/* of the whole line, without its end */
	const char *next;		/* start of the next line, or NULL */
	char text[1024];		/* NUL-terminated, truncated */
};

/* Reads the line that starts at at; at must not be past end. */
void decode_line_read(const char *at, const char *end, struct decode_line *ret);

/* An address as Xen prints it. */
struct mention {
	uint64_t va;
	unsigned int cs;	/* 0: not in the text */
	char mark;		/* 'R', 'S', 'F' of a trace, or 0 */
	bool is_named;
	bool is_livepatch;	/* the name belongs to a livepatch */
	char name[160];		/* "file.c#function" */
	uint64_t offset, size;
};

/* Number of hexadecimal digits at at. */
static inline unsigned int hex_digits(const char *at)
{
	return strspn(at, "0123456789abcdefABCDEF");
}

/* The next address in the text at *at, which is moved past it. */
bool mention_next(const char **at, struct mention *ret);

/* Compares the part from at to end with the build. */
void decode_check(struct decoder *d, const char *at, const char *end,
		  struct decode_part *ret);

/* True for the first line that a booting hypervisor prints, which starts a part. */
bool decode_is_banner(const char *text);

/* True if va can be an address of Xen's code. */
bool decode_is_xen(const struct decoder *d, uint64_t va);

#endif
