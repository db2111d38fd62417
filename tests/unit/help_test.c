/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help pages: every command, option and column of the command table is explained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "extensions/support/command.h"
#include "extensions/support/view.h"

#define WIDTH	78

static bool is_empty(const char *text)
{
	return !text || !*text;
}

/* Calls check for the overview and every command of the table. */
static void each_command(void (*check)(const struct command_entry *c))
{
	const struct command_entry *c;

	check(&command_overview);
	for (c = command_table; c->name; c++)
		check(c);
}

static void check_command(const struct command_entry *c)
{
	if (is_empty(c->summary) || is_empty(c->group) || !c->command->run ||
	    !c->command->description || is_empty(c->command->description[0]))
		fail_msg("%s: no summary, group, description or run", c->name);
}

static void test_commands(void **state)
{
	(void)state;
	each_command(check_command);
}

static void check_options(const struct command_entry *c)
{
	const struct option_spec *o, *other;
	unsigned int words = 0;

	for (o = c->command->args.options; o && o->name; o++) {
		if (is_empty(o->help))
			fail_msg("%s: -%s is not explained", c->name, o->name);
		if ((o->kind == OPTION_FLAG) != !o->value)
			fail_msg("%s: -%s has a value without a name", c->name, o->name);
		words += o->word;
		if (o->word && (o->kind == OPTION_FLAG || words > 1))
			fail_msg("%s: a word cannot be the value of -%s", c->name, o->name);
		for (other = c->command->args.options; other < o; other++)
			if (!strcmp(other->name, o->name))
				fail_msg("%s: -%s is there twice", c->name, o->name);
	}
}

static void test_options(void **state)
{
	(void)state;
	each_command(check_options);
}

/* "--sort COLUMN" requires that a heading belongs to one column of its table. */
static void check_column(const char *name, const struct column_table *t,
			 unsigned int i)
{
	struct column c = column_of(t, i), other;
	const char *column = c.title ? c.title : c.key;
	unsigned int k;

	if (!c.key && !c.title)
		fail_msg("%s: %s: column %u has neither key nor title", name, t->key, i);
	if (is_empty(c.help))
		fail_msg("%s: %s: %s is not explained", name, t->key, column);
	for (k = 0; k < i; k++) {
		other = column_of(t, k);
		if ((c.title && other.title && !strcmp(c.title, other.title)) ||
		    (c.key && other.key && !strcmp(c.key, other.key)))
			fail_msg("%s: %s: %s is there twice", name, t->key, column);
	}
}

static void check_columns(const struct command_entry *c)
{
	const struct column_table *t, *other;
	unsigned int i;

	for (t = c->command->tables; t && t->key; t++) {
		for (other = c->command->tables; other < t; other++)
			if (!strcmp(other->key, t->key))
				fail_msg("%s: two tables \"%s\"", c->name, t->key);
		if (!t->nr)
			fail_msg("%s: %s has no columns", c->name, t->key);
		for (i = 0; i < t->nr; i++)
			check_column(c->name, t, i);
	}
}

static void test_columns(void **state)
{
	(void)state;
	each_command(check_columns);
}

/* crash hands the lines to printf. */
static void check_page(const struct command_entry *c)
{
	char **page = help_page(c, c->name), **line;
	bool example = false;

	assert_non_null(page);
	for (line = page; *line; line++) {
		example |= !strcmp(*line, "EXAMPLE");
		if (strchr(*line, '%'))
			fail_msg("%s: a percent sign: %s", c->name, *line);
		/* the synopsis is one line */
		if (!example && line - page != 2 && strlen(*line) > WIDTH)
			fail_msg("%s: longer than %d: %s", c->name, WIDTH, *line);
	}
	help_free(page);
}

static void test_pages(void **state)
{
	(void)state;
	each_command(check_page);
}

static void test_groups(void **state)
{
	const struct command_entry *c, *later;

	(void)state;
	for (c = command_table; c->name; c++)
		for (later = c + 1; later->name; later++)
			if (!strcmp(c->group, later->group) &&
			    strcmp(c->group, (later - 1)->group))
				fail_msg("%s stands apart from its group", later->name);
}

static void test_names(void **state)
{
	const struct command_alias *a;
	const struct command_entry *c;

	(void)state;
	for (c = command_table; c->name; c++)
		assert_ptr_equal(command_find(c->name), c);
	for (a = command_aliases; a->alias; a++) {
		char **page;

		c = command_find(a->alias);
		assert_non_null(c);
		page = help_page(c, a->alias);
		assert_non_null(page);
		assert_true(!strcmp(a->alias, a->name) ||
			    strstr(page[3], "Another name of"));
		help_free(page);
	}
	assert_null(command_find("nosuch"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
