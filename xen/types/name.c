/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types in C syntax. A declaration is read from the inside out: the levels
 * between the name and the base type are collected first, then written:
 * base type, "*" and "(" from the innermost level on, name, ")" "[N]" "(args)"
 * from the outermost on.
 */
#include <dwarf.h>
#include <stdarg.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/symbols/units.h"
#include "internal.h"

#define LEVELS_MAX 24
/* Limit of nested functions: parameters that are pointers to functions. */
#define FUNCTION_DEPTH_MAX 6

enum { QUAL_CONST = 1, QUAL_VOLATILE = 2, QUAL_RESTRICT = 4, QUAL_ATOMIC = 8 };

static const struct {
	int tag;
	unsigned int qual;
	const char *word;
} quals[] = {
	{ DW_TAG_const_type, QUAL_CONST, "const" },
	{ DW_TAG_volatile_type, QUAL_VOLATILE, "volatile" },
	{ DW_TAG_restrict_type, QUAL_RESTRICT, "restrict" },
	{ TAG_ATOMIC_TYPE, QUAL_ATOMIC, "_Atomic" },
};

#define NR_QUALS ARRAY_SIZE(quals)

struct level {
	enum type_kind kind;	/* TYPE_POINTER, TYPE_ARRAY or TYPE_FUNCTION */
	unsigned int quals;	/* qualifiers of a pointer */
	struct type type;
};

struct declaration {
	struct level level[LEVELS_MAX];
	unsigned int nr_levels;
	unsigned int base_quals;
	struct type base;
};

/* A buffer that truncates its text. */
struct text {
	char *buf;
	size_t size, len;
};

static void add(struct text *t, const char *fmt, ...) ERR_PRINTF(2, 3);
static void add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->len + 1 >= t->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += n;
	if (t->len >= t->size)
		t->len = t->size - 1;
}

static unsigned int qual_of_tag(int tag)
{
	for (size_t i = 0; i < NR_QUALS; i++)
		if (quals[i].tag == tag)
			return quals[i].qual;
	return 0;
}

static struct level *push(struct declaration *d, enum type_kind kind,
			  const struct type *type)
{
	struct level *l = &d->level[d->nr_levels++];

	*l = (struct level){ .kind = kind, .type = *type };
	return l;
}

static void collect(const struct type *t, struct declaration *d)
{
	struct type cur = *t;
	unsigned int q = 0;

	d->nr_levels = 0;
	for (int i = 0; i < TYPE_CHAIN_MAX && d->nr_levels < LEVELS_MAX; i++) {
		int tag = die_tag(&cur.die);

		if (cur.pointers) {
			push(d, TYPE_POINTER, &cur);
			cur.pointers--;
			continue;
		}
		if (qual_of_tag(tag)) {
			q |= qual_of_tag(tag);
		} else if (tag == DW_TAG_pointer_type) {
			push(d, TYPE_POINTER, &cur)->quals = q;
			q = 0;
		} else if (tag == DW_TAG_array_type) {
			/* a const array is an array of const */
			push(d, TYPE_ARRAY, &cur);
		} else if (tag == DW_TAG_subroutine_type ||
			   tag == DW_TAG_subprogram) {
			push(d, TYPE_FUNCTION, &cur);
			q = 0;
		} else {
			break;
		}
		cur = die_type(t->types, &cur.die);
	}
	d->base = cur;
	d->base_quals = q;
}

