/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output as text. Rows of a list are collected to find the widths of its
 * columns; a long list is printed in blocks, with widths that only increase.
 */
#include "printer.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define BLOCK_ROWS	2000
/* Titles of crash's `sys` end in this column. */
#define CARD_TITLE	12

struct text_cell {
	size_t at;		/* offset in text.cells */
	unsigned int width;	/* characters on the screen */
};

struct text {
	struct buf cells;	/* contents of the cells of the block, with NULs */
	struct text_cell *cell;	/* column after column, row after row */
	size_t nr_cells;
	/* per column of the section */
	unsigned int *width;
	bool *right;
	bool *titled;		/* the heading that was printed has the mark */
	unsigned int rows;	/* in the block, errors included */
	bool has_rows;		/* in the section, other than errors */
	bool has_errors;
	bool heading_shown;
	struct buf line;	/* scratch: the next line to write */
	struct buf pending;	/* errors inside a row, printed below it */
	bool full;		/* out of memory: the rest of the list is lost */
	enum section_kind last;	/* the section before this one */
	bool card_shown;
};

/* Width of a row that consists only of an error. */
#define ERROR_ROW	((unsigned int)-1)

static void *text_create(void)
{
	return calloc(1, sizeof(struct text));
}

static void text_destroy(void *priv)
{
	struct text *t = priv;

	buf_free(&t->cells);
	buf_free(&t->line);
	buf_free(&t->pending);
	free(t->cell);
	free(t->width);
	free(t->right);
	free(t->titled);
	free(t);
}

static bool column_shown(const struct column *c)
{
	return c->title && !c->missing;
}

#define TITLE_SIZE 64

/* Returns the heading, marked if a cell is unproved, in buf. */
static const char *column_title(const struct column *c, bool unproved,
				char buf[TITLE_SIZE])
{
	snprintf(buf, TITLE_SIZE, "%s%s", c->title, unproved ? "~" : "");
	return buf;
}

static unsigned int add_char_or_tab(struct buf *b, const char *s,
				    unsigned int len, uint32_t c)
{
	if (len != 1 || c != '\t')
		return buf_add_escaped(b, s, len, c);
	buf_add(b, s, len);
	return 1;
}

/*
 * Appends s with unsafe characters and broken UTF-8 as \xNN, since text from a
 * dump may contain escape sequences. Returns the width on the screen.
 */
static unsigned int text_add_safe(struct buf *b, const char *s, bool tabs)
{
	return buf_add_chars(b, s, tabs ? add_char_or_tab : buf_add_escaped);
}

static void text_send(struct out *o)
{
	struct text *t = o->priv;

	if (t->line.failed)
		o->no_memory = true;
	out_write(o, t->line.data, t->line.len);
	t->line.len = 0;
	t->line.failed = false;
}

static unsigned int add_cell(struct buf *b, const struct cell *cell)
{
	size_t before = b->len;

	switch (cell->kind) {
	case CELL_NONE:
		buf_puts(b, "-");
		break;
	case CELL_DEC:
		buf_dec(b, cell->u);
		break;
	case CELL_SDEC:
		buf_sdec(b, cell->s);
		break;
	case CELL_HEX:
		buf_hex(b, cell->u);
		break;
	case CELL_BOOL:
		buf_puts(b, cell->b ? "yes" : "no");
		break;
	case CELL_MARK:
		buf_puts(b, err_mark(cell->why));
		break;
	case CELL_STR:
	case CELL_AMOUNT:
		return text_add_safe(b, cell->str, false);
	}
	return b->len - before;
}

static bool cell_is_number(const struct cell *cell)
{
	return cell->kind == CELL_DEC || cell->kind == CELL_SDEC ||
	       cell->kind == CELL_HEX || cell->kind == CELL_AMOUNT;
}

/* Adds the cell that was appended to t->cells from at on to the block. */
static void block_add(struct out *o, unsigned int width, size_t at)
{
	struct text *t = o->priv;

	if (!ARRAY_GROW(t->cell, t->nr_cells))
		goto full;
	buf_add(&t->cells, "", 1);
	if (t->cells.failed)
		goto full;
	t->cell[t->nr_cells++] = (struct text_cell){ at, width };
	return;
full:
	t->full = true;
	o->no_memory = true;
}

