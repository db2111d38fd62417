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
	bool array;			/* "[]" was behind the key */
	/* A list or card; cells row after row, their texts owned */
	struct column *columns;		/* help is NULL */
	unsigned int nr_columns;
	struct cell *cell;
	size_t nr_cells;
	/* Lines */
	char **line;
	size_t nr_lines;
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
 * out_finish() completes the sheet. out_format() is OUT_JSON: the values that a
 * program gets. Release with sheet_free().
 */
struct err *sheet_create(struct sheet *sh, const char *command,
			 struct out **ret) ERR_MUST_CHECK;
void sheet_free(struct sheet *sh);

static inline size_t sheet_rows(const struct sheet_section *s)
{
	return s->nr_columns ? s->nr_cells / s->nr_columns : 0;
}

/* The first section of that key; NULL: there is none. */
const struct sheet_section *sheet_section(const struct sheet *sh,
					  const char *key);
/* The cell of a row in the column of that key; NULL: there is none. */
const struct cell *sheet_cell(const struct sheet_section *s, size_t row,
			      const char *key);
/* Its text; "" where it is no text. */
const char *sheet_text(const struct sheet_section *s, size_t row,
		       const char *key);
/* Its number; other where it is none. */
uint64_t sheet_number(const struct sheet_section *s, size_t row,
		      const char *key, uint64_t other);

/* True if that cell is made of something unproved; false where there is none. */
bool sheet_unproved(const struct sheet_section *s, size_t row, const char *key);
/* True if a cell of the column is made of something unproved. */
bool sheet_column_unproved(const struct sheet_section *s, unsigned int column);

/*
 * Replaces each text, notes and errors included, by a copy that fn makes; of
 * columns their keys and titles stay. False: out of memory, some texts remain.
 */
bool sheet_replace(struct sheet *sh, char *(*fn)(void *ctx, const char *text),
		   void *ctx);

/* Prints a cell, or all sections without notes and errors. */
void sheet_print_cell(struct out *o, const struct cell *c);
void sheet_print_section(struct out *o, const struct sheet_section *s);
void sheet_print(struct out *o, const struct sheet *sh);

#endif
