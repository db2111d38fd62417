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
 * Detects the encoding by zeros at every other byte of the beginning; with a byte
 * order mark, which can also be noise of a serial line, one of them is enough.
 */
static enum charset charset_of(const unsigned char *b, size_t len)
{
	size_t i, zeros[2] = { 0, 0 }, look = len < 512 ? len & ~1UL : 512;

	for (i = 0; i < look; i++)
		zeros[i & 1] += !b[i];
	if (look > 2 && b[0] == 0xff && b[1] == 0xfe && zeros[1])
		return UTF_16_LE;
	if (look > 2 && b[0] == 0xfe && b[1] == 0xff && zeros[0])
		return UTF_16_BE;
	if (look >= 16 && zeros[1] * 4 > look && !zeros[0])
		return UTF_16_LE;
	if (look >= 16 && zeros[0] * 4 > look && !zeros[1])
		return UTF_16_BE;
	return UTF_8;
}

/* Characters outside of the basic plane become '?': Xen prints none of them. */
static size_t from_utf16(const unsigned char *b, size_t len, bool big, char *to)
{
	size_t i, n = 0;

	for (i = 0; i + 1 < len; i += 2) {
		unsigned int c = b[i + !big] << 8 | b[i + big];

		if (c == 0xfeff || !c)
			continue;
		n += console_put_utf8(to + n, c >= 0xd800 && c < 0xe000 ? '?' : c);
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
	n = console_decode_base64(t->bytes, n);
	t->bytes[n] = '\0';
	return split(t, n);
}

/* ---- encodings of mail and web pages ---- */

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c);
}

/* The header of a mail, or of a part of it, that names its encoding */
static bool names_quoted_printable(const struct source_text *s)
{
	static const char name[] = "Content-Transfer-Encoding:";
	static const char value[] = "quoted-printable";
	size_t at = strlen(name);

	if (s->len < at + strlen(value) || strncasecmp(s->start, name, at))
		return false;
	while (at < s->len && isspace((unsigned char)s->start[at]))
		at++;
	return s->len - at >= strlen(value) &&
	       !strncasecmp(s->start + at, value, strlen(value));
}

/*
 * True if a line that ends in '=' may be continued: encoders fill it up to 76
 * characters, and "!=" of mm.c would be "!=3D".
 */
static bool is_soft_end(const struct source_text *s)
{
	return s->len >= 70 && s->len <= 76 && s->start[s->len - 2] != '!';
}

/*
 * Detects quoted-printable: by the header of the mail, else each '=' is followed
 * by a code or the end of the line, and at least once by the code of '=' itself
 * or by the end of the line.
 */