static void add_padded(struct buf *b, const char *s, unsigned int width,
		       unsigned int want, bool right, bool last)
{
	unsigned int pad = want > width ? want - width : 0;

	if (right)
		buf_fill(b, ' ', pad);
	buf_puts(b, s);
	if (last)
		return;
	buf_fill(b, ' ', (right ? 0 : pad) + 2);
}

/* Returns the last column with a heading; nr_columns if there is none. */
static unsigned int last_shown(const struct section *s)
{
	unsigned int i = s->nr_columns;

	while (i-- > 0) {
		if (column_shown(&s->columns[i]))
			return i;
	}
	return s->nr_columns;
}

static void show_heading(struct out *o)
{
	const struct section *s = &o->section;
	unsigned int i, last = last_shown(s);
	struct text *t = o->priv;

	t->heading_shown = true;
	for (i = 0; i < s->nr_columns; i++) {
		char title[TITLE_SIZE];
		unsigned int width;

		if (!column_shown(&s->columns[i]))
			continue;
		t->titled[i] = o->marked[i];
		width = strlen(column_title(&s->columns[i], o->marked[i], title));
		if (t->width[i] < width)
			t->width[i] = width;
		add_padded(&t->line, title, width, t->width[i], t->right[i],
			   i == last);
	}
	if (last != s->nr_columns)
		buf_puts(&t->line, "\n");
}

static void show_block(struct out *o)
{
	const struct section *s = &o->section;
	unsigned int i, last = last_shown(s);
	struct text *t = o->priv;
	const struct text_cell *c = t->cell, *end;

	if (!t->width || !t->right || !t->titled)
		return;
	if (!t->heading_shown && t->has_rows)
		show_heading(o);
	/* without rows there is no array, and a null pointer is not added to */
	end = c ? c + t->nr_cells : c;
	while (c < end) {
		if (c->width == ERROR_ROW) {
			buf_puts(&t->line, t->cells.data + c++->at);
			continue;
		}
		for (i = 0; i < s->nr_columns && c < end; i++) {
			if (!column_shown(&s->columns[i]))
				continue;
			add_padded(&t->line, t->cells.data + c->at, c->width,
				   t->width[i], t->right[i], i == last);
			c++;
		}
		if (last != s->nr_columns)
			buf_puts(&t->line, "\n");
	}
	text_send(o);
	t->cells.len = 0;
	t->nr_cells = 0;
	t->rows = 0;
}

static void text_begin(struct out *o)
{
	struct text *t = o->priv;
	unsigned int n = o->section.nr_columns;

	if (t->last != SECTION_NONE && t->last != SECTION_LINES &&
	    o->section.kind != SECTION_LINES)
		out_write(o, "\n", 1);
	t->heading_shown = false;
	t->has_rows = false;
	t->has_errors = false;
	t->card_shown = false;
	free(t->width);
	free(t->right);
	free(t->titled);
	t->width = calloc((size_t)n + 1, sizeof(*t->width));
	t->right = calloc((size_t)n + 1, sizeof(*t->right));
	t->titled = calloc((size_t)n + 1, sizeof(*t->titled));
	t->full = !t->width || !t->right || !t->titled;
	o->no_memory |= t->full;
}

static unsigned int card_title_width(const struct section *s)
{
	unsigned int i, len, width = CARD_TITLE;

	for (i = 0; i < s->nr_columns; i++) {
		if (!column_shown(&s->columns[i]))
			continue;
		len = strlen(s->columns[i].title);
		if (len > width)
			width = len;
	}
	return width;
}

static void card_cell(struct out *o, const struct cell *cell)
{
	const struct column *c = &o->section.columns[o->section.next];
	struct text *t = o->priv;
	char title[TITLE_SIZE];

	if (o->section.next == 0 && t->card_shown)
		out_write(o, "\n", 1);
	t->card_shown = true;
	buf_printf(&t->line, "%*s: ", (int)card_title_width(&o->section),
		   column_title(c, cell->unproved, title));
	add_cell(&t->line, cell);
	buf_puts(&t->line, "\n");
	text_send(o);
}

