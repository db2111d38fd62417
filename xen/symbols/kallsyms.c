/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kallsyms.h"

#include <string.h>

#include "build.h"
#include "xen/base/bytes.h"

#define NAME_MAX_LEN	512	/* KSYM_NAME_LEN is 512 since 6.1, 128 before */

/* Limits, above the largest kernel: a guest can write the table. */
#define NR_MAX		(1U << 20)
#define TEXT_MAX	(64UL << 20)

#define NR_TOKENS	256

/* The tokens, measured once: names consist of some ten each. */
struct tokens {
	const uint8_t *at[NR_TOKENS];
	size_t len[NR_TOKENS];		/* NAME_MAX_LEN: damaged, or too long */
};

static void measure_tokens(const struct kallsyms *k, struct tokens *ret)
{
	for (unsigned int i = 0; i < NR_TOKENS; i++) {
		size_t at = get_le16(k->token_index + 2 * i), left, len;

		ret->at[i] = k->tokens;
		ret->len[i] = NAME_MAX_LEN;
		if (at >= k->tokens_len)
			continue;
		left = k->tokens_len - at;
		if (left > NAME_MAX_LEN)
			left = NAME_MAX_LEN;
		len = strnlen((const char *)k->tokens + at, left);
		ret->at[i] += at;
		if (len < left)
			ret->len[i] = len;
	}
}

/* A name as it is stored: the numbers of its tokens. */
struct packed {
	const uint8_t *token;
	size_t nr;
	size_t len;			/* of the name */
};

/* Finds the name at *at, which is advanced; false if it is damaged or too long. */
static bool take_name(const struct kallsyms *k, const struct tokens *t, size_t *at,
		      struct packed *ret)
{
	size_t nr, len = 0, p = *at;

	if (p >= k->names_len)
		return false;
	nr = k->names[p++];
	if (nr & 0x80) {
		if (p >= k->names_len)
			return false;
		nr = (nr & 0x7f) | (size_t)k->names[p++] << 7;
	}
	if (nr > k->names_len - p)
		return false;
	for (size_t i = 0; i < nr; i++)
		len += t->len[k->names[p + i]];
	*ret = (struct packed){ k->names + p, nr, len };
	*at = p + nr;
	return len >= 2 && len < NAME_MAX_LEN;
}

static void expand(const struct packed *name, const struct tokens *t, char *buf)
{
	for (size_t i = 0; i < name->nr; i++) {
		memcpy(buf, t->at[name->token[i]], t->len[name->token[i]]);
		buf += t->len[name->token[i]];
	}
	*buf = '\0';
}

static bool any_negative(const struct kallsyms *k)
{
	for (uint32_t i = 0; i < k->nr; i++)
		if ((int32_t)get_le32(k->addresses + 4 * (size_t)i) < 0)
			return true;
	return false;
}

static uint64_t address_of(const struct kallsyms *k, bool absolute, uint32_t i)
{
	int32_t offset;

	if (k->entry_size == 8)
		return get_le64(k->addresses + 8 * (size_t)i) + k->offset;
	offset = get_le32(k->addresses + 4 * (size_t)i);
	if (!absolute)
		return k->relative_base + (uint32_t)offset;
	return offset >= 0 ? (uint64_t)offset
			   : k->relative_base - 1 - (int64_t)offset;
}

static struct err *decode_all(const struct kallsyms *k, const char *only, struct symbols *s)
{
	bool absolute = k->entry_size == 4 && any_negative(k);
	size_t at = 0, text = 0, only_len = only ? strlen(only) : 0;
	char name[NAME_MAX_LEN];
	struct tokens tokens;

	measure_tokens(k, &tokens);
	for (uint32_t i = 0; i < k->nr; i++) {
		struct symbol sym = { .name = name + 1 };
		struct packed packed;

		if (!(i & 0xfff))
			ERR_TRY(interrupt_check());
		if (!take_name(k, &tokens, &at, &packed))
			return err_new(ERR_CORRUPT,
				       "kallsyms is damaged at symbol %u of %u",
				       i, k->nr);
		text += packed.len;
		if (text > TEXT_MAX)
			return err_new(ERR_CORRUPT, "names of kallsyms exceed %lu MiB",
				       TEXT_MAX >> 20);
		/* the type is in front of the name */
		if (only && packed.len != 1 + only_len)
			continue;
		expand(&packed, &tokens, name);
		if (only && strcmp(name + 1, only))
			continue;
		sym.addr = address_of(k, absolute, i);
		sym.type = name[0];
		ERR_TRY(symbols_add(s, &sym, RANK_PLAIN, NULL));
	}
	if (only && !symbols_count(s))
		return err_new(ERR_NO_SYMBOL, "no symbol \"%s\"", only);
	return symbols_finish(s);
}

struct err *kallsyms_decode(const struct kallsyms *k, const char *only, struct symbols **ret)
{
	struct symbols *s;
	struct err *e;

	if (!k->nr || k->nr > NR_MAX)
		return err_new(ERR_CORRUPT, "invalid number of symbols in kallsyms: %u", k->nr);
	ERR_TRY(symbols_create(&s));
	e = decode_all(k, only, s);
	if (e) {
		symbols_destroy(s);
		return e;
	}
	*ret = s;
	return NULL;
}
