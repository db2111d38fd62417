/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output of a command, as text for people or JSON for programs. A command
 * describes its columns once and emits cells, independent of the form. Text is
 * aligned per section; JSON is one object per command:
 *
 *   { "schema": 1, "command": "doms", "doms": [ {...}, ... ],
 *     "notes": [ ... ], "errors": [ { "reason": ..., "text": ... } ] }
 *
 * A cell is unproved if something unproved was used for it
 * (xen/base/provenance.h); no caller has to declare that. Text marks the heading with
 * "~", or the cell where the heading is printed already; a record in JSON lists the
 * keys: "unproved": [ "flags", ... ].
 */
#ifndef XEN_OUTPUT_H
#define XEN_OUTPUT_H

#include <stdint.h>
#include <stdio.h>

#include "xen/base/error.h"

enum out_format { OUT_TEXT, OUT_JSON };

struct out;

/*
 * A column of a list, or a line of a card. A column that the build cannot fill
 * gets its cells like the others: text omits it, JSON has null, and a note has
 * the reason.
 */
struct column {
	const char *key;	/* JSON member: lower case; NULL: in text only */
	const char *title;	/* text heading; NULL: in JSON only */
	const char *missing;	/* set at run time: why the build lacks it; "": no note */
	const char *help;	/* meaning and unit, for help pages */
};

/*
 * Starts the output of one command on fp, which stays the caller's. out_destroy()
 * also frees an out whose command was left by a longjmp.
 */
struct err *out_create(FILE *fp, enum out_format format, const char *command,
		       struct out **ret) ERR_MUST_CHECK;
/* Prints what is pending (sections, notes, errors). */
void out_finish(struct out *o);
void out_destroy(struct out *o);
/* Prints nothing more: the command has written its output itself. */
void out_abandon(struct out *o);
enum out_format out_format(const struct out *o);

/*
 * Sections. A list has a heading and rows; a card is one object, a line per
 * column ("TITLE: cell"); lines are plain text, one string each in JSON.
 * columns are copied; a new section ends the one before. Of a list without rows
 * text shows "no KEY"; of one without rows that an error left open, nothing.
 *
 * key is the JSON member; with "[]" appended it is an array even for a single
 * card. Sections of one key become one array, in their order.
 */
void out_list(struct out *o, const char *key, const struct column *columns,
	      unsigned int nr_columns);
void out_card(struct out *o, const char *key, const struct column *columns,
	      unsigned int nr_columns);
void out_lines(struct out *o, const char *key);
/*
 * Sorts the rows of each list from now on that has this column, named by key or
 * title in any case; largest first with a '-' before it. name must live as
 * long as o. Errors between the rows come before them.
 */
void out_sort(struct out *o, const char *name);
bool out_column_is(const struct column *c, const char *name);

void out_end(struct out *o);

/* Cells fill the columns from left to right; a full row ends by itself. */
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

/* True if a cell marked as not proved was printed so far. */
bool out_has_unproved(const struct out *o);

/* A line of a lines section. */
void out_line(struct out *o, const char *fmt, ...) ERR_PRINTF(2, 3);

/* A note is printed once, below all sections. */
void out_note(struct out *o, const char *fmt, ...) ERR_PRINTF(2, 3);
/*
 * An error that costs one row, not the command: in text a line of its own
 * between the rows. Frees e; NULL has no effect.
 */
void out_error(struct out *o, struct err *e);
/* The errno of a stream that could not be written; 0: none. */
int out_stream_error(const struct out *o);
/* True if nothing but errors was given to o so far: the command failed. */
bool out_only_errors(const struct out *o);

/*
 * Prints like fprintf(), for messages outside of a struct out: control and
 * bidirectional characters and bytes that are not UTF-8 become \xNN; newlines
 * and tabs stay.
 */
void print_safe(FILE *fp, const char *fmt, ...) ERR_PRINTF(2, 3);
/* The same for bytes with or without a NUL, which becomes a blank. */
void print_safe_bytes(FILE *fp, const char *bytes, size_t len);

#endif
