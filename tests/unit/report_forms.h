/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forms of a report as text, for its tests; after cmocka.h. */
#ifndef REPORT_FORMS_H
#define REPORT_FORMS_H

#include <stdio.h>
#include <string.h>

#include "extensions/report/report.h"
#include "tests/unit/assert_err.h"

static const struct front_end front = { .name = "test", .help = "help" };

static char *print(const struct report *r,
		   struct err *(*form)(const struct report *r, FILE *fp))
{
	char *text;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	assert_non_null(fp);
	assert_ok(form(r, fp));
	fclose(fp);
	assert_int_equal(strlen(text), len);
	return text;
}

static void expect(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %.2000s", part, text);
}

#endif