static void add_base(struct text *t, const struct declaration *d)
{
	static const struct {
		int tag;
		const char *word;
	} tags[] = {
		{ DW_TAG_structure_type, "struct" },
		{ DW_TAG_class_type, "struct" },
		{ DW_TAG_union_type, "union" },
		{ DW_TAG_enumeration_type, "enum" },
	};
	int tag = die_tag(&d->base.die);
	const char *word = NULL, *name = NULL;

	for (size_t i = 0; i < NR_QUALS; i++)
		if (d->base_quals & quals[i].qual)
			add(t, "%s ", quals[i].word);
	if (tag == DW_TAG_invalid || tag == DW_TAG_unspecified_type) {
		add(t, "void");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (tags[i].tag == tag)
			word = tags[i].word;
	name = die_name(&d->base.die);
	if (word)
		add(t, "%s %s", word, name ? name : "{...}");
	else if (tag == DW_TAG_base_type && name)
		add(t, "%s", base_type_spelling(name));
	else
		add(t, "%s", name ? name : "?");
}

static void add_type(struct text *t, const struct type *type, const char *name,
		     bool base, unsigned int depth);

static void add_parameters(struct text *t, const struct type *function,
			   unsigned int depth)
{
	Dwarf_Die die = { .addr = NULL };
	const char *sep = "";

	add(t, "(");
	while (depth < FUNCTION_DEPTH_MAX &&
	       die_next_child(&function->die, &die)) {
		int tag = die_tag(&die);
		struct type p;

		if (tag == DW_TAG_unspecified_parameters) {
			add(t, "%s...", sep);
		} else if (tag == DW_TAG_formal_parameter) {
			p = die_type(function->types, &die);
			add(t, "%s", sep);
			add_type(t, &p, "", true, depth + 1);
		} else {
			continue;
		}
		sep = ", ";
	}
	if (depth >= FUNCTION_DEPTH_MAX)
		add(t, "...");
	else if (!*sep && die_flag(&function->die, DW_AT_prototyped))
		add(t, "void");
	add(t, ")");
}

static void add_dims(struct text *t, const struct type *array)
{
	unsigned int dims = array_dims(&array->die);
	uint64_t count;

	for (unsigned int i = array->dims; i < dims; i++) {
		if (array_dim(&array->die, i, &count))
			add(t, "[%llu]", (unsigned long long)count);
		else
			add(t, "[]");
	}
}

/* True if level i is a pointer that requires parentheses before "[N]" or "(args)". */
static bool in_parentheses(const struct declaration *d, unsigned int i)
{
	return d->level[i].kind == TYPE_POINTER && i + 1 < d->nr_levels &&
	       d->level[i + 1].kind != TYPE_POINTER;
}

static void add_type(struct text *t, const struct type *type, const char *name,
		     bool base, unsigned int depth)
{
	struct declaration d;

	collect(type, &d);
	if (base)
		add_base(t, &d);
	if (d.nr_levels || *name)
		add(t, " ");
	for (unsigned int i = d.nr_levels; i-- > 0;) {
		if (d.level[i].kind != TYPE_POINTER)
			continue;
		add(t, in_parentheses(&d, i) ? "(*" : "*");
		for (size_t q = 0; q < NR_QUALS; q++)
			if (d.level[i].quals & quals[q].qual)
				add(t, " %s", quals[q].word);
		if (d.level[i].quals && (i || *name))
			add(t, " ");
	}
	add(t, "%s", name);
	for (unsigned int i = 0; i < d.nr_levels; i++) {
		if (in_parentheses(&d, i))
			add(t, ")");
		else if (d.level[i].kind == TYPE_ARRAY)
			add_dims(t, &d.level[i].type);
		else if (d.level[i].kind == TYPE_FUNCTION)
			add_parameters(t, &d.level[i].type, depth);
	}
}

static const char *declare(const struct type *t, const char *name, bool base,
			   char *buf, size_t size)
{
	struct text text = { buf, size, 0 };

	if (size)
		buf[0] = '\0';
	add_type(&text, t, name, base, 0);
	return buf;
}

const char *type_name(const struct type *t, char *buf, size_t size)
{
	return declare(t, "", true, buf, size);
}

const char *type_declare(const struct type *t, const char *name, char *buf,
			 size_t size)
{
	return declare(t, name, true, buf, size);
}

const char *type_declare_tail(const struct type *t, const char *name, char *buf,
			      size_t size)
{
	return declare(t, name, false, buf, size);
}
