/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void words_add(char *buf, size_t size, const char *word)
{
	size_t len = strlen(buf);
	/* no comma after a heading such as "emulated:" */
	const char *between = !len ? "" : buf[len - 1] == ':' ? " " : ", ";

	if (len >= 4 && !strcmp(buf + len - 4, " ..."))
		return;
	if (len + strlen(between) + strlen(word) + sizeof(" ...") <= size)
		snprintf(buf + len, size - len, "%s%s", between, word);
	else if (len + sizeof(" ...") <= size)
		snprintf(buf + len, size - len, " ...");
}

void words_append(char *buf, size_t size, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	if (len && len < size)
		len += snprintf(buf + len, size - len, ", ");
	if (len >= size)
		return;
	va_start(ap, fmt);
	vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
}

void words_add_bits(char *buf, size_t size, uint64_t bits,
		    const char *const *names, unsigned int nr_names)
{
	unsigned int i;
	char word[16];

	for (i = 0; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		snprintf(word, sizeof(word), "bit %u", i);
		words_add(buf, size, i < nr_names ? names[i] : word);
	}
}
