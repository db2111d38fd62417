/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbol table that tools/symbols.c writes into the hypervisor, in this
 * order and the same design from 4.4 to master:
 *
 *   offsets      u32 per symbol, ascending (u64 addresses where the
 *                architecture has no SYMBOLS_ORIGIN)
 *   number       u32
 *   names        per symbol: length, then that many tokens; the expansion is
 *                nm's letter and the name. 4.21+: length 0 only ends the
 *                symbol before
 *   markers      u32 per 256 symbols: where in names
 *   token table  256 strings
 *   token index  u16 each: where in the token table
 *
 * Labels are aligned to 4 or 8 bytes up to 4.21, from 4.22 as their type
 * requires; hence the tolerance for padding. The table is found backwards from
 * the token index, the only part with a distinctive form.
 */
#include "embedded.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "xen/base/bytes.h"
#include "build.h"

#define NR_TOKENS	256
#define TOKEN_MAX	128	/* KSYM_NAME_LEN + 1 */
#define PAD_MAX		7
#define NAME_LEN_MAX	512	/* an expanded name: KSYM_NAME_LEN is 127 */
#define PER_MARKER	256
#define CONFIG_MAX	(1UL << 20)
/* Limit of gzip streams that are unpacked: in an image there is at most one. */
#define STREAMS_MAX	64
/*
 * Limit of the search, in steps per byte and at least: the names may begin at many
 * places, and be walked from each.
 */
#define STEPS_PER_BYTE	16
#define STEPS_MIN	(1UL << 22)

struct search {
	const uint8_t *bytes;
	uint64_t left;		/* steps */
};

/* False if the steps are used up. */
static bool take_steps(struct search *s, uint64_t nr)
{
	s->left = s->left < nr ? 0 : s->left - nr;
	return s->left;
}

/* True if 256 ascending offsets from 0 start at p (512 bytes). */
static bool is_token_index(const uint8_t *p)
{
	unsigned int last = 0;

	if (get_le16(p))
		return false;
	for (unsigned int i = 1; i < NR_TOKENS; i++) {
		unsigned int v = get_le16(p + 2 * i);

		if (v <= last || v - last > TOKEN_MAX)
			return false;
		last = v;
	}
	return true;
}

/* True if 256 strings start at p, at the offsets of the index. */
static bool is_token_table(const uint8_t *p, size_t len, const uint8_t *index)
{
	size_t at = 0;

	for (unsigned int i = 0; i < NR_TOKENS; i++) {
		size_t max = len - at < TOKEN_MAX + PAD_MAX ? len - at : TOKEN_MAX + PAD_MAX;
		const uint8_t *end;

		if (get_le16(index + 2 * i) != at)
			return false;
		end = memchr(p + at, 0, max);
		if (!end)
			return false;
		at = end - p + 1;
	}
	return true;
}

/*
 * The token table ends within PAD_MAX bytes before the index. Its length is
 * known except for the last token.
 */
static bool find_token_table(const uint8_t *bytes, size_t index, size_t *ret)
{
	size_t before_last = get_le16(bytes + index + 2 * (NR_TOKENS - 1));

	for (size_t more = 1; more <= TOKEN_MAX + PAD_MAX; more++) {
		size_t size = before_last + more;

		if (size > index)
			return false;
		if (is_token_table(bytes + index - size, size, bytes + index)) {
			*ret = index - size;
			return true;
		}
	}
	return false;
}

/* Skips nr names from at; false if that leaves the bytes before end. */
static bool skip_names(const uint8_t *bytes, size_t *at, size_t end,
		       uint32_t nr)
{
	while (nr--) {
		if (*at >= end)
			return false;
		*at += 1 + (size_t)bytes[*at];
	}
	return *at <= end;
}

/* Walks all names and compares with the markers on the way. */
static bool names_fit(struct search *s, struct embedded_table *t)
{
	const uint8_t *bytes = s->bytes;
	size_t at = t->names;

	for (uint32_t m = 0; m < t->nr_markers; m++) {
		uint32_t left = t->nr_addrs - m * PER_MARKER;

		if (at - t->names != get_le32(bytes + t->markers + 4 * (size_t)m) ||
		    !take_steps(s, PER_MARKER))
			return false;
		if (!skip_names(bytes, &at, t->markers,
				left < PER_MARKER ? left : PER_MARKER))
			return false;
	}
	if (t->markers - at > PAD_MAX)
		return false;
	t->names_end = at;
	return true;
}

static bool offsets_ascend(const uint8_t *p, uint32_t nr, unsigned int size)
{
	uint64_t last = 0;

	for (uint32_t i = 0; i < nr; i++, p += size) {
		uint64_t v = size == 4 ? get_le32(p) : get_le64(p);

		if (v < last)
			return false;
		last = v;
	}
	return last != 0;
}

