/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/provenance.h"
#include "printer.h"

static const struct printer *const printers[] = {
	[OUT_TEXT] = &text_printer,
	[OUT_JSON] = &json_printer,
};

struct out *out_create_with(FILE *fp, enum out_format format,
			    const struct printer *printer, const char *command)
{
	struct out *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->fp = fp;
	o->format = format;
	o->printer = printer;
	o->command = strdup(command);
	o->priv = printer->create();
	if (!o->command || !o->priv) {
		out_destroy(o);
		return NULL;
	}
	return o;
}

struct err *out_create(FILE *fp, enum out_format format, const char *command,
		       struct out **ret)
{
	struct out *o = out_create_with(fp, format, printers[format], command);

	if (!o)
		return err_nomem();
	*ret = o;
	return NULL;
}

void out_destroy(struct out *o)
{
	size_t i;

	if (!o)
		return;
	if (o->priv)
		o->printer->destroy(o->priv);
	for (i = 0; i < o->nr_notes; i++)
		free(o->notes[i]);
	free(o->notes);
	hash_clear(&o->notes_by_text);
	sorter_destroy(o->sorter);
	free(o->columns);
	free(o->marked);
	free(o->command);
	free(o);
}

enum out_format out_format(const struct out *o)
{
	return o->format;
}

void out_finish(struct out *o)
{
	if (o->finished)
		return;
	o->cut_short = true;
	out_end(o);
	o->finished = true;
	o->printer->finish(o);
	out_flush(o);
}

void out_abandon(struct out *o)
{
	o->finished = true;
}

/* Wrong use by the calling command: an error, since some output is missing. */
static void out_misuse(struct out *o, const char *what)
{
	out_error(o, err_new(ERR_USAGE, "%s: %s (internal error)",
			     o->command, what));
}

/* Lists the columns in which cells are marked as unproved. */
static void out_note_unproved(struct out *o)
{
	const struct column *c = o->section.columns;
	unsigned int named = 0, marked = 0;
	char names[512] = "";
	size_t len = 0;

	if (o->section.unproved)
		len = snprintf(names, sizeof(names), "lines of %s", o->section.key);
	for (unsigned int i = 0; i < o->section.nr_columns; i++) {
		const char *name = o->format == OUT_TEXT ? c[i].title : c[i].key;

		named += !!name;
		marked += name && o->marked[i];
		if (o->marked[i] && name && len < sizeof(names))
			len += snprintf(names + len, sizeof(names) - len, "%s%s",
					len ? ", " : "", name);
	}
	o->has_unproved |= len;
	if (marked == named && named > 2)
		snprintf(names, sizeof(names), "all %s",
			 o->section.kind == SECTION_CARD ? "lines" : "columns");
	if (len)
		out_note(o, "~ not proved on this dump, from a layout profile or an image loaded by force: %s",
			 names);
}

bool out_has_unproved(const struct out *o)
{
	return o->has_unproved;
}

/* Notes for columns that are not available in the build. */
static void out_note_missing(struct out *o)
{
	const struct column *c = o->section.columns;
	unsigned int i;

	for (i = 0; i < o->section.nr_columns; i++) {
		const char *name = o->format == OUT_TEXT ? c[i].title : c[i].key;

		if (c[i].missing && *c[i].missing && name)
			out_note(o, "%s is not shown: %s", name, c[i].missing);
	}
}

/*
 * Columns are copied: a command that fails leaves its section open, which is
 * printed after the command's own columns went out of scope.
 */
static const struct column *copy_columns(struct out *o,
					 const struct column *columns,
					 unsigned int nr)
{
	struct column *copy = nr ? realloc(o->columns, nr * sizeof(*copy)) : NULL;
	bool *marked = copy ? realloc(o->marked, nr * sizeof(*marked)) : NULL;

	if (copy)
		o->columns = copy;
	if (!marked)
		return NULL;
	o->marked = marked;
	memset(marked, 0, nr * sizeof(*marked));
	memcpy(copy, columns, nr * sizeof(*copy));
	return copy;
}

/* Members that each output has: a second one of that name hides the first. */
static bool is_reserved(const char *key)
{
	static const char *const reserved[] = { "schema", "command", "unproved", "notes", "errors" };

	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (!strcmp(key, reserved[i]))
			return true;
	return false;
}

static void out_begin(struct out *o, enum section_kind kind, const char *key,
		      const struct column *columns, unsigned int nr_columns)
{
	out_end(o);
	if (o->finished)
		return;
	if (is_reserved(key)) {
		out_misuse(o, key);
		return;
	}
	o->section = (struct section){
		.kind = kind,
		.key = key,
		.columns = copy_columns(o, columns, nr_columns),
		.nr_columns = nr_columns,
	};
	if (nr_columns && !o->section.columns) {
		o->section.nr_columns = 0;
		o->no_memory = true;
	}
	out_note_missing(o);
	o->printer->begin(o);
}

bool out_column_is(const struct column *c, const char *name)
{
	return (c->key && !strcasecmp(c->key, name)) ||
	       (c->title && !strcasecmp(c->title, name));
}

void out_sort(struct out *o, const char *name)
{
	o->sort = name;
}

