/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "redact.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/hash.h"
#include "printer.h"
#include "redact_match.h"

/* Limit of different texts with numbers; all others become "<uuid>". */
#define THINGS_MAX	(1U << 16)

static const struct {
	const char *word, *name;
} kinds[NR_REDACT] = {
	[REDACT_NAME] = { "name", "names" },
	[REDACT_UUID] = { "uuid", "UUIDs" },
	[REDACT_MAC] = { "mac", "MAC addresses" },
	[REDACT_IP] = { "ip", "IP addresses" },
	[REDACT_MAIL] = { "mail", "mail addresses, also of those who compiled" },
	[REDACT_HOST] = { "host", "names of hosts and networks" },
	[REDACT_SERIAL] = { "serial", "serial numbers, names of disks" },
	[REDACT_SECRET] = { "secret", "passwords, keys, values of command lines" },
	[REDACT_PATH] = { "path", "paths of files" },
};

struct thing {
	enum redact_kind kind;
	char *text;
	size_t number;		/* number within its kind, from 1 */
};

struct name {
	char *text;
	size_t len;
	size_t start;		/* index + 1 of the longest name with which this one starts; 0: none */
};

struct redactor {
	struct thing *thing;
	size_t nr_things, count[NR_REDACT];
	struct hash hash;
	struct redact_index index;
	struct name *name;
	size_t nr_names;
	struct hash known;	/* the names */
	bool is_sorted;		/* the names by text, start is set */
	bool is_first[256];	/* a name starts with this byte */
};

struct err *redactor_create(struct redactor **ret)
{
	struct redactor *r = calloc(1, sizeof(*r));

	if (!r)
		return err_nomem();
	redact_index_init(&r->index);
	*ret = r;
	return NULL;
}

void redactor_destroy(struct redactor *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->nr_things; i++)
		free(r->thing[i].text);
	for (i = 0; i < r->nr_names; i++)
		free(r->name[i].text);
	hash_clear(&r->hash);
	hash_clear(&r->known);
	free(r->thing);
	free(r->name);
	free(r);
}

const struct redact_index *redactor_index(const struct redactor *r)
{
	return &r->index;
}

size_t redactor_count(const struct redactor *r, enum redact_kind kind)
{
	return r->count[kind];
}

const char *redact_kind_name(enum redact_kind kind)
{
	return kinds[kind].name;
}

bool redact_is_replacement(const char *at)
{
	size_t i, len;

	for (i = 0; *at == '<' && i < NR_REDACT; i++) {
		len = strlen(kinds[i].word);
		if (!strncmp(at + 1, kinds[i].word, len) && (at[len + 1] == '>' || at[len + 1] == '-'))
			return true;
	}
	return false;
}

bool redactor_learn(struct redactor *r, const char *text)
{
	struct name n = { .len = strlen(text) };
	uint32_t value = hash_text(text, REDACT_NAME);
	const struct hash_slot *slot;

	if (n.len < 2)
		return true;
	/* not those that were sorted before: they may be there twice */
	for (slot = hash_first(&r->known, value); slot; slot = hash_next(&r->known, slot))
		if (!strcmp(r->name[slot->number].text, text))
			return true;
	n.text = strdup(text);
	if (!n.text || !ARRAY_GROW(r->name, r->nr_names) ||
	    !hash_add(&r->known, value, r->nr_names)) {
		free(n.text);
		return false;
	}
	r->name[r->nr_names++] = n;
	r->is_sorted = false;
	r->is_first[(unsigned char)text[0]] = true;
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static bool starts_with(const char *text, const struct name *n)
{
	return !strncmp(text, n->text, n->len);
}

/* All names with which a name starts are sorted before it, the longest last. */
static void sort_names(struct redactor *r)
{
	array_sort(r->name, r->nr_names, sizeof(*r->name), compare_names);
	hash_clear(&r->known);
	for (size_t i = 0; i < r->nr_names; i++) {
		size_t start = i;

		while (start && !starts_with(r->name[i].text, &r->name[start - 1]))
			start = r->name[start - 1].start;
		r->name[i].start = start;
	}
	r->is_sorted = true;
}

/* Length of the longest name at the position that ends with its word; 0: none. */
static size_t match_name(const struct redactor *r, const char *at)
{
	size_t low = 0, high = r->nr_names;

	if (!r->is_first[(unsigned char)*at])
		return 0;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strncmp(at, r->name[middle].text, r->name[middle].len) < 0)
			high = middle;
		else
			low = middle + 1;
	}
	for (; low; low = r->name[low - 1].start) {
		const struct name *n = &r->name[low - 1];

		if (starts_with(at, n) &&
		    (!redact_is_word(at[n->len]) || !redact_is_word(at[n->len - 1])))
			return n->len;
	}
	return 0;
}