static bool is_quoted_printable(const struct console_text *t)
{
	bool sure = false;
	size_t i, n;

	for (i = 0; i < t->nr_sources; i++)
		if (names_quoted_printable(&t->source[i]))
			return true;
	for (i = 0; i < t->nr_sources; i++) {
		const struct source_text *s = &t->source[i];

		for (n = 0; n < s->len; n++) {
			if (s->start[n] != '=')
				continue;
			if (n + 1 == s->len) {
				sure |= is_soft_end(s);
				continue;
			}
			if (n + 2 >= s->len || !is_hex(s->start[n + 1]) ||
			    !is_hex(s->start[n + 2]))
				return false;
			sure |= !strncasecmp(s->start + n, "=3D", 3);
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
	static const char *const html[] = { "<br", "<BR", "&lt;", "&LT;", "&gt;",
					    "&amp;", "&nbsp;", "&#", "<pre", "<PRE",
					    "<span", "<p>", "<P>", "<div", "<DIV",
					    "<td", "<TD", "<li>", NULL };
	struct console_form f = { .quoted_printable = is_quoted_printable(t),
				  .html = has_any(t, html) };
	return f;
}

/* ---- one line, cleaned in place ---- */

static int hex_value(char c)
{
	return c <= '9' ? c - '0' : toupper((unsigned char)c) - 'A' + 10;
}

static size_t decode_quoted_printable(char *s, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		if (s[i] == '=' && i + 2 < len && is_hex(s[i + 1]) &&
		    is_hex(s[i + 2])) {
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
	{ "minus", '-' }, { "lowbar", '_' }, { "UnderBar", '_' }, { "hyphen", '-' },
	{ "thinsp", ' ' }, { "equals", '=' }, { "period", '.' }, { "semi", ';' },
	{ "excl", '!' }, { "lcub", '{' }, { "rcub", '}' }, { "bsol", '\\' },
	{ "grave", '`' }, { "ast", '*' }, { "percnt", '%' }, { "verbar", '|' },
	{ "lsquo", '\'' }, { "rsquo", '\'' }, { "hellip", 0x2026 },
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
		    !strncasecmp(entities[i].name, s + 1, n))
			code = entities[i].c;
	if (!code && s[1] != '#')
		return 0;
	*used = n + 2;
	return console_put_utf8(to, code ? code : '?');
}

static const char *const tags[] = {
	"a", "abbr", "article", "aside", "b", "big", "blockquote", "body", "br",
	"button", "caption", "center", "cite", "code", "col", "colgroup", "dd",
	"del", "details", "div", "dl", "dt", "em", "font", "footer", "form", "h1",
	"h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "i", "img",
	"input", "ins", "kbd", "label", "li", "link", "main", "mark", "meta", "nav",
	"nobr", "noscript", "o:p", "ol", "p", "pre", "s", "samp", "script",
	"section", "small", "span", "strike", "strong", "style", "sub", "summary",
	"sup", "svg", "table", "tbody", "td", "textarea", "th", "thead", "time",
	"title", "tr", "tt", "u", "ul", "var", "wbr",
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

/* Length of the name of a tag at s, "br" or "o:p" */
static size_t tag_name(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (isalnum((unsigned char)s[n]) || s[n] == ':'))
		n++;
	return n;
}

/*
 * Length of the HTML tag at s; 0 if there is none, as for "<ffff82d040201418>".
 */
static size_t tag(struct closing *c, const char *s, size_t len, bool *breaks_line)
{
	const char *name = s + 1, *stop = s + len, *end;
	size_t n;

	if (len > 4 && !memcmp(s, "<!--", 4)) {
		end = search_next(&c->comment, s, stop);
		return end < stop ? (size_t)(end + 3 - s) : len;
	}
	if (len > 1 && *name == '/')
		name++;
	n = tag_name(name, stop - name);
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

/* Number of times that text may have been escaped. */
#define ESCAPES_MAX	3

/* Wikis and trackers escape text that is escaped already: "&amp;lt;" */
static size_t decode_html_again(char *s, size_t len)
{
	for (int i = 1; i < ESCAPES_MAX && memchr(s, '&', len); i++) {
		size_t n = decode_html(s, len);

		if (n == len)
			break;
		len = n;
	}
	return len;
}

/*
 * Length of a tag at the end of a line that the next line completes; 0: none.
 * wrapped: the end of the line may be inside of a word.
 */
static size_t open_tag(const char *s, size_t len, bool wrapped)
{
	const char *at = memrchr(s, '<', len), *name;
	size_t rest, n;

	if (!at || memchr(at, '>', s + len - at))
		return 0;
	rest = s + len - at;
	if (rest == 1)
		return wrapped;
	name = at + 1 + (at[1] == '/');
	n = tag_name(name, s + len - name);
	if (is_in(tags, ARRAY_SIZE(tags), name, n) || (wrapped && name + n == s + len))
		return rest;
	return 0;
}

/* Length of "&nbs" at the end of a line; 0: none */
static size_t open_entity(const char *s, size_t len)
{
	size_t n = 1;

	while (n <= len && n < 10 && (isalnum((unsigned char)s[len - n]) ||
				      s[len - n] == '#'))
		n++;
	return n <= len && s[len - n] == '&' ? n : 0;
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

/* Moves markup that the next line completes from the end of a line to c. */
static size_t carry_markup(struct console_carry *c, const char *s, size_t len,
			   bool goes_on)
{
	size_t rest = open_tag(s, len, goes_on);

	if (!rest && goes_on)
		rest = open_entity(s, len);
	/* "<" and no end: text, not markup */
	if (rest >= sizeof(c->bytes) || (rest && ++c->lines > CONSOLE_CARRY_LINES))
		rest = 0;
	if (!rest)
		c->lines = 0;
	memcpy(c->bytes, s + len - rest, rest);
	c->len = rest;
	if (rest && !goes_on)
		c->bytes[c->len++] = ' ';
	return len - rest;
}

size_t console_line_clean(const struct console_form *f, char *s, size_t len,
			  struct console_carry *c, bool *goes_on)
{
	*goes_on = false;
	if (f->quoted_printable) {
		*goes_on = len && s[len - 1] == '=';
		len = decode_quoted_printable(s, len - *goes_on);
	}
	if (c)
		c->len = 0;
	if (f->html) {
		if (c)
			len = carry_markup(c, s, len, *goes_on);
		len = decode_html_again(s, decode_html(s, len));
	}
	return console_to_plain(s, len);
}
