/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forms of a report as text, for its tests; included after cmocka.h. */
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

static inline unsigned int part_number(const char *id)
{
	unsigned int i;

	for (i = 0; report_parts[i].id; i++)
		if (!strcmp(report_parts[i].id, id))
			return i;
	fail_msg("no part %s", id);
	return 0;
}

static inline void add_head(struct report *r, const char *text)
{
	static const struct column head[] = {
		{ .key = "verdict", .title = "VERDICT" },
		{ .key = "signature", .title = "SIGNATURE" },
	};
	struct out *o;

	assert_ok(sheet_create(&r->head, "report", &o));
	out_card(o, "report", head, 2);
	out_str(o, text);
	out_str(o, text);
	report_timeline(r, o);
	if (r->redactor)
		report_left_out(r, o);
	out_finish(o);
	out_destroy(o);
}
#endif
