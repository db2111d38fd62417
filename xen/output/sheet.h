/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The output of one command, kept in memory: sections with their columns and
 * cells, notes and errors. A report prints it in its own form.
 */
#ifndef XEN_SHEET_H
#define XEN_SHEET_H

#include <stddef.h>

#include "cell.h"
#include "output.h"

struct sheet_error {
	enum err_reason why;
	char *text;
};

struct sheet_section {
	enum section_kind kind;
	char *key;			/* JSON member, without "[]" */
	bool array;			/* the key ended in "[]" */
	/* A list or card; cells row after row, their texts owned */
	struct column *columns;		/* help is NULL */
	unsigned int nr_columns;
	struct cell *cell;
	size_t nr_cells;
	/* Lines */
	char **line;
	size_t nr_lines;
	bool lines_unproved;	/* one of them is */
};

struct sheet {
	char *command;
	struct sheet_section *section;
	size_t nr_sections;
	char **note;
	size_t nr_notes;
	struct sheet_error *error;
	size_t nr_errors;
	bool no_memory;			/* incomplete */
};

/*
 * Starts the output of a command into sh, which is empty and must outlive it.
 * out_finish() completes the sheet. out_format() is OUT_JSON, so that cells
 * have the same values as in JSON. Release with sheet_free().
 */
struct err *sheet_create(struct sheet *sh, const char *command,
			 struct out **ret) ERR_MUST_CHECK;
void sheet_free(struct sheet *sh);

static inline size_t sheet_rows(const struct sheet_section *s)
{
	return s->nr_columns ? s->nr_cells / s->nr_columns : 0;
}

/* Returns the first section with that key; NULL: none. */
const struct sheet_section *sheet_section(const struct sheet *sh,
					  const char *key);
/* Returns the cell of a row in the column with that key; NULL: none. */
const struct cell *sheet_cell(const struct sheet_section *s, size_t row,
			      const char *key);
/* Returns the text of a cell; "" if it is not a text. */
const char *sheet_text(const struct sheet_section *s, size_t row,
		       const char *key);
/* Returns the number in a cell; other if it is not a number. */
uint64_t sheet_number(const struct sheet_section *s, size_t row,
		      const char *key, uint64_t other);

/* True if that cell is based on something unproved; false if there is no such cell. */
bool sheet_unproved(const struct sheet_section *s, size_t row, const char *key);
/* True if a cell of the column is based on something unproved. */
bool sheet_column_unproved(const struct sheet_section *s, unsigned int column);

/*
 * Replaces each text, including notes and errors, by a copy made by fn; keys
 * and titles of columns are kept. False: out of memory, some texts were not
 * replaced.
 */
bool sheet_replace(struct sheet *sh, char *(*fn)(void *ctx, const char *text),
		   void *ctx);

/* Calls fn for each of these texts until it returns false, and returns false then. */
bool sheet_texts(const struct sheet *sh, bool (*fn)(void *ctx, const char *text), void *ctx);

/* Prints a cell, or all sections without notes and errors. */
void sheet_print_cell(struct out *o, const struct cell *c);
void sheet_print_section(struct out *o, const struct sheet_section *s);
void sheet_print(struct out *o, const struct sheet *sh);

#endif