static void text_cell(struct out *o, const struct cell *cell)
{
	unsigned int i = o->section.next, width;
	struct text *t = o->priv;
	size_t at = t->cells.len;

	if (!column_shown(&o->section.columns[i]))
		return;
	if (o->section.kind == SECTION_CARD) {
		card_cell(o, cell);
		return;
	}
	if (t->full)
		return;
	width = add_cell(&t->cells, cell);
	if (t->heading_shown && cell->unproved && !t->titled[i]) {
		buf_puts(&t->cells, "~");
		width++;
	}
	block_add(o, width, at);
	if (width > t->width[i])
		t->width[i] = width;
	if (cell_is_number(cell))
		t->right[i] = true;
}

static void block_row_end(struct out *o)
{
	struct text *t = o->priv;

	if (++t->rows == BLOCK_ROWS)
		show_block(o);
}

static void text_row_end(struct out *o)
{
	struct text *t = o->priv;
	size_t at = t->cells.len;

	if (o->section.kind != SECTION_LIST)
		return;
	t->has_rows = true;
	if (t->pending.len && !t->full) {
		buf_add(&t->cells, t->pending.data, t->pending.len);
		block_add(o, ERROR_ROW, at);
		t->pending.len = 0;
	}
	block_row_end(o);
}

/*
 * Carriage returns at the end, as in serial logs, are harmless. Lines have no
 * heading for a mark: the note below them names their section.
 */
static void text_line(struct out *o, const char *text)
{
	struct text *t = o->priv;
	size_t len = strlen(text), end = len;
	char *line = NULL;

	while (end && text[end - 1] == '\r')
		end--;
	if (end < len)
		line = strndup(text, end);
	if (end < len && !line)
		t->line.failed = true;
	text_add_safe(&t->line, line ? line : text, true);
	buf_add(&t->line, text + end, line ? len - end : 0);
	free(line);
	buf_puts(&t->line, "\n");
	text_send(o);
}

/* Further lines of a message are indented below the first. */
static void add_message(struct buf *b, const char *prefix, const char *text)
{
	const char *end;
	char *line;

	buf_puts(b, prefix);
	for (;;) {
		end = strchrnul(text, '\n');
		line = strndup(text, end - text);
		if (line)
			text_add_safe(b, line, true);
		else
			b->failed = true;
		free(line);
		buf_puts(b, "\n");
		if (!*end || !end[1])
			break;
		buf_printf(b, "%*s", (int)strlen(prefix), "");
		text = end + 1;
	}
}

static void text_error(struct out *o, enum err_reason why, const char *text)
{
	struct text *t = o->priv;
	size_t at = t->cells.len;

	(void)why;
	t->has_errors = true;
	if (o->section.kind != SECTION_LIST || t->full) {
		add_message(&t->line, "error: ", text);
		text_send(o);
	} else if (o->section.next) {
		add_message(&t->pending, "error: ", text);
	} else {
		add_message(&t->cells, "error: ", text);
		block_add(o, ERROR_ROW, at);
		block_row_end(o);
	}
}

/* "no irqs": the list's key is printed in place of its heading. */
static void show_empty(struct out *o)
{
	struct text *t = o->priv;
	const char *at;

	buf_puts(&t->line, "no ");
	for (at = o->section.key; *at && *at != '['; at++)
		buf_add(&t->line, *at == '_' ? " " : at, 1);
	buf_puts(&t->line, "\n");
	text_send(o);
}

static void text_end(struct out *o)
{
	struct text *t = o->priv;

	if (o->section.kind == SECTION_LIST) {
		show_block(o);
		if (!t->has_rows && !t->has_errors && !o->cut_short)
			show_empty(o);
	}
	t->last = o->section.kind;
}

static const char no_memory_text[] =
	"error: out of memory: the output above is incomplete\n";

static void text_finish(struct out *o)
{
	struct text *t = o->priv;
	size_t i;

	for (i = 0; i < o->nr_notes; i++)
		add_message(&t->line, "note: ", o->notes[i]);
	text_send(o);
	if (o->no_memory || t->line.failed || t->cells.failed ||
	    t->pending.failed)
		out_write(o, no_memory_text, sizeof(no_memory_text) - 1);
}

const struct printer text_printer = {
	.create = text_create,
	.begin = text_begin,
	.cell = text_cell,
	.row_end = text_row_end,
	.line = text_line,
	.error = text_error,
	.end = text_end,
	.finish = text_finish,
	.destroy = text_destroy,
};