/* The addresses end at the number of symbols, or at the padding before that. */
static bool find_offsets(const uint8_t *bytes, size_t number,
			 struct embedded_table *t)
{
	static const unsigned int sizes[] = { 8, 4 };

	for (unsigned int i = 0; i < 2; i++) {
		size_t need = (size_t)t->nr_addrs * sizes[i];

		for (size_t pad = 0; pad <= 4; pad += 4) {
			size_t start;

			if (number < need + pad)
				continue;
			start = number - pad - need;
			/* addresses: their upper half is never 0 */
			if (sizes[i] == 8 && !get_le32(bytes + start + 4))
				continue;
			if (!offsets_ascend(bytes + start, t->nr_addrs, sizes[i]))
				continue;
			t->offsets = start;
			t->entry_size = sizes[i];
			return true;
		}
	}
	return false;
}

/*
 * With the markers known, tries every place at which the names may start: the
 * number of symbols before it must agree with the number of markers.
 */
static bool find_names(struct search *s, struct embedded_table *t)
{
	const uint8_t *bytes = s->bytes;
	size_t last = get_le32(bytes + t->markers + 4 * ((size_t)t->nr_markers - 1));
	size_t high, low;

	if (last + 2 > t->markers)
		return false;
	high = t->markers - last - 2;
	low = high > PER_MARKER * 256UL + PAD_MAX ?
	      high - (PER_MARKER * 256UL + PAD_MAX) : 0;
	for (t->names = high; t->names > low && t->names >= 8 && take_steps(s, 1); t->names--) {
		for (size_t pad = 0; pad <= 4; pad += 4) {
			size_t number = t->names - 4 - pad;

			t->nr_addrs = get_le32(bytes + number);
			if (!t->nr_addrs || t->nr_addrs > SYMBOLS_MAX ||
			    (t->nr_addrs - 1) / PER_MARKER + 1 != t->nr_markers)
				continue;
			if (names_fit(s, t) && find_offsets(bytes, number, t))
				return true;
		}
	}
	return false;
}

/* Markers descend to 0 when read backwards from the token table. */
static bool find_markers(struct search *s, struct embedded_table *t)
{
	const uint8_t *bytes = s->bytes;

	for (size_t pad = 0; pad <= PAD_MAX; pad++) {
		size_t at = t->token_table - pad;
		uint32_t above = UINT32_MAX;

		t->nr_markers = 0;
		if (t->token_table < pad + 4)
			return false;
		while (at >= 4 && t->nr_markers < SYMBOLS_MAX / PER_MARKER) {
			uint32_t v = get_le32(bytes + at - 4);

			if (v >= above)
				break;
			at -= 4;
			above = v;
			t->nr_markers++;
			if (v)
				continue;
			t->markers = at;
			if (find_names(s, t))
				return true;
			break;
		}
	}
	return false;
}

struct err *embedded_find(const uint8_t *bytes, size_t len,
			  struct embedded_table *ret)
{
	struct search s = { bytes, STEPS_PER_BYTE * (uint64_t)len + STEPS_MIN };
	struct embedded_table t;
	bool tokens = false;

	for (size_t i = 0; len >= 2 * NR_TOKENS && i <= len - 2 * NR_TOKENS;
	     i += 2) {
		if (!(i & 0xffffe))
			ERR_TRY(interrupt_check());
		if (bytes[i] || bytes[i + 1] || !is_token_index(bytes + i))
			continue;
		memset(&t, 0, sizeof(t));
		t.token_index = i;
		if (!find_token_table(bytes, i, &t.token_table))
			continue;
		tokens = true;
		if (find_markers(&s, &t)) {
			*ret = t;
			return NULL;
		}
	}
	return err_new(ERR_NOT_FOUND, tokens ?
		       "the embedded symbol table is incomplete: only its tokens were found" :
		       "no embedded symbol table");
}

/* Expands one name; false if a token or the name is too long. */
static bool expand_name(const uint8_t *bytes, const struct embedded_table *t,
			size_t at, char *buf, size_t size)
{
	unsigned int len = bytes[at];
	size_t n = 0;

	while (len--) {
		unsigned int token = bytes[++at];
		const char *text = (const char *)bytes + t->token_table +
				   get_le16(bytes + t->token_index + 2 * token);
		size_t text_len = strlen(text);

		if (n + text_len >= size)
			return false;
		memcpy(buf + n, text, text_len);
		n += text_len;
	}
	buf[n] = '\0';
	return n >= 2;
}

