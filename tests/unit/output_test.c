/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xen/output/output.h"

/* What a command under test printed. */
struct shown {
	char *text;
	size_t len;
	FILE *fp;
	struct out *o;
};

static void show(struct shown *s, enum out_format format, const char *command)
{
	memset(s, 0, sizeof(*s));
	s->fp = open_memstream(&s->text, &s->len);
	assert_non_null(s->fp);
	assert_null(out_create(s->fp, format, command, &s->o));
}

static void shown_free(struct shown *s)
{
	out_destroy(s->o);
	fclose(s->fp);
	free(s->text);
}

#define assert_shown(s, expected)				\
	do {							\
		out_finish((s)->o);				\
		assert_string_equal((s)->text, (expected));	\
		shown_free(s);					\
	} while (0)

/* ---- a strict JSON checker (RFC 8259), independent of the printer ---- */

struct json_in {
	const unsigned char *p, *end;
	int depth;
};

static bool json_any(struct json_in *in);

static void json_space(struct json_in *in)
{
	while (in->p < in->end && strchr(" \t\n\r", *in->p) && *in->p)
		in->p++;
}

static bool json_take(struct json_in *in, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(in->end - in->p) < len || memcmp(in->p, word, len))
		return false;
	in->p += len;
	return true;
}

static bool json_utf8(struct json_in *in)
{
	unsigned int c = *in->p++, more, min;

	if (c < 0x80)
		return c >= 0x20;
	if (c >= 0xc0 && c < 0xe0)
		more = 1, min = 0x80, c &= 0x1f;
	else if (c >= 0xe0 && c < 0xf0)
		more = 2, min = 0x800, c &= 0x0f;
	else if (c >= 0xf0 && c < 0xf8)
		more = 3, min = 0x10000, c &= 0x07;
	else
		return false;
	while (more--) {
		if (in->p == in->end || (*in->p & 0xc0) != 0x80)
			return false;
		c = c << 6 | (*in->p++ & 0x3f);
	}
	return c >= min && c <= 0x10ffff && !(c >= 0xd800 && c < 0xe000);
}

static bool json_str(struct json_in *in)
{
	int i;

	if (!json_take(in, "\""))
		return false;
	while (in->p < in->end && *in->p != '"') {
		if (*in->p != '\\') {
			if (!json_utf8(in))
				return false;
			continue;
		}
		if (++in->p == in->end)
			return false;
		if (*in->p == 'u') {
			in->p++;
			for (i = 0; i < 4; i++, in->p++) {
				if (in->p == in->end || !*in->p ||
				    !strchr("0123456789abcdefABCDEF", *in->p))
					return false;
			}
		} else if (*in->p && strchr("\"\\/bfnrt", *in->p)) {
			in->p++;
		} else {
			return false;
		}
	}
	return json_take(in, "\"");
}

static bool json_digits(struct json_in *in)
{
	const unsigned char *start = in->p;

	while (in->p < in->end && *in->p >= '0' && *in->p <= '9')
		in->p++;
	return in->p > start;
}

/* Integers only: nothing here prints fractions. */
static bool json_number(struct json_in *in)
{
	json_take(in, "-");
	if (json_take(in, "0"))
		return true;
	return json_digits(in);
}

static bool json_list(struct json_in *in, const char *close, bool members)
{
	json_space(in);
	if (json_take(in, close))
		return true;
	do {
		json_space(in);
		if (members) {
			if (!json_str(in))
				return false;
			json_space(in);
			if (!json_take(in, ":"))
				return false;
		}
		if (!json_any(in))
			return false;
		json_space(in);
	} while (json_take(in, ","));
	return json_take(in, close);
}

static bool json_any(struct json_in *in)
{
	bool ok;

	json_space(in);
	if (in->p == in->end || ++in->depth > 16)
		return false;
	if (json_take(in, "{"))
		ok = json_list(in, "}", true);
	else if (json_take(in, "["))
		ok = json_list(in, "]", false);
	else if (*in->p == '"')
		ok = json_str(in);
	else
		ok = json_take(in, "null") || json_take(in, "true") ||
		     json_take(in, "false") || json_number(in);
	in->depth--;
	return ok;
}

