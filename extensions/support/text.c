/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

#include <stdlib.h>
#include <string.h>

struct err *text_begin(struct text *t)
{
	t->bytes = NULL;
	t->len = 0;
	t->fp = open_memstream(&t->bytes, &t->len);
	return t->fp ? NULL : err_nomem();
}

void text_show(struct text *t, struct out *o, const char *key)
{
	text_show_from(t, o, key, 0);
}

void text_show_from(struct text *t, struct out *o, const char *key, size_t from)
{
	char *line, *rest;
	size_t i;

	fclose(t->fp);
	/* Text from the dump may contain NULs, which would end a line early. */
	for (i = 0; i < t->len; i++)
		if (!t->bytes[i])
			t->bytes[i] = ' ';
	out_lines(o, key);
	rest = t->bytes + from;
	while (!interrupt_pending && (line = strsep(&rest, "\n")))
		if (rest || *line)
			out_line(o, "%s", line);
	out_end(o);
	free(t->bytes);
}

void text_drop(struct text *t)
{
	fclose(t->fp);
	free(t->bytes);
}
