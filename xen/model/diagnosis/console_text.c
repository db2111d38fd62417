/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "console_source.h"
#include "console_wrap.h"
#include "death.h"
#include "xen/base/array.h"
#include "xen/base/search.h"

static const char prefix[] = CONSOLE_PREFIX;
static const char line_break[] = { CONSOLE_BREAK, '\0' };

/* Fixed widths at which terminals wrap lines. */
static const size_t widths[] = { 80, 100, 120, 132, 160 };

/* Mail programs wrap at a blank, from this column on. */
#define MAIL_WIDTH	64

struct reader {
	struct console_text *t;
	struct console_form form;
	char *to;		/* in t->clean: where the next message begins */
	/* The message under construction; NULL: none. */
	char *message;
	size_t len;
	size_t first, nr;
	size_t last_len;	/* length of its last line, cleaned, with the prefix */
	size_t line_len;	/* the same of the current line */
	bool is_xen, goes_on;
	bool is_guest;		/* the message, and what follows in its line, is of a guest */
	struct console_wrap wrap;
	size_t indent;		/* blanks before the prefix of its first line */
	struct console_carry carry;
};

/* Shorter numbers without a point or colon are not a time: "[0x001]" of key g. */
#define STAMP_DIGITS	16

/* "[    0.1 ] cpu 1, (10000000, ..." of key r is a unit of the scheduler rtds. */
static bool is_unit(const char *stop, const char *end)
{
	static const char mark[] = "] cpu ";

	return end - stop > (ptrdiff_t)strlen(mark) && !memcmp(stop, mark, strlen(mark));
}

/* "[2026-11-21 05:03:11] ", "[    12.345678] ", "[00000a1b2c3d4e5f] " */
static const char *behind_stamp(const char *at, const char *end)
{
	const char *stop;

	if (end - at < 3 || at[0] != '[' ||
	    (at[1] != ' ' && !isdigit((unsigned char)at[1])))
		return at;
	stop = memchr(at, ']', end - at);
	if (!stop || end - stop < 2 || stop[1] != ' ' ||
	    (!memchr(at, '.', stop - at) && !memchr(at, ':', stop - at) &&
	     stop - at <= STAMP_DIGITS) || is_unit(stop, end))
		return at;
	return stop + 2;
}

/* Marks of tables and trackers behind a message; Xen prints none of them. */
static const char *const tails[] = { "|", "}}", "{noformat}", "{code}", "[/code]" };

/* Length of a message without white space and marks at its end */
static size_t message_length(const char *s, size_t len)
{
	size_t i;

	len = console_trimmed(s, len);
	for (i = 0; i < ARRAY_SIZE(tails); i++) {
		size_t n = strlen(tails[i]);

		if (len >= n && !memcmp(s + len - n, tails[i], n))
			return console_trimmed(s, len - n);
	}
	return len;
}

/* Ends the current message. */
static struct err *finish(struct reader *r)
{
	const char *start = r->message, *end;
	struct console_text *t = r->t;

	if (!start)
		return NULL;
	end = start + message_length(start, r->len);
	r->message[end - start] = '\0';
	r->to = r->message + (end - start) + 1;
	r->message = NULL;
	t->has_prefix |= r->is_xen;
	if (t->nr_messages >= CONSOLE_LINES_MAX)
		return console_too_long();
	if (!ARRAY_GROW(t->message, t->nr_messages))
		return err_nomem();
	t->message[t->nr_messages++] = (struct console_message){
		.text = r->is_xen ? behind_stamp(start, end) : start,
		.first = r->first, .nr = r->nr, .is_xen = r->is_xen,
		.is_guest = r->is_xen && r->is_guest,
	};
	return NULL;
}

/* Begins a message in line index; its text is stored at r->to. */
static void begin(struct reader *r, size_t index, bool is_xen)
{
	r->message = r->to;
	r->len = 0;
	r->first = index;
	r->nr = 1;
	r->is_xen = is_xen;
}

/*
 * Length of a piece up to the quotation mark that was opened before its prefix:
 * {"MESSAGE":"(XEN) text","PRIORITY":"4"}, `(XEN) text`
 */
static size_t unquoted(const char *s, size_t len, char quote)
{
	const char *end = quote ? memchr(s, quote, len) : NULL;

	return end ? (size_t)(end - s) : len;
}

