/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spellings of C's base types: those that C allows, and those that compilers use. */
#include <string.h>

#include "xen/base/array.h"
#include "internal.h"

/*
 * Combinations of the words of base types (the counts of the words are digits
 * of one number), and their names: as written by gcc, and as usual in source
 * code and clang.
 */
#define W_SIGNED	0x1u
#define W_UNSIGNED	0x10u
#define W_CHAR		0x100u
#define W_SHORT		0x1000u
#define W_INT		0x10000u
#define W_LONG		0x100000u
#define W_LONGLONG	0x200000u
#define W_BOOL		0x1000000u

static const struct {
	const char *word;
	unsigned int count;
} base_words[] = {
	{ "signed", W_SIGNED }, { "unsigned", W_UNSIGNED }, { "char", W_CHAR },
	{ "short", W_SHORT }, { "int", W_INT }, { "long", W_LONG },
	{ "_Bool", W_BOOL }, { "bool", W_BOOL },
};

static const struct {
	unsigned int words;
	const char *names[BASE_TYPE_NAMES];
} base_types[] = {
	{ W_BOOL, { "bool", "_Bool" } },
	{ W_CHAR, { "char" } },
	{ W_CHAR | W_SIGNED, { "signed char" } },
	{ W_CHAR | W_UNSIGNED, { "unsigned char" } },
	{ W_SHORT, { "short int", "short" } },
	{ W_SHORT | W_UNSIGNED, { "short unsigned int", "unsigned short" } },
	{ W_INT, { "int" } },
	{ W_UNSIGNED | W_INT, { "unsigned int" } },
	{ W_LONG, { "long int", "long" } },
	{ W_LONG | W_UNSIGNED, { "long unsigned int", "unsigned long" } },
	{ W_LONGLONG, { "long long int", "long long" } },
	{ W_LONGLONG | W_UNSIGNED,
	  { "long long unsigned int", "unsigned long long" } },
};

/* Finds the base type of the words, without implied words; 0: none. */
static unsigned int base_words_of(const char *name)
{
	unsigned int sum = 0;

	while (*name) {
		size_t len = strcspn(name, " \t"), i;

		for (i = 0; i < ARRAY_SIZE(base_words); i++)
			if (strlen(base_words[i].word) == len &&
			    !memcmp(base_words[i].word, name, len))
				break;
		if (i == ARRAY_SIZE(base_words))
			return 0;
		sum += base_words[i].count;
		/* no word occurs more than twice */
		if (sum & 0xccccccc)
			return 0;
		name += len;
		name += strspn(name, " \t");
	}
	if (sum & (W_SHORT | W_LONG | W_LONGLONG))
		sum &= ~W_INT;
	else if (sum == W_SIGNED || sum == W_UNSIGNED)
		sum |= W_INT;
	if (sum & W_SIGNED && !(sum & W_CHAR))
		sum &= ~W_SIGNED;
	return sum;
}

const char *base_type_spelling(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(base_types); i++)
		if (!strcmp(base_types[i].names[0], name))
			return base_types[i].names[1] ? base_types[i].names[1] :
			       name;
	return name;
}

const char *const *base_type_names(const char *name)
{
	unsigned int words = base_words_of(name);

	for (size_t i = 0; i < ARRAY_SIZE(base_types); i++)
		if (words && base_types[i].words == words)
			return base_types[i].names;
	return NULL;
}
