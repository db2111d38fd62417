/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Escaped text on streams that are not written by a struct out. */
#include "printer.h"

#include <stdarg.h>
#include <stdlib.h>

unsigned int buf_add_escaped(struct buf *b, const char *s, unsigned int len,
			     uint32_t c)
{
	unsigned int i, n = len ? len : 1;

	if (len && !is_unsafe(c)) {
		buf_add(b, s, len);
		return 1;
	}
	for (i = 0; i < n; i++)
		buf_printf(b, "\\x%02x", (unsigned char)s[i]);
	return 4 * n;
}

static unsigned int add_char_of_lines(struct buf *b, const char *s,
				      unsigned int len, uint32_t c)
{
	if (len != 1 || (c != '\n' && c != '\t'))
		return buf_add_escaped(b, s, len, c);
	buf_add(b, s, len);
	return 1;
}

void print_safe_bytes(FILE *fp, const char *bytes, size_t len)
{
	struct buf copy = { 0 }, safe = { 0 };
	size_t i;

	buf_add(&copy, bytes, len);
	for (i = 0; i < copy.len; i++)
		if (!copy.data[i])
			copy.data[i] = ' ';
	if (copy.len)
		buf_add_chars(&safe, copy.data, add_char_of_lines);
	if (safe.len)
		fwrite(safe.data, 1, safe.len, fp);
	if (copy.failed || safe.failed)
		fputs("out of memory: the output above is incomplete\n", fp);
	buf_free(&copy);
	buf_free(&safe);
}

void print_safe(FILE *fp, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		fputs("out of memory\n", fp);
		return;
	}
	print_safe_bytes(fp, text, n);
	free(text);
}