static char quote_before(const char *s, const char *at)
{
	return at > s && strchr("\"'`", at[-1]) ? at[-1] : 0;
}

static void add(struct reader *r, const char *s, size_t len)
{
	memcpy(r->message + r->len, s, len);
	r->len += len;
}

/* ---- continuation lines ---- */

static bool is_hard_width(size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(widths); i++)
		if (len == widths[i])
			return true;
	return false;
}

/* Length of a mark of one letter and the blank behind it: "R " */
static size_t mark_at(const char *s, size_t len)
{
	return len > 2 && isupper((unsigned char)s[0]) && s[1] == ' ' ? 2 : 0;
}

/*
 * "vcpu_wake+0x18/0x240" or "(vcpu_wake+0x18/0x240)" at the beginning of s,
 * after a mark
 */
static bool begins_with_place(const char *s, size_t len)
{
	size_t mark = mark_at(s, len);
	const char *plus = memchr(s, '+', len), *p;

	s += mark;
	len -= mark;
	if (!plus || plus == s || s + len - plus < 3)
		return false;
	for (p = s; p < plus; p++)
		if (isspace((unsigned char)*p))
			return false;
	return isxdigit((unsigned char)plus[1]);
}

#define ADDRESS_DIGITS	16

/* "... e008:ffff82d040201650" */
static bool ends_in_address(const char *s, size_t n)
{
	size_t digits = 0;

	while (digits < n && isxdigit((unsigned char)s[n - 1 - digits]))
		digits++;
	return digits == ADDRESS_DIGITS;
}

/* True if the message ends in an address whose name may follow */
static bool awaits_name(const struct reader *r, const char *next)
{
	const char *s = r->message;
	size_t n = console_trimmed(s, r->len);

	if (*next == '(')
		return ends_in_address(s, n);
	/* a mark of one letter, as in "[<ffff82d040201418>] R" */
	if (n > 2 && isupper((unsigned char)s[n - 1]) && s[n - 2] == ' ')
		n -= 2;
	return n > 2 && s[n - 1] == ']' && (s[n - 2] == '>' ||
					    isxdigit((unsigned char)s[n - 2]));
}

enum joint { JOINT_NONE, JOINT_DIRECT, JOINT_BLANK };

/* True if the last line of the message was wrapped at a blank before s */
static bool was_full(const struct reader *r, const char *s, size_t len)
{
	if (isspace((unsigned char)s[0]))
		return false;
	if (r->wrap.mail)
		return console_was_full(r->wrap.mail, r->last_len, s, len);
	return r->last_len > MAIL_WIDTH / 2 && r->last_len < MAIL_WIDTH + 40 &&
	       console_was_full(MAIL_WIDTH + 6, r->last_len, s, len);
}

/* Text between the current message and a continuation line without prefix */
static enum joint joint_of(const struct reader *r, const char *s, size_t len)
{
	size_t white;

	if (!r->message)
		return JOINT_NONE;
	if (r->goes_on)
		return JOINT_DIRECT;
	len = console_trimmed(s, len);
	if (!len || console_begins_message(s, len))
		return JOINT_NONE;
	white = console_white(s, len);
	if (begins_with_place(s + white, len - white) && awaits_name(r, s + white))
		return JOINT_BLANK;
	if (!r->is_xen)
		return JOINT_NONE;
	if (r->wrap.hard ? r->last_len == r->wrap.hard :
	    !r->wrap.mail && is_hard_width(r->last_len))
		return JOINT_DIRECT;
	return was_full(r, s, len) ? JOINT_BLANK : JOINT_NONE;
}

/* ---- a line ---- */

/* Shorter lines that end in '=' are not continued. */
#define SOFT_MIN	48

static size_t blanks_at(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] == ' ')
		n++;
	return n;
}

/* Number of blanks at s that the first line of the message has as well */
static size_t indent_of(const struct reader *r, const char *s, size_t len)
{
	return blanks_at(s, len < r->indent ? len : r->indent);
}

/*
 * A piece of a line that contains at most one message, from its beginning on.
 * fresh: it is the first of what was a line of the console.
 */
