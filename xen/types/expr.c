/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser: recursive descent that evaluates immediately. operate.c
 * implements the operators.
 */
#include "expr.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/checked.h"
#include "internal.h"
#include "operate.h"

/* Limit of nested parentheses and prefix operators. */
#define DEPTH_MAX 64

struct parser {
	const struct expr_env *env;
	const char *p;		/* rest of the text */
	unsigned int depth;
};

/*
 * Lowest precedence first; of two operators with the same first character the
 * longer one first.
 */
static const struct {
	const char *text;
	unsigned int level;
} operators[] = {
	{ "|", 0 }, { "^", 1 }, { "&", 2 }, { "<<", 3 }, { ">>", 3 },
	{ "+", 4 }, { "-", 4 }, { "*", 5 }, { "/", 5 }, { "%", 5 },
};

static struct err *parse_binary(struct parser *ps, unsigned int level,
				struct datum *ret) ERR_MUST_CHECK;
static struct err *parse_unary(struct parser *ps,
			       struct datum *ret) ERR_MUST_CHECK;

static void skip_blanks(struct parser *ps)
{
	ps->p += strspn(ps->p, " \t\n");
}

/* Skips text if it is next. */
static bool take(struct parser *ps, const char *text)
{
	size_t len = strlen(text);

	skip_blanks(ps);
	if (strncmp(ps->p, text, len))
		return false;
	ps->p += len;
	return true;
}

static struct err *wanted(const struct parser *ps, const char *what)
{
	if (!*ps->p)
		return err_new(ERR_USAGE, "expected %s at the end", what);
	return err_new(ERR_USAGE, "expected %s at \"%s\"", what, ps->p);
}

static struct err *expect(struct parser *ps, const char *text)
{
	return take(ps, text) ? NULL : wanted(ps, text);
}

/* The depth is not restored after an error, which ends the parse. */
static struct err *deeper(struct parser *ps)
{
	if (ps->depth++ < DEPTH_MAX)
		return NULL;
	return err_new(ERR_USAGE, "more than %d nested operators and parentheses",
		       DEPTH_MAX);
}

static size_t word_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_' || p[n] == '$')
		n++;
	return n && !isdigit((unsigned char)p[0]) ? n : 0;
}

/* "drivers/char/console.c#" before a name: a dash is then part of the file name. */
static size_t file_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || (p[n] && strchr("_./+-", p[n])))
		n++;
	return n && p[n] == '#' ? n + 1 : 0;
}

