/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "html.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "printer.h"

struct html {
	FILE *fp;
	size_t size;
};

struct err *html_create(FILE *fp, struct html **ret)
{
	struct html *h = calloc(1, sizeof(*h));

	if (!h)
		return err_nomem();
	h->fp = fp;
	*ret = h;
	return NULL;
}

void html_destroy(struct html *h)
{
	free(h);
}

size_t html_size(const struct html *h)
{
	return h->size;
}

static void put(struct html *h, const char *bytes, size_t len)
{
	if (len && fwrite(bytes, 1, len, h->fp) != len)
		interrupt_pending = 1;
	h->size += len;
}

void html_literal(struct html *h, const char *literal)
{
	put(h, literal, strlen(literal));
}

void html_own_file(struct html *h, const char *text)
{
	put(h, text, strlen(text));
}

static unsigned int add_char(struct buf *b, const char *s, unsigned int len,
			     uint32_t c)
{
	static const struct {
		char c;
		const char *reference;
	} references[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};
	size_t i;

	if (len == 1 && (c == '\n' || c == '\t')) {
		buf_add(b, s, len);
		return 1;
	}
	for (i = 0; len == 1 && i < sizeof(references) / sizeof(references[0]); i++) {
		if (references[i].c == *s) {
			buf_puts(b, references[i].reference);
			return 1;
		}
	}
	return buf_add_escaped(b, s, len, c);
}

void html_text(struct html *h, const char *text)
{
	struct buf b = { 0 };

	buf_add_chars(&b, text, add_char);
	put(h, b.data, b.len);
	if (b.failed)
		html_literal(h, "[out of memory]");
	buf_free(&b);
}

void html_fmt(struct html *h, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		html_literal(h, "[out of memory]");
		return;
	}
	html_text(h, text);
	free(text);
}
