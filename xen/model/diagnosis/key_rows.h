/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to key_text.c: rows and cells of the tables of debug keys. */
#ifndef XEN_MODEL_KEY_ROWS_H
#define XEN_MODEL_KEY_ROWS_H

#include <stdbool.h>

#include "key_text.h"
#include "xen/base/hash.h"

struct rows {
	struct key_row *row;
	size_t nr;
};

struct key_text {
	struct rows table[KEY_KINDS];
	uint64_t idle;			/* key_text_idle() */
	uint32_t others;		/* headings found, a bit each */
	char **str;			/* storage of the cells' texts */
	size_t nr_strs;
};

/* The block of lines to which the next line belongs. */
enum block {
	BLOCK_NONE, BLOCK_DOMAIN, BLOCK_VCPUS, BLOCK_PCPU, BLOCK_RUNQ, BLOCK_DEPLETED
};

struct reader {
	struct key_text *t;
	size_t line;			/* number of the line in the text, from 1 */
	enum block block;
	unsigned int domid, pcpu, grant_version;
	struct key_cell hard, soft;	/* name of the unit to which the next vcpus belong */
	struct hash units;		/* rows of KEY_UNITS */
	bool no_memory;
};

/* A new row of the current line; NULL: out of memory, reported at the end */
struct key_row *key_row_add(struct reader *r, enum key_kind kind);
struct key_row *key_row_last(struct reader *r, enum key_kind kind);

void key_set_number(struct key_row *row, unsigned int column,
		    enum key_cell_kind kind, uint64_t u);
void key_set_text(struct reader *r, struct key_row *row, unsigned int column,
		  const char *text, size_t len);

/* A text of any length that Xen prints; NONE for an empty one */
struct key_cell key_text_cell(struct reader *r, const char *text, size_t len);
/* The same for a text that many rows repeat; it is shortened. */
struct key_cell key_shared_cell(struct reader *r, const char *text, size_t len);
/* The value at v; NONE if it is not of that kind */
struct key_cell key_value_cell(struct reader *r, const char *v, enum key_cell_kind kind);

/* Fills the columns of a table that are named in a line, unless they are filled already. */
void key_take_values(struct reader *r, enum key_kind kind, struct key_row *row,
		     const char *line);

#endif
