/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares the code in memory with the code in a file. Xen changes its text at
 * boot in places listed in .init.data, which is freed after boot: only the file
 * still contains these lists.
 */
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "head.h"
#include "match.h"

#define TEXT_MAX	(64UL << 20)
#define LIST_MAX	(16UL << 20)
#define ALT_CALL_LEN	6	/* call *disp32(%rip) */
#define ENDBR64_LEN	4

struct text {
	const struct image *img;
	uint64_t start, end;	/* va */
	uint8_t *patched;	/* one bit per byte */
	unsigned int sites;
};

/* A list of patched places, between two symbols of the image. */
struct site_list {
	const char *start, *end;
	struct err *(*mark)(struct text *t, uint64_t va, const uint8_t *list,
			    size_t len);
};

static bool in_text(const struct text *t, uint64_t va, uint64_t len)
{
	return va >= t->start && va < t->end && len <= t->end - va;
}

static void mark_site(struct text *t, uint64_t va, uint64_t len)
{
	if (!in_text(t, va, len))
		return;
	for (uint64_t i = va - t->start; len; i++, len--)
		t->patched[i / 8] |= 1U << (i % 8);
	t->sites++;
}

/*
 * struct alt_instr. Both versions start with s32 offset of the site from that
 * member, s32 offset of the replacement, u16 feature, u8 length of the site.
 * 4.5 to 4.10: then u8 length of the replacement. 4.11+: then u8 length of the
 * replacement, u8 padding after the site, u8 private.
 */
static const struct alt_format {
	unsigned int size;
	int pad_at;		/* offset of the padding's length; -1: none */
} alt_formats[] = {
	{ 14, 12 },
	{ 12, -1 },
};

#define ALT_LEN_AT	10

/* Verifies that all sites are in .text or in memory that is freed after boot. */
static bool alt_format_fits(const struct text *t, const struct alt_format *f,
			    uint64_t va, const uint8_t *list, size_t len)
{
	if (len % f->size)
		return false;
	for (size_t i = 0; i < len; i += f->size) {
		uint64_t site = va + i + (int64_t)(int32_t)get_le32(list + i);

		if (site < t->start || site >= t->img->va + t->img->size)
			return false;
		if (f->pad_at >= 0 && list[i + f->pad_at] > 128)
			return false;
	}
	return true;
}

static struct err *mark_alternatives(struct text *t, uint64_t va,
				     const uint8_t *list, size_t len)
{
	for (size_t n = 0; n < ARRAY_SIZE(alt_formats);
	     n++) {
		const struct alt_format *f = &alt_formats[n];

		if (!alt_format_fits(t, f, va, list, len))
			continue;
		for (size_t i = 0; i < len; i += f->size)
			mark_site(t, va + i + (int64_t)(int32_t)get_le32(list + i),
				  list[i + ALT_LEN_AT] +
				  (f->pad_at < 0 ? 0 : list[i + f->pad_at]));
		return NULL;
	}
	return err_new(ERR_UNSUPPORTED,
		       "%s: __alt_instructions has an unknown format",
		       t->img->path);
}

/* Minimum number of places in .text of a list. */
#define ALT_SITES_MIN	4
#define ALT_FEATURES	0x400	/* above the number in any version */
#define ALT_OLD_SIZE	12
#define ALT_ALIGN	4

/*
 * True for an entry of 4.5 to 4.10: the replacement is not longer than the
 * site, and follows .text unless it is empty.
 */
static bool is_old_alt(const struct text *t, uint64_t va, const uint8_t *p)
{
	uint64_t site = va + (int64_t)(int32_t)get_le32(p), end = t->img->va + t->img->size;
	uint64_t replacement = va + 4 + (int64_t)(int32_t)get_le32(p + 4);
	uint8_t len = p[ALT_LEN_AT], new_len = p[ALT_LEN_AT + 1];

	return site >= t->start && site < end && get_le16(p + 8) < ALT_FEATURES &&
	       len && new_len <= len &&
	       (!new_len || (replacement >= t->end && replacement < end));
}

/*
 * Returns the length of the list in a file's bytes at va, the run of entries with
 * the most places in .text; 0: none.
 */
static size_t find_old_alts(const struct text *t, uint64_t va, const uint8_t *bytes,
			    size_t len, size_t *at)
{
	size_t best = 0, most = ALT_SITES_MIN - 1, i = 0, end, sites;

	for (; i + ALT_OLD_SIZE <= len; i = end > i ? end : i + ALT_ALIGN) {
		sites = 0;
		for (end = i; end + ALT_OLD_SIZE <= len &&
		     is_old_alt(t, va + end, bytes + end); end += ALT_OLD_SIZE)
			sites += in_text(t, va + end + (int64_t)(int32_t)get_le32(bytes + end), 1);
		if (sites > most) {
			most = sites;
			best = end - i;
			*at = i;
		}
	}
	return best;
}

/*
 * In a symbol table without data, as that of xen.gz up to 4.9, the lists have
 * no symbols: the list of alternatives after .text is found by its format.
 */
static struct err *mark_found(struct text *t, bool *known)
{
	uint64_t va = (t->end + ALT_ALIGN - 1) & ~(ALT_ALIGN - 1ULL);
	const struct image_segment *s = NULL;
	const void *bytes;
	size_t len, at;

