/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to xen/output: output.c sorts cells into rows and sections, one of
 * two printers prints them.
 */
#ifndef XEN_PRINTER_H
#define XEN_PRINTER_H

#include <stddef.h>

#include "cell.h"
#include "output.h"
#include "xen/base/hash.h"

/* Growing string, NUL terminated after the first append. */
struct buf {
	char *data;
	size_t len, size;
	bool failed;		/* out of memory: the rest is missing */
};

void buf_add(struct buf *b, const char *bytes, size_t len);
void buf_puts(struct buf *b, const char *s);
/* Appends the same character nr times. */
void buf_fill(struct buf *b, char c, size_t nr);
void buf_printf(struct buf *b, const char *fmt, ...) ERR_PRINTF(2, 3);
/* Append a number; printf() would take half of the time of a long list. */
void buf_dec(struct buf *b, uint64_t v);
void buf_sdec(struct buf *b, int64_t v);
void buf_hex(struct buf *b, uint64_t v);
void buf_free(struct buf *b);

/*
 * Appends the characters of s by calling add for each: len bytes, which encode
 * c, or len 0 for a byte that is not UTF-8. add returns the width of its output
 * on the screen. Returns the sum of the widths. Runs of printable ASCII that no form of
 * output escapes (all but " \ < > & ') are appended at once, without add.
 */
typedef unsigned int buf_char_fn(struct buf *b, const char *s, unsigned int len,
				 uint32_t c);
unsigned int buf_add_chars(struct buf *b, const char *s, buf_char_fn *add);

/*
 * Characters that must not reach a terminal: control characters, C1 included,
 * and those that reorder the text around them (bidirectional controls).
 */
bool is_unsafe(uint32_t c);
/*
 * A buf_char_fn: appends unsafe characters and bytes that are not UTF-8 as
 * \xNN, others unchanged.
 */
unsigned int buf_add_escaped(struct buf *b, const char *s, unsigned int len,
			     uint32_t c);

struct section {
	enum section_kind kind;
	const char *key;
	const struct column *columns;
	unsigned int nr_columns;
	unsigned int next;	/* column of the next cell */
	bool unproved;		/* of a section of lines: one of them is */
};

/* Operations of a printer; priv is its state. */
struct printer {
	void *(*create)(void);
	void (*begin)(struct out *o);
	void (*cell)(struct out *o, const struct cell *cell);
	void (*row_end)(struct out *o);
	void (*line)(struct out *o, const char *text);
	void (*error)(struct out *o, enum err_reason why, const char *text);
	void (*end)(struct out *o);
	void (*finish)(struct out *o);
	void (*destroy)(void *priv);
};

extern const struct printer text_printer;
extern const struct printer json_printer;

struct out {
	FILE *fp;
	enum out_format format;
	char *command;
	const struct printer *printer;
	void *priv;
	struct section section;
	struct column *columns;	/* those of the section, copied */
	bool *marked;		/* per column: an unproved cell was printed */
	char **notes;
	size_t nr_notes;
	struct hash notes_by_text;	/* indexes of notes */
	uint64_t notes_compared;	/* number of texts compared, measured by tests */
	bool failed;		/* error of the stream; no more output is written */
	int error;		/* its errno */
	bool no_memory;		/* the output is incomplete */
	bool has_unproved;	/* a marked column was shown */
	bool has_shown;		/* a cell or a line was printed */
	bool has_errors;	/* out_error() was called */
	bool finished;
	bool cut_short;		/* the section was left open by an error */
	const char *sort;	/* see out_sort(); NULL: unsorted */
	struct sorter *sorter;	/* those of the section that is being sorted */
};

/*
 * Creates an out for that printer; fp may be NULL if the printer writes no
 * text. NULL: out of memory.
 */
struct out *out_create_with(FILE *fp, enum out_format format,
			    const struct printer *printer, const char *command);

/* sort.c: collects the cells of a list; column is the sort key. */
struct sorter *sorter_create(unsigned int column, unsigned int nr_columns,
			     bool descending);
void sorter_add(struct sorter *s, struct out *o, const struct cell *cell);
/* Passes all cells to the printer, in order, and destroys s. */
void sorter_finish(struct sorter *s, struct out *o);
void sorter_destroy(struct sorter *s);

/* sink.c: passes one cell to the printer. */
void out_cell_print(struct out *o, const struct cell *cell);

/* Writes to the stream; sets interrupt_pending on failure. */
void out_write(struct out *o, const char *bytes, size_t len);
void out_flush(struct out *o);

#endif