static bool json_valid(const char *text, size_t len)
{
	struct json_in in = {
		(const unsigned char *)text, (const unsigned char *)text + len, 0
	};

	if (!json_any(&in))
		return false;
	json_space(&in);
	return in.p == in.end;
}

/* A second opinion, where the machine has one. */
static bool python_valid(const char *text, size_t len)
{
	FILE *fp;

	if (system("command -v python3 >/dev/null 2>&1"))
		return true;
	fp = popen("python3 -c 'import json,sys; "
		   "d = json.loads(sys.stdin.buffer.read().decode(\"utf-8\")); "
		   "assert d[\"schema\"] == 1'", "w");
	assert_non_null(fp);
	fwrite(text, 1, len, fp);
	return pclose(fp) == 0;
}

static void test_checker(void **state)
{
	static const char *const bad[] = {
		"", "{", "[1,]", "{\"a\" 1}", "{\"a\": 01}", "\"\x01\"",
		"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\\x\"",
		"\"\\u12g4\"", "[1] x", "{a: 1}", "\"open", "nul", "-",
		"[1 2]", "\"\xe2\x82\"",
	};
	static const char *const good[] = {
		"{}", "[]", " [1, -2, null] ", "{\"a\": {\"b\": []}}",
		"\"\\u0000\\n\xe2\x82\xac\"", "0",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(json_valid(bad[i], strlen(bad[i])));
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(json_valid(good[i], strlen(good[i])));
}

/* ---- text ---- */

static const struct column columns[] = {
	{ "id", "ID", NULL },
	{ "name", "NAME", NULL },
	{ "addr", "ADDRESS", NULL },
	{ "note", NULL, NULL },
	{ "end", "END", NULL },
};

static void row(struct out *o, uint64_t id, const char *name, uint64_t addr)
{
	out_dec(o, id);
	out_str(o, name);
	out_hex(o, addr);
	out_str(o, "json only");
	out_str(o, "x");
}

static void test_text_list(void **state)
{
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "doms");
	out_list(s.o, "doms", columns, 5);
	row(s.o, 0, "Domain-0", 0xffff83007fe00000);
	row(s.o, 32767, "a", 0x10);
	out_none(s.o);
	out_none(s.o);
	out_mark(s.o, ERR_EXCLUDED);
	out_none(s.o);
	out_bool(s.o, true);
	out_end(s.o);
	assert_shown(&s,
		"   ID  NAME               ADDRESS  END\n"
		"    0  Domain-0  ffff83007fe00000  x\n"
		"32767  a                       10  x\n"
		"    -  -               <excluded>  yes\n");
}

static void test_text_empty_list(void **state)
{
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "doms");
	out_list(s.o, "doms", columns, 5);
	assert_shown(&s, "ID  NAME  ADDRESS  END\n");
}

static void test_text_right_last_column(void **state)
{
	static const struct column c[] = {
		{ "a", "A", NULL }, { "b", "LONGER", NULL },
	};
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "x");
	out_list(s.o, "x", c, 2);
	out_fmt(s.o, "%d:%d", 1, 2);
	out_sdec(s.o, -5);
	assert_shown(&s, "A    LONGER\n1:2      -5\n");
}

static void test_text_card(void **state)
{
	static const struct column c[] = {
		{ "id", "ID", NULL },
		{ "secret", NULL, NULL },
		{ "type", "TYPE", NULL },
		{ "gone", "GONE", "struct domain has no member gone" },
	};
	struct shown s;
	int i;

	(void)state;
	show(&s, OUT_TEXT, "dom");
	out_card(s.o, "dom", c, 4);
	for (i = 0; i < 2; i++) {
		out_dec(s.o, i);
		out_str(s.o, "hidden");
		out_str(s.o, "PV");
		out_none(s.o);
	}
	assert_shown(&s,
		"          ID: 0\n"
		"        TYPE: PV\n"
		"\n"
		"          ID: 1\n"
		"        TYPE: PV\n"
		"note: GONE is not shown: struct domain has no member gone\n");
}

