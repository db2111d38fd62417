/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths as words for gdb, split again by the rules of gdb. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extensions/support/words.h"

/*
 * The words of a line: blanks separate, quotes join, the character after a
 * backslash is literal.
 */
static unsigned int split(const char *line, char words[][256])
{
	unsigned int n = 0, len = 0;
	bool in_word = false;
	char quote = 0;

	for (; *line; line++) {
		if (*line == '\\' && line[1]) {
			words[n][len++] = *++line;
			in_word = true;
		} else if (quote ? *line == quote : *line == '\'' || *line == '"') {
			quote = quote ? 0 : *line;
			in_word = true;
		} else if (!quote && strchr(" \t\n\v\f\r", *line)) {
			words[n][len] = '\0';
			n += in_word;
			len = 0;
			in_word = false;
		} else {
			words[n][len++] = *line;
			in_word = true;
		}
	}
	words[n][len] = '\0';
	return n + in_word;
}

static void test_gdb_word(void **state)
{
	static const struct {
		const char *path, *seen;
	} cases[] = {
		{ "/boot/xen-syms-4.20.gz", NULL },
		{ "/a folder/xen syms", NULL },
		{ "/with 'single' and \"double\" quotes", NULL },
		{ "/back\\slash\\\\", NULL },
		{ "/line\nfeed\tand tab", NULL },
		{ "/$(touch x) `y` ;|&*?[a]", NULL },
		{ "/\xc3\xbcml\xc3\xa4ut", NULL },
		{ "-o 0x1000", "./-o 0x1000" },
		{ "~root/xen-syms", "./~root/xen-syms" },
		{ "", "" },
	};
	char words[8][256], line[512], *word;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *seen = cases[i].seen ? cases[i].seen : cases[i].path;

		word = gdb_word(cases[i].path);
		assert_non_null(word);
		snprintf(line, sizeof(line), "add-symbol-file %s 0x1000", word);
		free(word);
		if (!*seen)
			continue;
		assert_int_equal(split(line, words), 3);
		assert_string_equal(words[1], seen);
		assert_string_equal(words[2], "0x1000");
	}
	word = gdb_word("/boot/xen-syms-4.20_a+b.gz");
	assert_string_equal(word, "/boot/xen-syms-4.20_a+b.gz");
	free(word);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_gdb_word) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
