/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_TEXT_H
#define EXT_TEXT_H

#include <stdio.h>

#include "xen/output/output.h"

/* Collects text printed to fp, for a section of lines. */
struct text {
	FILE *fp;
	char *bytes;
	size_t len;
};

/* After success text_show() or text_drop() releases the text. */
struct err *text_begin(struct text *t) ERR_MUST_CHECK;
/* Prints the text as the section key and releases it; blanks replace NULs. */
void text_show(struct text *t, struct out *o, const char *key);
/* Likewise without the first bytes, at most all of them. */
void text_show_from(struct text *t, struct out *o, const char *key, size_t from);
/* Releases the text without printing it. */
void text_drop(struct text *t);

#endif