static void test_text_wide_card_title(void **state)
{
	static const struct column c[] = {
		{ "a", "A", NULL }, { "b", "A TITLE LONGER THAN 12", NULL },
	};
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "x");
	out_card(s.o, "x", c, 2);
	out_dec(s.o, 1);
	out_mark(s.o, ERR_BAD_POINTER);
	assert_shown(&s,
		"                     A: 1\n"
		"A TITLE LONGER THAN 12: <bad pointer>\n");
}

static void test_text_missing_column(void **state)
{
	struct column c[] = {
		{ "id", "ID", NULL },
		{ "last", "LAST", "no such type" },
		{ "json", NULL, "no such member" },
	};
	struct shown s;
	int i;

	(void)state;
	show(&s, OUT_TEXT, "x");
	for (i = 0; i < 2; i++) {
		out_list(s.o, "x", c, 3);
		out_dec(s.o, 1);
		out_str(s.o, "never shown");
		out_str(s.o, "never shown");
		out_end(s.o);
	}
	assert_shown(&s,
		"ID\n 1\n"
		"\n"
		"ID\n 1\n"
		"note: LAST is not shown: no such type\n"
		"note: json is not shown: no such member\n");
}

static void test_text_nothing_to_show(void **state)
{
	struct column c[] = { { "id", "ID", "no type" } };
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "x");
	out_list(s.o, "x", c, 1);
	out_dec(s.o, 1);
	assert_shown(&s, "note: ID is not shown: no type\n");
}

static void test_text_errors(void **state)
{
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "doms");
	out_error(s.o, NULL);
	out_error(s.o, err_new(ERR_IO, "first"));
	out_list(s.o, "doms", columns, 5);
	row(s.o, 1, "a", 1);
	out_error(s.o, err_new(ERR_CORRUPT, "bad domain\nat 10"));
	out_dec(s.o, 2);
	out_error(s.o, err_new(ERR_EXCLUDED, "inside a row"));
	out_mark(s.o, ERR_EXCLUDED);
	out_hex(s.o, 2);
	out_none(s.o);
	out_none(s.o);
	row(s.o, 3, "c", 3);
	out_end(s.o);
	out_error(s.o, err_nomem());
	out_note(s.o, "read %s", "this");
	out_note(s.o, "read this");
	assert_shown(&s,
		"error: first\n"
		"ID  NAME        ADDRESS  END\n"
		" 1  a                 1  x\n"
		"error: bad domain\n"
		"       at 10\n"
		" 2  <excluded>        2  -\n"
		"error: inside a row\n"
		" 3  c                 3  x\n"
		"error: out of memory\n"
		"note: read this\n");
}

/* A command that fails within a row or section just returns. */
static void test_text_cut_short(void **state)
{
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "doms");
	out_list(s.o, "doms", columns, 5);
	row(s.o, 1, "a", 1);
	out_dec(s.o, 2);
	assert_shown(&s,
		"ID  NAME  ADDRESS  END\n"
		" 1  a           1  x\n"
		" 2  -           -  -\n");
}

static void test_text_lines(void **state)
{
	static const struct column c[] = { { "a", "A", NULL } };
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "bt");
	out_card(s.o, "cpu[]", c, 1);
	out_dec(s.o, 1);
	out_lines(s.o, "frames");
	out_line(s.o, "one\ttab");
	out_line(s.o, "two\nthree\n");
	out_line(s.o, "%s", "");
	out_card(s.o, "cpu[]", c, 1);
	out_dec(s.o, 2);
	out_list(s.o, "list", c, 1);
	assert_shown(&s,
		"           A: 1\n"
		"one\ttab\n"
		"two\n"
		"three\n"
		"\n"
		"           A: 2\n"
		"\n"
		"A\n");
}

/* Terminal sequences out of a dump must not reach the terminal. */
static void test_text_hostile_bytes(void **state)
{
	static const struct column c[] = {
		{ "a", "A", NULL }, { "b", "B", NULL },
	};
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "x");
	out_list(s.o, "x", c, 2);
	out_str(s.o, "\x1b[31m\n\t\xff");
	out_str(s.o, "1");
	out_str(s.o, "\xc2\x9b" "2J");
	out_str(s.o, "2");
	out_str(s.o, "\xe2\x82\xac\xc3\xa4");
	out_str(s.o, "3");
	out_end(s.o);
	out_lines(s.o, "lines");
	out_line(s.o, "\r\x07");
	out_error(s.o, err_new(ERR_IO, "\x1b"));
	assert_shown(&s,
		"A                     B\n"
		"\\x1b[31m\\x0a\\x09\\xff  1\n"
		"\\xc2\\x9b2J            2\n"
		"\xe2\x82\xac\xc3\xa4                    3\n"
		"\\x0d\\x07\n"
		"error: \\x1b\n");
}

