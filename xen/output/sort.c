/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects the rows of a list and prints them in order. */
#include "printer.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

struct sorter {
	unsigned int column, nr_columns;
	bool descending;
	struct cell *cell;	/* column after column, row after row */
	size_t nr;
	bool full;		/* out of memory: a gap would shift the columns */
};

struct sorter *sorter_create(unsigned int column, unsigned int nr_columns,
			     bool descending)
{
	struct sorter *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->column = column;
	s->nr_columns = nr_columns;
	s->descending = descending;
	return s;
}

static bool has_text(const struct cell *c)
{
	return c->kind == CELL_STR || c->kind == CELL_AMOUNT;
}

void sorter_destroy(struct sorter *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->nr; i++)
		if (has_text(&s->cell[i]))
			free((char *)s->cell[i].str);
	free(s->cell);
	free(s);
}

void sorter_add(struct sorter *s, struct out *o, const struct cell *cell)
{
	struct cell copy = *cell;

	if (has_text(cell))
		copy.str = strdup(cell->str);
	if (!s->full && (!has_text(cell) || copy.str) &&
	    ARRAY_GROW(s->cell, s->nr)) {
		s->cell[s->nr++] = copy;
		return;
	}
	if (has_text(cell))
		free((char *)copy.str);
	s->full = true;
	o->no_memory = true;
}

/* Order: numbers, then texts, then cells without a value. */
static int rank(const struct cell *c)
{
	switch (c->kind) {
	case CELL_NONE:
	case CELL_MARK:
		return 2;
	case CELL_STR:
		return 1;
	default:
		return 0;
	}
}

/* An amount begins with its number ("17.855 s"). */
static long double number(const struct cell *c)
{
	switch (c->kind) {
	case CELL_SDEC:
		return c->s;
	case CELL_BOOL:
		return c->b;
	case CELL_AMOUNT:
		return strtold(c->str, NULL);
	default:
		return c->u;
	}
}

static int compare_values(const struct cell *a, const struct cell *b)
{
	long double x, y;

	if (a->kind == CELL_STR)
		return strverscmp(a->str, b->str);
	x = number(a);
	y = number(b);
	return (x > y) - (x < y);
}

struct row {
	const struct cell *key;
	size_t at;		/* the row's first cell */
};

static int compare_rows(const struct row *a, const struct row *b,
			bool descending)
{
	int c = rank(a->key) - rank(b->key);

	if (!c && rank(a->key) < 2) {
		c = compare_values(a->key, b->key);
		c = descending ? -c : c;
	}
	/* equal rows keep their order */
	return c ? c : (a->at > b->at) - (a->at < b->at);
}

static int ascending(const void *a, const void *b)
{
	return compare_rows(a, b, false);
}

static int descending(const void *a, const void *b)
{
	return compare_rows(a, b, true);
}

void sorter_finish(struct sorter *s, struct out *o)
{
	size_t nr = s->nr / s->nr_columns, i;
	struct row *rows = calloc(nr + 1, sizeof(*rows));
	unsigned int c;

	if (!rows) {
		o->no_memory = true;
		sorter_destroy(s);
		return;
	}
	for (i = 0; i < nr; i++) {
		rows[i].at = i * s->nr_columns;
		rows[i].key = &s->cell[rows[i].at + s->column];
	}
	array_sort(rows, nr, sizeof(*rows), s->descending ? descending : ascending);
	for (i = 0; i < nr; i++)
		for (c = 0; c < s->nr_columns; c++)
			out_cell_print(o, &s->cell[rows[i].at + c]);
	free(rows);
	sorter_destroy(s);
}
