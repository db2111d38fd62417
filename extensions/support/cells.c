/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"

#include <inttypes.h>

#include "session.h"
#include "xen/model/cpumask.h"

/* Used for a value that is missing, by value_ok(). */
static void put_missing(struct out *o, const struct value *v)
{
	if (!value_ok(v) && v->state == VALUE_UNREADABLE)
		out_mark(o, v->why);
	else
		out_none(o);
}

void cell_missing(struct out *o, const struct value *v)
{
	struct provenance before = provenance_enter();

	put_missing(o, v);
	provenance_leave(before);
}

/* One value is one scope. */
static void put_value(struct out *o, const struct value *v,
		      void (*put)(struct out *o, uint64_t u))
{
	struct provenance before = provenance_enter();

	if (value_ok(v))
		put(o, value_of(v));
	else
		put_missing(o, v);
	provenance_leave(before);
}

static void put_sdec(struct out *o, uint64_t u)
{
	out_sdec(o, u);
}

static void put_bool(struct out *o, uint64_t u)
{
	out_bool(o, u);
}

static void put_ms(struct out *o, uint64_t ns)
{
	out_amount(o, "%.3f ms", (int64_t)ns / 1e6);
}

void cell_dec(struct out *o, const struct value *v)
{
	put_value(o, v, out_dec);
}

void cell_sdec(struct out *o, const struct value *v)
{
	put_value(o, v, put_sdec);
}

void cell_hex(struct out *o, const struct value *v)
{
	put_value(o, v, out_hex);
}

void cell_bool(struct out *o, const struct value *v)
{
	put_value(o, v, put_bool);
}

void cell_ms(struct out *o, const struct value *v)
{
	put_value(o, v, put_ms);
}

void cell_scope(struct out *o, const struct value *v,
		void (*put)(struct out *o, const struct value *v))
{
	struct provenance before = provenance_enter();

	put(o, v);
	provenance_leave(before);
}

void cell_object(struct out *o, uint64_t va)
{
	if (va)
		out_hex(o, va);
	else
		out_none(o);
}

void cell_positive(struct out *o, unsigned int n)
{
	if (n)
		out_dec(o, n);
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

void cell_text_at(struct out *o, const struct value *at, const char *text)
{
	struct provenance before = provenance_enter();

	if (value_ok(at))
		value_of(at);
	if (*text)
		out_str(o, text);
	else if (value_ok(at) && value_of(at))
		out_mark(o, ERR_CORRUPT);
	else
		put_missing(o, at);
	provenance_leave(before);
}

void cell_seconds(struct out *o, uint64_t ns)
{
	out_amount(o, "%" PRIu64 ".%03" PRIu64 " s", ns / 1000000000,
		   ns / 1000000 % 1000);
}

void cell_cpumask(struct session *s, struct out *o, const struct value *at,
		  unsigned int nr)
{
	struct provenance before = provenance_enter();
	char text[CPUMASK_TEXT];
	struct cpumask m;
	struct err *e = NULL;

	if (value_ok(at))
		e = cpumask_read(s->xen, value_of(at), nr, &m);
	if (!value_ok(at))
		put_missing(o, at);
	else if (e)
		out_mark(o, err_reason(e));
	else
		out_str(o, cpumask_text(&m, text, sizeof(text)));
	err_free(e);
	provenance_leave(before);
}

void cell_function(struct session *s, struct out *o, const struct value *v)
{
	struct provenance before = provenance_enter();
	char text[160];

	if (!value_ok(v))
		put_missing(o, v);
	else if (*symbols_describe(s->xen->symbols, value_of(v), text, sizeof(text)))
		out_str(o, text);
	else
		out_hex(o, value_of(v));
	provenance_leave(before);
}

void note_no_dom0_tasks(struct out *o)
{
	out_note(o, "backends' tasks and disks are not examined: they require dom0's vmlinux (\"xencrash\")");
}
