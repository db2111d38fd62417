/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mention.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define VA_DIGITS	16

static unsigned int hex_digits(const char *at)
{
	unsigned int n = 0;

	while (isxdigit((unsigned char)at[n]))
		n++;
	return n;
}

static bool is_name_char(char c)
{
	switch (c) {
	case '_': case '.': case '$': case '#': case '/': case '-':
		return true;
	}
	return isalnum((unsigned char)c);
}

/* Length of a name at at; 0: no name, for example a bare number. */
static size_t name_length(const char *at)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*at) && *at != '_' && *at != '.')
		return 0;
	while (is_name_char(at[n]))
		n++;
	/* "ffff82d040201418" is an address; "0x" starts a number */
	return hex_digits(at) == n && n >= 8 ? 0 : n;
}

/* Parses "+0x18/0x240" or "+0/0x130" at at; returns its end, or NULL. */
static const char *take_offset(const char *at, struct mention *m)
{
	char *next;

	if (*at != '+' || !isxdigit((unsigned char)at[1]))
		return NULL;
	m->offset = strtoull(at + 1, &next, 16);
	if (*next != '/' || !isxdigit((unsigned char)next[1]))
		return NULL;
	m->size = strtoull(next + 1, &next, 16);
	return next;
}

/*
 * Parses a name with its offset, or without if that is permitted; returns its
 * end, or NULL.
 */
static const char *take_place(const char *at, bool alone, struct mention *m)
{
	size_t len = name_length(at);
	struct mention found;
	const char *end;

	if (!len || len >= sizeof(m->name) || (!alone && at[len] != '+'))
		return NULL;
	found = *m;
	end = take_offset(at + len, &found);
	found.has_offset = end;
	if (!end && !alone)
		return NULL;
	if (!end)
		end = at + len;
	memcpy(found.name, at, len);
	found.name[len] = '\0';
	found.is_named = true;
	*m = found;
	return end;
}

/*
 * Parses the text that follows an address: a mark, "in Xen:", a place, or a
 * place in brackets, which may be a name without offset. Returns the end, or
 * at.
 */
static const char *take_name(const char *at, struct mention *m)
{
	static const char in_xen[] = "in Xen: ";
	const char *p = at, *end;
	bool bracket;

	while (*p == ' ' || *p == '\t')
		p++;
	if (isupper((unsigned char)p[0]) && p[1] == ' ') {
		m->mark = *p;
		p += 2;
		while (*p == ' ' || *p == '\t')
			p++;
	}
	if (!strncmp(p, in_xen, strlen(in_xen)))
		p += strlen(in_xen);
	bracket = *p == '(' || *p == '[';
	end = take_place(p + bracket, bracket, m);
	if (bracket && end && *end != ')' && *end != ']')
		m->is_named = false;
	if (!m->is_named)
		return at;
	/* " [payload]" after a place that is not in brackets itself */
	m->is_livepatch = !bracket && end[0] == ' ' && end[1] == '[';
	return end + bracket;
}

/* The selector "e008:" before at, if a word begins there; 0 if there is none. */
static unsigned int selector_before(const char *text, const char *at)
{
	if (at - text < 5 || at[-1] != ':' || hex_digits(at - 5) != 4 ||
	    (at - text > 5 && isalnum((unsigned char)at[-6])))
		return 0;
	return strtoul(at - 5, NULL, 16);
}

/* True if "-> " or " to " precedes the address, or " ->" follows it. */
static bool is_announced(const char *text, const char *at)
{
	return (at - text >= 3 && !strncmp(at - 3, "-> ", 3)) ||
	       (at - text >= 4 && !strncmp(at - 4, " to ", 4)) ||
	       !strncmp(at + VA_DIGITS, " -> ", 4);
}

/*
 * An address of 16 digits without brackets: the text around it decides whether
 * it counts.
 */
static bool take_bare(const char *text, const char *p, const char **end,
		      struct mention *m)
{
	const char *behind = p + VA_DIGITS;
	bool framed;

	if ((p > text && is_name_char(p[-1])) || hex_digits(p) != VA_DIGITS ||
	    is_name_char(*behind))
		return false;
	framed = p > text && (p[-1] == '[' || p[-1] == '<') &&
		 (*behind == ']' || *behind == '>');
	m->va = strtoull(p, NULL, 16);
	m->has_va = true;
	m->cs = selector_before(text, p);
	*end = take_name(behind + framed, m);
	return m->is_named || m->cs || is_announced(text, p);
}

/* "[<ffff82d040201418>]", also with 8 digits, from a 32-bit guest. */
static bool take_framed(const char *text, const char *p, const char **end,
			struct mention *m)
{
	unsigned int digits;

	if (p[0] != '[' || p[1] != '<')
		return false;
	digits = hex_digits(p + 2);
	if (digits < 8 || p[2 + digits] != '>' || p[3 + digits] != ']')
		return false;
	m->va = strtoull(p + 2, NULL, 16);
	m->has_va = true;
	m->cs = selector_before(text, p);
	*end = take_name(p + 4 + digits, m);
	return true;
}

/* A place without an address: offset and size both have to be hexadecimal. */
static bool take_named(const char *text, const char *p, const char **end,
		       struct mention *m)
{
	const char *back = p;

	if (p > text && is_name_char(p[-1]))
		return false;
	*end = take_place(p, false, m);
	if (!*end)
		return false;
	/* "[] R vcpu_wake+0x18/0x240": the address is missing in the text */
	while (back > text && back[-1] == ' ')
		back--;
	if (back - text > 1 && isupper((unsigned char)back[-1]) && back[-2] == ' ')
		m->mark = back[-1];
	return true;
}

/* False where none of the forms can begin: inside of a word, and at most punctuation. */
static bool may_begin(const char *text, const char *p)
{
	if (*p == '[')
		return true;
	return (isalnum((unsigned char)*p) || *p == '_' || *p == '.') &&
	       (p == text || !is_name_char(p[-1]));
}

enum { OTHER, DIGIT, PLUS, BRACKET };

/* Each character of a log is looked up several times: by a table. */
static const uint8_t kinds[256] = {
	['0' ... '9'] = DIGIT, ['a' ... 'f'] = DIGIT, ['A' ... 'F'] = DIGIT,
	['+'] = PLUS, ['['] = BRACKET,
};

/* False for most lines: none of the forms is in a text without these. */
static bool has_mark(const char *text)
{
	unsigned int digits = 0;

	for (const char *p = text; *p; p++) {
		uint8_t kind = kinds[(uint8_t)*p];

		digits = kind == DIGIT ? digits + 1 : 0;
		if (kind == PLUS || digits == VA_DIGITS || (kind == BRACKET && p[1] == '<'))
			return true;
	}
	return false;
}

bool mention_next(const char **at, struct mention *ret)
{
	static bool (*const forms[])(const char *text, const char *p,
				     const char **end, struct mention *m) = {
		take_framed, take_bare, take_named,
	};
	const char *text = *at, *p, *end;
	size_t i;

	if (!has_mark(text))
		return false;
	for (p = text; *p; p++) {
		if (!may_begin(text, p))
			continue;
		for (i = 0; i < ARRAY_SIZE(forms); i++) {
			struct mention m = { .va = 0 };

			if (!forms[i](text, p, &end, &m))
				continue;
			m.ends_line = !end[strspn(end, " =")];
			*ret = m;
			*at = end;
			return true;
		}
	}
	return false;
}
