/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a saved mail in base64. */
#include "console_source.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* Position in a part of a mail. */
enum part { PART_NONE, PART_HEADER, PART_BODY };

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* True for a header that names the encoding. */
static bool names_base64(const char *s, size_t len)
{
	static const char name[] = "Content-Transfer-Encoding:", value[] = "base64";
	size_t at = strlen(name);

	if (len < at || strncasecmp(s, name, at))
		return false;
	while (at < len && isspace((unsigned char)s[at]))
		at++;
	return len - at >= strlen(value) && !strncasecmp(s + at, value, strlen(value));
}

/* True if the line has only digits and padding. */
static bool is_base64(const char *s, size_t len)
{
	size_t i;

	while (len && (isspace((unsigned char)s[len - 1]) || s[len - 1] == '='))
		len--;
	for (i = 0; i < len; i++)
		if (!s[i] || !strchr(digits, s[i]))
			return false;
	return len;
}

struct bits {
	uint32_t value;
	unsigned int nr;
};

/* Decodes a line to the same place or before it; returns the number of bytes. */
static size_t decode(struct bits *b, const char *s, size_t len, char *to)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		const char *digit = s[i] ? strchr(digits, s[i]) : NULL;

		if (!digit)
			continue;
		b->value = b->value << 6 | (digit - digits);
		b->nr += 6;
		if (b->nr < 8)
			continue;
		b->nr -= 8;
		to[n] = b->value >> b->nr;
		n += to[n] != 0;
	}
	return n;
}

size_t console_decode_base64(char *s, size_t len)
{
	const char *at = s, *end = s + len, *stop;
	enum part part = PART_NONE;
	struct bits bits = { .nr = 0 };
	size_t n = 0, line;

	for (; at < end; at = stop) {
		stop = memchr(at, '\n', end - at);
		stop = stop ? stop + 1 : end;
		line = stop - at;
		if (part == PART_BODY && is_base64(at, line)) {
			n += decode(&bits, at, line, s + n);
			continue;
		}
		if (names_base64(at, line))
			part = PART_HEADER;
		else if (part == PART_HEADER && (*at == '\n' || *at == '\r'))
			part = PART_BODY;
		else if (part == PART_BODY)
			part = PART_NONE;
		bits.nr = 0;
		memmove(s + n, at, line);
		n += line;
	}
	return n;
}