static void test_text_numbers(void **state)
{
	static const struct column c[] = {
		{ "a", "A", NULL }, { "b", "B", NULL }, { "c", "C", NULL },
	};
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "x");
	out_list(s.o, "x", c, 3);
	out_dec(s.o, UINT64_MAX);
	out_sdec(s.o, INT64_MIN);
	out_hex(s.o, UINT64_MAX);
	assert_shown(&s,
		"                   A                     B                 C\n"
		"18446744073709551615  -9223372036854775808  ffffffffffffffff\n");
}

/* Long lists come out in blocks; nothing is lost, the heading shows once. */
static void test_text_long_list(void **state)
{
	static const struct column c[] = {
		{ "a", "A", NULL }, { "b", "B", NULL },
	};
	struct shown s;
	char expected[64], *p;
	size_t early;
	int i;

	(void)state;
	show(&s, OUT_TEXT, "x");
	out_list(s.o, "x", c, 2);
	for (i = 0; i < 10000; i++) {
		out_dec(s.o, i);
		out_str(s.o, "y");
		if (i % 1000 == 0)
			out_error(s.o, err_new(ERR_IO, "at %d", i));
	}
	fflush(s.fp);
	early = s.len;
	assert_true(early > 0);
	out_finish(s.o);
	assert_true(s.len > early);
	p = s.text;
	assert_memory_equal(p, "   A  B\n", 8);
	p += 8;
	for (i = 0; i < 10000; i++) {
		int n = sprintf(expected, "%4d  y\n", i);

		if (i % 1000 == 0)
			n += sprintf(expected + n, "error: at %d\n", i);
		assert_memory_equal(p, expected, n);
		p += n;
	}
	assert_int_equal(*p, '\0');
	shown_free(&s);
}

/* ---- JSON ---- */

static void test_json_all(void **state)
{
	static const struct column card[] = {
		{ "cmdline", "COMMAND LINE", NULL },
		{ "gone", "GONE", "no member" },
	};
	struct shown s;

	(void)state;
	show(&s, OUT_JSON, "doms");
	out_list(s.o, "doms", columns, 5);
	row(s.o, 1, "a\"b\\c", 0xab);
	out_error(s.o, err_new(ERR_EXCLUDED, "page\n%d", 5));
	out_sdec(s.o, -1);
	out_bool(s.o, false);
	out_mark(s.o, ERR_EXCLUDED);
	out_none(s.o);
	out_str(s.o, NULL);
	out_card(s.o, "host", card, 2);
	out_str(s.o, "a");
	out_dec(s.o, 5);
	out_lines(s.o, "log");
	out_line(s.o, "l1\nl2");
	out_list(s.o, "empty", columns, 5);
	out_card(s.o, "none", card, 2);
	out_note(s.o, "note");
	out_note(s.o, "note");
	assert_shown(&s,
		"{\n"
		"  \"schema\": 1,\n"
		"  \"command\": \"doms\",\n"
		"  \"doms\": [\n"
		"    {\"id\": 1, \"name\": \"a\\\"b\\\\c\", \"addr\": \"0xab\", "
		"\"note\": \"json only\", \"end\": \"x\"},\n"
		"    {\"id\": -1, \"name\": false, \"addr\": null, "
		"\"note\": null, \"end\": null}\n"
		"  ],\n"
		"  \"host\": {\"cmdline\": \"a\", \"gone\": null},\n"
		"  \"log\": [\n"
		"    \"l1\",\n"
		"    \"l2\"\n"
		"  ],\n"
		"  \"empty\": [],\n"
		"  \"none\": null,\n"
		"  \"notes\": [\n"
		"    \"GONE is not shown: no member\",\n"
		"    \"note\"\n"
		"  ],\n"
		"  \"errors\": [\n"
		"    {\"reason\": \"excluded\", \"text\": \"page\\u000a5\"}\n"
		"  ]\n"
		"}\n");
}

