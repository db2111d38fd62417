/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The synopsis of a command, generated from its tables. */
#include "args.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct writer {
	char *buf;
	size_t size, len;
};

static void ERR_PRINTF(2, 3) add(struct writer *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->buf + w->len, w->size - w->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		w->len += (size_t)n < w->size - w->len ? (size_t)n :
			  w->size - w->len - 1;
}

static void add_option(struct writer *w, const struct option_spec *o)
{
	add(w, "-%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
}

/* Appends "[-s | -p]" for options that exclude each other, at the first of them. */
static void add_options(struct writer *w, const struct option_spec *options)
{
	const struct option_spec *o, *other;
	bool many;

	for (o = options; o && o->name; o++) {
		for (other = options; o->group && other < o; other++)
			if (other->group == o->group)
				break;
		if (o->word || (o->group && other < o))
			continue;
		add(w, " [");
		add_option(w, o);
		many = o->many;
		for (other = o + 1; o->group && other->name; other++) {
			if (other->group != o->group)
				continue;
			add(w, " | ");
			add_option(w, other);
			many |= other->many;
		}
		add(w, "]%s", many ? "..." : "");
	}
}

const char *args_synopsis(const struct args_spec *spec, char *buf, size_t size)
{
	int i = args_word_option(spec);
	const struct option_spec *o = i < 0 ? NULL : &spec->options[i];
	struct writer w = { buf, size, 0 };

	add(&w, "[-j]");
	add_options(&w, spec->options);
	if (o && spec->words.synopsis)
		add(&w, " [-%s]", o->name);
	else if (o)
		add(&w, " [[-%s] %s]%s", o->name, o->value, o->many ? "..." : "");
	if (spec->words.synopsis)
		add(&w, " %s", spec->words.synopsis);
	return buf;
}
