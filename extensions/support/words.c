/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* Characters without special meaning; all others are preceded by a backslash. */
static const char plain[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-";

char *gdb_word(const char *path)
{
	char *word = malloc(2 * strlen(path) + 3), *to = word;

	if (!word)
		return NULL;
	/* text that is neither an option nor a home folder */
	if (*path == '-' || *path == '~') {
		*to++ = '.';
		*to++ = '/';
	}
	for (; *path; path++) {
		/* not inside of a character of several bytes */
		if (!((unsigned char)*path & 0x80) && !strchr(plain, *path))
			*to++ = '\\';
		*to++ = *path;
	}
	*to = '\0';
	return word;
}
