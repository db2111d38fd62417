/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of console text to lines in UTF-8, and markup of mail and web pages to plain text. */
#include "console_source.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* ---- character sets ---- */

enum charset { UTF_8, UTF_16_LE, UTF_16_BE };

/* By the byte order mark, or by zeros at every other byte of the beginning. */
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

/* Characters outside of the first plane become '?': Xen prints none. */
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

/* NULs of a serial line carry nothing. */
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

static struct err *add_line(struct console_text *t, const char *start,
			    const char *end)
{
	const char *stop = end;

	if (!ARRAY_GROW(t->source, t->nr_sources))
		return err_nomem();
	while (stop > start && stop[-1] == '\r')
		stop--;
	t->source[t->nr_sources++] = (struct source_text){ start, stop - start,
							   end - stop };
	return NULL;
}

/* Lines end in LF, with any number of CRs before it, or all of them in CR. */
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

/* ---- forms ---- */

static bool is_hex_upper(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/*
 * Quoted-printable: behind each '=' there is a code or the end of the line, and
 * at least one is its own code, or a line that goes on.
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
	char c;
} entities[] = {
	{ "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' },
	{ "apos", '\'' }, { "nbsp", ' ' }, { "plus", '+' }, { "lsqb", '[' },
	{ "rsqb", ']' }, { "num", '#' }, { "lpar", '(' }, { "rpar", ')' },
	{ "sol", '/' }, { "colon", ':' }, { "ensp", ' ' }, { "emsp", ' ' },
	{ "Tab", '\t' }, { "commat", '@' },
};

/* The character of "&name;" or "&#43;" at s; *used is 0 where it is none. */
static char entity(const char *s, size_t len, size_t *used)
{
	const char *end = memchr(s, ';', len < 12 ? len : 12);
	unsigned long code;
	size_t i, n;

	*used = 0;
	if (!end || end - s < 3)
		return 0;
	n = end - s - 1;
	*used = n + 2;
	if (s[1] == '#') {
		code = strtoul(s + 2 + (tolower((unsigned char)s[2]) == 'x'), NULL,
			       tolower((unsigned char)s[2]) == 'x' ? 16 : 10);
		return code == 0xa0 ? ' ' : code && code < 0x80 ? (char)code : '?';
	}
	for (i = 0; i < ARRAY_SIZE(entities); i++)
		if (strlen(entities[i].name) == n &&
		    !strncmp(entities[i].name, s + 1, n))
			return entities[i].c;
	*used = 0;
	return 0;
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

/* Tags behind which a new line begins. */
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

/* Bytes of the tag at s; 0 where it is none, such as "<ffff82d040201418>". */
static size_t tag(const char *s, size_t len, bool *breaks_line)
{
	const char *name = s + 1, *end;
	size_t n = 0;

	if (len > 4 && !memcmp(s, "<!--", 4)) {
		end = memmem(s, len, "-->", 3);
		return end ? (size_t)(end + 3 - s) : len;
	}
	if (len > 1 && *name == '/')
		name++;
	while (name + n < s + len && isalnum((unsigned char)name[n]))
		n++;
	if (!is_in(tags, ARRAY_SIZE(tags), name, n))
		return 0;
	end = memchr(s, '>', len);
	if (!end || !(name[n] == '>' || name[n] == '/' || name[n] == ' '))
		return 0;
	*breaks_line = is_in(breaks, ARRAY_SIZE(breaks), name, n);
	return end + 1 - s;
}

static size_t decode_html(char *s, size_t len)
{
	size_t i = 0, n = 0, used;
	bool breaks_line;
	char c;

	while (i < len) {
		breaks_line = false;
		used = s[i] == '<' ? tag(s + i, len - i, &breaks_line) : 0;
		if (used) {
			i += used;
			if (breaks_line && i < len)
				s[n++] = CONSOLE_BREAK;
			continue;
		}
		c = s[i] == '&' ? entity(s + i, len - i, &used) : 0;
		if (used) {
			s[n++] = c;
			i += used;
		} else {
			s[n++] = s[i++];
		}
	}
	return n;
}

/* Terminal escapes ("ESC [ 1 m") carry no text; nor do no-break spaces differ. */
static size_t without_escapes(char *s, size_t len)
{
	size_t i = 0, n = 0;

	while (i < len) {
		if (s[i] == '\033') {
			i++;
			if (i < len && s[i] == '[')
				for (i++; i < len && (unsigned char)s[i] < 0x40; i++)
					;
			i += i < len;
			continue;
		}
		if (i + 1 < len && !memcmp(s + i, "\xc2\xa0", 2)) {
			s[n++] = ' ';
			i += 2;
			continue;
		}
		s[n++] = s[i] == '\r' ? CONSOLE_BREAK : s[i];
		i++;
	}
	return n;
}

/* "> > ", "| ": how mail quotes. */
static size_t without_quotes(char *s, size_t len)
{
	size_t i = 0, quoted = 0;

	while (i < len && strchr("> |\t", s[i])) {
		if (s[i] == '>' || s[i] == '|')
			quoted = i + 1;
		i++;
	}
	if (quoted && quoted < len && s[quoted] == ' ')
		quoted++;
	memmove(s, s + quoted, len - quoted);
	return len - quoted;
}

size_t console_line_clean(const struct console_form *f, char *s, size_t len,
			  bool *goes_on)
{
	*goes_on = false;
	if (f->html)
		len = decode_html(s, len);
	len = without_quotes(s, len);
	if (f->quoted_printable) {
		*goes_on = len && s[len - 1] == '=';
		len = decode_quoted_printable(s, len - *goes_on);
	}
	return without_escapes(s, len);
}
