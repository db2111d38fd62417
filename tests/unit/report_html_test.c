/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HTML form: columns that narrow screens omit, the evidence of the verdict,
 * links, and its size; and which rows the text form shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "report_forms.h"
#include "xen/base/array.h"

#define SIZE_MAX_HTML	(2U << 20)

static void refuse(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in: %.2000s", part, text);
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int nr = 0;

	for (; (text = strstr(text, part)); text++)
		nr++;
	return nr;
}

/* Collects the output of one command by a function; the others print nothing. */
struct source {
	struct session s;
	const char *command;	/* NULL: each */
	void (*fill)(struct out *o);
};

static bool collect(struct session *s, int argc, char **argv, struct sheet *sh)
{
	struct source *source = (struct source *)s;
	struct out *o;

	(void)argc;
	assert_ok(sheet_create(sh, argv[0], &o));
	if (source->fill && (!source->command || !strcmp(source->command, argv[0])))
		source->fill(o);
	out_finish(o);
	out_destroy(o);
	return true;
}

static char *make(const char *command, void (*fill)(struct out *o),
		  struct err *(*form)(const struct report *r, FILE *fp))
{
	struct source source = { { .front = &front, .collect = collect }, command, fill };
	struct report *r;
	char *text;

	assert_ok(report_create(&source.s, false, &r));
	text = print(r, form);
	report_destroy(r);
	return text;
}

/* ---- columns of addresses ---- */

static void fill_frames(struct out *o)
{
	static const struct column frames[] = {
		{ .key = "pc", .title = "PC" }, { .key = "function", .title = "FUNCTION" },
	};

	out_list(o, "frames", frames, 2);
	out_none(o);
	out_str(o, "--- NMI ---");
	out_hex(o, 0xffff82d0);
	out_str(o, "do_nmi");
	out_end(o);
}

/* A cell without a value belongs to the same column as the addresses: both are omitted, or none */
static void test_addresses(void **state)
{
	char *html = make("bt", fill_frames, report_html);

	(void)state;
	expect(html, "<th scope=\"col\" class=\"a\">PC</th><th scope=\"col\" class=\"t\">FUNCTION</th>");
	expect(html, "<td class=\"o a\">&ndash;</td><td class=\"t\">--- NMI ---</td>");
	expect(html, "<td class=\"x a\">ffff82d0</td><td class=\"t\">do_nmi</td>");
	free(html);
}

/* ---- statements ---- */

static const struct column card[] = { { .key = "verdict" } };
static const struct column statements[] = {
	{ .key = "about" }, { .key = "statement" }, { .key = "sure" }, { .key = "evidence" },
};

static void add_statement(struct out *o, const char *about, const char *text, bool sure)
{
	out_str(o, about);
	out_str(o, text);
	out_bool(o, sure);
	out_fmt(o, "proof of %s", about);
}

static void fill_xen(struct out *o)
{
	out_card(o, "xen", card, 1);
	out_str(o, "Xen BUG, for d1v0, in a hypercall");
	out_list(o, "statements", statements, 4);
	add_statement(o, "death", "a bug", false);
	add_statement(o, "for", "d1v0, in a hypercall", true);
	add_statement(o, "stands out", "a lost pcpu", true);
	out_end(o);
}

static void fill_short_verdict(struct out *o)
{
	out_card(o, "xen", card, 1);
	out_str(o, "Xen BUG");
	out_list(o, "statements", statements, 4);
	add_statement(o, "for", "d1v0", true);
	out_end(o);
}

/* Each statement once: with its evidence in the part, or in the head. */
static void test_statements(void **state)
{
	char *html = make("xen", fill_xen, report_html), *text = make("xen", fill_xen, report_text);

	(void)state;
	expect(html, "<li><b>death</b> a bug <em>(not sure)</em> <small>proof of death</small></li>");
	assert_int_equal(count(html, "a lost pcpu"), 1);
	refuse(html, "On behalf of");
	refuse(text, "FOR: ");
	free(html);
	free(text);
	html = make("xen", fill_short_verdict, report_html);
	text = make("xen", fill_short_verdict, report_text);
	expect(html, "On behalf of</dt><dd>d1v0</dd>");
	expect(text, "FOR: d1v0\n");
	free(html);
	free(text);
}

