/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_TROUBLES_TEXT_H
#define TESTS_UNIT_TROUBLES_TEXT_H

#include <stdio.h>
#include <string.h>

#include "assert_err.h"
#include "xen/model/diagnosis/verdict.h"

/*
 * All statements of the verdict on the rest of the host, one per line; valid
 * until the next call.
 */
static inline const char *troubles_text(struct xen *x)
{
	static struct verdict v;
	static char text[8192];
	size_t len = 0;

	memset(&v, 0, sizeof(v));
	text[0] = '\0';
	assert_ok(verdict_troubles(x, NULL, &v));
	for (unsigned int i = 0; i < v.nr; i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s [%s]\n", v.line[i].text,
				v.line[i].sure ? "" : "?", v.line[i].evidence);
	return text;
}

#endif
