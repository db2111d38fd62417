/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help pages, generated from the tables of each command. */
#include "command.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH		78
#define INDENT		"  "
/* Column of the text after the name of an option or column */
#define TEXT_AT		18

/* ---- lines ---- */

struct page {
	char **line;
	size_t nr, size;
	bool failed;
};

static void page_add(struct page *p, char *line)
{
	char **lines = p->line;

	if (line && p->nr + 1 >= p->size) {
		p->size = p->size ? 2 * p->size : 32;
		lines = reallocarray(p->line, p->size, sizeof(*lines));
		if (lines)
			p->line = lines;
	}
	if (!line || !lines) {
		free(line);
		p->failed = true;
		return;
	}
	p->line[p->nr++] = line;
	p->line[p->nr] = NULL;
}

static void ERR_PRINTF(2, 3) page_line(struct page *p, const char *fmt, ...)
{
	va_list ap;
	char *line;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&line, fmt, ap);
	va_end(ap);
	page_add(p, n < 0 ? NULL : line);
}

/* Prints " name text", with the text wrapped at its first column. */
static void page_item(struct page *p, const char *name, const char *text)
{
	int at = TEXT_AT, room = WIDTH - at;
	const char *head = name;

	if ((int)strlen(name) + 5 > at) {
		page_line(p, INDENT "  %s", name);
		head = "";
	}
	do {
		int len = strlen(text), cut = len;

		if (len > room) {
			cut = room;
			while (cut && text[cut] != ' ')
				cut--;
			if (!cut)
				cut = room;
		}
		page_line(p, INDENT "  %-*s%.*s", at - 4, head, cut, text);
		text += cut + (text[cut] == ' ');
		head = "";
	} while (*text);
}

static void page_lines(struct page *p, const char *const *lines)
{
	for (; lines && *lines; lines++)
		page_line(p, "%s", *lines);
}

void help_free(char **page)
{
	char **line;

	for (line = page; line && *line; line++)
		free(*line);
	free(page);
}

/* ---- parts of a page ---- */

static void add_options(struct page *p, const struct option_spec *options)
{
	char name[64];

	page_line(p, "%s", "");
	page_line(p, "OPTIONS");
	for (; options && options->name; options++) {
		snprintf(name, sizeof(name), "-%s%s%s", options->name,
			 options->value ? " " : "",
			 options->value ? options->value : "");
		page_item(p, name, options->help);
	}
	page_item(p, "-j", "JSON");
}

static bool sortable(const struct command *c)
{
	return c->tables && c->tables->key;
}

/* Prints the heading, the meaning, and in brackets the JSON key. */
static void add_column(struct page *p, const struct column *c)
{
	const char *help = c->help ? c->help : "";
	char name[64], text[512];

	if (c->title && c->key)
		snprintf(text, sizeof(text), "%s [%s]", help, c->key);
	else
		snprintf(text, sizeof(text), "%s", help);
	if (c->title)
		snprintf(name, sizeof(name), "%s", c->title);
	else
		snprintf(name, sizeof(name), "[%s]", c->key);
	page_item(p, name, text);
}

static void add_columns(struct page *p, const struct column_table *t)
{
	unsigned int i;

	for (; t && t->key; t++) {
		page_line(p, "%s", "");
		page_line(p, "COLUMNS of \"%s\" [key in JSON]", t->key);
		for (i = 0; i < t->nr; i++) {
			struct column c = column_of(t, i);

			add_column(p, &c);
		}
	}
}

/*
 * Returns the command of which a topic ("domain", "xen-domain") is another
 * name; or NULL.
 */
static const char *alias_of(const char *name)
{
	const struct command_alias *a;

	if (!strncmp(name, "xen-", 4))
		name += 4;
	for (a = command_aliases; a->alias; a++)
		if (!strcmp(a->alias, name) && strcmp(a->alias, a->name))
			return a->name;
	return NULL;
}

static void add_list(struct page *p)
{
	const struct command_entry *c;
	const char *group = "";

	for (c = command_table; c->name; c++) {
		if (strcmp(group, c->group)) {
			page_line(p, "%s", "");
			page_line(p, "%s%s", INDENT, c->group);
		}
		group = c->group;
		page_item(p, c->name, c->summary);
	}
}