static void test_json_shared_keys(void **state)
{
	static const struct column c[] = { { "a", "A", NULL } };
	struct shown s;
	int i;

	(void)state;
	show(&s, OUT_JSON, "x");
	for (i = 0; i < 2; i++) {
		out_card(s.o, "pair", c, 1);
		out_dec(s.o, i);
		out_list(s.o, "list", c, 1);
		out_dec(s.o, i);
	}
	out_card(s.o, "one[]", c, 1);
	out_dec(s.o, 9);
	assert_shown(&s,
		"{\n"
		"  \"schema\": 1,\n"
		"  \"command\": \"x\",\n"
		"  \"pair\": [\n    {\"a\": 0},\n    {\"a\": 1}\n  ],\n"
		"  \"list\": [\n    {\"a\": 0},\n    {\"a\": 1}\n  ],\n"
		"  \"one\": [\n    {\"a\": 9}\n  ],\n"
		"  \"notes\": [],\n"
		"  \"errors\": []\n"
		"}\n");
}

/* Every one- and two-byte string, in every place a string can be. */
static void test_json_any_bytes(void **state)
{
	static const struct column c[] = { { "a", "A", NULL } };
	unsigned int i, k;
	char b[8] = "";
	struct shown s;

	(void)state;
	show(&s, OUT_JSON, "\"\n\xff");
	out_list(s.o, "list", c, 1);
	for (i = 0; i < 0x10000; i++) {
		b[0] = i;
		b[1] = i >> 8;
		out_str(s.o, b);
	}
	for (i = 0xe0; i < 0x100; i++) {
		for (k = 0; k < 0x100; k++) {
			memcpy(b, (char[]){ i, k, 0x80, 0xbf, 0 }, 5);
			out_str(s.o, b);
			memcpy(b, (char[]){ i, 0x90, k, k, 0 }, 5);
			out_str(s.o, b);
		}
	}
	out_lines(s.o, "lines");
	for (i = 1; i < 0x100; i++) {
		b[0] = i;
		b[1] = '\0';
		out_line(s.o, "%s", b);
		out_note(s.o, "%s", b);
		out_error(s.o, err_new(ERR_IO, "%s", b));
	}
	out_finish(s.o);
	assert_true(json_valid(s.text, s.len));
	assert_true(python_valid(s.text, s.len));
	assert_int_equal(strlen(s.text), s.len);
	shown_free(&s);
}

