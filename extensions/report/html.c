/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report as one HTML file, which makes no network request and is readable
 * without script. The content security policy permits only the report's own
 * style and script.
 */
#include "report.h"

#include <string.h>

#include "page_files.h"
#include "xen/output/html.h"

/*
 * Limits of all parts, of one part, of its notes and errors, and of a list of
 * the head, bytes: the file has at most 2 MiB, also if each list is full.
 */
#define PARTS_MAX	(1700U << 10)
#define PART_MAX	(300U << 10)
#define REMARKS_MAX	(2U << 10)
#define HEAD_PART_MAX	(100U << 10)

/* Texts longer than this are wrapped in their column. */
#define LONG_TEXT	48

static const char *cell_class(const struct cell *c)
{
	switch (c->kind) {
	case CELL_STR:
		return strlen(c->str) > LONG_TEXT ? "l" : "t";
	case CELL_DEC:
	case CELL_SDEC:
	case CELL_AMOUNT:
		return "n";
	case CELL_HEX:
		return "x";
	case CELL_NONE:
	case CELL_MARK:
		return "o";
	default:
		return "t";
	}
}

static void put_cell(struct html *h, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NONE:
		html_markup(h, "&ndash;");
		break;
	case CELL_DEC:
		html_fmt(h, "%llu", (unsigned long long)c->u);
		break;
	case CELL_SDEC:
		html_fmt(h, "%lld", (long long)c->s);
		break;
	case CELL_HEX:
		html_fmt(h, "%llx", (unsigned long long)c->u);
		break;
	case CELL_STR:
	case CELL_AMOUNT:
		html_text(h, c->str);
		break;
	case CELL_BOOL:
		html_text(h, c->b ? "yes" : "no");
		break;
	case CELL_MARK:
		html_text(h, err_mark(c->why));
		break;
	}
}

static bool is_empty_column(const struct sheet_section *s, unsigned int column)
{
	size_t row;

	for (row = 0; row < sheet_rows(s); row++)
		if (s->cell[row * s->nr_columns + column].kind != CELL_NONE)
			return false;
	return true;
}

/* A list that is not a table in the text form has no titles: its keys are used. */
static bool has_titles(const struct sheet_section *s)
{
	unsigned int i;

	for (i = 0; i < s->nr_columns; i++)
		if (s->columns[i].title)
			return true;
	return false;
}

static bool is_shown(const struct sheet_section *s, unsigned int column)
{
	const struct column *c = &s->columns[column];

	return (c->title || !has_titles(s)) && !c->missing && !is_empty_column(s, column);
}

#define SHOWN_MAX 64

static unsigned int shown_columns(const struct sheet_section *s,
				  unsigned int shown[SHOWN_MAX])
{
	unsigned int i, nr = 0;

	for (i = 0; i < s->nr_columns && nr < SHOWN_MAX; i++)
		if (is_shown(s, i))
			shown[nr++] = i;
	return nr;
}

/* ---- sections ---- */

static void put_more(struct html *h, size_t nr, const char *of, const char *command)
{
	html_markup(h, "<p class=\"more\">");
	html_fmt(h, "%zu more %s are not in this file; \"xen %s\" shows them", nr, of, command);
	html_markup(h, "</p>\n");
}

/* The mark of a value that is based on something unproved. */
static void put_mark(struct html *h, bool unproved)
{
	if (unproved)
		html_markup(h, "~");
}

static void put_title(struct html *h, const struct sheet_section *s, unsigned int column)
{
	const struct column *c = &s->columns[column];

	html_text(h, c->title ? c->title : c->key ? c->key : "");
}

/* True if any row has an address: narrow screens omit such columns of some tables. */
static bool has_address(const struct sheet_section *s, unsigned int column)
{
	size_t row;

	for (row = 0; row < sheet_rows(s); row++)
		if (s->cell[row * s->nr_columns + column].kind == CELL_HEX)
			return true;
	return false;
}

static void put_titles(struct html *h, const struct sheet_section *s,
		       const unsigned int *shown, const bool *address, unsigned int nr)
{
	unsigned int i;

	html_markup(h, "<thead><tr>");
	for (i = 0; i < nr; i++) {
		html_markup(h, "<th scope=\"col\" class=\"");
		html_text(h, address[i] ? "a" : "t");
		html_markup(h, "\">");
		put_title(h, s, shown[i]);
		put_mark(h, sheet_column_unproved(s, shown[i]));
		html_markup(h, "</th>");
	}
	html_markup(h, "</tr></thead>\n");
}