/* Reads a name, including "FILE#"; false if there is none. */
static bool take_name(struct parser *ps, char *buf, size_t size)
{
	size_t file, len;

	skip_blanks(ps);
	if (!word_length(ps->p))
		return false;
	file = file_length(ps->p);
	len = word_length(ps->p + file);
	if (!len || file + len >= size)
		return false;
	len += file;
	memcpy(buf, ps->p, len);
	buf[len] = '\0';
	ps->p += len;
	return true;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

static const char *const tag_words[] = { "struct", "union", "enum", NULL };
static const char *const qualifiers[] = {
	"const", "volatile", "restrict", NULL
};

/* Skips the next word if it is in words. */
static bool take_word(struct parser *ps, const char *const *words, char *buf,
		      size_t size)
{
	const char *before = ps->p;

	if (take_name(ps, buf, size) && is_one_of(buf, words))
		return true;
	ps->p = before;
	return false;
}

/* Appends " word" to buf; false if it does not fit. */
static bool append_word(char *buf, size_t size, const char *word)
{
	size_t len = strlen(buf), n = strlen(word);

	if (len + n + 2 > size)
		return false;
	buf[len] = ' ';
	memcpy(buf + len + 1, word, n + 1);
	return true;
}

/* Certainty with which the words are a type. */
enum certainty { TYPE_NOT, TYPE_MAYBE, TYPE_SURE };

/*
 * The words of a type up to "*" or ")": "struct domain", "unsigned long",
 * "credit2.c#struct csched2_private", "mfn_t".
 */
static enum certainty take_type_words(struct parser *ps, char *buf, size_t size)
{
	enum certainty certain = TYPE_MAYBE;
	char word[TYPE_NAME_SIZE];
	const char *plain, *before;

	while (take_word(ps, qualifiers, word, sizeof(word)))
		certain = TYPE_SURE;
	if (!take_name(ps, buf, size))
		return TYPE_NOT;
	plain = strchr(buf, '#') ? strchr(buf, '#') + 1 : buf;
	if (is_one_of(plain, tag_words)) {
		return take_name(ps, word, sizeof(word)) &&
		       append_word(buf, size, word) ? TYPE_SURE : TYPE_NOT;
	}
	if (!base_type_names(buf) && strcmp(buf, "void"))
		return certain;
	do
		before = ps->p;
	while (take_name(ps, word, sizeof(word)) && base_type_names(word) &&
	       append_word(buf, size, word));
	ps->p = before;
	return TYPE_SURE;
}

static bool is_symbol(const struct parser *ps, const char *name)
{
	return symbols_next_match(ps->env->symbols, name, NULL);
}

/*
 * Reads "TYPE *)" if a type is next. A name of both a variable and a type
 * refers to the variable, unless "*" and ")" follow it.
 */
static struct err *take_type(struct parser *ps, bool *is_type, struct type *ret)
{
	char name[TYPE_NAME_SIZE], word[TYPE_NAME_SIZE];
	const char *before = ps->p;
	enum certainty certain;
	struct type type;
	unsigned int stars = 0;
	struct err *e;

	*is_type = false;
	certain = take_type_words(ps, name, sizeof(name));
	if (certain == TYPE_NOT)
		goto no_type;
	for (;;) {
		if (take(ps, "*"))
			stars++;
		else if (!take_word(ps, qualifiers, word, sizeof(word)))
			break;
	}
	if (!take(ps, ")"))
		goto no_type;
	if (certain == TYPE_MAYBE && !stars && is_symbol(ps, name))
		goto no_type;
	e = types_find(ps->env->types, name, &type);
	if (e && (certain == TYPE_SURE || stars))
		return e;
	err_free(e);
	if (e)
		goto no_type;
	while (stars--)
		type = type_pointer_to(&type);
	*ret = type;
	*is_type = true;
	return NULL;
no_type:
	ps->p = before;
	return NULL;
}

/* Returns the smallest type that C gives to the number. */
static struct err *parse_number(struct parser *ps, struct datum *ret)
{
	const char *start = ps->p;
	unsigned int base = 10, d;
	bool is_signed = true, is_long = false;
	uint64_t v = 0;

	if (ps->p[0] == '0' && (ps->p[1] == 'x' || ps->p[1] == 'X')) {
		base = 16;
		ps->p += 2;
	}
	for (; isxdigit((unsigned char)*ps->p); ps->p++) {
		d = isdigit((unsigned char)*ps->p) ? *ps->p - '0' :
		    tolower((unsigned char)*ps->p) - 'a' + 10;
		if (d >= base)
			break;
		if (mul_overflows(v, base, &v) ||
		    add_overflows(v, d, &v))
			return err_new(ERR_USAGE, "number \"%s\" does not fit in 64 bits",
				       start);
	}
	if (base == 16 && ps->p == start + 2)
		return err_new(ERR_USAGE, "\"%s\" is not a number", start);
	for (; *ps->p && strchr("uUlL", *ps->p); ps->p++) {
		if (tolower((unsigned char)*ps->p) == 'u')
			is_signed = false;
		else
			is_long = true;
	}
	if (isalnum((unsigned char)*ps->p) || *ps->p == '_')
		return err_new(ERR_USAGE, "\"%s\" is not a number (hexadecimal requires 0x)",
			       start);
	if (is_signed && base == 16 && v > INT32_MAX && v <= UINT32_MAX)
		is_signed = is_long;
	if (v > INT64_MAX)
		is_signed = false;
	if (v > (is_signed ? INT32_MAX : UINT32_MAX))
		is_long = true;
	return number_datum(ps->env, v, is_signed, is_long ? 8 : 4, ret);
}

/* After "sizeof": "(type)" or a value follows. */
static struct err *parse_sizeof(struct parser *ps, struct datum *ret)
{
	const char *before = ps->p;
	struct datum d = { 0 };
	bool is_type = false;
	uint64_t size = 0;

	if (take(ps, "("))
		ERR_TRY(take_type(ps, &is_type, &d.type));
	if (!is_type) {
		ps->p = before;
		ERR_TRY(parse_unary(ps, &d));
	}
	if (d.bit_size)
		return err_new(ERR_USAGE, "a bit field has no size in bytes");
	ERR_TRY(type_size(&d.type, &size));
	return number_datum(ps->env, size, false, 8, ret);
}

/* After "per_cpu(". */
static struct err *parse_percpu(struct parser *ps, struct datum *ret)
{
	char name[TYPE_NAME_SIZE];
	struct datum cpu;
	uint64_t n = 0;

	if (!take_name(ps, name, sizeof(name)))
		return wanted(ps, "a per-cpu variable");
	ERR_TRY(expect(ps, ","));
	ERR_TRY(parse_binary(ps, 0, &cpu));
	ERR_TRY(expect(ps, ")"));
	ERR_TRY(datum_load(ps->env->space, &cpu, &n));
	return percpu_datum(ps->env, name, n, ret);
}

static struct err *parse_primary(struct parser *ps, struct datum *ret)
{
	char name[TYPE_NAME_SIZE];
	struct datum cpu;
	const char *before;
	uint64_t n = 0;

	skip_blanks(ps);
	if (take(ps, "(")) {
		ERR_TRY(parse_binary(ps, 0, ret));
		return expect(ps, ")");
	}
	if (isdigit((unsigned char)*ps->p))
		return parse_number(ps, ret);
	if (!take_name(ps, name, sizeof(name)))
		return wanted(ps, "a name, a number or \"(\"");
	before = ps->p;
	if (!strcmp(name, "per_cpu") && take(ps, "("))
		return parse_percpu(ps, ret);
	ps->p = before;
	if (!take(ps, "@"))
		return name_datum(ps->env, name, ret);
	/* the cpu is one word or in parentheses: "x@0->y" is "(x@0)->y" */
	ERR_TRY(deeper(ps));
	ERR_TRY(parse_primary(ps, &cpu));
	ps->depth--;
	ERR_TRY(datum_load(ps->env->space, &cpu, &n));
	return percpu_datum(ps->env, name, n, ret);
}

static struct err *parse_postfix(struct parser *ps, struct datum *ret)
{
	char name[TYPE_NAME_SIZE];
	struct datum d, index;
	size_t len;

	ERR_TRY(parse_primary(ps, &d));
	for (;;) {
		if (take(ps, "[")) {
			ERR_TRY(parse_binary(ps, 0, &index));
			ERR_TRY(expect(ps, "]"));
			ERR_TRY(datum_index(ps->env, &d, &index));
		} else if (take(ps, "->") || take(ps, ".")) {
			skip_blanks(ps);
			len = word_length(ps->p);
			if (!len || len >= sizeof(name))
				return wanted(ps, "a member's name");
			memcpy(name, ps->p, len);
			name[len] = '\0';
			ps->p += len;
			ERR_TRY(datum_member(ps->env, &d, name));
		} else {
			*ret = d;
			return NULL;
		}
	}
}

/* Evaluates a cast or a prefix operator, whose character has not been read yet. */
static struct err *parse_prefix(struct parser *ps, struct datum *ret)
{
	const char *before = ps->p;
	char word[TYPE_NAME_SIZE];
	struct type type;
	struct datum d;
	bool is_type;
	char op;

	if (take_name(ps, word, sizeof(word)) && !strcmp(word, "sizeof"))
		return parse_sizeof(ps, ret);
	ps->p = before;
	if (take(ps, "(")) {
		ERR_TRY(take_type(ps, &is_type, &type));
		if (is_type) {
			ERR_TRY(parse_unary(ps, &d));
			ERR_TRY(datum_cast(ps->env, &d, &type));
			*ret = d;
			return NULL;
		}
		ps->p = before;
	}
	if (!*ps->p || !strchr("*&-~!+", *ps->p))
		return parse_postfix(ps, ret);
	op = *ps->p++;
	ERR_TRY(parse_unary(ps, &d));
	if (op == '*')
		ERR_TRY(datum_follow(ps->env, &d));
	else if (op == '&')
		ERR_TRY(datum_address(&d));
	else if (op != '+')
		ERR_TRY(datum_unary(ps->env, &d, op));
	*ret = d;
	return NULL;
}

static struct err *parse_unary(struct parser *ps, struct datum *ret)
{
	ERR_TRY(deeper(ps));
	skip_blanks(ps);
	ERR_TRY(parse_prefix(ps, ret));
	ps->depth--;
	return NULL;
}

/* Returns the character of the next operator if it has that precedence; else 0. */
static char take_operator(struct parser *ps, unsigned int level)
{
	skip_blanks(ps);
	/* "&&" and "||" are not "&" before an address */
	if (ps->p[0] && ps->p[0] == ps->p[1] && strchr("&|", ps->p[0]))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (operators[i].level == level && take(ps, operators[i].text))
			return operators[i].text[0];
	return 0;
}

static struct err *parse_binary(struct parser *ps, unsigned int level,
				struct datum *ret)
{
	const unsigned int tightest = 5;
	struct datum d, right;
	char op;

	if (level > tightest)
		return parse_unary(ps, ret);
	ERR_TRY(parse_binary(ps, level + 1, &d));
	while ((op = take_operator(ps, level))) {
		ERR_TRY(parse_binary(ps, level + 1, &right));
		ERR_TRY(datum_binary(ps->env, &d, op, &right));
	}
	*ret = d;
	return NULL;
}

struct err *expr_eval(const struct expr_env *env, const char *text,
		      struct datum *ret)
{
	struct parser ps = { .env = env, .p = text };
	struct datum d;
	struct err *e;

	if (!env->types)
		return err_new(ERR_NO_TYPE, "no types: expressions require a xen-syms with DWARF");
	e = parse_binary(&ps, 0, &d);
	skip_blanks(&ps);
	if (!e && *ps.p)
		e = err_new(ERR_USAGE, "syntax error at \"%s\"", ps.p);
	if (!e)
		*ret = d;
	return e;
}

struct err *expr_print(const struct expr_env *env, const char *text,
		       const struct print_options *options, FILE *fp)
{
	struct datum d;

	ERR_TRY(expr_eval(env, text, &d));
	if (d.in_memory && type_kind(&d.type) == TYPE_VOID)
		return err_new(ERR_NO_TYPE, "the type of \"%s\" is unknown: cast its address, as in *(unsigned long *)&%s",
			       text, text);
	return datum_print(env->space, env->symbols, &d, options, fp);
}
