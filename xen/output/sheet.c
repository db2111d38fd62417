/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/provenance.h"
#include "printer.h"

/* State of the printer that fills a sheet. */
struct filler {
	struct sheet *sheet;
};

static struct sheet *sheet_of(struct out *o)
{
	return ((struct filler *)o->priv)->sheet;
}

static struct sheet_section *sheet_current(struct out *o)
{
	struct sheet *sh = sheet_of(o);

	return sh->nr_sections ? &sh->section[sh->nr_sections - 1] : NULL;
}

static void *filler_create(void)
{
	return calloc(1, sizeof(struct filler));
}

/* Copies the members of each column that the printers use. */
static bool copy_columns(struct sheet_section *s, const struct column *columns,
			 unsigned int nr)
{
	s->columns = calloc((size_t)nr + 1, sizeof(*s->columns));
	if (!s->columns)
		return false;
	for (s->nr_columns = 0; s->nr_columns < nr; s->nr_columns++) {
		const struct column *from = &columns[s->nr_columns];
		struct column *to = &s->columns[s->nr_columns];

		to->key = from->key ? strdup(from->key) : NULL;
		to->title = from->title ? strdup(from->title) : NULL;
		/* the reason is already among the notes */
		to->missing = from->missing ? strdup("") : NULL;
		if ((from->key && !to->key) || (from->title && !to->title))
			return false;
	}
	return true;
}

static void filler_begin(struct out *o)
{
	const struct section *from = &o->section;
	struct sheet *sh = sheet_of(o);
	size_t len = strlen(from->key);
	struct sheet_section *s;

	if (!ARRAY_GROW(sh->section, sh->nr_sections)) {
		sh->no_memory = true;
		return;
	}
	s = &sh->section[sh->nr_sections++];
	*s = (struct sheet_section){ .kind = from->kind };
	s->array = len > 2 && !strcmp(from->key + len - 2, "[]");
	s->key = strndup(from->key, s->array ? len - 2 : len);
	if (!s->key || !copy_columns(s, from->columns, from->nr_columns))
		sh->no_memory = true;
}

static void filler_cell(struct out *o, const struct cell *cell)
{
	struct sheet_section *s = sheet_current(o);
	struct sheet *sh = sheet_of(o);
	struct cell copy = *cell;

	if (sh->no_memory || !s)
		return;
	if (cell->kind == CELL_STR || cell->kind == CELL_AMOUNT)
		copy.str = strdup(cell->str);
	if (!copy.str && copy.kind == CELL_STR)
		sh->no_memory = true;
	else if (!ARRAY_GROW(s->cell, s->nr_cells))
		sh->no_memory = true;
	else
		s->cell[s->nr_cells++] = copy;
}

static void filler_row_end(struct out *o)
{
	(void)o;
}

static void filler_line(struct out *o, const char *text)
{
	struct sheet_section *s = sheet_current(o);
	struct sheet *sh = sheet_of(o);
	char *copy;

	if (sh->no_memory || !s)
		return;
	copy = strdup(text);
	if (!copy || !ARRAY_GROW(s->line, s->nr_lines)) {
		free(copy);
		sh->no_memory = true;
		return;
	}
	s->line[s->nr_lines++] = copy;
}

static void filler_error(struct out *o, enum err_reason why, const char *text)
{
	struct sheet *sh = sheet_of(o);
	char *copy = strdup(text);

	if (!copy || !ARRAY_GROW(sh->error, sh->nr_errors)) {
		free(copy);
		sh->no_memory = true;
		return;
	}
	sh->error[sh->nr_errors++] = (struct sheet_error){ why, copy };
}

static void filler_end(struct out *o)
{
	struct sheet_section *s = sheet_current(o);

	if (s)
		s->lines_unproved |= o->section.unproved;
}