	for (unsigned int i = 0; i < t->img->nr_segments && !s; i++)
		if (va - t->img->segment[i].va < t->img->segment[i].file_size)
			s = &t->img->segment[i];
	if (!s)
		return NULL;
	len = s->file_size - (va - s->va);
	ERR_TRY(image_bytes(t->img, va, len, &bytes));
	len = find_old_alts(t, va, bytes, len, &at);
	*known = len > 0;
	return len ? mark_alternatives(t, va + at, (const uint8_t *)bytes + at, len) : NULL;
}

/* struct alt_call: s32, relative to itself */
static struct err *mark_calls(struct text *t, uint64_t va,
			      const uint8_t *list, size_t len)
{
	for (size_t i = 0; i + 4 <= len; i += 4)
		mark_site(t, va + i + (int64_t)(int32_t)get_le32(list + i),
			  ALT_CALL_LEN);
	return NULL;
}

/*
 * The list also contains other pointers: only those to an endbr64 in .text
 * count (seal_endbr64() of arch/x86/alternative.c)
 */
static struct err *mark_endbr64(struct text *t, uint64_t va,
				const uint8_t *list, size_t len)
{
	static const uint8_t endbr64[ENDBR64_LEN] = { 0xf3, 0x0f, 0x1e, 0xfa };

	(void)va;
	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t function = get_le64(list + i);
		const void *code;
		struct err *e;

		if (!in_text(t, function, ENDBR64_LEN))
			continue;
		e = image_bytes(t->img, function, ENDBR64_LEN, &code);
		if (!e && !memcmp(code, endbr64, ENDBR64_LEN))
			mark_site(t, function, ENDBR64_LEN);
		err_free(e);
	}
	return NULL;
}

static const struct site_list site_lists[] = {
	{ "__alt_instructions", "__alt_instructions_end", mark_alternatives },
	{ "__alt_call_sites_start", "__alt_call_sites_end", mark_calls },
	{ "__initdata_cf_clobber_start", "__initdata_cf_clobber_end",
	  mark_endbr64 },
};

static bool symbol_pair(const struct image *img, const char *start,
			const char *end, uint64_t *from, uint64_t *to)
{
	const struct symbol *a = symbols_next_match(img->symbols, start, NULL);
	const struct symbol *b = symbols_next_match(img->symbols, end, NULL);

	if (!a || !b || b->addr < a->addr)
		return false;
	*from = a->addr;
	*to = b->addr;
	return true;
}

/*
 * Marks the places of all lists. A build without lists patches nothing (4.4),
 * which can be decided only with a table that has data symbols.
 */
static struct err *mark_lists(struct text *t, bool *known)
{
	*known = symbols_next_match(t->img->symbols, "idle_pg_table", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(site_lists); i++) {
		const struct site_list *l = &site_lists[i];
		uint64_t from, to;
		const void *list;

		if (!symbol_pair(t->img, l->start, l->end, &from, &to))
			continue;
		*known = true;
		if (to == from || to - from > LIST_MAX)
			continue;
		ERR_TRY(err_prefix(image_bytes(t->img, from, to - from, &list),
				   "%s", l->start));
		ERR_TRY(l->mark(t, from, list, to - from));
	}
	return *known ? NULL : mark_found(t, known);
}

static void compare_bytes(const struct text *t, uint64_t va,
			  const uint8_t *file, const uint8_t *memory,
			  size_t len, struct text_compare *c)
{
	c->compared += len;
	if (!memcmp(file, memory, len))
		return;
	for (size_t i = 0; i < len; i++) {
		uint64_t at = va + i - t->start;

		if (file[i] == memory[i])
			continue;
		c->differing++;
		if (t->patched[at / 8] & 1U << (at % 8)) {
			c->explained++;
			continue;
		}
		c->unexplained++;
		if (!c->first)
			c->first = va + i;
	}
}

static struct err *compare_pages(const struct text *t, image_read_fn read,
				 void *ctx, struct text_compare *c)
{
	uint8_t page[XPAGE_SIZE];
	size_t n;

	for (uint64_t va = t->start; va < t->end; va += n) {
		const void *file;
		struct err *e;

		n = XPAGE_SIZE - va % XPAGE_SIZE;
		if (n > t->end - va)
			n = t->end - va;
		ERR_TRY(interrupt_check());
		ERR_TRY(image_bytes(t->img, va, n, &file));
		e = read(ctx, va, page, n);
		if (!e) {
			compare_bytes(t, va, file, page, n, c);
			continue;
		}
		ERR_TRY(err_drop(e));
		c->unreadable += n;
	}
	return NULL;
}

struct err *image_compare_text(const struct image *img, image_read_fn read,
			       void *ctx, const struct text_site *sites,
			       size_t nr_sites, struct text_compare *ret)
{
	struct text_compare c = { 0 };
	struct text t = { .img = img };
	struct err *e;

	if (!img->has_bytes)
		return err_new(ERR_UNSUPPORTED, "%s has no text, only names",
			       img->path);
	if (!img->symbols ||
	    !symbol_pair(img, "_stext", "_etext", &t.start, &t.end) ||
	    t.end == t.start || t.end - t.start > TEXT_MAX)
		return err_new(ERR_NO_SYMBOL,
			       "%s: no _stext and _etext among its symbols",
			       img->path);
	t.patched = calloc(1, (t.end - t.start + 7) / 8);
	if (!t.patched)
		return err_nomem();
	e = mark_lists(&t, &c.knows_sites);
	for (size_t i = 0; i < nr_sites; i++)
		mark_site(&t, sites[i].va, sites[i].len);
	c.sites = t.sites;
	if (!e)
		e = compare_pages(&t, read, ctx, &c);
	free(t.patched);
	if (e)
		return err_prefix(e, "comparing the text");
	*ret = c;
	return NULL;
}
