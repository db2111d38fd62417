/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attack on damaged memory runs all commands of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "extensions/support/command.h"

#define LIST	"tests/attack/commands"

static bool is_run(const char *name)
{
	FILE *f = fopen(LIST, "r");
	bool found = false;
	char line[256];

	assert_non_null(f);
	while (!found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, " \n")] = '\0';
		found = !strcmp(line, name);
	}
	fclose(f);
	return found;
}

static void test_commands(void **state)
{
	const struct command_entry *c;

	(void)state;
	assert_true(is_run(command_overview.name));
	for (c = command_table; c->name; c++)
		if (!is_run(c->name))
			fail_msg("no \"%s\" in " LIST, c->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_commands) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