/* Without the command xen nothing was examined: "nothing" would be false. */
static void test_no_verdict(void **state)
{
	char *html = make(NULL, NULL, report_html);

	(void)state;
	expect(html, "<li>not known: the verdict could not be read</li>");
	refuse(html, "0 pcpus");
	refuse(html, "<li>nothing");
	free(html);
}

/* ---- links ---- */

static void check_links(char *html)
{
	const char *at = html;
	char id[64], wanted[80];

	while ((at = strstr(at, "href=\"#"))) {
		at += strlen("href=\"#");
		snprintf(id, sizeof(id), "%.*s", (int)strcspn(at, "\""), at);
		snprintf(wanted, sizeof(wanted), " id=\"%s\"", id);
		if (!strstr(html, wanted))
			fail_msg("a link to %s, which is not in the page", id);
	}
	free(html);
}

static void fill_error(struct out *o)
{
	out_error(o, err_new(ERR_CORRUPT, "unreadable"));
}

static void test_links(void **state)
{
	char *html;

	(void)state;
	check_links(make(NULL, NULL, report_html));
	html = make("doms", fill_error, report_html);
	expect(html, "href=\"#missing\"");
	check_links(html);
	check_links(make("xen", fill_xen, report_html));
}

/* ---- size ---- */

#define MANY 3000

/* Many lists and cards of one row each, and long errors, for each command */
static void fill_many(struct out *o)
{
	static const struct column columns[] = {
		{ .key = "a", .title = "A LONG TITLE" }, { .key = "b", .title = "ANOTHER LONG TITLE" },
	};
	static char text[300];
	unsigned int i;

	memset(text, '&', sizeof(text) - 1);
	for (i = 0; i < MANY; i++) {
		if (i % 2)
			out_list(o, "list", columns, 2);
		else
			out_card(o, "card", columns, 2);
		out_str(o, text);
		out_dec(o, i);
		out_error(o, err_new(ERR_CORRUPT, "row %u: %s", i, text));
		out_note(o, "note %u: %s", i, text);
	}
	out_end(o);
}

static void test_size(void **state)
{
	char *html = make(NULL, fill_many, report_html);

	(void)state;
	if (strlen(html) > SIZE_MAX_HTML)
		fail_msg("%zu bytes", strlen(html));
	expect(html, " more lists are not in this file; ");
	check_links(html);
}

/* ---- rows of the text form ---- */

static void fill_uses(struct out *o)
{
	static const struct column uses[] = {
		{ .key = "group", .title = "GROUP" }, { .key = "use", .title = "USE" },
		{ .key = "pages", .title = "PAGES" },
	};
	unsigned int i;

	out_list(o, "uses", uses, 3);
	for (i = 0; i < 100; i++) {
		out_str(o, "domain");
		out_fmt(o, "d%u", i);
		out_dec(o, 18);
	}
	out_str(o, "Xen");
	out_str(o, "M2P");
	out_dec(o, 512);
	out_str(o, "free");
	out_str(o, "free");
	out_dec(o, 75472);
	out_end(o);
}

/* The largest of many uses are shown, also if they are the last rows. */
static void test_largest(void **state)
{
	char *text = make("mem", fill_uses, report_text);

	(void)state;
	expect(text, "domain  d0       18\n");
	expect(text, "domain  d21      18\n");
	refuse(text, "d22 ");
	expect(text, "Xen     M2P     512\n");
	expect(text, "free    free  75472\n");
	expect(text, "... 78 more\n");
	free(text);
}

static void fill_guests(struct out *o)
{
	static const struct column guests[] = {
		{ .key = "domid", .title = "DOMID" }, { .key = "os", .title = "OS" },
	};
	unsigned int i;

	out_list(o, "guests", guests, 2);
	for (i = 0; i < 100; i++) {
		out_dec(o, i);
		if (i == 70)
			out_str(o, "Linux");
		else
			out_none(o);
	}
	out_end(o);
	for (i = 0; i < 2; i++)
		out_error(o, err_new(ERR_CORRUPT, "unreadable"));
}

/* Rows without values are counted, an error is listed once. */
static void test_empty_rows(void **state)
{
	char *text = make("guest", fill_guests, report_text);

	(void)state;
	expect(text, "   70  Linux\n... 99 without values\n");
	expect(text, "\nguest: unreadable\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_statements),
		cmocka_unit_test(test_no_verdict), cmocka_unit_test(test_links),
		cmocka_unit_test(test_size), cmocka_unit_test(test_largest),
		cmocka_unit_test(test_empty_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
