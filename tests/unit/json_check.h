/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A strict JSON checker (RFC 8259), independent of the printer. */
#ifndef TESTS_JSON_CHECK_H
#define TESTS_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct json_in {
	const unsigned char *p, *end;
	int depth;
};

static inline bool json_any(struct json_in *in);

static void json_space(struct json_in *in)
{
	while (in->p < in->end && strchr(" \t\n\r", *in->p) && *in->p)
		in->p++;
}

static inline bool json_take(struct json_in *in, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(in->end - in->p) < len || memcmp(in->p, word, len))
		return false;
	in->p += len;
	return true;
}

static inline bool json_utf8(struct json_in *in)
{
	unsigned int c = *in->p++, more, min;

	if (c < 0x80)
		return c >= 0x20;
	if (c >= 0xc0 && c < 0xe0)
		more = 1, min = 0x80, c &= 0x1f;
	else if (c >= 0xe0 && c < 0xf0)
		more = 2, min = 0x800, c &= 0x0f;
	else if (c >= 0xf0 && c < 0xf8)
		more = 3, min = 0x10000, c &= 0x07;
	else
		return false;
	while (more--) {
		if (in->p == in->end || (*in->p & 0xc0) != 0x80)
			return false;
		c = c << 6 | (*in->p++ & 0x3f);
	}
	return c >= min && c <= 0x10ffff && !(c >= 0xd800 && c < 0xe000);
}

static inline bool json_str(struct json_in *in)
{
	int i;

	if (!json_take(in, "\""))
		return false;
	while (in->p < in->end && *in->p != '"') {
		if (*in->p != '\\') {
			if (!json_utf8(in))
				return false;
			continue;
		}
		if (++in->p == in->end)
			return false;
		if (*in->p == 'u') {
			in->p++;
			for (i = 0; i < 4; i++, in->p++) {
				if (in->p == in->end || !*in->p ||
				    !strchr("0123456789abcdefABCDEF", *in->p))
					return false;
			}
		} else if (*in->p && strchr("\"\\/bfnrt", *in->p)) {
			in->p++;
		} else {
			return false;
		}
	}
	return json_take(in, "\"");
}

static inline bool json_digits(struct json_in *in)
{
	const unsigned char *start = in->p;

	while (in->p < in->end && *in->p >= '0' && *in->p <= '9')
		in->p++;
	return in->p > start;
}

/* Integers only: the programs print no fractions. */
static inline bool json_number(struct json_in *in)
{
	json_take(in, "-");
	if (json_take(in, "0"))
		return true;
	return json_digits(in);
}

static inline bool json_list(struct json_in *in, const char *close, bool members)
{
	json_space(in);
	if (json_take(in, close))
		return true;
	do {
		json_space(in);
		if (members) {
			if (!json_str(in))
				return false;
			json_space(in);
			if (!json_take(in, ":"))
				return false;
		}
		if (!json_any(in))
			return false;
		json_space(in);
	} while (json_take(in, ","));
	return json_take(in, close);
}

static inline bool json_any(struct json_in *in)
{
	bool ok;

	json_space(in);
	if (in->p == in->end || ++in->depth > 16)
		return false;
	if (json_take(in, "{"))
		ok = json_list(in, "}", true);
	else if (json_take(in, "["))
		ok = json_list(in, "]", false);
	else if (*in->p == '"')
		ok = json_str(in);
	else
		ok = json_take(in, "null") || json_take(in, "true") ||
		     json_take(in, "false") || json_number(in);
	in->depth--;
	return ok;
}

static inline bool json_valid(const char *text, size_t len)
{
	struct json_in in = {
		(const unsigned char *)text, (const unsigned char *)text + len, 0
	};

	if (!json_any(&in))
		return false;
	json_space(&in);
	return in.p == in.end;
}

#endif
