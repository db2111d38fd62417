/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converts a line as terminals, loggers and editors pass it on to the text that
 * the console printed: control characters spelled out, terminal escapes,
 * typographic and full-width characters, bytes of Windows-1252.
 */
#include "console_source.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "xen/base/array.h"

size_t console_put_utf8(char *to, unsigned int c)
{
	if (c < 0x80) {
		to[0] = c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = 0xc0 | c >> 6;
		to[1] = 0x80 | (c & 0x3f);
		return 2;
	}
	to[0] = 0xe0 | c >> 12;
	to[1] = 0x80 | (c >> 6 & 0x3f);
	to[2] = 0x80 | (c & 0x3f);
	return 3;
}

/* ---- characters spelled out by loggers, JSON and Markdown ---- */

static bool is_digit_of(char c, unsigned int base)
{
	int digit = isdigit((unsigned char)c) ? c - '0' :
		    isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 16;

	return digit < (int)base;
}

/* Forms of a character: a mark and its digits, "#015", "\033", "\x1b", "\u003c" */
static const struct {
	const char *mark;
	unsigned int digits, base;
	unsigned int max;	/* larger values are no character in this form */
} spellings[] = {
	{ "#", 3, 8, 0x1f },	/* rsyslog; not "x86_64/entry.S#name" */
	{ "\\", 3, 8, 0x1f },
	{ "\\x", 2, 16, 0xff },
	{ "\\u", 4, 16, 0xffff },
};

/* Length of the spelled out character at s; 0: none. *c: the character */
static size_t spelled_out(const char *s, size_t len, unsigned int *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
		size_t mark = strlen(spellings[i].mark), n = 0;

		if (mark + spellings[i].digits > len ||
		    memcmp(s, spellings[i].mark, mark))
			continue;
		*c = 0;
		for (; n < spellings[i].digits &&
		     is_digit_of(s[mark + n], spellings[i].base); n++)
			*c = *c * spellings[i].base +
			     (isdigit((unsigned char)s[mark + n]) ? s[mark + n] - '0' :
			      tolower((unsigned char)s[mark + n]) - 'a' + 10);
		if (n == spellings[i].digits && *c <= spellings[i].max &&
		    (*c < 0xd800 || *c > 0xdfff))
			return mark + n;
	}
	return 0;
}

/* Characters after a backslash, and their meaning in C and JSON. */
static const char letters[][2] = {
	{ 'n', '\n' }, { 'r', '\r' }, { 't', '\t' }, { 'e', '\033' },
};

/* Length of an escape of one character: "\n", "\_" of Markdown, "^M" of "cat -v" */
static size_t marked(const char *s, size_t len, unsigned int *c)
{
	if (len < 2)
		return 0;
	if (*s == '^' && s[1] >= '@' && s[1] <= '_') {
		*c = s[1] - '@';
		return 2;
	}
	if (*s != '\\')
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (s[1] == letters[i][0]) {
			*c = letters[i][1];
			return 2;
		}
	if (!ispunct((unsigned char)s[1]))
		return 0;
	*c = s[1];
	return 2;
}

/* Replaces spelled out characters in place; returns the new length. */
static size_t unescape(char *s, size_t len)
{
	size_t i = 0, n = 0, used;
	unsigned int c;

	while (i < len) {
		used = 0;
		/* a backslash after ESC ends a terminal's string */
		if ((s[i] == '\\' && (!i || s[i - 1] != '\033')) || s[i] == '#' ||
		    s[i] == '^') {
			used = spelled_out(s + i, len - i, &c);
			if (!used)
				used = marked(s + i, len - i, &c);
		}
		if (!used) {
			s[n++] = s[i++];
			continue;
		}
		if (c >= 0x80 && c <= 0xff && s[i + 1] == 'x')
			s[n++] = c;	/* a byte of UTF-8 */
		else if (c)
			n += console_put_utf8(s + n, c);
		i += used;
	}
	return n;
}

