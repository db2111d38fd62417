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

size_t key_value_length(const char *v)
{
	const char *close = *v == '{' ? strchr(v, '}') : NULL;

	if (close && close[1] == '/' && close[2] == '{' && strchr(close + 2, '}'))
		close = strchr(close + 2, '}');	/* "{0}/{1}" */
	return close ? (size_t)(close + 1 - v) : strcspn(v, " ,]");
}
