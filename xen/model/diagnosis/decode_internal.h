/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_DECODE_INTERNAL_H
#define XEN_MODEL_DECODE_INTERNAL_H

#include "console_text.h"
#include "decode.h"
#include "decode_lines.h"
#include "mention.h"
#include "xen/stack/entry.h"

struct decoder {
	const struct image *xen;		/* or NULL */
	const struct symbols *xen_symbols;	/* or NULL: text alone */
	struct symbols *kernel_symbols;		/* or NULL */
	char kernel_banner[256];		/* "Linux version ..."; or "" */
	struct lines *xen_lines, *kernel_lines;	/* or NULL */
	struct decode_lines found;		/* of either */
	uint64_t steps;		/* number of messages passed in searches, measured by tests */
};

/* Messages [from, to) of a text, those of one boot. */
struct decode_span {
	const struct console_text *text;
	size_t from, to;
};

/* Checks that a span is from the decoder's build. */
void decode_check(struct decoder *d, const struct decode_span *span,
		  struct decode_part *ret);

/* True if va may be in Xen's code. */
bool decode_is_xen(const struct decoder *d, uint64_t va);

/*
 * Finds the address of a place that the text contains without address: that of
 * the only symbol with the name, the file if given, and the size. False: none,
 * or several.
 */
bool decode_find_place(const struct decoder *d, const struct mention *m,
		       uint64_t *va);

/*
 * Summary of the crash in a span, in one line: "Xen BUG at ..., on pcpu 0, in
 * f+0x10, called by g; Xen 4.17.3, debug=n". Empty without a crash.
 */
void decode_verdict(const struct decode_span *span, char *buf, size_t size);

/* Explains messages that require no symbols: machine checks, IOMMU faults; or "". */
void decode_words(const char *text, char *buf, size_t size);

#endif