/* ---- terminals ---- */

/* Longest title of a terminal's window. */
#define TITLE_MAX	256

/* Parameters of an escape: "1;32" */
static size_t parameters(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (unsigned char)s[n] >= 0x20 && (unsigned char)s[n] < 0x40)
		n++;
	return n;
}

/*
 * Length of "1;32m" after the introducer; *breaks: it moves the cursor to the
 * beginning of a line.
 */
static size_t control_sequence(const char *s, size_t len, bool *breaks)
{
	size_t n = parameters(s, len);
	const char *column = memchr(s, ';', n);

	*breaks = n < len && (strchr("EF", s[n]) ||
			      (strchr("Hf", s[n]) &&
			       (!column || (column[1] == '1' && column + 2 == s + n))));
	return n < len ? n + 1 : len;
}

/* Length of "0;title" with its end, BEL or ESC "\"; 0: it has no end */
static size_t title(const char *s, size_t len)
{
	size_t n, max = len < TITLE_MAX ? len : TITLE_MAX;

	for (n = 0; n < max; n++) {
		if (s[n] == '\a')
			return n + 1;
		if (s[n] == '\033' && n + 1 < len && s[n + 1] == '\\')
			return n + 2;
	}
	return 0;
}

/* Length of the terminal escape at s, such as "ESC [ 1 m"; 0 for none */
static size_t escape(const char *s, size_t len, bool *breaks)
{
	size_t n = 1;

	if (*s != '\033')
		return 0;
	if (len < 2)
		return 1;
	if (s[1] == '[')
		return 2 + control_sequence(s + 2, len - 2, breaks);
	if (s[1] == ']')
		return 2 + title(s + 2, len - 2);
	while (n < len && s[n] >= 0x20 && s[n] < 0x30)
		n++;
	return n < len ? n + 1 : len;
}

/* Length of an escape that lost its ESC: "[0m", "[1;32m", "[K"; 0 for none */
static size_t lost_escape(const char *s, size_t len)
{
	size_t n = 1;

	if (*s != '[')
		return 0;
	while (n < len && (isdigit((unsigned char)s[n]) || s[n] == ';'))
		n++;
	if (n == len)
		return 0;
	if (s[n] == 'm' && n > 1)
		return n + 1;
	if (s[n] == 'K' && (n + 1 == len || strchr(" ([\033\n", s[n + 1])))
		return n + 1;
	return s[n] == 'H' && memchr(s, ';', n) ? n + 1 : 0;
}

/* ---- character sets ---- */

/* Characters that replace ASCII text, which is not longer than their UTF-8. */
static const struct {
	const char *utf8, *plain;
} signs[] = {
	{ "\xc2\xa0", " " },	   { "\xc2\xad", "" },	   { "\xe2\x80\x8b", "" },
	{ "\xe2\x80\x8c", "" },	   { "\xe2\x80\x8d", "" },	   { "\xef\xbb\xbf", "" },
	{ "\xe2\x81\xa0", "" },	   { "\xe2\x80\xaf", " " },  { "\xe2\x80\x90", "-" },
	{ "\xe2\x80\x91", "-" },  { "\xe2\x80\x93", "-" },  { "\xe2\x80\x94", "-" },
	{ "\xe2\x88\x92", "-" },  { "\xe2\x80\x98", "'" },  { "\xe2\x80\x99", "'" },
	{ "\xe2\x80\x9c", "\"" }, { "\xe2\x80\x9d", "\"" }, { "\xe2\x80\xa6", "..." },
	{ "\xe2\x80\xb9", "<" },  { "\xe2\x80\xba", ">" },  { "\xc2\xab", "<" },
	{ "\xc2\xbb", ">" },	   { "\xe2\x9f\xa8", "<" },  { "\xe2\x9f\xa9", ">" },
	{ "\xe3\x80\x80", " " },  { "\xc2\x85", "\n" },	   { "\xe2\x80\xa8", "\n" },
	{ "\xe2\x80\xa9", "\n" },	   { "\xe2\x80\x8e", "" },	   { "\xe2\x80\x8f", "" },
	{ "\xe2\x80\xaa", "" },	   { "\xe2\x80\xab", "" },	   { "\xe2\x80\xac", "" },
};