static void test_json_valid_utf8_kept(void **state)
{
	static const struct column c[] = { { "a", "A", NULL } };
	struct shown s;

	(void)state;
	show(&s, OUT_JSON, "x");
	out_card(s.o, "x", c, 1);
	out_str(s.o, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xff\xe2\x82");
	out_finish(s.o);
	assert_non_null(strstr(s.text,
		"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\\ufffd\\ufffd\\ufffd\""));
	assert_true(json_valid(s.text, s.len));
	shown_free(&s);
}

/* However far a command came, its JSON is whole. */
static void test_json_cut_short(void **state)
{
	struct shown s;
	int cells;

	(void)state;
	for (cells = 0; cells < 12; cells++) {
		show(&s, OUT_JSON, "doms");
		out_list(s.o, "doms", columns, 5);
		for (int i = 0; i < cells; i++)
			out_dec(s.o, i);
		out_error(s.o, err_new(ERR_INTERRUPTED, "interrupted"));
		out_finish(s.o);
		assert_true(json_valid(s.text, s.len));
		assert_non_null(strstr(s.text, "\"interrupted\""));
		shown_free(&s);
	}
}

static void test_json_reasons(void **state)
{
	struct shown s;
	unsigned int i;

	(void)state;
	show(&s, OUT_JSON, "x");
	for (i = 0; i <= ERR_INTERRUPTED; i++)
		out_error(s.o, err_new(i, "e"));
	out_error(s.o, err_new(1000, "from a later version"));
	out_finish(s.o);
	assert_true(json_valid(s.text, s.len));
	assert_non_null(strstr(s.text, "\"not_in_dump\""));
	/* only the reason nobody knows is the general one */
	assert_non_null(strstr(s.text, "{\"reason\": \"error\", \"text\": \"from"));
	assert_null(strstr(s.text, "{\"reason\": \"error\", \"text\": \"e\""));
	shown_free(&s);
}

/* ---- both ---- */

static void test_misuse_is_shown(void **state)
{
	struct shown s;
	int format;

	(void)state;
	for (format = OUT_TEXT; format <= OUT_JSON; format++) {
		show(&s, format, "x");
		out_dec(s.o, 1);
		out_line(s.o, "lost");
		out_lines(s.o, "l");
		out_dec(s.o, 1);
		out_list(s.o, "l", NULL, 0);
		out_dec(s.o, 1);
		out_finish(s.o);
		out_finish(s.o);
		assert_non_null(strstr(s.text, "outside"));
		assert_null(strstr(s.text, "lost"));
		if (format == OUT_JSON)
			assert_true(json_valid(s.text, s.len));
		shown_free(&s);
	}
}

/* crash leaves commands by longjmp: what was pending is released. */
static void test_destroy_unfinished(void **state)
{
	struct shown s;
	int format;

	(void)state;
	for (format = OUT_TEXT; format <= OUT_JSON; format++) {
		show(&s, format, "doms");
		out_list(s.o, "doms", columns, 5);
		row(s.o, 1, "a", 1);
		out_note(s.o, "n");
		out_error(s.o, err_new(ERR_IO, "e"));
		out_dec(s.o, 1);
		out_error(s.o, err_new(ERR_IO, "e"));
		shown_free(&s);
	}
	out_destroy(NULL);
}

static void test_format(void **state)
{
	struct shown s;

	(void)state;
	show(&s, OUT_JSON, "x");
	assert_int_equal(out_format(s.o), OUT_JSON);
	shown_free(&s);
	show(&s, OUT_TEXT, "x");
	assert_int_equal(out_format(s.o), OUT_TEXT);
	shown_free(&s);
}

static void broken_stream(FILE *fp, enum out_format format)
{
	struct out *o;
	int i;

	assert_non_null(fp);
	interrupt_pending = 0;
	assert_null(out_create(fp, format, "x", &o));
	for (i = 0; i < 3; i++) {
		out_list(o, "x", columns, 5);
		row(o, 1, "a", 1);
		out_end(o);
	}
	/* text is noticed while the command still runs, JSON comes last */
	assert_int_equal(interrupt_pending, format == OUT_TEXT);
	out_finish(o);
	assert_int_equal(interrupt_pending, 1);
	out_destroy(o);
	fclose(fp);
	interrupt_pending = 0;
}

static void test_broken_stream(void **state)
{
	int fd[2], format;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	for (format = OUT_TEXT; format <= OUT_JSON; format++) {
		assert_int_equal(pipe(fd), 0);
		close(fd[0]);
		broken_stream(fdopen(fd[1], "w"), format);
		if (!access("/dev/full", W_OK))
			broken_stream(fopen("/dev/full", "w"), format);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checker),
		cmocka_unit_test(test_text_list),
		cmocka_unit_test(test_text_empty_list),
		cmocka_unit_test(test_text_right_last_column),
		cmocka_unit_test(test_text_card),
		cmocka_unit_test(test_text_wide_card_title),
		cmocka_unit_test(test_text_missing_column),
		cmocka_unit_test(test_text_nothing_to_show),
		cmocka_unit_test(test_text_errors),
		cmocka_unit_test(test_text_cut_short),
		cmocka_unit_test(test_text_lines),
		cmocka_unit_test(test_text_hostile_bytes),
		cmocka_unit_test(test_text_numbers),
		cmocka_unit_test(test_text_long_list),
		cmocka_unit_test(test_json_all),
		cmocka_unit_test(test_json_shared_keys),
		cmocka_unit_test(test_json_any_bytes),
		cmocka_unit_test(test_json_valid_utf8_kept),
		cmocka_unit_test(test_json_cut_short),
		cmocka_unit_test(test_json_reasons),
		cmocka_unit_test(test_misuse_is_shown),
		cmocka_unit_test(test_destroy_unfinished),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_broken_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