static void put_table(struct html *h, const struct sheet_section *s, size_t end,
		      const char *command)
{
	unsigned int shown[SHOWN_MAX], nr = shown_columns(s, shown), i;
	size_t row, rows = sheet_rows(s);
	bool address[SHOWN_MAX];

	if (!nr || !rows)
		return;
	for (i = 0; i < nr; i++)
		address[i] = has_address(s, shown[i]);
	html_markup(h, "<div class=\"scroll\" tabindex=\"0\"><table>\n");
	put_titles(h, s, shown, address, nr);
	html_markup(h, "<tbody>\n");
	for (row = 0; row < rows && html_size(h) < end; row++) {
		html_markup(h, "<tr>");
		for (i = 0; i < nr; i++) {
			const struct cell *c = &s->cell[row * s->nr_columns + shown[i]];

			html_markup(h, "<td class=\"");
			html_text(h, cell_class(c));
			/* also a cell without a value: the row would be shifted */
			html_text(h, address[i] ? " a" : "");
			html_markup(h, "\">");
			put_cell(h, c);
			html_markup(h, "</td>");
		}
		html_markup(h, "</tr>\n");
	}
	html_markup(h, "</tbody></table></div>\n");
	if (row < rows)
		put_more(h, rows - row, "rows", command);
}

static void put_card(struct html *h, const struct sheet_section *s, size_t end)
{
	unsigned int shown[SHOWN_MAX], nr = shown_columns(s, shown), i;
	size_t row;

	for (row = 0; row < sheet_rows(s) && html_size(h) < end; row++) {
		html_markup(h, "<dl class=\"card\">\n");
		for (i = 0; i < nr; i++) {
			const struct cell *c = &s->cell[row * s->nr_columns + shown[i]];

			html_markup(h, "<div><dt>");
			put_title(h, s, shown[i]);
			put_mark(h, c->unproved);
			html_markup(h, "</dt><dd>");
			put_cell(h, c);
			html_markup(h, "</dd></div>\n");
		}
		html_markup(h, "</dl>\n");
	}
}

/* The end of a long text is kept: the last lines of a console. */
static void put_lines(struct html *h, const struct sheet_section *s, size_t end,
		      const char *command)
{
	size_t room = end > html_size(h) ? end - html_size(h) : 0, from = s->nr_lines, i;

	while (from > 0 && strlen(s->line[from - 1]) + 16 < room) {
		room -= strlen(s->line[from - 1]) + 16;
		from--;
	}
	if (from)
		put_more(h, from, "earlier lines", command);
	html_markup(h, "<pre class=\"scroll\" tabindex=\"0\">");
	for (i = from; i < s->nr_lines; i++) {
		html_text(h, s->line[i]);
		html_markup(h, "\n");
	}
	html_markup(h, "</pre>\n");
}

static void put_section(struct html *h, const struct sheet_section *s, size_t end,
			const char *command)
{
	if (s->kind == SECTION_LINES && s->nr_lines)
		put_lines(h, s, end, command);
	else if (s->kind == SECTION_CARD)
		put_card(h, s, end);
	else if (s->kind == SECTION_LIST)
		put_table(h, s, end, command);
}

/*
 * Prints notes and errors of a command, below its output. The parts that were
 * not read are listed at the end, too, so that no number of them is needed.
 */
static void put_remarks(struct html *h, const struct sheet *sh)
{
	size_t end = html_size(h) + REMARKS_MAX, i;

	if (!sh->nr_notes && !sh->nr_errors)
		return;
	html_markup(h, "<ul class=\"remarks\">\n");
	for (i = 0; i < sh->nr_errors && html_size(h) < end; i++) {
		html_markup(h, "<li><b>error:</b> ");
		html_text(h, sh->error[i].text);
		html_markup(h, "</li>\n");
	}
	for (i = 0; i < sh->nr_notes && html_size(h) < end; i++) {
		html_markup(h, "<li>");
		html_text(h, sh->note[i]);
		html_markup(h, "</li>\n");
	}
	html_markup(h, "</ul>\n");
}

static size_t count_rows(const struct sheet *sh)
{
	size_t i, nr = 0;

	for (i = 0; i < sh->nr_sections; i++) {
		if (sh->section[i].kind == SECTION_LIST)
			nr += sheet_rows(&sh->section[i]);
		else if (sh->section[i].kind == SECTION_LINES)
			nr += sh->section[i].nr_lines;
	}
	return nr;
}

static void open_part(struct html *h, const char *id, const char *title, bool open,
		      size_t count)
{
	html_markup(h, "<details class=\"part\" id=\"");
	html_text(h, id);
	html_markup(h, "\"");
	if (open)
		html_markup(h, " open");
	html_markup(h, "><summary><h2>");
	html_text(h, title);
	html_markup(h, "</h2>");
	if (count)
		html_fmt(h, " %zu", count);
	html_markup(h, "</summary>\n");
}

