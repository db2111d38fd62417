/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shown.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "json_check.h"

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

/* JSON has each member once: a list cannot take the name of the notes. */
static void test_reserved_keys(void **state)
{
	static const char *const reserved[] = { "schema", "command", "notes", "errors" };
	struct shown s;

	(void)state;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		show(&s, OUT_JSON, "x");
		out_list(s.o, reserved[i], columns, 5);
		out_finish(s.o);
		assert_non_null(strstr(s.text, "(internal error)"));
		assert_non_null(strstr(s.text, "  \"notes\": [],\n"));
		assert_null(strstr(strstr(s.text, "\"notes\": ") + 1, "\"notes\": "));
		shown_free(&s);
	}
}

/* crash ends commands by longjmp: pending output is released. */
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

static void test_only_errors(void **state)
{
	struct shown s;
	int format;

	(void)state;
	for (format = OUT_TEXT; format <= OUT_JSON; format++) {
		show(&s, format, "doms");
		assert_false(out_only_errors(s.o));
		out_list(s.o, "doms", columns, 5);
		assert_false(out_only_errors(s.o));
		out_error(s.o, err_new(ERR_IO, "e"));
		assert_true(out_only_errors(s.o));
		row(s.o, 1, "a", 1);
		assert_false(out_only_errors(s.o));
		shown_free(&s);
	}
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
	/* the failure is noticed for text while the command runs, for JSON at the end */
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
		cmocka_unit_test(test_misuse_is_shown),
		cmocka_unit_test(test_reserved_keys),
		cmocka_unit_test(test_destroy_unfinished),
		cmocka_unit_test(test_only_errors),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_broken_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
