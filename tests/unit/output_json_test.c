/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shown.h"

#include <stdio.h>

#include "xen/base/array.h"
#include "xen/base/provenance.h"
#include "json_check.h"

/* Verified by another parser, if the machine has one. */
static bool python_valid(const char *text, size_t len)
{
	FILE *fp;

	/* Debian's smallest python3 has no json */
	if (system("python3 -c 'import json' >/dev/null 2>&1"))
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
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(json_valid(bad[i], strlen(bad[i])));
	for (i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(json_valid(good[i], strlen(good[i])));
}

static void test_json_all(void **state)
{
	static const struct column card[] = {
		{ .key = "cmdline", .title = "COMMAND LINE" },
		{ .key = "gone", .title = "GONE", .missing = "no member" },
	};
	struct shown s;

	(void)state;
	show(&s, OUT_JSON, "doms");
	out_list(s.o, "doms", columns, 5);
	row(s.o, 1, "a\"b\\c", 0xab);
	out_error(s.o, err_new(ERR_EXCLUDED, "page\n  %d", 5));
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
		"    \"gone is not shown: no member\",\n"
		"    \"note\"\n"
		"  ],\n"
		"  \"errors\": [\n"
		"    {\"reason\": \"excluded\", \"text\": \"page\\u000a  5\"}\n"
		"  ]\n"
		"}\n");
}

static void test_json_shared_keys(void **state)
{
	static const struct column c[] = { { .key = "a", .title = "A" } };
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

/* Text shows some cells that have a better form in JSON. */
static void test_json_text_only(void **state)
{
	static const struct column c[] = {
		{ .title = "TEXT" },
		{ .key = "a", .title = "A" },
		{ .title = "END", .missing = "gone" },
	};
	static const struct column none[] = { { .title = "TEXT" } };
	struct shown s;

	(void)state;
	show(&s, OUT_JSON, "x");
	out_list(s.o, "list", c, 3);
	out_dec(s.o, 1);
	out_dec(s.o, 2);
	out_dec(s.o, 3);
	out_list(s.o, "none", none, 1);
	out_dec(s.o, 1);
	assert_shown(&s,
		"{\n"
		"  \"schema\": 1,\n"
		"  \"command\": \"x\",\n"
		"  \"list\": [\n    {\"a\": 2}\n  ],\n"
		"  \"none\": [\n    {}\n  ],\n"
		"  \"notes\": [],\n"
		"  \"errors\": []\n"
		"}\n");
}

/* Every one- and two-byte string, at every place of a string. */
static void test_json_any_bytes(void **state)
{
	static const struct column c[] = { { .key = "a", .title = "A" } };
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
	static const struct column c[] = { { .key = "a", .title = "A" } };
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

/* JSON is complete at any step at which a command ends. */
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
	/* only an unknown reason is the general one */
	assert_non_null(strstr(s.text, "{\"reason\": \"error\", \"text\": \"from"));
	assert_null(strstr(s.text, "{\"reason\": \"error\", \"text\": \"e\""));
	shown_free(&s);
}

/*
 * Each record lists its unproved keys: all after a use, or those in whose scope
 * the use was. Columns that are only in text have none.
 */
static void test_json_unproved(void **state)
{
	static const struct column card[] = {
		{ .key = "id", .title = "ID" },
		{ .key = "flags", .title = "FLAGS" },
		{ .title = "TEXT ONLY" },
		{ .key = "gone", .title = "GONE", .missing = "no member" },
		{ .key = "mode" },
	};
	struct shown s;

	(void)state;
	show(&s, OUT_JSON, "x");
	out_card(s.o, "one", card, 1);
	out_dec(s.o, 1);
	out_list(s.o, "two", card, 5);
	out_dec(s.o, 2);
	provenance_use();
	out_str(s.o, "f");
	out_none(s.o);
	out_none(s.o);
	out_none(s.o);
	provenance_clear();
	for (int i = 0; i < 5; i++) {
		struct provenance before = provenance_enter();

		if (i == 1)
			provenance_use();
		out_dec(s.o, i);
		assert_int_equal(provenance_leave(before), i == 1);
	}
	out_finish(s.o);
	provenance_clear();
	assert_true(json_valid(s.text, s.len));
	assert_non_null(strstr(s.text, "\"one\": {\"id\": 1}"));
	assert_non_null(strstr(s.text, "\"mode\": null, \"unproved\": [\"flags\", \"mode\"]}"));
	assert_non_null(strstr(s.text, "\"mode\": 4, \"unproved\": [\"flags\"]}"));
	assert_true(out_has_unproved(s.o));
	shown_free(&s);
}

/* Controls, C1 and characters that reorder a line (UAX 9) are escaped. */
static void test_json_unsafe(void **state)
{
	struct shown s;

	(void)state;
	show(&s, OUT_JSON, "x");
	out_lines(s.o, "lines");
	out_line(s.o, "%s", "\x1b\x7f\xc2\x9b\xd8\x9c\xe2\x80\xae\xe2\x81\xa6\xff");
	out_finish(s.o);
	assert_true(json_valid(s.text, s.len));
	assert_non_null(strstr(s.text, "\"\\u001b\\u007f\\u009b\\u061c\\u202e\\u2066\\ufffd\""));
	shown_free(&s);
}

/* Lines have no keys: the output lists their section; in text a note does. */
static void test_unproved_lines(void **state)
{
	struct provenance before;
	struct shown s;

	(void)state;
	for (unsigned int format = 0; format < 2; format++) {
		show(&s, format ? OUT_JSON : OUT_TEXT, "x");
		out_lines(s.o, "proved");
		out_line(s.o, "one");
		out_lines(s.o, "problems");
		out_line(s.o, "two");
		before = provenance_enter();
		provenance_use();
		out_line(s.o, "three");
		provenance_leave(before);
		assert_false(out_has_unproved(s.o));
		out_finish(s.o);
		assert_true(out_has_unproved(s.o));
		if (format)
			assert_true(json_valid(s.text, s.len));
		assert_int_equal(!!strstr(s.text, "  \"unproved\": [\"problems\"],\n"), format);
		assert_non_null(strstr(s.text, "~ not proved on this dump, from a layout profile or an image loaded by force: lines of problems"));
		assert_null(strstr(s.text, "lines of proved"));
		shown_free(&s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checker),
		cmocka_unit_test(test_json_all),
		cmocka_unit_test(test_json_shared_keys),
		cmocka_unit_test(test_json_text_only),
		cmocka_unit_test(test_json_any_bytes),
		cmocka_unit_test(test_json_valid_utf8_kept),
		cmocka_unit_test(test_json_cut_short),
		cmocka_unit_test(test_json_reasons),
		cmocka_unit_test(test_json_unsafe),
		cmocka_unit_test(test_json_unproved),
		cmocka_unit_test(test_unproved_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
