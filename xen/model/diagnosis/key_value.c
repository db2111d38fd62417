/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key_value.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

const char *key_value(const char *line, const char *names)
{
	const char *end, *at, *v, *stop = line + strlen(line);

	for (; *names; names = end + (*end == '|')) {
		size_t len;

		end = names + strcspn(names, "|");
		len = end - names;
		for (at = line; (at = memmem(at, stop - at, names, len)); at++) {
			if (at > line && is_name_char(at[-1]))
				continue;
			v = at + len + strspn(at + len, " ");
			if (*v == '=' || *v == ':')
				return v + 1 + strspn(v + 1, " ");
		}
	}
	return NULL;
}

/*
 * Length of a bitmap of pcpus, "00000000,00000001", until 4.12; 0: none. Words
 * behind the first one have eight digits.
 */
static size_t bitmap_length(const char *v)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = strspn(v, hex);

	if (!n || n > 8 || v[n] != ',' || strspn(v + n + 1, hex) != 8)
		return 0;
	while (v[n] == ',' && strspn(v + n + 1, hex) == 8)
		n += 9;
	return n;
}

size_t key_value_length(const char *v)
{
	const char *close = *v == '{' ? strchr(v, '}') : NULL;

	if (close && close[1] == '/' && close[2] == '{' && strchr(close + 2, '}'))
		close = strchr(close + 2, '}');	/* "{0}/{1}" */
	if (close)
		return close + 1 - v;
	return bitmap_length(v) ? bitmap_length(v) : strcspn(v, " ,]");
}
