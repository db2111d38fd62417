/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report as text: the head first, then of each part as much as fits on a page. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/words.h"
#include "xen/output/sheet.h"

#define COLUMNS_MAX 32
#define WIDTH 100

static void heading(struct out *o, const char *title)
{
	char line[WIDTH + 1];
	size_t len = strlen(title);

	memset(line, '-', sizeof(line));
	line[len < WIDTH - 5 ? WIDTH - 5 - len : 0] = '\0';
	out_lines(o, "heading");
	out_line(o, "%s", "");
	out_line(o, "--- %s %s", title, line);
}

/* ---- some columns of a section ---- */

struct selection {
	struct column column[COLUMNS_MAX];
	unsigned int from[COLUMNS_MAX];	/* column of the section */
	char *words;			/* texts of the columns */
	unsigned int nr;
};

static void select_column(struct selection *sel, const struct sheet_section *s,
			  const char *key, const char *title)
{
	unsigned int i;

	for (i = 0; i < s->nr_columns && sel->nr < COLUMNS_MAX; i++) {
		const struct column *c = &s->columns[i];

		if (key ? strcmp(c->key ? c->key : c->title, key) : !c->title)
			continue;
		sel->column[sel->nr] = *c;
		if (title)
			sel->column[sel->nr].title = title;
		if (!sel->column[sel->nr].title)
			sel->column[sel->nr].title = c->key;
		sel->from[sel->nr++] = i;
		if (key)
			return;
	}
}

/* names: "key,key=TITLE" or "*". False: out of memory. */
static bool selection_make(struct selection *sel, const struct sheet_section *s,
			   const char *names)
{
	char *word, *save = NULL, *title;

	*sel = (struct selection){ .nr = 0 };
	if (!strcmp(names, "*")) {
		select_column(sel, s, NULL, NULL);
		return true;
	}
	sel->words = strdup(names);
	for (word = sel->words ? strtok_r(sel->words, ",", &save) : NULL; word;
	     word = strtok_r(NULL, ",", &save)) {
		title = strchr(word, '=');
		if (title)
			*title++ = '\0';
		select_column(sel, s, word, title);
	}
	return sel->words != NULL;
}

/* A column of a list is omitted if no row has a value. */
static void drop_empty(struct selection *sel, const struct sheet_section *s)
{
	unsigned int i, kept = 0;
	size_t row;

	for (i = 0; i < sel->nr; i++) {
		for (row = 0; row < sheet_rows(s); row++)
			if (s->cell[row * s->nr_columns + sel->from[i]].kind != CELL_NONE)
				break;
		if (row == sheet_rows(s))
			continue;
		sel->column[kept] = sel->column[i];
		sel->from[kept++] = sel->from[i];
	}
	sel->nr = kept;
}

/*
 * A row with values in the first of several columns only, its id. Not if all columns
 * are shown, as in the lists of the head: what was left out may have no count.
 */
static bool is_empty_row(const struct selection *sel, const struct sheet_section *s, size_t row)
{
	unsigned int i;

	if (s->kind != SECTION_LIST || !sel->words)
		return false;
	for (i = 1; i < sel->nr; i++)
		if (s->cell[row * s->nr_columns + sel->from[i]].kind != CELL_NONE)
			return false;
	return sel->nr > 1;
}

static int more_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x > y ? -1 : x < y;
}

/* Which rows are shown of a list with more rows than the view has. */
struct limit {
	size_t rows;		/* 0: all */
	const char *key;	/* of a number; NULL: the first rows */
	uint64_t above;		/* rows with a larger number are shown */
	size_t equal;		/* and so many of those that have it */
};

static struct err *limit_make(struct limit *l, const struct sheet_section *s,
			      const struct report_view *view)
{
	const char *last = strrchr(view->columns, ',');
	size_t rows = sheet_rows(s), row;
	uint64_t *number;

	*l = (struct limit){ .rows = view->rows & ~ROWS_LARGEST };
	if (!(view->rows & ROWS_LARGEST) || !last || rows <= l->rows)
		return NULL;
	number = calloc(rows, sizeof(*number));
	if (!number)
		return err_nomem();
	for (row = 0; row < rows; row++)
		number[row] = sheet_number(s, row, last + 1, 0);
	array_sort(number, rows, sizeof(*number), more_first);
	l->key = last + 1;
	l->above = number[l->rows - 1];
	l->equal = l->rows;
	for (row = 0; number[row] > l->above; row++)
		l->equal--;
	free(number);
	return NULL;
}

