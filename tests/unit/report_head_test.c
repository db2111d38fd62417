/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a report, and lines of text: marks, errors, timeline, folding. */
#include "tests/unit/model_fixture/fixture.h"

#include "report_forms.h"

/* ---- folding ---- */

static char *folded(const char *text, unsigned int width)
{
	char *ret;
	size_t len;
	FILE *fp = open_memstream(&ret, &len);

	report_fold(text, width, fp);
	fclose(fp);
	return ret;
}

static void check_fold(const char *text, const char *wanted)
{
	char *got = folded(text, 20);

	assert_string_equal(got, wanted);
	free(got);
}

static void test_fold(void **state)
{
	char long_row[200], *got;

	(void)state;
	check_fold("", "");
	check_fold("fits into 20 columns\n\nno line feed", "fits into 20 columns\n\nno line feed\n");
	/* below the value of a card, the last column, or the indented text */
	check_fold("NAME: one two three four five\n", "NAME: one two three\n      four five\n");
	check_fold(" A B: one two three four five six\n", " A B: one two three\n      four five six\n");
	check_fold("7  x  one two three four\n", "7  x  one two three\n      four\n");
	check_fold("one two three four five\n", "one two three four\n    five\n");
	check_fold("log: text: one two three\n", "log: text: one two\n     three\n");
	/* a colon in the middle of a sentence does not end a name */
	got = folded("      6 grants of d0 are pinned (first: 34): leaked, or copied\n", 52);
	assert_string_equal(got, "      6 grants of d0 are pinned (first: 34): leaked,\n      or copied\n");
	free(got);
	check_fold("NAME: one two three four five six seven eight\n",
		   "NAME: one two three\n      four five six\n      seven eight\n");
	/* a word that does not fit is not broken; characters are counted, not bytes */
	check_fold("0123456789abcdef0123456789 x\n", "0123456789abcdef0123456789\n    x\n");
	check_fold("N: 0123456789abcdef0123456789\n", "N: 0123456789abcdef0123456789\n");
	check_fold("\xc3\xa4\xc3\xb6\xc3\xbc fits into 20 co\xc3\xa4\n", "\xc3\xa4\xc3\xb6\xc3\xbc fits into 20 co\xc3\xa4\n");
	/* if the last column starts far to the right, it is printed below */
	snprintf(long_row, sizeof(long_row), "%-80s  last column of the row\n", "name");
	got = folded(long_row, 100);
	assert_string_equal(got, "name\n      last column of the row\n");
	free(got);
}

/* ---- marks of the head ---- */

/* A command "xen", whose verdict and statement are based on something unproved. */
static bool collect_unproved(struct session *s, int argc, char **argv, struct sheet *sh)
{
	static const struct column card[] = { { .key = "verdict" }, { .key = "proof" } };
	static const struct column statements[] = {
		{ .key = "about" }, { .key = "statement" }, { .key = "sure" }, { .key = "evidence" },
	};
	struct provenance before;
	struct out *o;

	(void)s;
	(void)argc;
	assert_ok(sheet_create(sh, argv[0], &o));
	if (!strcmp(argv[0], "xen")) {
		out_card(o, "xen", card, 2);
		before = provenance_enter();
		provenance_use();
		out_str(o, "guess");
		provenance_leave(before);
		out_str(o, "build-id");
		out_list(o, "statements", statements, 4);
		for (int i = 0; i < 2; i++) {
			before = provenance_enter();
			provenance_use_if(i);
			out_str(o, "stands out");
			out_str(o, i ? "guessed" : "certain");
			out_bool(o, true);
			out_str(o, i ? "a place" : "a name");
			provenance_leave(before);
		}
		out_end(o);
	}
	out_finish(o);
	out_destroy(o);
	/* a use lasts to the end of a command, and does not affect the head */
	provenance_use();
	return true;
}

static bool is_marked(const struct report *r, const char *key)
{
	return sheet_cell(sheet_section(&r->head, "report"), 0, key)->unproved;
}

