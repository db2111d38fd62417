/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"

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
