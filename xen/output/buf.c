/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* Ensures space for len more bytes and the final NUL. */
static bool buf_reserve(struct buf *b, size_t len)
{
	size_t size = b->size ? b->size : 256;
	char *data;

	if (b->failed)
		return false;
	if (len < b->size - b->len)
		return true;
	while (size - b->len <= len) {
		if (size > SIZE_MAX / 2)
			goto fail;
		size *= 2;
	}
	data = realloc(b->data, size);
	if (!data)
		goto fail;
	b->data = data;
	b->size = size;
	return true;
fail:
	b->failed = true;
	return false;
}

void buf_add(struct buf *b, const char *bytes, size_t len)
{
	if (!buf_reserve(b, len))
		return;
	if (len)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_fill(struct buf *b, char c, size_t nr)
{
	if (!buf_reserve(b, nr))
		return;
	memset(b->data + b->len, c, nr);
	b->len += nr;
	b->data[b->len] = '\0';
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	/* most texts fit at the first attempt */
	if (!buf_reserve(b, 64))
		return;
	va_start(ap, fmt);
	n = vsnprintf(b->data + b->len, b->size - b->len, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n >= b->size - b->len && buf_reserve(b, n)) {
		va_start(ap, fmt);
		n = vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	if (n < 0 || b->failed) {
		b->failed = true;
		if (b->data)
			b->data[b->len] = '\0';
		return;
	}
	b->len += n;
}

#define DIGITS_MAX 20	/* of 64 bits, decimal */

void buf_dec(struct buf *b, uint64_t v)
{
	char digits[DIGITS_MAX], *end = digits + DIGITS_MAX, *at = end;

	do {
		*--at = '0' + v % 10;
		v /= 10;
	} while (v);
	buf_add(b, at, end - at);
}

void buf_sdec(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_add(b, "-", 1);
	buf_dec(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void buf_hex(struct buf *b, uint64_t v)
{
	char digits[DIGITS_MAX], *end = digits + DIGITS_MAX, *at = end;

	do {
		*--at = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	buf_add(b, at, end - at);
}

void buf_free(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

/* Lead bytes, with the valid range of the second byte. */
static const struct {
	unsigned char first, last, low, high, len;
} utf8_leads[] = {
	{ 0x01, 0x7f, 0x00, 0x00, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },	/* below: overlong */
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },	/* above: surrogates */
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },	/* below: overlong */
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },	/* above: past U+10FFFF */
};

/*
 * Decodes one character of the NUL-terminated str into *ret; returns its bytes,
 * or 0 if str does not start with well-formed UTF-8 (Unicode 15, table 3-7).
 */
static unsigned int utf8_decode(const char *str, uint32_t *ret)
{
	const unsigned char *s = (const unsigned char *)str;
	unsigned int i, len = 0, n;
	uint32_t c;

	for (i = 0; i < ARRAY_SIZE(utf8_leads); i++) {
		if (s[0] < utf8_leads[i].first || s[0] > utf8_leads[i].last)
			continue;
		len = utf8_leads[i].len;
		if (len > 1 && (s[1] < utf8_leads[i].low ||
				s[1] > utf8_leads[i].high))
			return 0;
		break;
	}
	if (!len)
		return 0;
	c = len == 1 ? s[0] : s[0] & (0x7f >> len);
	for (n = 1; n < len; n++) {
		/* stops at the final NUL, which is not a continuation byte */
		if ((s[n] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[n] & 0x3f);
	}
	*ret = c;
	return len;
}

/* Number of characters on which no form of output acts; the NUL is none of them. */
static size_t plain_length(const char *s)
{
	static const bool special[0x80] = {
		['"'] = true, ['\\'] = true, ['<'] = true, ['>'] = true, ['&'] = true,
		['\''] = true,
	};
	size_t n = 0;

	while (s[n] >= ' ' && s[n] <= '~' && !special[(unsigned char)s[n]])
		n++;
	return n;
}

unsigned int buf_add_chars(struct buf *b, const char *s, buf_char_fn *add)
{
	unsigned int len, width = 0;
	uint32_t c = 0;

	for (; *s; s += len ? len : 1) {
		size_t plain = plain_length(s);

		if (plain) {
			buf_add(b, s, plain);
			width += len = plain;
			continue;
		}
		len = utf8_decode(s, &c);
		width += add(b, s, len, c);
	}
	return width;
}

/* Unicode 15: C0, DEL and C1; line separators; Bidi_Control (UAX 9). */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x00, 0x1f },
	{ 0x7f, 0x9f },
	{ 0x061c, 0x061c },
	{ 0x200e, 0x200f },
	{ 0x2028, 0x202e },	/* separators, embeddings, overrides */
	{ 0x2066, 0x2069 },	/* isolates */
};

bool is_unsafe(uint32_t c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unsafe); i++)
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			return true;
	return false;
}