/* Returns the number of a text; 0: beyond the limit, or out of memory. */
static size_t number_of(struct redactor *r, enum redact_kind kind, const char *at,
			size_t len)
{
	struct thing t = { .kind = kind, .text = strndup(at, len) };
	const struct hash_slot *slot;
	uint32_t value;
	size_t i;

	if (!t.text)
		return 0;
	for (i = 0; i < len && kind != REDACT_NAME && kind != REDACT_PATH; i++)
		t.text[i] = tolower((unsigned char)t.text[i]);
	value = hash_text(t.text, kind);
	for (slot = hash_first(&r->hash, value); slot; slot = hash_next(&r->hash, slot)) {
		const struct thing *old = &r->thing[slot->number];

		if (old->kind == kind && !strcmp(old->text, t.text)) {
			free(t.text);
			return old->number;
		}
	}
	t.number = ++r->count[kind];
	if (r->nr_things == THINGS_MAX || !ARRAY_GROW(r->thing, r->nr_things) ||
	    !hash_add(&r->hash, value, r->nr_things)) {
		free(t.text);
		return 0;
	}
	r->thing[r->nr_things++] = t;
	return t.number;
}

static void put(struct redactor *r, struct buf *b, enum redact_kind kind,
		const char *at, size_t len)
{
	size_t number = number_of(r, kind, at, len);

	if (number)
		buf_printf(b, "<%s-%zu>", kinds[kind].word, number);
	else
		buf_printf(b, "<%s>", kinds[kind].word);
}

/* A number of a host behind the "_" of a name; a name of a guest is not one there. */
static size_t match_within(const char *start, const char *at, enum redact_kind *kind)
{
	size_t len = redact_uuid(start, at);

	*kind = REDACT_UUID;
	if (!len) {
		*kind = REDACT_MAC;
		len = redact_mac(start, at);
	}
	return len;
}

static const struct {
	enum redact_kind kind;
	redact_match_fn *fn;
} matches[] = {
	{ REDACT_UUID, redact_uuid }, { REDACT_MAC, redact_mac }, { REDACT_IP, redact_ip },
	{ REDACT_SERIAL, redact_groups }, { REDACT_SECRET, redact_key },
	{ REDACT_MAIL, redact_mail }, { REDACT_SERIAL, redact_serial },
	{ REDACT_SECRET, redact_token }, { REDACT_HOST, redact_host }, { REDACT_PATH, redact_path },
};

/* The longest match: "web" is a name, but "web.example.com" a host. */
static size_t match_text(const struct redactor *r, const char *start, const char *at,
			 enum redact_kind *kind)
{
	size_t most = match_name(r, at), len, i;

	*kind = REDACT_NAME;
	for (i = 0; i < ARRAY_SIZE(matches); i++) {
		len = matches[i].fn(start, at);
		if (len > most) {
			most = len;
			*kind = matches[i].kind;
		}
	}
	return most;
}

/* A match at the start of a word; skip: length of the prefix that is kept. */
static size_t match(const struct redactor *r, const char *start, const char *at,
		    struct redact_name *name, enum redact_kind *kind, size_t *skip)
{
	size_t len = redact_option(start, at, skip, kind);
	enum redact_kind plain;

	if (!len)
		len = redact_value(start, at, name, skip, kind);
	if (!len) {
		*skip = 0;
		return match_text(r, start, at, kind);
	}
	/* "ip=10.0.0.1" has the same replacement as 10.0.0.1 elsewhere */
	if (match_text(r, at + *skip, at + *skip, &plain) == len - *skip)
		*kind = plain;
	return len;
}

static bool is_start(const char *text, const char *at)
{
	return at == text || !redact_is_word(at[-1]) || !redact_is_word(*at);
}

/* The name of a value, which may contain a host or a disk. Returns its end, or that of a longer match. */
static const char *put_prefix(struct redactor *r, struct buf *b, const char *text,
			      const char *at, size_t len)
{
	const char *start = at, *end = at + len;

	while (at < end) {
		enum redact_kind kind;
		size_t n = is_start(text, at) ? match_text(r, text, at, &kind) : 0;

		/* "user:password" is not "user@host" with a password */
		if (n && (at > start || n <= len))
			put(r, b, kind, at, n);
		else
			buf_add(b, at, n = 1);
		at += n;
	}
	return at;
}

char *redactor_text(struct redactor *r, const char *text)
{
	struct redact_name name = { .index = &r->index };
	struct buf b = { 0 };
	const char *at = text;
	char *exact;

	if (!r->is_sorted)
		sort_names(r);
	buf_puts(&b, "");
	while (*at) {
		enum redact_kind kind;
		size_t skip = 0, len = 0;
		const char *value;

		if (is_start(text, at))
			len = match(r, text, at, &name, &kind, &skip);
		else if (at[-1] == '_')
			len = match_within(text, at, &kind);
		if (!len) {
			buf_add(&b, at++, 1);
			continue;
		}
		value = put_prefix(r, &b, text, at, skip);
		at += len;
		if (value < at)
			put(r, &b, kind, value, at - value);
		else
			at = value;
	}
	if (b.failed) {
		buf_free(&b);
		return NULL;
	}
	/* a sheet has many short texts */
	exact = realloc(b.data, b.len + 1);
	return exact ? exact : b.data;
}
