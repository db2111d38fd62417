/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

struct err {
	enum err_reason reason;
	char *text;
};

/* Static: used when malloc() fails. */
static char no_memory_text[] = "out of memory";
static struct err no_memory = { ERR_NO_MEMORY, no_memory_text };

static const char *const marks[] = {
	[ERR_NO_MEMORY] = "<no memory>",
	[ERR_IO] = "<i/o error>",
	[ERR_NOT_IN_DUMP] = "<not in dump>",
	[ERR_EXCLUDED] = "<excluded>",
	[ERR_BAD_POINTER] = "<bad pointer>",
	[ERR_NO_SYMBOL] = "<no symbol>",
	[ERR_NO_TYPE] = "<no type>",
	[ERR_NOT_FOUND] = "<not found>",
	[ERR_CORRUPT] = "<corrupt>",
	[ERR_MISMATCH] = "<mismatch>",
	[ERR_UNSUPPORTED] = "<unsupported>",
	[ERR_REFUSED] = "<refused>",
	[ERR_USAGE] = "<usage>",
	[ERR_INTERRUPTED] = "<interrupted>",
};

volatile sig_atomic_t interrupt_pending;

/* A longer line is reduced to its two ends, since the last one contains the cause. */
#define LINE_MAX_LEN	4096
#define LINE_KEPT	1500

/* Each line of a list in a text begins like this; other line feeds are part of names. */
#define NEXT_LINE	"\n  "

static void add_line(FILE *fp, const char *line, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (len > LINE_MAX_LEN && i == LINE_KEPT) {
			fprintf(fp, " [%zu bytes] ", len - 2 * LINE_KEPT);
			i = len - LINE_KEPT;
		}
		if (strchr("\n\t\r", line[i]))
			fprintf(fp, "\\x%02x", line[i]);
		else
			fputc(line[i], fp);
	}
}

/* Limits the length of a text and escapes names in it; returns text or its replacement. */
static char *tidy(char *text)
{
	const char *at = text, *end;
	char *copy = NULL;
	size_t size;
	FILE *fp;

	if (strlen(text) <= LINE_MAX_LEN && !strpbrk(text, "\n\t\r"))
		return text;
	fp = open_memstream(&copy, &size);
	if (!fp)
		return text;
	for (; (end = strstr(at, NEXT_LINE)); at = end + strlen(NEXT_LINE)) {
		add_line(fp, at, end - at);
		fputs(NEXT_LINE, fp);
	}
	add_line(fp, at, strlen(at));
	if (fclose(fp)) {
		free(copy);
		return text;
	}
	free(text);
	return copy;
}

static struct err *err_vnew(enum err_reason reason, const char *fmt,
			    va_list ap)
{
	struct err *e = malloc(sizeof(*e));

	if (!e)
		return &no_memory;
	e->reason = reason;
	if (vasprintf(&e->text, fmt, ap) < 0) {
		free(e);
		return &no_memory;
	}
	e->text = tidy(e->text);
	return e;
}

struct err *err_new(enum err_reason reason, const char *fmt, ...)
{
	struct err *e;
	va_list ap;

	va_start(ap, fmt);
	e = err_vnew(reason, fmt, ap);
	va_end(ap);
	return e;
}

struct err *err_io(int errno_value, const char *fmt, ...)
{
	struct err *e;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	e = err_vnew(ERR_IO, fmt, ap);
	va_end(ap);
	if (e == &no_memory)
		return e;
	if (asprintf(&text, "%s: %s", e->text, strerror(errno_value)) >= 0) {
		free(e->text);
		e->text = text;
	}
	return e;
}

struct err *err_nomem(void)
{
	return &no_memory;
}

struct err *(err_prefix)(struct err *e, const char *fmt, ...)
{
	va_list ap;
	char *what, *text;
	int n;

	if (!e || e == &no_memory)
		return e;
	va_start(ap, fmt);
	n = vasprintf(&what, fmt, ap);
	va_end(ap);
	if (n < 0)
		return e;
	if (asprintf(&text, "%s: %s", what, e->text) >= 0) {
		free(e->text);
		e->text = tidy(text);
	}
	free(what);
	return e;
}

enum err_reason err_reason(const struct err *e)
{
	return e->reason;
}

const char *err_text(const struct err *e)
{
	return e->text;
}

const char *err_mark(enum err_reason reason)
{
	if ((unsigned int)reason >= ARRAY_SIZE(marks))
		return "<error>";
	return marks[reason];
}

void err_free(struct err *e)
{
	if (!e || e == &no_memory)
		return;
	free(e->text);
	free(e);
}

bool err_is_final(const struct err *e)
{
	return e && (e->reason == ERR_INTERRUPTED || e->reason == ERR_NO_MEMORY);
}

struct err *err_drop(struct err *e)
{
	if (err_is_final(e))
		return e;
	err_free(e);
	return NULL;
}

struct err *interrupt_check(void)
{
	if (!interrupt_pending)
		return NULL;
	return err_new(ERR_INTERRUPTED, "interrupted");
}
