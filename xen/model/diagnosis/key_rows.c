/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key_value.h"
#include "xen/base/array.h"

/*
 * Values of a line that are preceded by a name: "a|b" lists the names in
 * several versions.
 */
struct key_value {
	const char *names;		/* NULL: the column is filled by the parser of the line */
	uint8_t kind;			/* enum key_cell_kind */
};

static const struct key_value values[KEY_KINDS][KEY_CELLS_MAX] = {
	[KEY_DOMAINS] = {
		[1] = { "refcnt", KEY_SDEC },
		[2] = { "dying", KEY_DEC },
		[3] = { "pause_count", KEY_SDEC },
		[4] = { "nr_pages", KEY_DEC },
		[5] = { "max_pages", KEY_DEC },
		[6] = { "xenheap_pages", KEY_DEC },
		[7] = { "dirty_cpus", KEY_STR },
		[8] = { "handle", KEY_STR },
	},
	[KEY_VCPUS] = {
		[2] = { "has", KEY_STR },
		[3] = { "poll", KEY_SDEC },
		[4] = { "upcall_pend", KEY_HEX },
		[5] = { "upcall_mask", KEY_HEX },
		[6] = { "pause_count", KEY_SDEC },
		[7] = { "pause_flags", KEY_HEX },
		[8] = { "hard|cpu_hard_affinity|cpu_affinity", KEY_STR },
		[9] = { "soft|cpu_soft_affinity", KEY_STR },
	},
	[KEY_CHANNELS] = {
		[3] = { "n", KEY_DEC },
		[6] = { "d", KEY_DEC },
		[7] = { "p", KEY_DEC },
		[8] = { "i", KEY_DEC },
	},
	[KEY_IRQS] = {
		[1] = { "vec", KEY_HEX },
		[3] = { "status", KEY_HEX },
		[4] = { "affinity|aff", KEY_STR },
		[5] = { "in-flight", KEY_DEC },
	},
	[KEY_UNITS] = {
		[2] = { "cpu|pcpu", KEY_DEC },
		[3] = { "pri", KEY_SDEC },
		[4] = { "flags", KEY_HEX },
		[5] = { "credit", KEY_SDEC },
		[6] = { "w", KEY_DEC },
		[7] = { "cap", KEY_DEC },
		[8] = { "load", KEY_DEC },
	},
	[KEY_TIMERS] = {
		[1] = { "ex", KEY_SDEC },
		[2] = { "timer", KEY_HEX },
	},
};

/* ---- rows and cells ---- */

struct key_row *key_row_add(struct reader *r, enum key_kind kind)
{
	struct rows *rows = &r->t->table[kind];

	if (!ARRAY_GROW(rows->row, rows->nr)) {
		r->no_memory = true;
		return NULL;
	}
	memset(&rows->row[rows->nr], 0, sizeof(*rows->row));
	rows->row[rows->nr].line = r->line;
	return &rows->row[rows->nr++];
}

struct key_row *key_row_last(struct reader *r, enum key_kind kind)
{
	struct rows *rows = &r->t->table[kind];

	return rows->nr ? &rows->row[rows->nr - 1] : NULL;
}

void key_set_number(struct key_row *row, unsigned int column,
		       enum key_cell_kind kind, uint64_t u)
{
	row->cell[column] = (struct key_cell){ .kind = kind, { .u = u } };
}

/* Limit of a text; Xen's lines have at most 1024 bytes (vprintk_common()). */
#define TEXT_MAX	1024
/*
 * Limit of a text that many rows repeat, so that the output remains
 * proportional to the input
 */
#define SHARED_MAX	256

static char *copy_text(const char *text, size_t len, size_t max)
{
	char *copy;

	if (len <= max)
		return strndup(text, len);
	return asprintf(&copy, "%.*s...", (int)max, text) < 0 ? NULL : copy;
}

static struct key_cell text_cell_upto(struct reader *r, const char *text, size_t len,
				      size_t max)
{
	struct key_cell cell = { .kind = KEY_STR };
	char *copy;

	while (len && text[len - 1] == ' ')
		len--;
	copy = len ? copy_text(text, len, max) : NULL;
	if (!len)
		return (struct key_cell){ .kind = KEY_NONE };
	if (!copy || !ARRAY_GROW(r->t->str, r->t->nr_strs)) {
		free(copy);
		r->no_memory = true;
		return (struct key_cell){ .kind = KEY_NONE };
	}
	r->t->str[r->t->nr_strs++] = copy;
	cell.str = copy;
	return cell;
}

struct key_cell key_text_cell(struct reader *r, const char *text, size_t len)
{
	return text_cell_upto(r, text, len, TEXT_MAX);
}

struct key_cell key_shared_cell(struct reader *r, const char *text, size_t len)
{
	return text_cell_upto(r, text, len, SHARED_MAX);
}

void key_set_text(struct reader *r, struct key_row *row, unsigned int column,
		     const char *text, size_t len)
{
	row->cell[column] = key_text_cell(r, text, len);
}

/* ---- values ---- */

struct key_cell key_value_cell(struct reader *r, const char *v,
				  enum key_cell_kind kind)
{
	struct key_cell cell = { .kind = kind };
	char *end;

	if (kind == KEY_STR)
		return key_text_cell(r, v, key_value_length(v));
	errno = 0;
	if (kind == KEY_SDEC)
		cell.s = strtoll(v, &end, 10);
	else
		cell.u = strtoull(v, &end, kind == KEY_HEX ? 16 : 10);
	if (end == v || errno == ERANGE || (kind != KEY_SDEC && *v == '-'))
		cell.kind = KEY_NONE;
	return cell;
}

void key_take_values(struct reader *r, enum key_kind kind, struct key_row *row,
			const char *line)
{
	unsigned int i;

	for (i = 0; i < KEY_CELLS_MAX; i++) {
		const struct key_value *c = &values[kind][i];
		const char *v = c->names ? key_value(line, c->names) : NULL;

		if (v && row->cell[i].kind == KEY_NONE)
			row->cell[i] = key_value_cell(r, v, c->kind);
	}
}
