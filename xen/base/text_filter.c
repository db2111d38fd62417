/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_filter.h"

#include <string.h>

#define STRIDE	8

static unsigned int digest(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return word * 0x9e3779b1U >> (32 - TEXT_FILTER_BITS);
}

/* True if the first 8 bytes are repeated, as zeros are in most uniform blocks. */
static bool is_uniform(const uint8_t *at, size_t len)
{
	return len >= STRIDE && !memcmp(at, at + STRIDE, len - STRIDE);
}

void text_filter_add(struct text_filter *f, const void *text, size_t len)
{
	const uint8_t *at = text;

	/* too short, or like a uniform block */
	f->any |= len < TEXT_FILTER_MIN || is_uniform(at, len);
	for (unsigned int i = 0; i < STRIDE && i + sizeof(uint32_t) <= len; i++)
		f->known[digest(at + i)] = 1;
}

bool text_filter_may_contain(const struct text_filter *f, const void *block, size_t len)
{
	const uint8_t *at = block, *end = at + len;

	if (f->any)
		return true;
	if (is_uniform(at, len))
		return false;
	for (; at < end; at += 4 * STRIDE)
		if (f->known[digest(at)] | f->known[digest(at + STRIDE)] |
		    f->known[digest(at + 2 * STRIDE)] | f->known[digest(at + 3 * STRIDE)])
			return true;
	return false;
}

void text_filter_add_start(struct text_filter *f, const void *text, size_t len)
{
	if (len < sizeof(uint32_t))
		f->any = true;
	else
		f->known[digest(text)] = 1;
}

bool text_filter_may_start(const struct text_filter *f, const void *block, size_t len)
{
	const uint8_t *at = block;

	for (size_t i = 0; i + sizeof(uint32_t) <= len; i++)
		if (f->known[digest(at + i)])
			return true;
	return f->any;
}
