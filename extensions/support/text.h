/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_TEXT_H
#define EXT_TEXT_H

#include <stdio.h>

#include "xen/output/output.h"

/* Collects text that is printed to a stream, to be shown line by line. */
struct text {
	FILE *fp;
	char *bytes;
	size_t len;
};

struct err *text_begin(struct text *t) ERR_MUST_CHECK;
/* Shows what was collected as a section of lines, and releases it. */
void text_show(struct text *t, struct out *o, const char *key);
/* Releases it unseen. */
void text_drop(struct text *t);

#endif