static void put_statement(struct html *h, const struct sheet_section *s, size_t i)
{
	const struct cell *sure = sheet_cell(s, i, "sure");

	html_markup(h, "<li>");
	if (strcmp(sheet_text(s, i, "about"), "stands out")) {
		html_markup(h, "<b>");
		html_text(h, sheet_text(s, i, "about"));
		html_markup(h, "</b> ");
	}
	put_mark(h, sheet_unproved(s, i, "statement"));
	html_text(h, sheet_text(s, i, "statement"));
	if (sure && sure->kind == CELL_BOOL && !sure->b)
		html_markup(h, " <em>(not sure)</em>");
	if (*sheet_text(s, i, "evidence")) {
		html_markup(h, " <small>");
		put_mark(h, sheet_unproved(s, i, "evidence"));
		html_text(h, sheet_text(s, i, "evidence"));
		html_markup(h, "</small>");
	}
	html_markup(h, "</li>\n");
}

/* The statements that every crash has; the others are in the head. */
static void put_evidence(struct html *h, const struct sheet *sh)
{
	const struct sheet_section *s = sheet_section(sh, "statements");
	size_t i;

	html_markup(h, "<ul class=\"statements\">\n");
	for (i = 0; s && i < sheet_rows(s); i++)
		if (report_is_usual(sheet_text(s, i, "about"), sheet_text(s, i, "statement")))
			put_statement(h, s, i);
	html_markup(h, "</ul>\n");
}

/* Prints sections up to the limit; each of a trace of many pcpus is small. */
static void put_sections(struct html *h, const struct sheet *sh, size_t end,
			 const char *command)
{
	size_t i;

	for (i = 0; i < sh->nr_sections && html_size(h) < end; i++)
		put_section(h, &sh->section[i], end, command);
	if (i < sh->nr_sections)
		put_more(h, sh->nr_sections - i, "lists", command);
}

static void put_part(struct html *h, const struct report_part *part,
		     const struct sheet *sh)
{
	size_t end = html_size(h) + PART_MAX;

	if (end > PARTS_MAX)
		end = PARTS_MAX;
	if (!strcmp(part->id, "xen")) {
		open_part(h, part->id, part->title, true, 0);
		put_evidence(h, sh);
	} else {
		open_part(h, part->id, part->title, !(part->flags & PART_SHUT), count_rows(sh));
		put_sections(h, sh, end, part->command[0]);
	}
	put_remarks(h, sh);
	html_markup(h, "</details>\n");
}

static void put_head_part(struct html *h, const struct report *r, const char *key,
			  const char *title, bool open)
{
	const struct sheet_section *s = sheet_section(&r->head, key);

	if (!s || !sheet_rows(s))
		return;
	open_part(h, key, title, open, sheet_rows(s));
	put_section(h, s, html_size(h) + HEAD_PART_MAX, "report");
	html_markup(h, "</details>\n");
}

/* ---- the page ---- */