static void filler_finish(struct out *o)
{
	struct sheet *sh = sheet_of(o);
	size_t i;

	for (i = 0; i < o->nr_notes; i++) {
		char *copy = strdup(o->notes[i]);

		if (!copy || !ARRAY_GROW(sh->note, sh->nr_notes)) {
			free(copy);
			break;
		}
		sh->note[sh->nr_notes++] = copy;
	}
	sh->no_memory |= o->no_memory || i < o->nr_notes;
}

static const struct printer sheet_printer = {
	.create = filler_create,
	.begin = filler_begin,
	.cell = filler_cell,
	.row_end = filler_row_end,
	.line = filler_line,
	.error = filler_error,
	.end = filler_end,
	.finish = filler_finish,
	.destroy = free,
};

struct err *sheet_create(struct sheet *sh, const char *command,
			 struct out **ret)
{
	struct out *o = NULL;

	memset(sh, 0, sizeof(*sh));
	sh->command = strdup(command);
	if (sh->command)
		o = out_create_with(NULL, OUT_JSON, &sheet_printer, command);
	if (!o) {
		sheet_free(sh);
		return err_nomem();
	}
	((struct filler *)o->priv)->sheet = sh;
	*ret = o;
	return NULL;
}

static void section_free(struct sheet_section *s)
{
	size_t i;

	for (i = 0; i < s->nr_columns; i++) {
		free((char *)s->columns[i].key);
		free((char *)s->columns[i].title);
		free((char *)s->columns[i].missing);
	}
	for (i = 0; i < s->nr_cells; i++)
		if (s->cell[i].kind == CELL_STR || s->cell[i].kind == CELL_AMOUNT)
			free((char *)s->cell[i].str);
	for (i = 0; i < s->nr_lines; i++)
		free(s->line[i]);
	free(s->columns);
	free(s->cell);
	free(s->line);
	free(s->key);
}

void sheet_free(struct sheet *sh)
{
	size_t i;

	for (i = 0; i < sh->nr_sections; i++)
		section_free(&sh->section[i]);
	for (i = 0; i < sh->nr_notes; i++)
		free(sh->note[i]);
	for (i = 0; i < sh->nr_errors; i++)
		free(sh->error[i].text);
	free(sh->section);
	free(sh->note);
	free(sh->error);
	free(sh->command);
	memset(sh, 0, sizeof(*sh));
}

/* ---- reading ---- */

const struct sheet_section *sheet_section(const struct sheet *sh,
					  const char *key)
{
	size_t i;

	for (i = 0; i < sh->nr_sections; i++)
		if (!strcmp(sh->section[i].key, key))
			return &sh->section[i];
	return NULL;
}

const struct cell *sheet_cell(const struct sheet_section *s, size_t row,
			      const char *key)
{
	unsigned int i;

	if (!s || row >= sheet_rows(s))
		return NULL;
	for (i = 0; i < s->nr_columns; i++)
		if (s->columns[i].key && !strcmp(s->columns[i].key, key))
			return &s->cell[row * s->nr_columns + i];
	return NULL;
}

const char *sheet_text(const struct sheet_section *s, size_t row,
		       const char *key)
{
	const struct cell *c = sheet_cell(s, row, key);

	return c && (c->kind == CELL_STR || c->kind == CELL_AMOUNT) ? c->str : "";
}

uint64_t sheet_number(const struct sheet_section *s, size_t row,
		      const char *key, uint64_t other)
{
	const struct cell *c = sheet_cell(s, row, key);

	if (c && (c->kind == CELL_DEC || c->kind == CELL_HEX))
		return c->u;
	return c && c->kind == CELL_SDEC && c->s >= 0 ? (uint64_t)c->s : other;
}

bool sheet_unproved(const struct sheet_section *s, size_t row, const char *key)
{
	const struct cell *c = sheet_cell(s, row, key);

	return c && c->unproved;
}

bool sheet_column_unproved(const struct sheet_section *s, unsigned int column)
{
	for (size_t row = 0; row < sheet_rows(s); row++)
		if (s->cell[row * s->nr_columns + column].unproved)
			return true;
	return false;
}

/* ---- replacing ---- */

