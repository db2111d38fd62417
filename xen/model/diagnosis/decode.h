/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decodes the text of a Xen console, 4.4 to master, with the files of the build
 * that printed it: functions, inlined functions and source lines of its
 * addresses, and machine check registers as text. Requires no dump.
 */
#ifndef XEN_MODEL_DECODE_H
#define XEN_MODEL_DECODE_H

#include "console_text.h"
#include "xen/image/image.h"
#include "xen/symbols/lines.h"

struct decoder;

/*
 * xen: a hypervisor with symbols, and DWARF for source lines. symbols, if not
 * NULL, replace those of the image, which may then be NULL. kernel: dom0's
 * vmlinux or System.map, or NULL. All must outlive the decoder.
 */
struct err *decoder_create(const struct image *xen, const struct symbols *symbols,
			   const struct image *kernel,
			   struct decoder **ret) ERR_MUST_CHECK;
void decoder_destroy(struct decoder *d);

/*
 * Number of addresses without source lines, because the text has too many
 * different ones
 */
uint64_t decoder_left_out(const struct decoder *d);

/* An address in a line. */
struct decoded {
	uint64_t va;
	bool is_kernel;		/* an address of dom0, not of the hypervisor */
	bool is_return;		/* the source lines are those of the call before it */
	bool is_named;		/* the text contains the function's name */
	const struct symbol *symbol;
	uint64_t offset;
	struct source_line line[SOURCE_LINES_MAX];
	unsigned int nr_lines;	/* 0: no source line available */
};

/* Match between the build and a part of the text, from one boot to the next. */
enum decode_fit {
	DECODE_NOTHING,		/* no addresses */
	DECODE_UNPROVED,	/* no evidence of the build */
	DECODE_FITS,
	DECODE_OTHER,		/* from another build, or another link of it */
};

struct decode_part {
	unsigned int line;	/* first line, from 1 */
	enum decode_fit fit;
	char why[320];
	/* why addresses of dom0's kernel are not decoded; or "" */
	char kernel_why[320];
};

/* Receives the results, line by line; each member may be NULL. */
struct decode_ops {
	/* Start of a part. */
	void (*part)(void *ctx, const struct decode_part *part);
	/* A line, unchanged; number from 1. */
	void (*line)(void *ctx, unsigned int number, const char *text, size_t len);
	/*
	 * An address or a remark for a line that was passed before. For a
	 * wrapped message number is that of its first line.
	 */
	void (*address)(void *ctx, unsigned int number, const struct decoded *found);
	void (*remark)(void *ctx, unsigned int number, const char *text);
	/* Summary of the crash in a part, in one line; called at the end of the part. */
	void (*verdict)(void *ctx, const char *text);
};

/*
 * Decodes a text. Parts from other builds are passed on undecoded.
 * ERR_MISMATCH, before the first callback, if all parts are. force: decodes
 * every part. A decoder without symbols explains only messages that require
 * none.
 */
struct err *decode_text(struct decoder *d, const struct console_text *t, bool force,
			const struct decode_ops *ops, void *ctx) ERR_MUST_CHECK;

#endif
