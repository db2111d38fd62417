/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists and cards of records, described by tables: most cells are a field of
 * the record; the others have a function. The column of a field that the build
 * lacks is omitted, and reported by a note. A cell whose function uses a value
 * of an unproved place is marked automatically: each cell is a scope of
 * xen/base/provenance.h.
 */
#ifndef EXT_VIEW_H
#define EXT_VIEW_H

#include "xen/types/record.h"
#include "command.h"

#define VIEW_MAX 48

enum view_as { VIEW_DEC, VIEW_SDEC, VIEW_HEX, VIEW_BOOL };
/* Flag added to it: field of an optional feature, without a note if the build lacks it. */
#define VIEW_OPTIONAL	0x80

struct view_column {
	const char *key, *title;	/* as in struct column */
	/* Field to show; with a function, a field that the cell requires. */
	uint16_t at;
	uint8_t as;			/* enum view_as, without a function */
	void (*cell)(struct session *s, struct out *o, const void *record);
	const char *help;		/* meaning and unit, for the help page */
};

#define VIEW_NO_FIELD	((uint16_t)-1)
/* The last, optional argument of each macro is the column's help. */
#define VIEW_FIELD(key, title, rec, memb, as, ...) \
	{ (key), (title), offsetof(rec, memb), (as), NULL, "" __VA_ARGS__ }
/* A cell without a field: an address, a computed number */
#define VIEW_CELL(key, title, fn, ...) \
	{ (key), (title), VIEW_NO_FIELD, 0, (fn), "" __VA_ARGS__ }
#define VIEW_CELL_OF(key, title, rec, memb, fn, ...) \
	{ (key), (title), offsetof(rec, memb), 0, (fn), "" __VA_ARGS__ }

/* Exists from view_list() or view_card() to the end of the section. */
struct view {
	struct session *s;
	struct out *o;
	const struct view_column *table;
	unsigned int nr;
	struct column columns[VIEW_MAX];
	char why[VIEW_MAX][256];
};

/* nr is at most VIEW_MAX; the records passed to view_row() are of that type. */
void view_list(struct view *v, struct session *s, struct out *o,
	       const char *key, const struct view_column *table,
	       unsigned int nr, const struct record_type *type);
void view_card(struct view *v, struct session *s, struct out *o,
	       const char *key, const struct view_column *table,
	       unsigned int nr, const struct record_type *type);

/* Shows one record: a row of the list, or the card. */
void view_row(struct view *v, const void *record);

#endif