static void put_policy(struct html *h, const struct report *r)
{
	const struct sheet_section *s = sheet_section(&r->head, "report");

	html_markup(h, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '");
	html_text(h, page_css_hash);
	html_markup(h, "'; script-src '");
	html_text(h, page_js_hash);
	html_markup(h, "'; base-uri 'none'; form-action 'none'\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n"
		    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Xen report: ");
	html_text(h, sheet_text(s, 0, "signature"));
	html_markup(h, "</title>\n<style>");
	html_own_file(h, page_css);
	html_markup(h, "</style></head>\n<body>\n");
}

static void put_fact(struct html *h, const struct sheet_section *s, const char *key,
		     const char *title)
{
	const char *text = sheet_text(s, 0, key);

	if (!*text)
		return;
	html_markup(h, "<div><dt>");
	html_text(h, title);
	put_mark(h, sheet_unproved(s, 0, key));
	html_markup(h, "</dt><dd>");
	html_text(h, text);
	html_markup(h, "</dd></div>\n");
}

static void put_standing(struct html *h, const struct report *r)
{
	const struct sheet_section *s = sheet_section(&r->head, "stands_out");
	size_t i;

	html_markup(h, "<section class=\"standing\"><h2>Stands out</h2>\n<ul>\n");
	for (i = 0; s && i < sheet_rows(s); i++)
		put_statement(h, s, i);
	/* the command xen states that nothing stands out; without it nothing was examined */
	if (!s || !sheet_rows(s))
		html_markup(h, "<li>not known: the verdict could not be read</li>\n");
	html_markup(h, "</ul></section>\n");
}

static void put_header(struct html *h, const struct report *r)
{
	const struct sheet_section *s = sheet_section(&r->head, "report");

	html_markup(h, "<header>\n<p class=\"kicker\">Xen host report");
	if (r->redactor)
		html_markup(h, " <span class=\"tag\">shared: names and addresses replaced</span>");
	html_markup(h, "</p>\n<h1>");
	put_mark(h, sheet_unproved(s, 0, "verdict"));
	html_text(h, sheet_text(s, 0, "verdict"));
	html_markup(h, "</h1>\n<div class=\"top\"><dl class=\"facts\">\n");
	if (!report_verdict_has_behalf(r))
		put_fact(h, s, "behalf", "On behalf of");
	put_fact(h, s, "proof", "Proof");
	put_fact(h, s, "date", "Time of the dump");
	put_fact(h, s, "uptime", "Uptime");
	put_fact(h, s, "xen", "Xen");
	put_fact(h, s, "host", "Host");
	put_fact(h, s, "dump", "Dump");
	put_fact(h, s, "taint", "Taint");
	html_markup(h, "<div><dt>Signature");
	put_mark(h, sheet_unproved(s, 0, "signature"));
	html_markup(h, "</dt><dd>");
	html_text(h, sheet_text(s, 0, "signature"));
	html_markup(h, " <code>");
	html_text(h, sheet_text(s, 0, "signature_hash"));
	html_markup(h, "</code></dd></div>\n</dl>\n");
	put_standing(h, r);
	html_markup(h, "</div>\n</header>\n");
}

static bool has_content(const struct sheet *sh)
{
	size_t i;

	for (i = 0; i < sh->nr_sections; i++)
		if (sheet_rows(&sh->section[i]) || sh->section[i].nr_lines)
			return true;
	return false;
}

static void put_link(struct html *h, const char *id, const char *title)
{
	html_markup(h, "<a href=\"#");
	html_text(h, id);
	html_markup(h, "\">");
	html_text(h, title);
	html_markup(h, "</a>\n");
}

/* A link to a section of the head, if the page has it. */
static void put_head_link(struct html *h, const struct report *r, const char *key,
			  const char *title)
{
	const struct sheet_section *s = sheet_section(&r->head, key);

	if (s && sheet_rows(s))
		put_link(h, key, title);
}

static void put_links(struct html *h, const struct report *r)
{
	unsigned int i;

	html_markup(h, "<nav aria-label=\"Parts\"><div class=\"links\">\n");
	put_link(h, "pictures", "Pictures");
	for (i = 0; report_parts[i].id; i++) {
		if (has_content(&r->part[i]))
			put_link(h, report_parts[i].id, report_parts[i].title);
		if (!strcmp(report_parts[i].id, "bt"))
			put_head_link(h, r, "timeline", "Timeline");
	}
	put_head_link(h, r, "missing", "Not read");
	put_head_link(h, r, "left_out", "Left out");
	put_head_link(h, r, "next", "How to go on");
	html_markup(h, "</div></nav>\n");
}

static struct err *put_page(struct html *h, const struct report *r)
{
	unsigned int i;

	put_policy(h, r);
	put_header(h, r);
	put_links(h, r);
	html_markup(h, "<main>\n");
	report_pictures(r, h);
	for (i = 0; report_parts[i].id; i++) {
		ERR_TRY(interrupt_check());
		if (has_content(&r->part[i]))
			put_part(h, &report_parts[i], &r->part[i]);
		if (!strcmp(report_parts[i].id, "bt"))
			put_head_part(h, r, "timeline",
				      "Timeline: the end of dom0's log, console and trace", true);
	}
	put_head_part(h, r, "missing", "Not read, and why", true);
	put_head_part(h, r, "left_out", "Left out or replaced", true);
	put_head_part(h, r, "next", "How to go on", true);
	html_markup(h, "</main>\n<footer>");
	html_text(h, sheet_text(sheet_section(&r->head, "report"), 0, "made_by"));
	html_markup(h, ". Addresses are hexadecimal, ids decimal. A heading or statement with ~ is based on places that no check on the dump proved.</footer>\n<script>");
	html_own_file(h, page_js);
	html_markup(h, "</script>\n</body></html>\n");
	return NULL;
}

struct err *report_html(const struct report *r, FILE *fp)
{
	struct html *h;
	struct err *e;

	ERR_TRY(html_create(fp, &h));
	e = put_page(h, r);
	html_destroy(h);
	return e;
}
