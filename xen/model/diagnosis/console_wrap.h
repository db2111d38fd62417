/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to console_text.c: width at which a terminal or a mail program wrapped a text. */
#ifndef XEN_MODEL_CONSOLE_WRAP_H
#define XEN_MODEL_CONSOLE_WRAP_H

#include "console_text.h"

/* Prefix of Xen's lines */
#define CONSOLE_PREFIX	"(XEN)"

struct console_wrap {
	size_t hard;	/* lines of this length go on without a blank; 0: unknown */
	size_t mail;	/* lines were wrapped at a blank before this column; 0: unknown */
};

/* Finds the widths from lines with the prefix and those that follow without it. */
void console_wrap_find(const struct console_text *t, struct console_wrap *ret);

/* True for beginnings that only the first line of a message has. */
bool console_begins_message(const char *s, size_t len);

/* Length of a line without white space at its end; length of that at its beginning. */
size_t console_trimmed(const char *s, size_t len);
size_t console_white(const char *s, size_t len);

/* True if a line of that length was wrapped at a blank, as its next word did not fit. */
bool console_was_full(size_t width, size_t len, const char *next, size_t next_len);

#endif
