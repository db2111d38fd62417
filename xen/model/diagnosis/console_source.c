/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converts bytes of console text to lines in UTF-8, and markup of mail and web
 * pages to plain text.
 */
#include "console_source.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/search.h"

/* ---- character sets ---- */

enum charset { UTF_8, UTF_16_LE, UTF_16_BE };

/*
 * Detects the encoding by the byte order mark, or by zeros at every other byte
 * of the beginning.
 */
static enum charset charset_of(const unsigned char *b, size_t len)
{
	size_t i, zeros[2] = { 0, 0 }, look = len < 512 ? len & ~1UL : 512;

	if (len >= 2 && b[0] == 0xff && b[1] == 0xfe)
		return UTF_16_LE;
	if (len >= 2 && b[0] == 0xfe && b[1] == 0xff)
		return UTF_16_BE;
	for (i = 0; i < look; i++)
		zeros[i & 1] += !b[i];
	if (look >= 16 && zeros[1] * 4 > look && !zeros[0])
		return UTF_16_LE;
	if (look >= 16 && zeros[0] * 4 > look && !zeros[1])
		return UTF_16_BE;
	return UTF_8;
}

static size_t put_utf8(char *to, unsigned int c)
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

/* Characters outside of the basic plane become '?': Xen prints none of them. */
static size_t from_utf16(const unsigned char *b, size_t len, bool big, char *to)
{
	size_t i, n = 0;

	for (i = 0; i + 1 < len; i += 2) {
		unsigned int c = b[i + !big] << 8 | b[i + big];

		if (c == 0xfeff || !c)
			continue;
		n += put_utf8(to + n, c >= 0xd800 && c < 0xe000 ? '?' : c);
	}
	return n;
}

/* NULs of a serial line are noise. */
static size_t without_nuls(const char *b, size_t len, char *to)
{
	size_t i = 0, n = 0;

	if (len >= 3 && !memcmp(b, "\xef\xbb\xbf", 3))
		i = 3;
	for (; i < len; i++)
		if (b[i])
			to[n++] = b[i];
	return n;
}

struct err *console_too_long(void)
{
	return err_new(ERR_UNSUPPORTED, "the text has more than %u lines; give a part of it",
		       CONSOLE_LINES_MAX);
}

static struct err *add_line(struct console_text *t, const char *start,
			    const char *end)
{
	const char *stop = end;

	if (t->nr_sources >= CONSOLE_LINES_MAX)
		return console_too_long();
	if (!ARRAY_GROW(t->source, t->nr_sources))
		return err_nomem();
	while (stop > start && stop[-1] == '\r')
		stop--;
	t->source[t->nr_sources++] = (struct source_text){ start, stop - start,
							   end - stop };
	return NULL;
}

/* All lines end either in LF, with any number of CRs before it, or in CR. */
static struct err *split(struct console_text *t, size_t len)
{
	const char *at = t->bytes, *end = t->bytes + len, *stop;
	int mark = memchr(at, '\n', len) ? '\n' : '\r';

	while (at < end) {
		ERR_TRY(interrupt_check());
		stop = memchr(at, mark, end - at);
		ERR_TRY(add_line(t, at, stop ? stop : end));
		at = stop ? stop + 1 : end;
	}
	return NULL;
}

struct err *console_source_read(struct console_text *t, const char *bytes,
				size_t len)
{
	const unsigned char *b = (const unsigned char *)bytes;
	enum charset set = charset_of(b, len);
	size_t n;

	/* two bytes of UTF-16 are at most three of UTF-8 */
	t->bytes = malloc(len + len / 2 + 4);
	if (!t->bytes)
		return err_nomem();
	n = set == UTF_8 ? without_nuls(bytes, len, t->bytes) :
			   from_utf16(b, len, set == UTF_16_BE, t->bytes);
	t->bytes[n] = '\0';
	return split(t, n);
}

/* ---- encodings of mail and web pages ---- */