static uint64_t entry_address(const uint8_t *bytes,
			      const struct embedded_table *t, uint32_t i,
			      uint64_t origin)
{
	const uint8_t *p = bytes + t->offsets + (size_t)i * t->entry_size;

	return t->entry_size == 8 ? get_le64(p) : origin + get_le32(p);
}

static struct err *decode_all(struct symbols *s, const uint8_t *bytes,
			      const struct embedded_table *t, uint64_t origin)
{
	struct symbol *last = NULL;
	char name[NAME_LEN_MAX];
	size_t at = t->names;

	for (uint32_t i = 0; i < t->nr_addrs; i++) {
		uint64_t addr = entry_address(bytes, t, i, origin);

		if (!(i & 0xfff))
			ERR_TRY(interrupt_check());
		if (!bytes[at]) {
			if (last)
				last->size = addr - last->addr;
			last = NULL;
		} else if (expand_name(bytes, t, at, name, sizeof(name))) {
			ERR_TRY(symbols_add_full(s, addr, name[0], name + 1,
						 &last));
		} else {
			return err_new(ERR_CORRUPT,
				       "the embedded symbol table is damaged at symbol %u of %u",
				       i, t->nr_addrs);
		}
		at += 1 + (size_t)bytes[at];
	}
	return symbols_finish(s);
}

struct err *embedded_decode(const uint8_t *bytes, size_t len,
			    const struct embedded_table *table,
			    uint64_t origin, struct symbols **ret)
{
	struct symbols *s;
	struct err *e;

	if (table->token_index > len || len - table->token_index < 2 * NR_TOKENS)
		return err_new(ERR_CORRUPT, "the embedded symbol table is outside of the image");
	ERR_TRY(symbols_create(&s));
	e = decode_all(s, bytes, table, origin);
	if (e) {
		symbols_destroy(s);
		return e;
	}
	*ret = s;
	return NULL;
}

struct err *symbols_from_embedded(const uint8_t *bytes, size_t len,
				  uint64_t origin, struct symbols **ret)
{
	struct embedded_table t;

	ERR_TRY(embedded_find(bytes, len, &t));
	return embedded_decode(bytes, len, &t, origin, ret);
}

/* Unpacks a gzip stream of at most CONFIG_MAX bytes; NULL if it is not one. */
static char *unpack_text(const uint8_t *p, size_t len)
{
	z_stream z = { .next_in = (uint8_t *)p };
	char *text = malloc(CONFIG_MAX + 1);
	int rc;

	if (!text)
		return NULL;
	z.avail_in = len > CONFIG_MAX ? CONFIG_MAX : len;
	z.next_out = (uint8_t *)text;
	z.avail_out = CONFIG_MAX;
	if (inflateInit2(&z, 15 + 16) != Z_OK) {
		free(text);
		return NULL;
	}
	rc = inflate(&z, Z_FINISH);
	text[CONFIG_MAX - z.avail_out] = '\0';
	inflateEnd(&z);
	/* a .config is text with at least one option */
	if (rc != Z_STREAM_END || !strstr(text, "CONFIG_")) {
		free(text);
		return NULL;
	}
	return text;
}

struct err *embedded_config(const uint8_t *bytes, size_t len, char **text)
{
	static const uint8_t magic[] = { 0x1f, 0x8b, 0x08 };
	unsigned int tried;
	size_t at = 0;

	for (tried = 0; at < len && tried < STREAMS_MAX; tried++) {
		const uint8_t *p = memmem(bytes + at, len - at, magic,
					  sizeof(magic));
		char *found;

		if (!p)
			break;
		ERR_TRY(interrupt_check());
		at = p - bytes;
		found = unpack_text(p, len - at);
		if (found) {
			*text = found;
			return NULL;
		}
		at++;
	}
	return err_new(ERR_NOT_FOUND,
		       "no embedded .config (requires Xen 4.14 with CONFIG_HYPFS_CONFIG)");
}

const char *config_value(const char *text, const char *name, char *buf,
			 size_t size)
{
	size_t len = strlen(name);

	for (const char *p = text; (p = strstr(p, "CONFIG_")); p++) {
		const char *end, *value;
		size_t n;

		if (strncmp(p + 7, name, len))
			continue;
		value = p + 7 + len;
		if (!strncmp(value, " is not set", 11) && p >= text + 2 &&
		    !memcmp(p - 2, "# ", 2))
			return "n";
		if (*value != '=' || (p != text && p[-1] != '\n'))
			continue;
		end = strchrnul(++value, '\n');
		n = end - value;
		if (!size)
			return NULL;
		if (n >= size)
			n = size - 1;
		memcpy(buf, value, n);
		buf[n] = '\0';
		return buf;
	}
	return NULL;
}
