/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shown.h"

#include <stdio.h>
#include <string.h>

#include "xen/output/printer.h"

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
	out_list(s.o, "memory_sources[]", columns, 5);
	out_end(s.o);
	assert_shown(&s, "no memory sources\n");
	/* left open by a command that fails */
	show(&s, OUT_TEXT, "doms");
	out_list(s.o, "doms", columns, 5);
	assert_shown(&s, "");
	show(&s, OUT_TEXT, "doms");
	out_list(s.o, "doms", columns, 5);
	out_error(s.o, err_new(ERR_CORRUPT, "bad"));
	out_end(s.o);
	assert_shown(&s, "error: bad\n");
}

static void test_text_right_last_column(void **state)
{
	static const struct column c[] = {
		{ .key = "a", .title = "A" },
		{ .key = "b", .title = "LONGER" },
	};
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "x");
	out_list(s.o, "x", c, 2);
	out_fmt(s.o, "%d:%d", 1, 2);
	out_sdec(s.o, -5);
	out_fmt(s.o, "%d:%d", 1, 3);
	out_amount(s.o, "%d s", 1000);
	assert_shown(&s, "A    LONGER\n1:2      -5\n1:3  1000 s\n");
}

static void test_text_card(void **state)
{
	static const struct column c[] = {
		{ .key = "id", .title = "ID" },
		{ .key = "secret" },
		{ .key = "type", .title = "TYPE" },
		{ .key = "gone", .title = "GONE", .missing = "struct domain has no member gone" },
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
		{ .key = "a", .title = "A" },
		{ .key = "b", .title = "A TITLE LONGER THAN 12" },
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
		{ .key = "id", .title = "ID" },
		{ .key = "last", .title = "LAST", .missing = "no such type" },
		{ .key = "json", .missing = "no such member" },
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
		"note: LAST is not shown: no such type\n");
}

static void test_text_nothing_to_show(void **state)
{
	struct column c[] = { { .key = "id", .title = "ID", .missing = "no type" } };
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
	out_error(s.o, err_new(ERR_CORRUPT, "bad domain\n  at 10"));
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
		"         at 10\n"
		" 2  <excluded>        2  -\n"
		"error: inside a row\n"
		" 3  c                 3  x\n"
		"error: out of memory\n"
		"note: read this\n");
}

/* A command that fails within a row or section returns without ending it. */
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
	static const struct column c[] = { { .key = "a", .title = "A" } };
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
	out_dec(s.o, 3);
	assert_shown(&s,
		"           A: 1\n"
		"one\ttab\n"
		"two\n"
		"three\n"
		"\n"
		"           A: 2\n"
		"\n"
		"A\n3\n");
}

/* Terminal sequences from a dump must not reach the terminal. */
static void test_text_hostile_bytes(void **state)
{
	static const struct column c[] = {
		{ .key = "a", .title = "A" },
		{ .key = "b", .title = "B" },
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
	out_line(s.o, "a\rb \r\r");
	out_error(s.o, err_new(ERR_IO, "\x1b"));
	assert_shown(&s,
		"A                     B\n"
		"\\x1b[31m\\x0a\\x09\\xff  1\n"
		"\\xc2\\x9b2J            2\n"
		"\xe2\x82\xac\xc3\xa4                    3\n"
		"\\x0d\\x07\n"
		"a\\x0db \r\r\n"
		"error: \\x1b\n");
}

/* Characters that reorder their line (UAX 9) or end it. */
static const char *const reordering[] = {
	"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8",
	"\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6",
	"\xe2\x81\xa9",
};

static void test_text_reordering(void **state)
{
	struct shown s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(reordering) / sizeof(reordering[0]); i++) {
		show(&s, OUT_TEXT, "x");
		out_lines(s.o, "lines");
		out_line(s.o, "%s", reordering[i]);
		out_note(s.o, "%s", reordering[i]);
		out_error(s.o, err_new(ERR_IO, "%s", reordering[i]));
		out_finish(s.o);
		assert_null(strstr(s.text, reordering[i]));
		shown_free(&s);
	}
}

static void test_print_safe(void **state)
{
	struct shown s;

	(void)state;
	show(&s, OUT_TEXT, "x");
	print_safe(s.fp, "%s: %d\n", "a\tb\x1b]0;\x07\r\xc2\x9b\xff\xe2\x80\xae\xc3\xa4", 5);
	print_safe_bytes(s.fp, "(XEN) \0\x1b[2J\n\xe2", 13);
	print_safe_bytes(s.fp, "", 0);
	assert_shown(&s,
		"a\tb\\x1b]0;\\x07\\x0d\\xc2\\x9b\\xff\\xe2\\x80\\xae\xc3\xa4: 5\n"
		"(XEN)  \\x1b[2J\n\\xe2");
}

static void test_text_numbers(void **state)
{
	static const struct column c[] = {
		{ .key = "a", .title = "A" },
		{ .key = "b", .title = "B" },
		{ .key = "c", .title = "C" },
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

/* Long lists are printed in blocks; no row is lost, and the heading is printed once. */
static void test_text_long_list(void **state)
{
	static const struct column c[] = {
		{ .key = "a", .title = "A" },
		{ .key = "b", .title = "B" },
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

/* Plain characters are added at once, the others between them one by one. */
static void test_plain_runs(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add_chars(&b, "ab\x7f" "c~\x1b" "d\xff", buf_add_escaped), 17);
	assert_string_equal(b.data, "ab\\x7fc~\\x1bd\\xff");
	buf_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_list),
		cmocka_unit_test(test_text_empty_list),
		cmocka_unit_test(test_text_right_last_column),
		cmocka_unit_test(test_text_card),
		cmocka_unit_test(test_text_wide_card_title),
		cmocka_unit_test(test_plain_runs),
		cmocka_unit_test(test_text_missing_column),
		cmocka_unit_test(test_text_nothing_to_show),
		cmocka_unit_test(test_text_errors),
		cmocka_unit_test(test_text_cut_short),
		cmocka_unit_test(test_text_lines),
		cmocka_unit_test(test_text_hostile_bytes),
		cmocka_unit_test(test_text_reordering),
		cmocka_unit_test(test_print_safe),
		cmocka_unit_test(test_text_numbers),
		cmocka_unit_test(test_text_long_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