/* The blanks of several widths, U+2000 to U+200A and U+205F */
static bool is_wide_blank(const char *s)
{
	unsigned char c = s[2];

	return (unsigned char)*s == 0xe2 &&
	       (((unsigned char)s[1] == 0x80 && c >= 0x80 && c <= 0x8a) ||
		((unsigned char)s[1] == 0x81 && c == 0x9f));
}

/* Full-width forms of '!' to '~': U+FF01 to U+FF5E */
static const char *full_width(const char *s, char *to)
{
	unsigned int c = ((unsigned char)s[1] & 0x3f) << 6 | ((unsigned char)s[2] & 0x3f);

	if ((unsigned char)*s != 0xef || c < 0xf01 || c > 0xf5e)
		return NULL;
	to[0] = c - 0xf00 + 0x20;
	to[1] = '\0';
	return to;
}

/* Bytes of Windows-1252 that are not UTF-8. */
static const char windows[][2] = {
	{ '\xa0', ' ' }, { '\x85', '.' }, { '\x91', '\'' }, { '\x92', '\'' },
	{ '\x93', '"' }, { '\x94', '"' }, { '\x96', '-' }, { '\x97', '-' },
	{ '\xab', '<' }, { '\xbb', '>' }, { '\x8b', '<' }, { '\x9b', '>' },
};

/* Length of the character at s in UTF-8; 0: it is not UTF-8 */
static size_t utf8_length(const char *s, size_t len)
{
	unsigned char lead = *s;
	size_t n = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 :
		   lead < 0xf5 ? 4 : 0, i;

	if (n > len)
		return 0;
	for (i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/*
 * Length of the character at s that is replaced by *plain, which is not longer;
 * 0: it is kept. spare: storage of two bytes.
 */
static size_t sign(const char *s, size_t len, char *spare, const char **plain)
{
	size_t i, n;

	if (!((unsigned char)*s & 0x80))
		return 0;
	n = utf8_length(s, len);
	for (i = 0; !n && i < ARRAY_SIZE(windows); i++)
		if (*s == windows[i][0]) {
			spare[0] = windows[i][1];
			spare[1] = '\0';
			*plain = spare;
			return 1;
		}
	for (i = 0; n && i < ARRAY_SIZE(signs); i++)
		if (strlen(signs[i].utf8) == n && !memcmp(s, signs[i].utf8, n)) {
			*plain = signs[i].plain;
			return n;
		}
	*plain = n != 3 ? NULL : is_wide_blank(s) ? " " : full_width(s, spare);
	return *plain ? n : 0;
}

size_t console_to_plain(char *s, size_t len)
{
	size_t i = 0, n = 0, used;
	char spare[2];

	len = unescape(s, len);
	while (i < len) {
		const char *plain = "";
		bool breaks = false;

		if (isprint((unsigned char)s[i]) && s[i] != '[' &&
		    !((unsigned char)s[i] & 0x80)) {
			s[n++] = s[i++];
			continue;
		}
		used = escape(s + i, len - i, &breaks);
		if (!used)
			used = lost_escape(s + i, len - i);
		if (!used)
			used = sign(s + i, len - i, spare, &plain);
		if (used) {
			if (breaks)
				s[n++] = CONSOLE_BREAK;
			memcpy(s + n, plain, strlen(plain));
			n += strlen(plain);
			i += used;
		} else if (s[i] == '\b') {
			n -= n > 0;
			i++;
		} else if (iscntrl((unsigned char)s[i]) && !strchr("\t\n\r", s[i])) {
			i++;
		} else {
			s[n++] = s[i] == '\r' ? CONSOLE_BREAK : s[i];
			i++;
		}
	}
	return n;
}