static struct err *take_piece(struct reader *r, size_t index, const char *s,
			      size_t len, bool fresh)
{
	const char *at = memmem(s, len, prefix, strlen(prefix));
	size_t skip = at ? 0 : indent_of(r, s, len);
	enum joint joint = at ? JOINT_NONE : joint_of(r, s + skip, len - skip);
	char quote;

	if (at) {
		ERR_TRY(finish(r));
		r->is_guest = (r->is_guest && !fresh) || console_of_guest(s, at);
		begin(r, index, true);
		r->indent = blanks_at(s, at - s);
		if (s + r->indent < at)
			r->indent = 0;
		quote = quote_before(s, at);
		at += strlen(prefix);
		at += at < s + len && *at == ' ';
		add(r, at, unquoted(at, s + len - at, quote));
	} else if (joint != JOINT_NONE) {
		if (joint == JOINT_BLANK) {
			r->len = console_trimmed(r->message, r->len);
			add(r, " ", 1);
		}
		add(r, s + skip, len - skip);
		r->nr = index - r->first + 1;
	} else {
		ERR_TRY(finish(r));
		begin(r, index, false);
		add(r, s, len);
	}
	r->last_len = r->line_len;
	return NULL;
}

/* The separators that end pieces of a line, found in one pass over it. */
struct marks {
	struct search line_break, prefix;
};

/* End of a piece: the next separator, or the second prefix from s on, or end */
static const char *piece_end(struct marks *m, const char *s, const char *end)
{
	const char *at = search_next(&m->line_break, s, end);
	const char *own = search_next(&m->prefix, s, end);

	if (own < at && own < end) {
		own = search_next(&m->prefix, own + 1, end);
		if (own < at)
			return own;
	}
	return at;
}

/*
 * True if a line of other text than quoted-printable ends in its mark of a
 * continued line, as where only a part of a mail was decoded.
 */
static bool has_soft_end(const struct reader *r, size_t index)
{
	const struct source_text *s = &r->t->source[index], *next = s + 1;
	size_t white;

	if (r->form.quoted_printable || index + 1 == r->t->nr_sources ||
	    s->len < SOFT_MIN || s->start[s->len - 1] != '=' ||
	    memmem(next->start, next->len, prefix, strlen(prefix)))
		return false;
	white = console_white(next->start, next->len);
	return white < next->len &&
	       !console_begins_message(next->start + white, next->len - white);
}

static struct err *take_line(struct reader *r, size_t index, char *line)
{
	const struct source_text *source = &r->t->source[index];
	struct marks marks = { .line_break = { .mark = line_break },
			       .prefix = { .mark = prefix } };
	const char *s = line, *end, *stop;
	bool goes_on, fresh = true;
	bool is_last = index + 1 == r->t->nr_sources, soft = has_soft_end(r, index);
	size_t len;

	len = r->carry.len;
	memcpy(line, r->carry.bytes, len);
	memcpy(line + len, source->start, source->len);
	len = console_line_clean(&r->form, line, len + source->len - soft,
				 is_last ? NULL : &r->carry, &goes_on);
	end = line + len;
	r->line_len = len;
	do {
		s += console_quotes(s, end - s);
		stop = piece_end(&marks, s, end);
		/* two adjacent tags of the kind leave an empty piece */
		if (stop > s || s == line)
			ERR_TRY(take_piece(r, index, s, stop - s, fresh));
		fresh = stop < end && *stop == CONSOLE_BREAK;
		s = stop + fresh;
	} while (s < end);
	r->goes_on = goes_on || soft;
	return NULL;
}

/* ---- text without the prefix "(XEN)" ---- */

/* Messages by which Xen's console is recognized. */
static const char *const of_xen[] = {
	"Xen call trace:", "[ Xen-", "Xen version ", "Panic on CPU ", "[VT-D]",
	"AMD-Vi: ", "Machine Check Exception: ", " occurred on CPU ", "' pressed ->",
	"General information for domain ", "Event channel information for ",
	"gnttab_usage_print_all", "IRQ information:", "MSI information:",
	"interrupt information:", "Scheduler: ", "Dumping timer queues:",
	"Physical memory information:", "heap[node=", "==== PCI devices ====",
	"domain_crash", "crashed on cpu#",
};

