/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_DECODE_INTERNAL_H
#define XEN_MODEL_DECODE_INTERNAL_H

#include "xen/stack/entry.h"
#include "decode.h"

struct decoder {
	const struct image *xen;		/* or NULL */
	const struct symbols *xen_symbols;
	struct symbols *kernel_symbols;		/* or NULL */
	char kernel_banner[256];		/* "Linux version ..."; or "" */
	struct lines *xen_lines, *kernel_lines;	/* or NULL */
};

/* One line, what comes before its text cut off. */
struct decode_line {
	const char *start, *end;	/* of the whole line, without its end */
	const char *next;		/* the line behind it; NULL: none */
	char text[1024];		/* NUL-terminated, cut off there */
};

/* The line at at, which is not behind the end. */
void decode_line_read(const char *at, const char *end, struct decode_line *ret);

/* An address as Xen prints it. */
struct mention {
	uint64_t va;
	unsigned int cs;	/* 0: not told */
	char mark;		/* 'R', 'S', 'F' of a trace, or 0 */
	bool is_named;
	bool is_livepatch;	/* the name is one of a livepatch */
	char name[160];		/* "file.c#function" */
	uint64_t offset, size;
};

/* The next mention in text from *at on, which moves behind it. */
bool mention_next(const char **at, struct mention *ret);

/* Judges the part from at to end. */
void decode_check(struct decoder *d, const char *at, const char *end,
		  struct decode_part *ret);

/* Whether a text begins a part: the first line of a hypervisor that boots. */
bool decode_is_banner(const char *text);

/* Whether an address can be one of Xen's code. */
bool decode_is_xen(const struct decoder *d, uint64_t va);

#endif
