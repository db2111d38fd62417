/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console_wrap.h"

#include <ctype.h>
#include <string.h>

#include "console_source.h"
#include "xen/base/array.h"

/* Narrower terminals are not used for consoles, nor such mails for logs. */
#define WIDTH_MIN	40
/* Mail programs wrap at this column or before. */
#define WIDTH_MAIL	80
/* Quotation marks that continuation lines have lost. */
#define SLACK		4

static size_t digits(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && isdigit((unsigned char)s[n]))
		n++;
	return n;
}

/*
 * "[   12.345678]", "[2026-11-21 ...", "[Sat Nov 21 ...": not "[0000:00:1f.2]",
 * a device, nor "[<ffff82d040201418>]"
 */
static bool is_stamp(const char *s, size_t len)
{
	size_t n = 1, nr;

	if (len < 5 || *s != '[')
		return false;
	if (isalpha((unsigned char)s[1]) && isalpha((unsigned char)s[2]) &&
	    isalpha((unsigned char)s[3]) && s[4] == ' ')
		return true;
	while (n < len && s[n] == ' ')
		n++;
	nr = digits(s + n, len - n);
	n += nr;
	if (!nr || n == len)
		return false;
	if (s[n] == '-')
		return nr == 4;
	if (s[n++] != '.')
		return false;
	nr = digits(s + n, len - n);
	return nr && n + nr < len && s[n + nr] == ']';
}

bool console_begins_message(const char *s, size_t len)
{
	static const char *const starts[] = { "(XEN", "Linux version", "PCPU ",
					      "RIP:" };
	size_t i;

	/* "<4>", the priority of a message of Linux or syslog */
	if (len > 2 && s[0] == '<' && isdigit((unsigned char)s[1]) &&
	    memchr(s + 2, '>', len < 5 ? len - 2 : 3))
		return true;
	if (is_stamp(s, len))
		return true;
	for (i = 0; i < ARRAY_SIZE(starts); i++)
		if (len >= strlen(starts[i]) && !memcmp(s, starts[i], strlen(starts[i])))
			return true;
	return false;
}

size_t console_trimmed(const char *s, size_t len)
{
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	return len;
}

size_t console_white(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && isspace((unsigned char)s[n]))
		n++;
	return n;
}

bool console_was_full(size_t width, size_t len, const char *next, size_t next_len)
{
	size_t word = 0;

	while (word < next_len && !isspace((unsigned char)next[word]))
		word++;
	return len + 1 + word + SLACK > width;
}

static bool has_prefix(const struct source_text *s)
{
	return memmem(s->start, s->len, CONSOLE_PREFIX, strlen(CONSOLE_PREFIX));
}

/* Length of a line without the mark of quoted-printable that it is continued */
static size_t length(const struct source_text *s)
{
	return s->len - (s->len && s->start[s->len - 1] == '=');
}

struct counts {
	size_t longest, trimmed;	/* lengths of lines with prefix */
	size_t pairs;			/* lines that are followed by one without prefix */
	size_t hard, mail;		/* those that fit either way of wrapping */
	size_t full;			/* lines of length longest that are not followed so */
};

/*
 * Counts the line before line i, both of one message if the text was wrapped.
 * False: the line begins a message or is blank.
 */
static bool count_pair(struct counts *c, const struct console_text *t, size_t i)
{
	const struct source_text *last = &t->source[i - 1], *s = &t->source[i];
	const char *next = s->start;
	size_t len = s->len, skipped = console_quotes(next, len);

	skipped += console_white(next + skipped, len - skipped);
	next += skipped;
	len -= skipped;
	if (!len || has_prefix(s) || console_begins_message(next, len))
		return false;
	c->pairs++;
	c->hard += length(last) == c->longest;
	c->mail += console_was_full(c->trimmed, length(last), next, len);
	return true;
}

void console_wrap_find(const struct console_text *t, struct console_wrap *ret)
{
	struct counts c = { .longest = 0 };
	bool inside = false;		/* line i belongs to a message of Xen */
	size_t i;

	*ret = (struct console_wrap){ .hard = 0 };
	if (!strstr(t->bytes, CONSOLE_PREFIX))
		return;
	for (i = 0; i < t->nr_sources; i++) {
		const struct source_text *s = &t->source[i];
		size_t trimmed = console_trimmed(s->start, s->len);

		if (!has_prefix(s))
			continue;
		if (length(s) > c.longest)
			c.longest = length(s);
		if (trimmed > c.trimmed)
			c.trimmed = trimmed;
	}
	for (i = 0; i < t->nr_sources; i++) {
		bool goes_on = inside && count_pair(&c, t, i);

		if (inside && !goes_on)
			c.full += length(&t->source[i - 1]) == c.longest;
		inside = goes_on || has_prefix(&t->source[i]);
	}
	/* the only line that is too long for a terminal wider than mail */
	if (c.pairs == 1 && c.hard && !c.full && c.longest > WIDTH_MAIL)
		ret->hard = c.longest;
	if (c.pairs < 2 || c.trimmed < WIDTH_MIN)
		return;
	if (4 * c.hard >= 3 * (c.pairs + c.full))
		ret->hard = c.longest;
	else if (c.mail > 1 && 3 * c.mail >= 2 * c.pairs)
		ret->mail = c.trimmed;
}