/* The prefix as editors and markup left it. */
static const char *const misspelt[] = {
	"(xen) ", "[XEN] ", "(XEN ", "XEN) ", "XEN: ", "XEN ",
};

static bool is_time(const char *s)
{
	static const char form[] = "00:00:00";
	size_t i;

	for (i = 0; form[i]; i++)
		if (form[i] == '0' ? !isdigit((unsigned char)s[i]) : s[i] != form[i])
			return false;
	return true;
}

/* Maximum length of the date before the time of a logger. */
#define DATE_MAX	16

/* "Nov 28 10:11:12 host xenconsoled[812]: ", "2024-11-28T10:11:12+01:00 host xen: " */
static const char *behind_logger(const char *text)
{
	const char *colon;
	size_t i;

	for (i = 0; i < DATE_MAX && text[i] && isalnum((unsigned char)*text); i++)
		if (is_time(text + i)) {
			colon = strstr(text + i, ": ");
			return colon ? colon + 2 : text;
		}
	return text;
}

static const char *behind_misspelt(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(misspelt); i++)
		if (!strncmp(text, misspelt[i], strlen(misspelt[i])))
			return text + strlen(misspelt[i]);
	return text;
}

/* Removes time stamps and loggers' headers if the text is from Xen all the same. */
static void strip_bare(struct reader *r)
{
	struct console_text *t = r->t;
	bool is_xen = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_xen) && !is_xen; i++)
		is_xen = memmem(t->clean, r->to - t->clean, of_xen[i],
				strlen(of_xen[i]));
	for (i = 0; i < t->nr_messages && is_xen; i++) {
		const char *text = behind_logger(t->message[i].text);

		text = behind_stamp(text, text + strlen(text));
		text = behind_misspelt(text);
		t->message[i].text = behind_stamp(text, text + strlen(text));
	}
}

static struct err *read_all(struct reader *r)
{
	struct console_text *t = r->t;
	size_t i, longest = 0, total = 0;
	struct err *e = NULL;
	char *line;

	for (i = 0; i < t->nr_sources; i++) {
		total += t->source[i].len;
		if (t->source[i].len > longest)
			longest = t->source[i].len;
	}
	/*
	 * each piece of a line needs at most a blank and a NUL more than its
	 * own bytes, which are at least one; markup split by a line end a blank
	 */
	t->clean = r->to = malloc(3 * total + 3 * t->nr_sources + 2);
	line = malloc(longest + CONSOLE_CARRY_MAX + 1);
	if (!t->clean || !line)
		e = err_nomem();
	for (i = 0; !e && i < t->nr_sources; i++) {
		e = interrupt_check();
		if (!e)
			e = take_line(r, i, line);
	}
	if (!e)
		e = finish(r);
	if (!e && !t->has_prefix)
		strip_bare(r);
	free(line);
	return e;
}

struct err *console_text_read(const char *bytes, size_t len,
			      struct console_text **ret)
{
	struct console_text *t = calloc(1, sizeof(*t));
	struct reader r = { .t = t };
	struct err *e;

	if (!t)
		return err_nomem();
	e = console_source_read(t, bytes, len);
	if (!e) {
		r.form = console_form_of(t);
		if (!r.form.html && !r.form.quoted_printable)
			console_wrap_find(t, &r.wrap);
		e = read_all(&r);
	}
	if (e) {
		console_text_free(t);
		return e;
	}
	*ret = t;
	return NULL;
}

void console_text_free(struct console_text *t)
{
	if (!t)
		return;
	free(t->source);
	free(t->message);
	free(t->bytes);
	free(t->clean);
	free(t);
}

/*
 * The text after a mark at the beginning of t, without blanks; NULL if the mark
 * is missing.
 */
static const char *behind(const char *text, const char *mark)
{
	text += strspn(text, " \t");
	return strncmp(text, mark, strlen(mark)) ? NULL : text + strlen(mark);
}

const char *console_message_version(const char *text, bool *is_banner)
{
	const char *version = behind(text, "Xen version ");

	*is_banner = version;
	if (version)
		return version;
	/* editors make one dash of two */
	text += strspn(text, " \t");
	return *text == '-' ? behind(text + strspn(text, "-"), "[ Xen-") : NULL;
}

const char *console_message_build_id(const char *text)
{
	return behind(text, "build-id: ");
}