static bool is_hex_upper(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/*
 * Detects quoted-printable: each '=' is followed by a code or the end of the
 * line, and at least once by the code of '=' itself or by the end of the line.
 */
static bool is_quoted_printable(const struct console_text *t)
{
	bool sure = false;
	size_t i, n;

	for (i = 0; i < t->nr_sources; i++) {
		const struct source_text *s = &t->source[i];

		for (n = 0; n < s->len; n++) {
			if (s->start[n] != '=')
				continue;
			if (n + 1 == s->len) {
				sure = true;
				continue;
			}
			if (n + 2 >= s->len || !is_hex_upper(s->start[n + 1]) ||
			    !is_hex_upper(s->start[n + 2]))
				return false;
			sure |= !memcmp(s->start + n, "=3D", 3);
		}
	}
	return sure;
}

static bool has_any(const struct console_text *t, const char *const *marks)
{
	for (; *marks; marks++)
		if (strstr(t->bytes, *marks))
			return true;
	return false;
}

struct console_form console_form_of(const struct console_text *t)
{
	static const char *const html[] = { "<br", "<BR", "&lt;", "&nbsp;", "&#",
					    "<pre", "<span", "<p>", "<div", "<td",
					    NULL };
	struct console_form f = { .quoted_printable = is_quoted_printable(t),
				  .html = has_any(t, html) };
	return f;
}

/* ---- one line, cleaned in place ---- */

static int hex_value(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

static size_t decode_quoted_printable(char *s, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		if (s[i] == '=' && i + 2 < len && is_hex_upper(s[i + 1]) &&
		    is_hex_upper(s[i + 2])) {
			s[n++] = hex_value(s[i + 1]) << 4 | hex_value(s[i + 2]);
			i += 2;
		} else {
			s[n++] = s[i];
		}
	}
	return n;
}

static const struct {
	const char *name;
	unsigned int c;
} entities[] = {
	{ "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' },
	{ "apos", '\'' }, { "nbsp", ' ' }, { "plus", '+' }, { "lsqb", '[' },
	{ "rsqb", ']' }, { "num", '#' }, { "lpar", '(' }, { "rpar", ')' },
	{ "sol", '/' }, { "colon", ':' }, { "ensp", ' ' }, { "emsp", ' ' },
	{ "Tab", '\t' }, { "commat", '@' }, { "lbrack", '[' }, { "rbrack", ']' },
	{ "shy", 0xad }, { "zwnj", 0x200c }, { "ndash", '-' }, { "mdash", '-' },
	{ "minus", '-' }, { "lsquo", '\'' }, { "rsquo", '\'' }, { "hellip", 0x2026 },
};

/* Number after "&#": 43 or x2b; 0 outside of the basic plane */
static unsigned int entity_code(const char *s)
{
	bool hex = tolower((unsigned char)*s) == 'x';
	unsigned long code = strtoul(s + hex, NULL, hex ? 16 : 10);

	return code < 0xd800 || (code > 0xdfff && code < 0x10000) ? code : 0;
}

/*
 * Writes the character of "&name;" or "&#43;" at s to the same place, which is
 * long enough, and returns its length; *used: length of the entity, 0 for none.
 */
static size_t entity(const char *s, size_t len, char *to, size_t *used)
{
	const char *end = memchr(s, ';', len < 12 ? len : 12);
	unsigned int code = 0;
	size_t i, n;

	*used = 0;
	if (!end || end - s < 3)
		return 0;
	n = end - s - 1;
	if (s[1] == '#')
		code = entity_code(s + 2);
	for (i = 0; s[1] != '#' && i < ARRAY_SIZE(entities); i++)
		if (strlen(entities[i].name) == n &&
		    !strncmp(entities[i].name, s + 1, n))
			code = entities[i].c;
	if (!code && s[1] != '#')
		return 0;
	*used = n + 2;
	return put_utf8(to, code ? code : '?');
}

static const char *const tags[] = {
	"a", "abbr", "article", "aside", "b", "big", "blockquote", "body", "br",
	"button", "center", "code", "dd", "div", "dl", "dt", "em", "font",
	"footer", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr",
	"html", "i", "img", "input", "ins", "kbd", "label", "li", "link", "main",
	"mark", "meta", "nav", "ol", "p", "pre", "s", "samp", "script",
	"section", "small", "span", "strong", "style", "sub", "sup", "svg",
	"table", "tbody", "td", "th", "thead", "title", "tr", "tt", "u", "ul",
	"wbr",
};

/* Tags that start a new line. */
static const char *const breaks[] = {
	"br", "p", "div", "tr", "li", "hr", "pre", "h1", "h2", "h3", "td",
};

static bool is_in(const char *const *names, size_t nr, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (strlen(names[i]) == len && !strncasecmp(names[i], name, len))
			return true;
	return false;
}

/* The characters that end tags and comments, found in one pass over a line. */
struct closing {
	struct search tag, comment;
};

/*
 * Length of the HTML tag at s; 0 if there is none, as for "<ffff82d040201418>".
 */
static size_t tag(struct closing *c, const char *s, size_t len, bool *breaks_line)
{
	const char *name = s + 1, *stop = s + len, *end;
	size_t n = 0;

	if (len > 4 && !memcmp(s, "<!--", 4)) {
		end = search_next(&c->comment, s, stop);
		return end < stop ? (size_t)(end + 3 - s) : len;
	}
	if (len > 1 && *name == '/')
		name++;
	while (name + n < stop && isalnum((unsigned char)name[n]))
		n++;
	if (name + n == stop || !memchr("/> ", name[n], 3) ||
	    !is_in(tags, ARRAY_SIZE(tags), name, n))
		return 0;
	end = search_next(&c->tag, s, stop);
	if (end == stop)
		return 0;
	*breaks_line = is_in(breaks, ARRAY_SIZE(breaks), name, n);
	return end + 1 - s;
}

static size_t decode_html(char *s, size_t len)
{
	struct closing closing = { .tag = { .mark = ">" },
				   .comment = { .mark = "-->" } };
	size_t i = 0, n = 0, used, put;
	bool breaks_line;

	while (i < len) {
		breaks_line = false;
		used = s[i] == '<' ? tag(&closing, s + i, len - i, &breaks_line) : 0;
		if (used) {
			i += used;
			if (breaks_line && i < len)
				s[n++] = CONSOLE_BREAK;
			continue;
		}
		put = s[i] == '&' ? entity(s + i, len - i, s + n, &used) : 0;
		if (used) {
			n += put;
			i += used;
		} else {
			s[n++] = s[i++];
		}
	}
	return n;
}

/* Typographic characters, and the ASCII text that the console printed. */
static const struct {
	const char *utf8, *plain;
} signs[] = {
	{ "\xc2\xa0", " " },	   { "\xc2\xad", "" },	   { "\xe2\x80\x8b", "" },
	{ "\xe2\x80\x8c", "" },	   { "\xe2\x80\x8d", "" },	   { "\xef\xbb\xbf", "" },
	{ "\xe2\x81\xa0", "" },	   { "\xe2\x80\xaf", " " },  { "\xe2\x80\x90", "-" },
	{ "\xe2\x80\x91", "-" },  { "\xe2\x80\x93", "-" },  { "\xe2\x80\x94", "-" },
	{ "\xe2\x88\x92", "-" },  { "\xe2\x80\x98", "'" },  { "\xe2\x80\x99", "'" },
	{ "\xe2\x80\x9c", "\"" }, { "\xe2\x80\x9d", "\"" }, { "\xe2\x80\xa6", "..." },
};

/*
 * Length of the typographic character at s, which is longer than its *plain
 * text; 0 for none.
 */
static size_t sign(const char *s, size_t len, const char **plain)
{
	size_t i, n;

	if (!((unsigned char)*s & 0x80))
		return 0;
	for (i = 0; i < ARRAY_SIZE(signs); i++) {
		n = strlen(signs[i].utf8);
		if (n <= len && !memcmp(s, signs[i].utf8, n)) {
			*plain = signs[i].plain;
			return n;
		}
	}
	return 0;
}

/* Length of the terminal escape at s, such as "ESC [ 1 m"; 0 for none */
static size_t escape(const char *s, size_t len)
{
	size_t n = 1;

	if (*s != '\033')
		return 0;
	if (n < len && s[n] == '[')
		for (n++; n < len && (unsigned char)s[n] < 0x40; n++)
			;
	return n < len ? n + 1 : len;
}

static size_t to_plain(char *s, size_t len)
{
	size_t i = 0, n = 0, used;
	const char *plain;

	while (i < len) {
		plain = "";
		used = escape(s + i, len - i);
		if (!used)
			used = sign(s + i, len - i, &plain);
		if (used) {
			memcpy(s + n, plain, strlen(plain));
			n += strlen(plain);
			i += used;
		} else {
			s[n++] = s[i] == '\r' ? CONSOLE_BREAK : s[i];
			i++;
		}
	}
	return n;
}

size_t console_quotes(const char *s, size_t len)
{
	size_t i = 0, quoted = 0;

	while (i < len && strchr("> |\t", s[i])) {
		if (s[i] == '>' || s[i] == '|')
			quoted = i + 1;
		i++;
	}
	return quoted + (quoted && quoted < len && s[quoted] == ' ');
}

size_t console_line_clean(const struct console_form *f, char *s, size_t len,
			  bool *goes_on)
{
	*goes_on = false;
	if (f->quoted_printable) {
		*goes_on = len && s[len - 1] == '=';
		len = decode_quoted_printable(s, len - *goes_on);
	}
	if (f->html)
		len = decode_html(s, len);
	return to_plain(s, len);
}
