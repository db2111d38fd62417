/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Search for a kallsyms table in a kernel's image. Its parts have this order,
 * each aligned to 8 bytes (Linux, scripts/kallsyms.c, 4.6 to 6.1): offsets,
 * relative base, number, names, markers, token table, token index; up to 4.5
 * addresses in place of the first two. Markers are the offsets of each 256th
 * name: u32 since 5.0, u64 before.
 */
#include "kallsyms.h"

#include <string.h>

#include "xen/base/bytes.h"

#define TOKENS		256
#define TOKEN_MAX	64		/* size, bytes; in actual tables some 16 */
#define DIGIT		48		/* '0', a separate token in every kernel */
#define GROUP		256		/* number of names between markers */
#define GROUP_MAX	(GROUP * 514)	/* maximum number of bytes of these names */
#define NR_MAX		(1U << 20)

/* Limit of places that look like a table; more are created by a hostile guest. */
#define TRIES_MAX	64

struct image {
	const uint8_t *bytes;
	size_t len;
	unsigned int tries;		/* number of walks through names that are left */
};

static size_t align8(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* True if the strings at start are the tokens listed by an index after them. */
static bool is_token_table(const struct image *m, size_t start, size_t *index)
{
	uint16_t offset[TOKENS];
	size_t at = start;

	for (unsigned int i = 0; i < TOKENS; i++) {
		size_t left = m->len - at, n;

		n = strnlen((const char *)m->bytes + at, left < TOKEN_MAX ? left : TOKEN_MAX);
		if (n == left || n == TOKEN_MAX)
			return false;
		offset[i] = at - start;
		at += n + 1;
	}
	*index = align8(at);
	if (*index > m->len || m->len - *index < KALLSYMS_INDEX_SIZE)
		return false;
	for (unsigned int i = 0; i < TOKENS; i++)
		if (get_le16(m->bytes + *index + 2 * i) != offset[i])
			return false;
	return true;
}

/* Finds the table whose digits are at a place: 48 strings precede them. */
static bool find_tokens(const struct image *m, size_t digits, size_t *tokens,
			size_t *index)
{
	unsigned int strings = 0;

	for (size_t at = digits; at && digits - at < DIGIT * TOKEN_MAX && strings <= DIGIT; ) {
		at--;
		strings += !m->bytes[at];
		if (strings == DIGIT && !(at & 7) && is_token_table(m, at, index)) {
			*tokens = at;
			return true;
		}
	}
	return false;
}

static uint64_t get_marker(const struct image *m, size_t at, unsigned int width)
{
	return width == 8 ? get_le64(m->bytes + at) : get_le32(m->bytes + at);
}

/* Markers descend to 0 before the tokens; *nr of them begin at the result, 0: none. */
static size_t find_markers(const struct image *m, size_t tokens,
			   unsigned int width, size_t *nr)
{
	size_t at = tokens;
	uint64_t next = UINT64_MAX, v;

	/* padding */
	if (width == 4 && at >= 8 && !get_le32(m->bytes + at - 4))
		at -= 4;
	for (*nr = 0; at >= width && *nr <= NR_MAX / GROUP; next = v) {
		at -= width;
		++*nr;
		v = get_marker(m, at, width);
		if (v >= next)
			return 0;
		if (!v)
			return at;
	}
	return 0;
}

/* True if the names at a place are at the markers, and end where the markers begin. */
static bool are_names(const struct image *m, size_t names, uint32_t nr,
		      size_t markers, unsigned int width)
{
	size_t at = names;

	for (uint32_t i = 0; i < nr; i++) {
		size_t len;

		if (!(i % GROUP) &&
		    get_marker(m, markers + (size_t)i / GROUP * width, width) != at - names)
			return false;
		if (at >= markers)
			return false;
		len = m->bytes[at++];
		if (len & 0x80 && at < markers)
			len = (len & 0x7f) | (size_t)m->bytes[at++] << 7;
		if (!len || len > markers - at)
			return false;
		at += len;
	}
	return align8(at) == markers;
}

/* Returns the start of the names, 0: none; their number is in the 8 bytes before. */
static size_t find_names(struct image *m, size_t markers, size_t groups,
			 unsigned int width, uint32_t *nr)
{
	uint64_t last = get_marker(m, markers + (groups - 1) * width, width);
	size_t at, low;

	if (last >= markers)
		return 0;
	at = (markers - last) & ~(size_t)7;
	low = at > GROUP_MAX ? at - GROUP_MAX : 24;
	for (; at >= 24 && at >= low; at -= 8) {
		*nr = get_le32(m->bytes + at - 8);
		if (*nr <= (groups - 1) * GROUP || *nr > groups * GROUP ||
		    get_le32(m->bytes + at - 4))
			continue;
		if (!m->tries || !m->tries--)
			return 0;
		if (are_names(m, at, *nr, markers, width))
			return at;
	}
	return 0;
}

/* Two addresses of the kernel before the number are not offsets and their base. */
static bool take_addresses(const struct image *m, size_t names, struct kallsyms *k)
{
	size_t number = names - 8, size;

	k->entry_size = get_le64(m->bytes + number - 16) >> 32 == UINT32_MAX ? 8 : 4;
	size = align8((size_t)k->nr * k->entry_size) + (k->entry_size == 4 ? 8 : 0);
	if (size > number)
		return false;
	if (k->entry_size == 4)
		k->relative_base = get_le64(m->bytes + number - 8);
	k->addresses = m->bytes + number - size;
	return true;
}

static bool take_table(struct image *m, size_t tokens, size_t index,
		       struct kallsyms *k)
{
	for (unsigned int width = 4; width <= 8; width += 4) {
		size_t groups, markers = find_markers(m, tokens, width, &groups);
		size_t names = markers ? find_names(m, markers, groups, width, &k->nr) : 0;

		if (!names || !take_addresses(m, names, k))
			continue;
		k->names = m->bytes + names;
		k->names_len = markers - names;
		k->tokens = m->bytes + tokens;
		k->tokens_len = index - tokens;
		k->token_index = m->bytes + index;
		return true;
	}
	return false;
}

struct err *kallsyms_find(const uint8_t *image, size_t len, struct kallsyms *ret)
{
	static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
	struct image m = { image, len, TRIES_MAX };
	const uint8_t *at = image;

	for (unsigned int i = 0; i < TRIES_MAX; i++) {
		struct kallsyms k = { .nr = 0 };
		size_t tokens, index;

		ERR_TRY(interrupt_check());
		at = memmem(at, len - (at - image), digits, sizeof(digits));
		if (!at)
			break;
		if (find_tokens(&m, at - image, &tokens, &index) &&
		    take_table(&m, tokens, index, &k)) {
			*ret = k;
			return NULL;
		}
		at++;
	}
	return err_new(ERR_NOT_FOUND, "no kallsyms table in the kernel's image");
}