static void sort_begin(struct out *o)
{
	const struct section *s = &o->section;
	unsigned int i;
	bool descending = o->sort && *o->sort == '-';

	for (i = 0; o->sort && i < s->nr_columns; i++)
		if (out_column_is(&s->columns[i], o->sort + descending))
			break;
	if (!o->sort || i == s->nr_columns)
		return;
	o->sorter = sorter_create(i, s->nr_columns, descending);
	o->no_memory |= !o->sorter;
}

void out_list(struct out *o, const char *key, const struct column *columns,
	      unsigned int nr_columns)
{
	out_begin(o, SECTION_LIST, key, columns, nr_columns);
	sort_begin(o);
}

void out_card(struct out *o, const char *key, const struct column *columns,
	      unsigned int nr_columns)
{
	out_begin(o, SECTION_CARD, key, columns, nr_columns);
}

void out_lines(struct out *o, const char *key)
{
	out_begin(o, SECTION_LINES, key, NULL, 0);
}

void out_end(struct out *o)
{
	if (o->section.kind == SECTION_NONE)
		return;
	/* an error ended the row early: fill it */
	while (o->section.next)
		out_none(o);
	if (o->sorter) {
		struct sorter *sorter = o->sorter;

		o->sorter = NULL;
		sorter_finish(sorter, o);
	}
	o->printer->end(o);
	out_note_unproved(o);
	o->section.kind = SECTION_NONE;
	out_flush(o);
}

static void out_cell(struct out *o, const struct cell *made)
{
	struct cell marked = *made, *cell = &marked;
	struct section *s = &o->section;

	if (!s->nr_columns || s->kind == SECTION_NONE) {
		out_misuse(o, "cell outside a list or card");
		return;
	}
	o->has_shown = true;
	cell->unproved = provenance_unproved() && !s->columns[s->next].missing;
	o->marked[s->next] |= cell->unproved;
	if (o->sorter) {
		sorter_add(o->sorter, o, cell);
		s->next = (s->next + 1) % s->nr_columns;
		return;
	}
	out_cell_print(o, cell);
}

void out_dec(struct out *o, uint64_t v)
{
	out_cell(o, &(struct cell){ .kind = CELL_DEC, .u = v });
}

void out_sdec(struct out *o, int64_t v)
{
	out_cell(o, &(struct cell){ .kind = CELL_SDEC, .s = v });
}

void out_hex(struct out *o, uint64_t v)
{
	out_cell(o, &(struct cell){ .kind = CELL_HEX, .u = v });
}

void out_str(struct out *o, const char *s)
{
	if (!s)
		out_none(o);
	else
		out_cell(o, &(struct cell){ .kind = CELL_STR, .str = s });
}

void out_bool(struct out *o, bool v)
{
	out_cell(o, &(struct cell){ .kind = CELL_BOOL, .b = v });
}

void out_none(struct out *o)
{
	out_cell(o, &(struct cell){ .kind = CELL_NONE });
}

void out_mark(struct out *o, enum err_reason why)
{
	out_cell(o, &(struct cell){ .kind = CELL_MARK, .why = why });
}

static void out_vfmt(struct out *o, enum cell_kind kind, const char *fmt,
		     va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0) {
		out_mark(o, ERR_NO_MEMORY);
		return;
	}
	out_cell(o, &(struct cell){ .kind = kind, .str = s });
	free(s);
}

void out_fmt(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	out_vfmt(o, CELL_STR, fmt, ap);
	va_end(ap);
}

void out_amount(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	out_vfmt(o, CELL_AMOUNT, fmt, ap);
	va_end(ap);
}

void out_line(struct out *o, const char *fmt, ...)
{
	bool unproved = provenance_unproved();
	char *text, *line, *end;
	va_list ap;
	int n;

	if (o->section.kind != SECTION_LINES) {
		out_misuse(o, "line outside a lines section");
		return;
	}
	o->has_shown = true;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		o->no_memory = true;
		return;
	}
	for (line = text; line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		o->section.unproved |= unproved && *line;
		o->printer->line(o, line);
		if (end && !*end)
			break;
	}
	free(text);
}

static bool has_note(struct out *o, const char *text, uint32_t value)
{
	const struct hash_slot *slot;

	for (slot = hash_first(&o->notes_by_text, value); slot;
	     slot = hash_next(&o->notes_by_text, slot)) {
		o->notes_compared++;
		if (!strcmp(o->notes[slot->number], text))
			return true;
	}
	return false;
}

void out_note(struct out *o, const char *fmt, ...)
{
	uint32_t value;
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		o->no_memory = true;
		return;
	}
	value = hash_text(text, 0);
	if (has_note(o, text, value)) {
		free(text);
	} else if (!ARRAY_GROW(o->notes, o->nr_notes) ||
		   !hash_add(&o->notes_by_text, value, o->nr_notes)) {
		free(text);
		o->no_memory = true;
	} else {
		o->notes[o->nr_notes++] = text;
	}
}

void out_error(struct out *o, struct err *e)
{
	if (!e)
		return;
	o->has_errors = true;
	o->printer->error(o, err_reason(e), err_text(e));
	err_free(e);
}

bool out_only_errors(const struct out *o)
{
	return o->has_errors && !o->has_shown;
}

int out_stream_error(const struct out *o)
{
	return o->failed ? o->error : 0;
}
