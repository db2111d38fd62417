/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view.h"

#include <stdio.h>
#include <string.h>

#include "cells.h"

struct column column_of(const struct column_table *t, unsigned int i)
{
	if (t->columns)
		return t->columns[i];
	return (struct column){ .key = t->views[i].key, .title = t->views[i].title,
				.help = t->views[i].help };
}

static void view_start(struct view *v, struct session *s, struct out *o,
		       const struct view_column *table, unsigned int nr,
		       const struct record_type *type)
{
	unsigned int i;

	v->s = s;
	v->o = o;
	v->table = table;
	v->nr = nr < VIEW_MAX ? nr : VIEW_MAX;
	for (i = 0; i < v->nr; i++) {
		const char *path = NULL;

		v->columns[i] = (struct column){
			.key = table[i].key, .title = table[i].title,
		};
		/* hypercalls fill fields without types */
		if (table[i].at != VIEW_NO_FIELD && xen_reads_memory(s->xen))
			path = record_missing(s->xen->records, type, table[i].at);
		if (!path)
			continue;
		v->why[i][0] = '\0';
		if (!(table[i].as & VIEW_OPTIONAL))
			snprintf(v->why[i], sizeof(v->why[i]),
				 s->xen->types ? "this Xen has no %s" :
				 "no %s in the layout profile", path);
		v->columns[i].missing = v->why[i];
	}
}

void view_list(struct view *v, struct session *s, struct out *o,
	       const char *key, const struct view_column *table,
	       unsigned int nr, const struct record_type *type)
{
	view_start(v, s, o, table, nr, type);
	out_list(o, key, v->columns, v->nr);
}

void view_card(struct view *v, struct session *s, struct out *o,
	       const char *key, const struct view_column *table,
	       unsigned int nr, const struct record_type *type)
{
	view_start(v, s, o, table, nr, type);
	out_card(o, key, v->columns, v->nr);
}

static void view_field(struct out *o, const struct view_column *c,
		       const struct value *value)
{
	switch ((enum view_as)(c->as & ~VIEW_OPTIONAL)) {
	case VIEW_DEC:
		cell_dec(o, value);
		break;
	case VIEW_SDEC:
		cell_sdec(o, value);
		break;
	case VIEW_HEX:
		cell_hex(o, value);
		break;
	case VIEW_BOOL:
		cell_bool(o, value);
		break;
	}
}

void view_row(struct view *v, const void *record)
{
	unsigned int i;

	for (i = 0; i < v->nr; i++) {
		const struct view_column *c = &v->table[i];
		struct provenance before = provenance_enter();

		if (v->columns[i].missing)
			out_none(v->o);
		else if (c->cell)
			c->cell(v->s, v->o, record);
		else
			view_field(v->o, c, (const void *)((const char *)record +
							   c->at));
		provenance_leave(before);
	}
}
