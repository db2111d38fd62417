/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output of a command, as text or JSON. A command describes its columns once
 * and emits cells, independent of the format. Text is aligned per section; JSON
 * is one object per command:
 *
 *   { "schema": 1, "command": "doms", "doms": [ {...}, ... ],
 *     "notes": [ ... ], "errors": [ { "reason": ..., "text": ... } ] }
 *
 * A cell is unproved if something unproved was used for it
 * (xen/base/provenance.h); callers do not declare that. Text marks the heading
 * with "~", or the cell if the heading is already printed; a record in JSON
 * lists the keys: "unproved": [ "flags", ... ].
 */
#ifndef XEN_OUTPUT_H
#define XEN_OUTPUT_H

#include <stdint.h>
#include <stdio.h>

#include "xen/base/error.h"

enum out_format { OUT_TEXT, OUT_JSON };

struct out;

/*
 * A column of a list, or a line of a card. Cells are passed also for a column
 * that is not available in the build: text omits the column, JSON has null, and
 * a note has the reason.
 */
struct column {
	const char *key;	/* JSON member: lower case; NULL: in text only */
	const char *title;	/* text heading; NULL: in JSON only */
	const char *missing;	/* set at run time: why it is not available in the build; "": no note */
	const char *help;	/* meaning and unit, for help pages */
};

/*
 * Starts the output of one command on fp, which the caller closes.
 * out_destroy() also frees an out whose command was ended by a longjmp.
 */
struct err *out_create(FILE *fp, enum out_format format, const char *command,
		       struct out **ret) ERR_MUST_CHECK;
/* Prints pending sections, notes and errors. */
void out_finish(struct out *o);
void out_destroy(struct out *o);
/* Prints nothing more: the command has written the output itself. */
void out_abandon(struct out *o);
enum out_format out_format(const struct out *o);

/*
 * Sections. A list has a heading and rows; a card is one object, a line per
 * column ("TITLE: cell"); lines are plain text, one string each in JSON.
 * columns are copied; a new section ends the previous one. For a list without
 * rows text shows "no KEY", or nothing if an error left it open.
 *
 * key is the JSON member; with "[]" appended it is an array even for a single
 * card. Sections with the same key become one array, in their order.
 */
void out_list(struct out *o, const char *key, const struct column *columns,
	      unsigned int nr_columns);
void out_card(struct out *o, const char *key, const struct column *columns,
	      unsigned int nr_columns);
void out_lines(struct out *o, const char *key);
/*
 * Sorts the rows of all following lists that have this column, given by key or
 * title in any case; in descending order with a '-' before it. name must
 * outlive o. Errors between the rows come before them.
 */
void out_sort(struct out *o, const char *name);
bool out_column_is(const struct column *c, const char *name);

void out_end(struct out *o);

/* Cells fill the columns from left to right; the last cell ends the row. */
void out_dec(struct out *o, uint64_t v);
void out_sdec(struct out *o, int64_t v);
void out_hex(struct out *o, uint64_t v);	/* text: no 0x; JSON: "0x..." */
void out_str(struct out *o, const char *s);	/* left aligned */
void out_fmt(struct out *o, const char *fmt, ...) ERR_PRINTF(2, 3);
/* A string that is a number with its unit, "1.500 s": right aligned. */
void out_amount(struct out *o, const char *fmt, ...) ERR_PRINTF(2, 3);
void out_bool(struct out *o, bool v);
/* A cell without a value: "-" in text, null in JSON. */
void out_none(struct out *o);
/* A cell that is not available: "<excluded>" ... in text, null in JSON. */
void out_mark(struct out *o, enum err_reason why);

/* True if a cell marked as unproved was printed so far. */
bool out_has_unproved(const struct out *o);

/* Adds a line to a section of lines. */
void out_line(struct out *o, const char *fmt, ...) ERR_PRINTF(2, 3);

/* A note is printed once, below all sections. */
void out_note(struct out *o, const char *fmt, ...) ERR_PRINTF(2, 3);
/*
 * Prints an error that affects one row, not the command: in text a separate
 * line between the rows. Frees e; NULL has no effect.
 */
void out_error(struct out *o, struct err *e);
/* Returns the errno of a stream that could not be written; 0: none. */
int out_stream_error(const struct out *o);
/* True if only errors were passed to o so far, which means that the command failed. */
bool out_only_errors(const struct out *o);

/*
 * Prints like fprintf(), for messages outside of a struct out: control and
 * bidirectional characters and bytes that are not UTF-8 become \xNN; newlines
 * and tabs are unchanged.
 */
void print_safe(FILE *fp, const char *fmt, ...) ERR_PRINTF(2, 3);
/* Likewise for bytes with or without a NUL, which becomes a blank. */
void print_safe_bytes(FILE *fp, const char *bytes, size_t len);

#endif