static void check_shown(const struct report *r,
			struct err *(*form)(const struct report *r, FILE *fp), const char *part)
{
	char *text = print(r, form);

	expect(text, part);
	free(text);
}

static void test_marks(void **state)
{
	struct session s = { .collect = collect_unproved };
	struct report *r;

	(void)state;
	assert_ok(report_create(&s, false, &r));
	assert_true(is_marked(r, "verdict"));
	assert_false(is_marked(r, "proof"));
	assert_false(is_marked(r, "taint"));
	assert_false(is_marked(r, "made_by"));
	assert_false(is_marked(r, "signature_hash"));
	check_shown(r, report_text, "   certain\n");
	check_shown(r, report_text, " evidence: a name\n");
	check_shown(r, report_text, " ~ guessed\n");
	check_shown(r, report_text, " evidence~: a place\n");
	check_shown(r, report_html, "<h1>~guess</h1>");
	check_shown(r, report_html, "<li>certain ");
	check_shown(r, report_html, "<li>~guessed ");
	report_destroy(r);
	provenance_clear();
}

/* ---- errors ---- */

#define ERRORS 30000

/* A damaged host: an error for each row of "doms". */
static bool collect_errors(struct session *s, int argc, char **argv, struct sheet *sh)
{
	struct out *o;
	unsigned int i;

	(void)s;
	(void)argc;
	assert_ok(sheet_create(sh, argv[0], &o));
	for (i = 0; !strcmp(argv[0], "doms") && i < ERRORS; i++)
		out_error(o, err_new(ERR_CORRUPT, "domain %u", i));
	out_finish(o);
	out_destroy(o);
	return true;
}

static void test_many_errors(void **state)
{
	struct session s = { .collect = collect_errors };
	const struct sheet_section *missing;
	struct report *r;
	char *text;

	(void)state;
	assert_ok(report_create(&s, false, &r));
	missing = sheet_section(&r->head, "missing");
	assert_int_equal(sheet_rows(missing), 21);
	assert_string_equal(sheet_text(missing, 19, "reason"), "domain 19");
	assert_string_equal(sheet_text(missing, 20, "reason"), "29980 more errors");
	text = print(r, report_text);
	expect(text, "doms: 29980 more errors");
	free(text);
	report_destroy(r);
}

/* ---- timeline ---- */

/* The message of a panic is included, although more lines than the limit follow it. */
static void test_panic_lines(void **state)
{
	struct report *r = calloc(1, sizeof(*r));
	const struct sheet_section *t;
	struct out *o;
	unsigned int i;

	(void)state;
	assert_ok(sheet_create(&r->part[part_number("dom0log")], "log", &o));
	out_lines(o, "lines");
	for (i = 0; i < 30; i++)
		out_line(o, "[    1.000000] early %u", i);
	out_line(o, "[    2.000000] Kernel panic - not syncing: test");
	for (i = 0; i < 30; i++)
		out_line(o, "[    2.000000]  ? f%u+0x1/0x2", i);
	out_line(o, "[    2.000000] RAX: ffffffffffffffda RBX: 00000000075c1400");
	out_line(o, "[    2.000000]  panic+0x118/0x2db");
	out_finish(o);
	out_destroy(o);
	add_head(r, "x");
	t = sheet_section(&r->head, "timeline");
	assert_int_equal(sheet_rows(t), 20);
	assert_string_equal(sheet_text(t, 17, "text"), "[    1.000000] early 29");
	assert_string_equal(sheet_text(t, 18, "text"), "[    2.000000] Kernel panic - not syncing: test");
	assert_string_equal(sheet_text(t, 19, "text"), "[    2.000000]  panic+0x118/0x2db");
	report_destroy(r);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold), cmocka_unit_test(test_marks),
		cmocka_unit_test(test_many_errors),
		cmocka_unit_test(test_panic_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
