/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of the core that read structures are wrapped here by "ld --wrap". */
#include "structures.h"

#include <stdbool.h>
#include <stdlib.h>

#include "xen/model/memory/page_scan.h"
#include "xen/types/record.h"

/* The symbols of the linker's --wrap. */
struct err *__real_record_read(struct records *r, struct space *s,
			       const struct record_type *type, uint64_t va,
			       void *record);
struct err *__wrap_record_read(struct records *r, struct space *s,
			       const struct record_type *type, uint64_t va,
			       void *record);
struct err *__real_space_read(struct space *s, uint64_t va, void *buf, size_t len);
struct err *__wrap_space_read(struct space *s, uint64_t va, void *buf, size_t len);
struct err *__real_page_scan(struct pages *p, page_block_fn *fn, void *arg,
			     const struct page_progress *progress,
			     struct page_scan *ret);
struct err *__wrap_page_scan(struct pages *p, page_block_fn *fn, void *arg,
			     const struct page_progress *progress,
			     struct page_scan *ret);

#define WORDS	(XPAGE_SIZE / sizeof(uint64_t))

/*
 * Table of keys, none of which is 0; its size is a power of 2, and at most half
 * of it is used.
 */
struct set {
	uint64_t *key;
	void **value;		/* NULL: a set of keys */
	uint64_t nr, size;
};

/* Pages with changed words: page number + 1, and a bit per word. */
static struct set changed;
/* Structures already counted, by a hash of address and type. */
static struct set counted;
static struct structures structures;

/* In record_read(): a changed word has been read. */
static bool in_record, record_damaged;

static uint64_t *find(const struct set *s, uint64_t key)
{
	uint64_t at = key * 0x9e3779b97f4a7c15ULL >> 20;

	while (s->key[at & (s->size - 1)] && s->key[at & (s->size - 1)] != key)
		at++;
	return &s->key[at & (s->size - 1)];
}

static void *allocated(size_t nr, size_t size)
{
	void *p = calloc(nr, size);

	if (!p)
		abort();
	return p;
}

static void grow(struct set *s, bool values)
{
	struct set old = *s;

	s->size = old.size ? 2 * old.size : 1024;
	s->key = allocated(s->size, sizeof(*s->key));
	if (values)
		s->value = allocated(s->size, sizeof(*s->value));
	for (uint64_t i = 0; i < old.size; i++) {
		uint64_t *to;

		if (!old.key[i])
			continue;
		to = find(s, old.key[i]);
		*to = old.key[i];
		if (values)
			s->value[to - s->key] = old.value[i];
	}
	free(old.key);
	free(old.value);
}

/* Finds the place of the key; *is_new: it was not in the table. */
static uint64_t add(struct set *s, uint64_t key, bool values, bool *is_new)
{
	uint64_t *at;

	if (2 * s->nr >= s->size)
		grow(s, values);
	at = find(s, key);
	*is_new = !*at;
	s->nr += *is_new;
	*at = key;
	return at - s->key;
}

void structures_changed(uint64_t maddr)
{
	uint64_t word = maddr % XPAGE_SIZE / sizeof(uint64_t), at;
	uint64_t *bits;
	bool is_new;

	at = add(&changed, maddr / XPAGE_SIZE + 1, true, &is_new);
	if (is_new)
		changed.value[at] = allocated(WORDS / 64, sizeof(*bits));
	bits = changed.value[at];
	bits[word / 64] |= 1ULL << word % 64;
}

/* A range within one page. */
static bool is_changed(uint64_t maddr, size_t len)
{
	uint64_t word = maddr % XPAGE_SIZE / sizeof(uint64_t), *at;
	uint64_t last = (maddr % XPAGE_SIZE + len - 1) / sizeof(uint64_t);
	const uint64_t *bits;

	if (!changed.nr || !len)
		return false;
	at = find(&changed, maddr / XPAGE_SIZE + 1);
	if (!*at)
		return false;
	bits = changed.value[at - changed.key];
	for (; word <= last; word++)
		if (bits[word / 64] >> word % 64 & 1)
			return true;
	return false;
}

static bool any_changed(struct space *s, uint64_t va, size_t len)
{
	while (len) {
		size_t n = XPAGE_SIZE - va % XPAGE_SIZE;
		uint64_t maddr;
		struct err *e = space_translate(s, va, &maddr);

		if (n > len)
			n = len;
		if (!e && is_changed(maddr, n))
			return true;
		err_free(e);
		va += n;
		len -= n;
	}
	return false;
}

/* Returns true for the first time. */
static bool is_first(uint64_t va, const void *type)
{
	uint64_t key = (va ^ (uintptr_t)type << 20) * 0xff51afd7ed558ccdULL;
	bool is_new;

	add(&counted, key ^ key >> 32 ? key ^ key >> 32 : 1, false, &is_new);
	return is_new;
}

struct err *__wrap_space_read(struct space *s, uint64_t va, void *buf, size_t len)
{
	struct err *e = __real_space_read(s, va, buf, len);

	if (in_record && !e && !record_damaged)
		record_damaged = any_changed(s, va, len);
	return e;
}

struct err *__wrap_record_read(struct records *r, struct space *s,
			       const struct record_type *type, uint64_t va,
			       void *record)
{
	struct err *e;

	in_record = true;
	record_damaged = false;
	e = __real_record_read(r, s, type, va, record);
	in_record = false;
	if (record_damaged)
		structures.records += is_first(va, type);
	return e;
}

/* One scan of the frame table, with the function that receives the entries. */
struct scan {
	const struct frame_table *table;
	page_block_fn *fn;
	void *arg;
};

static struct err *count_entries(void *arg, uint64_t pdx, const void *entries,
				 unsigned int nr)
{
	const struct scan *scan = arg;
	const struct frame_table *t = scan->table;

	for (unsigned int i = 0; i < nr; i++) {
		uint64_t va = t->base + (pdx + i) * t->size;

		if (any_changed(t->x->space, va, t->size))
			structures.entries += is_first(va, &structures.entries);
	}
	return scan->fn(scan->arg, pdx, entries, nr);
}

struct err *__wrap_page_scan(struct pages *p, page_block_fn *fn, void *arg,
			     const struct page_progress *progress,
			     struct page_scan *ret)
{
	struct scan scan = { .table = pages_table(p), .fn = fn, .arg = arg };

	return __real_page_scan(p, count_entries, &scan, progress, ret);
}

struct structures structures_counted(void)
{
	return structures;
}
