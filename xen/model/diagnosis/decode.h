/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from a console of Xen, 4.4 to master, explained by the files of the
 * build that printed it: its addresses with functions and source lines, what
 * was inlined there, and machine checks in words. No dump is needed.
 */
#ifndef XEN_MODEL_DECODE_H
#define XEN_MODEL_DECODE_H

#include "xen/image/image.h"
#include "xen/symbols/lines.h"

struct decoder;

/*
 * xen: a hypervisor with symbols, with DWARF for source lines. symbols, if not
 * NULL, are taken in place of the image's, which may then be NULL. kernel: the
 * vmlinux or System.map of dom0, or NULL. All must live as long.
 */
struct err *decoder_create(const struct image *xen, const struct symbols *symbols,
			   const struct image *kernel,
			   struct decoder **ret) ERR_MUST_CHECK;
void decoder_destroy(struct decoder *d);

/* An address in a line. */
struct decoded {
	uint64_t va;
	bool is_kernel;		/* dom0's, not the hypervisor's */
	bool is_return;		/* the lines are those of the call before it */
	bool is_named;		/* the text has the function's name already */
	const struct symbol *symbol;
	uint64_t offset;
	struct source_line line[SOURCE_LINES_MAX];
	unsigned int nr_lines;	/* 0: no source line is known */
};

/* How a part of a text, from one boot to the next, goes with the build. */
enum decode_fit {
	DECODE_NOTHING,		/* there is nothing to decode in it */
	DECODE_UNPROVED,	/* nothing tells which build it is of */
	DECODE_FITS,
	DECODE_OTHER,		/* of another build, or another layout */
};

struct decode_part {
	unsigned int line;	/* its first, from 1 */
	enum decode_fit fit;
	char why[320];
	/* dom0's kernel is another one, and its addresses are left alone; or "" */
	char kernel_why[320];
};

/* What was found, line after line; each may be NULL. */
struct decode_ops {
	/* A part begins. */
	void (*part)(void *ctx, const struct decode_part *part);
	/* A line as it was; number from 1. */
	void (*line)(void *ctx, unsigned int number, const char *text, size_t len);
	/* In the line before. */
	void (*address)(void *ctx, const struct decoded *found);
	void (*remark)(void *ctx, const char *text);
};

/*
 * Explains len bytes of text. Parts of other builds are shown as they are;
 * ERR_MISMATCH, before anything was shown, when all of it is. force: believe
 * that all of it fits.
 */
struct err *decode_text(struct decoder *d, const char *text, size_t len, bool force,
			const struct decode_ops *ops, void *ctx) ERR_MUST_CHECK;

#endif
