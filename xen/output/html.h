/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes HTML. Markup is literals of the program; all other text is written by
 * html_text() or html_fmt(), which escape it, so that text from a dump cannot
 * become markup, an attribute or script.
 */
#ifndef XEN_HTML_H
#define XEN_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "xen/base/error.h"

struct html;

/* The caller closes fp. */
struct err *html_create(FILE *fp, struct html **ret) ERR_MUST_CHECK;
void html_destroy(struct html *h);
/* Bytes written so far. */
size_t html_size(const struct html *h);

/* Writes a string literal unchanged; other arguments do not compile. */
#define html_markup(h, literal) html_literal((h), "" literal)
void html_literal(struct html *h, const char *literal);
/* Writes a file that was compiled into the program: style or script. */
void html_own_file(struct html *h, const char *text);

/*
 * Writes text, also as an attribute's value in double quotes: & < > " ' become
 * references; control and bidirectional characters and bytes that are not UTF-8
 * become \xNN. Newlines and tabs are unchanged.
 */
void html_text(struct html *h, const char *text);
void html_fmt(struct html *h, const char *fmt, ...) ERR_PRINTF(2, 3);

#endif