static void add_body(struct page *p, const struct command_entry *entry,
		     const char *name)
{
	const struct command *c = entry->command;

	if (alias_of(name))
		page_line(p, INDENT "Another name of \"xen %s\".", alias_of(name));
	page_lines(p, c->description);
	if (entry == &command_overview)
		add_list(p);
	add_options(p, c->args.options);
	if (sortable(c))
		page_item(p, "--sort COLUMN", "sort by a column (heading or JSON key); -COLUMN: largest first");
	add_columns(p, c->tables);
	if (c->example) {
		page_line(p, "%s", "");
		page_line(p, "EXAMPLE");
		page_lines(p, c->example);
	}
}

char **help_page(const struct command_entry *entry, const char *name)
{
	struct page p = { .line = NULL };
	char buf[512];

	page_line(&p, "%s", name);
	page_line(&p, "%s", entry->summary);
	page_line(&p, "%s", args_synopsis(&entry->command->args, buf, sizeof(buf)));
	add_body(&p, entry, name);
	if (!p.failed)
		return p.line;
	help_free(p.line);
	return NULL;
}

/* ---- JSON ---- */

static const struct column command_columns[] = {
	{ .key = "name", .title = "COMMAND" },
	{ .key = "group", .title = "GROUP" },
	{ .key = "summary", .title = "SUMMARY" },
	{ .key = "synopsis", .title = "SYNOPSIS" },
};

static const struct column option_columns[] = {
	{ .key = "option", .title = "OPTION" },
	{ .key = "value", .title = "VALUE" },
	{ .key = "many", .title = "REPEATED" },
	{ .key = "help", .title = "MEANING" },
};

static const struct column column_columns[] = {
	{ .key = "table", .title = "TABLE" },
	{ .key = "key", .title = "KEY" },
	{ .key = "title", .title = "HEADING" },
	{ .key = "help", .title = "MEANING" },
};

static void json_command(const struct command_entry *c, struct out *o)
{
	char buf[512];

	out_str(o, c->name);
	out_str(o, c->group);
	out_str(o, c->summary);
	out_str(o, args_synopsis(&c->command->args, buf, sizeof(buf)));
}

static void json_options(const struct command *c, struct out *o)
{
	const struct option_spec *op;

	out_list(o, "options", option_columns, ARRAY_SIZE(option_columns));
	for (op = c->args.options; op && op->name; op++) {
		out_str(o, op->name);
		out_str(o, op->value);
		out_bool(o, op->many);
		out_str(o, op->help);
	}
	out_end(o);
}

static void json_columns(const struct command *c, struct out *o)
{
	const struct column_table *t;
	unsigned int i;

	out_list(o, "columns", column_columns, ARRAY_SIZE(column_columns));
	for (t = c->tables; t && t->key; t++) {
		for (i = 0; i < t->nr; i++) {
			struct column column = column_of(t, i);

			out_str(o, t->key);
			out_str(o, column.key);
			out_str(o, column.title);
			out_str(o, column.help);
		}
	}
	out_end(o);
}

static void json_lines(struct out *o, const char *key, const char *const *lines)
{
	out_lines(o, key);
	for (; lines && *lines; lines++)
		out_line(o, "%s", *lines);
	out_end(o);
}

/* ---- the pages ---- */

static void show_page(const struct command_entry *c, const char *name,
		      struct out *o)
{
	char **page = help_page(c, name), **line;

	if (!page) {
		out_error(o, err_nomem());
		return;
	}
	out_lines(o, "help");
	out_line(o, "NAME");
	out_line(o, INDENT "%s - %s", c->name, page[1]);
	out_line(o, "%s", "");
	out_line(o, "SYNOPSIS");
	out_line(o, INDENT "%s%s %s", c == &command_overview ? "" : "xen ", c->name,
		 page[2]);
	out_line(o, "%s", "");
	out_line(o, "DESCRIPTION");
	for (line = page + 3; *line; line++)
		out_line(o, "%s", *line);
	out_end(o);
	help_free(page);
}

void help_show(const struct command_entry *c, const char *name, struct out *o)
{
	if (out_format(o) == OUT_TEXT) {
		show_page(c, name, o);
		return;
	}
	out_card(o, "help", command_columns, ARRAY_SIZE(command_columns));
	json_command(c, o);
	out_end(o);
	json_lines(o, "description", c->command->description);
	json_options(c->command, o);
	json_columns(c->command, o);
	json_lines(o, "example", c->command->example);
}

void help_list(struct out *o)
{
	const struct command_entry *c;

	if (out_format(o) == OUT_TEXT) {
		show_page(&command_overview, command_overview.name, o);
		return;
	}
	out_list(o, "commands", command_columns, ARRAY_SIZE(command_columns));
	json_command(&command_overview, o);
	for (c = command_table; c->name; c++)
		json_command(c, o);
	out_end(o);
}