static bool is_below(struct limit *l, const struct sheet_section *s, size_t row)
{
	uint64_t number = l->key ? sheet_number(s, row, l->key, 0) : 0;

	if (!l->key || number > l->above)
		return false;
	if (number < l->above || !l->equal)
		return true;
	l->equal--;
	return false;
}

/*
 * Prints rows up to the limit; returns the number of rows that were left out;
 * *empty: and of those without values.
 */
static size_t show_rows(struct out *o, const struct sheet_section *s,
			const struct selection *sel, struct limit *l, size_t *empty)
{
	size_t row, shown = 0, more = 0;
	unsigned int i;

	*empty = 0;
	for (row = 0; sel->nr && row < sheet_rows(s); row++) {
		if (is_empty_row(sel, s, row)) {
			(*empty)++;
			continue;
		}
		if ((l->rows && shown == l->rows) || is_below(l, s, row)) {
			more++;
			continue;
		}
		for (i = 0; i < sel->nr; i++)
			sheet_print_cell(o, &s->cell[row * s->nr_columns + sel->from[i]]);
		shown++;
	}
	return more;
}

static struct err *show_section(struct out *o, const struct sheet_section *s,
				const struct report_view *view)
{
	struct selection sel;
	struct limit limit;
	size_t more, empty;

	if (!sheet_rows(s))
		return NULL;
	ERR_TRY(limit_make(&limit, s, view));
	if (!selection_make(&sel, s, view->columns))
		return err_nomem();
	drop_empty(&sel, s);
	if (sel.nr && s->kind == SECTION_CARD)
		out_card(o, s->key, sel.column, sel.nr);
	else if (sel.nr)
		out_list(o, s->key, sel.column, sel.nr);
	more = show_rows(o, s, &sel, &limit, &empty);
	out_end(o);
	if (more || empty)
		out_lines(o, "more");
	if (more)
		out_line(o, "... %zu more", more);
	if (empty)
		out_line(o, "... %zu without values", empty);
	free(sel.words);
	return NULL;
}

/* Prints a card with few values in one line, to keep traces readable. */
static void show_short_card(struct out *o, const struct sheet_section *s)
{
	out_lines(o, "card");
	out_line(o, "%s", "");
	out_line(o, "pcpu %llu (%s), vcpu %s, trace from: %s",
		 (unsigned long long)sheet_number(s, 0, "pcpu", 0),
		 sheet_text(s, 0, "state"), sheet_text(s, 0, "current"),
		 sheet_text(s, 0, "from"));
	out_end(o);
}

static bool has_view(const struct report_part *part, const struct sheet *sh)
{
	size_t k;
	unsigned int i;

	for (k = 0; k < sh->nr_sections; k++)
		for (i = 0; i < REPORT_VIEWS && part->view[i].section; i++)
			if (!strcmp(part->view[i].section, sh->section[k].key) &&
			    sheet_rows(&sh->section[k]))
				return true;
	return false;
}

static struct err *show_part(struct out *o, const struct report_part *part,
			     const struct sheet *sh)
{
	size_t k;
	unsigned int i;

	if (!has_view(part, sh))
		return NULL;
	heading(o, part->title);
	for (k = 0; k < sh->nr_sections; k++) {
		const struct sheet_section *s = &sh->section[k];

		ERR_TRY(interrupt_check());
		for (i = 0; i < REPORT_VIEWS && part->view[i].section; i++) {
			if (strcmp(part->view[i].section, s->key))
				continue;
			if (s->kind == SECTION_CARD && !strcmp(part->id, "bt"))
				show_short_card(o, s);
			else
				ERR_TRY(show_section(o, s, &part->view[i]));
		}
	}
	return NULL;
}

/* ---- statements ---- */

/*
 * Prints two lines for each statement, like the command xen, with ~ before
 * statements that are based on something unproved; those that every crash has,
 * or the others.
 */
static void show_statements(struct out *o, const struct sheet_section *s, bool usual)
{
	const char *about = "";
	size_t i;

	for (i = 0; s && i < sheet_rows(s); i++) {
		const struct cell *sure = sheet_cell(s, i, "sure");
		const char *evidence = sheet_text(s, i, "evidence");

		if (usual != report_is_usual(sheet_text(s, i, "about"),
					     sheet_text(s, i, "statement")))
			continue;
		out_line(o, "%13s%s %s%s",
			 strcmp(about, sheet_text(s, i, "about")) &&
			 strcmp("stands out", sheet_text(s, i, "about")) ?
			 sheet_text(s, i, "about") : "",
			 sheet_unproved(s, i, "statement") ? "~" : " ",
			 sheet_text(s, i, "statement"),
			 sure && sure->kind == CELL_BOOL && !sure->b ? " (not sure)" : "");
		if (*evidence)
			out_line(o, "%13s    evidence%s: %s", "",
				 sheet_unproved(s, i, "evidence") ? "~" : "", evidence);
		about = sheet_text(s, i, "about");
	}
}

