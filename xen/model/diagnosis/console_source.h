/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to console_text.c: conversion of bytes to lines, and cleaning of lines. */
#ifndef XEN_MODEL_CONSOLE_SOURCE_H
#define XEN_MODEL_CONSOLE_SOURCE_H

#include "console_text.h"

/* Separator in a cleaned line, before a message that has no line of its own. */
#define CONSOLE_BREAK	'\n'

/*
 * Returns the error for a text with more than CONSOLE_LINES_MAX lines or
 * messages.
 */
struct err *console_too_long(void) ERR_MUST_CHECK;

/* Encoding of the whole text. */
struct console_form {
	bool html, quoted_printable;
};

/*
 * Decodes, in place, the parts of a mail that their headers call base64; returns
 * the new length, which is not larger (console_base64.c).
 */
size_t console_decode_base64(char *s, size_t len);

/* Fills the members bytes and source of t. */
struct err *console_source_read(struct console_text *t, const char *bytes,
				size_t len) ERR_MUST_CHECK;
struct console_form console_form_of(const struct console_text *t);

/* Limits of markup that is split by line ends. */
#define CONSOLE_CARRY_MAX	1024
#define CONSOLE_CARRY_LINES	16

/* Markup at the end of a line that the next line completes. */
struct console_carry {
	char bytes[CONSOLE_CARRY_MAX];
	size_t len;		/* 0: none */
	unsigned int lines;	/* number of lines in a row that had some */
};

/*
 * Decodes a line in place; returns its new length, which is not larger.
 * *goes_on: the next line continues it, without a blank between them. c: set to
 * markup to be put before the next line; NULL: there is no next line.
 */
size_t console_line_clean(const struct console_form *f, char *s, size_t len,
			  struct console_carry *c, bool *goes_on);

/*
 * Writes a character of the basic plane as UTF-8, at most three bytes; returns
 * their number.
 */
size_t console_put_utf8(char *to, unsigned int c);

/*
 * Replaces, in place, what terminals, loggers and editors made of the text;
 * returns the new length, which is not larger (console_plain.c).
 */
size_t console_to_plain(char *s, size_t len);

/* Length of "> > " or "| ", which mail programs put before a quoted line, at s. */
size_t console_quotes(const char *s, size_t len);

#endif
