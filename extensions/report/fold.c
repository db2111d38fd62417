/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <string.h>

#include "xen/output/output.h"

/* Largest column at which a continuation begins, so that words fit after it. */
#define INDENT_MAX 70
/* Longest name of a value in "    NAME: value"; a longer one is the beginning of a sentence */
#define NAME_MAX_LEN 24

struct fold {
	const char *line;
	size_t len;
	unsigned int width;
	unsigned int indent;	/* indentation of the rest of a line that was folded; else 0 */
};

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;	/* a byte inside of an UTF-8 character */
}

/* Number of bytes of the first "columns" characters of the line */
static size_t bytes_of(const struct fold *f, unsigned int columns)
{
	size_t at = 0;

	while (at < f->len && columns--)
		for (at++; at < f->len && is_continuation(f->line[at]); at++)
			;
	return at;
}

static unsigned int columns_of(const char *text, size_t len)
{
	unsigned int columns = 0;

	while (len--)
		columns += !is_continuation(*text++);
	return columns;
}

/*
 * Finds the byte before "end" at which the last column of a table, the value of
 * a card or a text after its indentation begins; 0: none.
 */
static size_t last_column(const struct fold *f, size_t end)
{
	size_t at, found = 0;

	for (at = 1; at + 1 < end; at++) {
		if (f->line[at] != ' ' || f->line[at + 1] == ' ')
			continue;
		if (f->line[at - 1] == ' ' || (!found && f->line[at - 1] == ':'))
			found = at + 1;
		else if (f->line[at - 1] == ':' && strspn(f->line, " ") == found &&
			 at - found <= NAME_MAX_LEN)
			found = at + 1;		/* "    NAME: value" */
	}
	return found;
}

/*
 * Finds the place to break the line, and the indentation of the rest; false:
 * the line fits.
 */
static bool fold_at(const struct fold *f, size_t *at, unsigned int *indent)
{
	size_t end = bytes_of(f, f->width), column, k;

	if (end >= f->len)
		return false;
	column = f->indent ? 0 : last_column(f, end);
	*indent = f->indent ? f->indent : columns_of(f->line, column);
	if (*indent > INDENT_MAX) {
		*at = column;
		*indent = 6;
		return true;
	}
	for (k = end; k > column && f->line[k] != ' '; k--)
		;
	if (k <= column)	/* a word that is too long: broken at the next blank */
		for (k = end; k < f->len && f->line[k] != ' '; k++)
			;
	while (k < f->len && f->line[k] == ' ')
		k++;
	*at = k;
	if (*indent < 4)
		*indent = 4;
	return k < f->len;
}

static size_t without_blanks(const char *text, size_t len)
{
	while (len && text[len - 1] == ' ')
		len--;
	return len;
}

void report_fold(const char *text, unsigned int width, FILE *fp)
{
	struct fold f = { .width = width };
	unsigned int indent, i;
	size_t at;

	for (; *text; text = f.line + f.len + (f.line[f.len] == '\n')) {
		f = (struct fold){ text, strcspn(text, "\n"), width, 0 };
		while (fold_at(&f, &at, &indent)) {
			print_safe_bytes(fp, f.line, without_blanks(f.line, at));
			putc('\n', fp);
			for (i = 0; i < indent; i++)
				putc(' ', fp);
			f = (struct fold){ f.line + at, f.len - at, width - indent, indent };
		}
		print_safe_bytes(fp, f.line, f.len);
		putc('\n', fp);
	}
}