static void show_statement_part(struct out *o, const char *title,
				const struct sheet_section *s, bool usual)
{
	if (!s || !sheet_rows(s))
		return;
	heading(o, title);
	show_statements(o, s, usual);
	out_end(o);
}

/* ---- all ---- */

static struct err *show_list(struct out *o, const struct report *r, const char *key,
			     const char *title)
{
	const struct report_view view = { key, "*", 100 };
	const struct sheet_section *s = sheet_section(&r->head, key);

	if (!s || !sheet_rows(s))
		return NULL;
	heading(o, title);
	return show_section(o, s, &view);
}

/* Parts with the same reason share a line. */
static void show_missing(struct out *o, const struct report *r)
{
	const struct sheet_section *s = sheet_section(&r->head, "missing");
	size_t rows = s ? sheet_rows(s) : 0, i, k;

	if (rows)
		heading(o, "Not read, and why");
	for (i = 0; i < rows; i++) {
		const char *reason = sheet_text(s, i, "reason");
		const char *part = "";
		char parts[256] = "";

		for (k = 0; k < i && strcmp(sheet_text(s, k, "reason"), reason); k++)
			;
		if (k < i)
			continue;
		for (; k < rows; k++) {
			/* a part can have the same error twice */
			if (strcmp(sheet_text(s, k, "reason"), reason) ||
			    !strcmp(sheet_text(s, k, "part"), part))
				continue;
			part = sheet_text(s, k, "part");
			words_add(parts, sizeof(parts), part);
		}
		out_line(o, "%s: %s", parts, reason);
	}
	out_end(o);
}

static void show_timeline(struct out *o, const struct report *r)
{
	const struct sheet_section *s = sheet_section(&r->head, "timeline");
	size_t i;

	if (!s || !sheet_rows(s))
		return;
	heading(o, "Timeline: the end of dom0's log, console and trace");
	for (i = 0; i < sheet_rows(s); i++) {
		const struct cell *time = &s->cell[i * s->nr_columns + 1];

		if (time->kind == CELL_AMOUNT)
			out_line(o, "%s%s  %s: %.300s", time->str, time->unproved ? "~" : "",
				 sheet_text(s, i, "source"), sheet_text(s, i, "text"));
		else
			out_line(o, "%.300s", sheet_text(s, i, "text"));
	}
	out_end(o);
}

static struct err *show_all(struct out *o, const struct report *r)
{
	static const struct report_view card = { "report", "*", 0 }, short_card = {
		"report",
		"verdict,signature,signature_hash,xen,proof,dump,date,uptime,host,taint,made_by", 0
	};
	unsigned int i;

	ERR_TRY(show_section(o, sheet_section(&r->head, "report"),
			     report_verdict_has_behalf(r) ? &short_card : &card));
	show_statement_part(o, "Stands out", sheet_section(&r->head, "stands_out"), false);
	show_statement_part(o, "Evidence of the verdict",
			    sheet_section(report_sheet(r, "xen"), "statements"), true);
	for (i = 0; report_parts[i].id; i++) {
		if (strcmp(report_parts[i].id, "xen"))
			ERR_TRY(show_part(o, &report_parts[i], &r->part[i]));
		if (!strcmp(report_parts[i].id, "bt"))
			show_timeline(o, r);
	}
	show_missing(o, r);
	ERR_TRY(show_list(o, r, "left_out", "Left out or replaced (--share)"));
	return show_list(o, r, "next", "How to go on");
}

struct err *report_text(const struct report *r, FILE *fp)
{
	char *text = NULL;
	size_t len;
	FILE *memory = open_memstream(&text, &len);
	struct err *e;
	struct out *o;

	if (!memory)
		return err_nomem();
	e = out_create(memory, OUT_TEXT, "report", &o);
	if (!e) {
		e = show_all(o, r);
		out_finish(o);
		out_destroy(o);
	}
	if (fclose(memory) && !e)
		e = err_nomem();
	if (!e)
		report_fold(text, WIDTH, fp);
	free(text);
	return e;
}
