/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"

#include <inttypes.h>

#include "session.h"
#include "xen/model/cpumask.h"

void cell_missing(struct out *o, const struct value *v)
{
	if (v->state == VALUE_UNREADABLE)
		out_mark(o, v->why);
	else
		out_none(o);
}

void cell_dec(struct out *o, const struct value *v)
{
	if (v->state == VALUE_OK)
		out_dec(o, v->u);
	else
		cell_missing(o, v);
}

void cell_sdec(struct out *o, const struct value *v)
{
	if (v->state == VALUE_OK)
		out_sdec(o, v->u);
	else
		cell_missing(o, v);
}

void cell_hex(struct out *o, const struct value *v)
{
	if (v->state == VALUE_OK)
		out_hex(o, v->u);
	else
		cell_missing(o, v);
}

void cell_object(struct out *o, uint64_t va)
{
	if (va)
		out_hex(o, va);
	else
		out_none(o);
}

void cell_text(struct out *o, const char *text)
{
	if (*text)
		out_str(o, text);
	else
		out_none(o);
}

void cell_seconds(struct out *o, uint64_t ns)
{
	out_amount(o, "%" PRIu64 ".%03" PRIu64 " s", ns / 1000000000,
		   ns / 1000000 % 1000);
}

void cell_ms(struct out *o, const struct value *v)
{
	if (v->state == VALUE_OK)
		out_amount(o, "%.3f ms", (int64_t)v->u / 1e6);
	else
		cell_missing(o, v);
}

void cell_cpumask(struct session *s, struct out *o, const struct value *at,
		  unsigned int nr)
{
	char text[CPUMASK_TEXT];
	struct cpumask m;
	struct err *e;

	if (at->state != VALUE_OK) {
		cell_missing(o, at);
		return;
	}
	e = cpumask_read(s->xen, at->u, nr, &m);
	if (e)
		out_mark(o, err_reason(e));
	else
		out_str(o, cpumask_text(&m, text, sizeof(text)));
	err_free(e);
}

void cell_function(struct session *s, struct out *o, const struct value *v)
{
	char text[160];

	if (v->state != VALUE_OK)
		cell_missing(o, v);
	else if (*symbols_describe(s->xen->symbols, v->u, text, sizeof(text)))
		out_str(o, text);
	else
		out_hex(o, v->u);
}