static bool replace_text(char **text, char *(*fn)(void *ctx, const char *text),
			 void *ctx)
{
	char *copy = fn(ctx, *text);

	if (!copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

bool sheet_replace(struct sheet *sh, char *(*fn)(void *ctx, const char *text),
		   void *ctx)
{
	bool ok = true;
	size_t i, k;

	for (i = 0; i < sh->nr_sections; i++) {
		struct sheet_section *s = &sh->section[i];

		for (k = 0; k < s->nr_cells; k++) {
			struct cell *c = &s->cell[k];

			if (c->kind == CELL_STR || c->kind == CELL_AMOUNT)
				ok &= replace_text((char **)&c->str, fn, ctx);
		}
		for (k = 0; k < s->nr_lines; k++)
			ok &= replace_text(&s->line[k], fn, ctx);
	}
	for (i = 0; i < sh->nr_notes; i++)
		ok &= replace_text(&sh->note[i], fn, ctx);
	for (i = 0; i < sh->nr_errors; i++)
		ok &= replace_text(&sh->error[i].text, fn, ctx);
	return ok;
}

static bool section_texts(const struct sheet_section *s,
			  bool (*fn)(void *ctx, const char *text), void *ctx)
{
	bool ok = true;
	size_t k;

	for (k = 0; ok && k < s->nr_cells; k++) {
		const struct cell *c = &s->cell[k];

		if ((c->kind == CELL_STR || c->kind == CELL_AMOUNT) && c->str)
			ok = fn(ctx, c->str);
	}
	for (k = 0; ok && k < s->nr_lines; k++)
		ok = fn(ctx, s->line[k]);
	return ok;
}

bool sheet_texts(const struct sheet *sh, bool (*fn)(void *ctx, const char *text), void *ctx)
{
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < sh->nr_sections; i++)
		ok = section_texts(&sh->section[i], fn, ctx);
	for (i = 0; ok && i < sh->nr_notes; i++)
		ok = fn(ctx, sh->note[i]);
	for (i = 0; ok && i < sh->nr_errors; i++)
		ok = fn(ctx, sh->error[i].text);
	return ok;
}

/* ---- printing ---- */

static void print_cell(struct out *o, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NONE:
		out_none(o);
		break;
	case CELL_DEC:
		out_dec(o, c->u);
		break;
	case CELL_SDEC:
		out_sdec(o, c->s);
		break;
	case CELL_HEX:
		out_hex(o, c->u);
		break;
	case CELL_STR:
		out_str(o, c->str);
		break;
	case CELL_AMOUNT:
		out_amount(o, "%s", c->str);
		break;
	case CELL_BOOL:
		out_bool(o, c->b);
		break;
	case CELL_MARK:
		out_mark(o, c->why);
		break;
	}
}

void sheet_print_cell(struct out *o, const struct cell *c)
{
	struct provenance before = provenance_enter();

	provenance_use_if(c->unproved);
	print_cell(o, c);
	provenance_leave(before);
}

void sheet_print_section(struct out *o, const struct sheet_section *s)
{
	struct provenance before = provenance_enter();
	char key[80];
	size_t i;

	snprintf(key, sizeof(key), "%s%s", s->key, s->array ? "[]" : "");
	if (s->kind == SECTION_LINES)
		out_lines(o, key);
	else if (s->kind == SECTION_CARD)
		out_card(o, key, s->columns, s->nr_columns);
	else
		out_list(o, key, s->columns, s->nr_columns);
	provenance_use_if(s->lines_unproved);
	for (i = 0; i < s->nr_lines; i++)
		out_line(o, "%s", s->line[i]);
	provenance_leave(before);
	for (i = 0; i < s->nr_cells; i++)
		sheet_print_cell(o, &s->cell[i]);
	out_end(o);
}

void sheet_print(struct out *o, const struct sheet *sh)
{
	size_t i;

	for (i = 0; i < sh->nr_sections; i++)
		sheet_print_section(o, &sh->section[i]);
}
