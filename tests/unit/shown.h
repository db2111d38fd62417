/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of commands and printers: captures the output of an out. */
#ifndef TESTS_SHOWN_H
#define TESTS_SHOWN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/provenance.h"
#include "xen/output/output.h"

/* The output of a command under test. */
struct shown {
	char *text;
	size_t len;
	FILE *fp;
	struct out *o;
};

static inline void show(struct shown *s, enum out_format format, const char *command)
{
	memset(s, 0, sizeof(*s));
	s->fp = open_memstream(&s->text, &s->len);
	assert_non_null(s->fp);
	assert_null(out_create(s->fp, format, command, &s->o));
}

static inline void shown_free(struct shown *s)
{
	out_destroy(s->o);
	fclose(s->fp);
	free(s->text);
}

#define assert_shown(s, expected)				\
	do {							\
		out_finish((s)->o);				\
		assert_string_equal((s)->text, (expected));	\
		shown_free(s);					\
	} while (0)

/* The listing used by most tests. */
__attribute__((unused))
static const struct column columns[] = {
	{ .key = "id", .title = "ID" },
	{ .key = "name", .title = "NAME" },
	{ .key = "addr", .title = "ADDRESS" },
	{ .key = "note" },
	{ .key = "end", .title = "END" },
};

static inline void row(struct out *o, uint64_t id, const char *name, uint64_t addr)
{
	out_dec(o, id);
	out_str(o, name);
	out_hex(o, addr);
	out_str(o, "json only");
	out_str(o, "x");
}

#endif
