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

static bool input_unproved(struct session *s, const struct view_input *in,
			   const struct record_type *type)
{
	if (in->type)
		type = in->type;
	return in->at == VIEW_WHOLE ?
	       record_type_unproved(s->xen->records, type) :
	       record_unproved(s->xen->records, type, in->at);
}

static bool any_unproved(struct session *s, const struct view_input *in,
			 unsigned int nr, const struct record_type *type)
{
	for (unsigned int i = 0; i < nr; i++) {
		if (input_unproved(s, &in[i], type))
			return true;
	}
	return false;
}

static bool column_unproved(struct session *s, const struct view_column *c,
			    const struct record_type *type)
{
	if (c->at != VIEW_NO_FIELD &&
	    record_unproved(s->xen->records, type, c->at))
		return true;
	return any_unproved(s, c->inputs, c->nr_inputs, type);
}

/* Copies columns to ret and marks those with an unproved input. */
static void mark_columns(struct session *s, const struct column *columns,
			 unsigned int nr, const struct column_input *inputs,
			 unsigned int nr_inputs, struct column ret[VIEW_MAX])
{
	memcpy(ret, columns, nr * sizeof(*ret));
	for (unsigned int i = 0; i < nr; i++) {
		for (unsigned int k = 0; k < nr_inputs; k++) {
			if (columns[i].key &&
			    !strcmp(columns[i].key, inputs[k].key))
				ret[i].unproved |= input_unproved(s, &inputs[k].of,
								  NULL);
		}
	}
}

void view_plain_list(struct session *s, struct out *o, const char *key,
		     const struct column *columns, unsigned int nr,
		     const struct column_input *inputs, unsigned int nr_inputs)
{
	struct column marked[VIEW_MAX];

	nr = nr < VIEW_MAX ? nr : VIEW_MAX;
	mark_columns(s, columns, nr, inputs, nr_inputs, marked);
	out_list(o, key, marked, nr);
}

void view_plain_card(struct session *s, struct out *o, const char *key,
		     const struct column *columns, unsigned int nr,
		     const struct column_input *inputs, unsigned int nr_inputs)
{
	struct column marked[VIEW_MAX];

	nr = nr < VIEW_MAX ? nr : VIEW_MAX;
	mark_columns(s, columns, nr, inputs, nr_inputs, marked);
	out_card(o, key, marked, nr);
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
		if (!path) {
			v->columns[i].unproved = column_unproved(s, &table[i],
								 type);
			continue;
		}
		v->why[i][0] = '\0';
		if (!(table[i].as & VIEW_OPTIONAL))
			snprintf(v->why[i], sizeof(v->why[i]),
				 "this Xen has no %s", path);
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
		if (value->state == VALUE_OK)
			out_bool(o, value->u);
		else
			cell_missing(o, value);
		break;
	}
}

void view_row(struct view *v, const void *record)
{
	unsigned int i;

	for (i = 0; i < v->nr; i++) {
		const struct view_column *c = &v->table[i];

		if (v->columns[i].missing)
			out_none(v->o);
		else if (c->cell)
			c->cell(v->s, v->o, record);
		else
			view_field(v->o, c, (const void *)((const char *)record +
							   c->at));
	}
}
