/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hash table of xenstored (tools/xenstored/hashtable.c, 4.18 to master).
 * Its objects are allocated by talloc (talloc.c of the same folder), which puts
 * a header of 80 bytes before each: name at 56, size at 64, magic and flags at
 * 72.
 */
#include "xenstore_memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/budget.h"
#include "xen/base/bytes.h"
#include "xenstore_record.h"
#include "xenstore_talloc.h"

#define NAME		"nodes"

struct talloc {
	uint64_t name, size;
};

static struct err *talloc_read(const struct user_space *u, uint64_t va,
			       struct talloc *ret)
{
	unsigned char header[TALLOC_HEADER];

	if (va < TALLOC_HEADER)
		return err_new(ERR_BAD_POINTER, "%" PRIx64 " is not an object of talloc", va);
	ERR_TRY(user_space_read(u, va - TALLOC_HEADER, header, sizeof(header)));
	if ((get_le32(header + TALLOC_FLAGS) & TALLOC_MAGIC_MASK) != TALLOC_MAGIC)
		return err_new(ERR_CORRUPT, "%" PRIx64 " is not an object of talloc", va);
	ret->name = get_le64(header + TALLOC_NAME);
	ret->size = get_le64(header + TALLOC_SIZE);
	return NULL;
}

/* The key is a string in a separate object. */
static struct err *read_key(const struct user_space *u, uint64_t va, char *path)
{
	struct talloc t;

	ERR_TRY(talloc_read(u, va, &t));
	if (t.size < 2 || t.size > STORE_PATH_MAX)
		return err_new(ERR_CORRUPT, "invalid size of a key: %" PRIu64 " bytes", t.size);
	ERR_TRY(user_space_read(u, va, path, t.size));
	if (path[t.size - 1] || strlen(path) + 1 != t.size)
		return err_new(ERR_CORRUPT, "a key is not terminated");
	return NULL;
}

static struct err *read_value(const struct user_space *u, uint64_t va,
			      const char *path, struct store *s)
{
	struct store_node n = { .path = path, .va = va };
	struct talloc t;
	struct err *e;
	void *bytes;

	ERR_TRY(talloc_read(u, va, &t));
	if (t.size > STORE_RECORD_MAX || t.size > u->size)
		return err_new(ERR_CORRUPT, "invalid size of a record: %" PRIu64 " bytes", t.size);
	ERR_TRY(store_charge(s, t.size));
	bytes = malloc(t.size + 1);
	if (!bytes)
		return err_nomem();
	e = user_space_read(u, va, bytes, t.size);
	if (!e && !store_record_parse(STORE_FORM_HASH, bytes, t.size, &n))
		e = err_new(ERR_CORRUPT, "the record at %" PRIx64 " is inconsistent", va);
	if (!e)
		e = store_add(s, &n);
	free(bytes);
	return e;
}

/* Keys that are not paths: "@introduceDomain", nodes of transactions. */
static struct err *read_entry(const struct user_space *u,
			      const unsigned char *entry, struct store *s)
{
	char path[STORE_PATH_MAX];

	ERR_TRY(read_key(u, get_le64(entry), path));
	if (!store_path_is_valid(path, strlen(path)))
		return NULL;
	return read_value(u, get_le64(entry + 8), path, s);
}

static struct err *read_chain(const struct user_space *u, uint64_t va,
			      struct budget *b, struct store *s)
{
	unsigned char entry[HASH_ENTRY_SIZE];

	while (va) {
		struct err *e;

		ERR_TRY(budget_take(b, "hash table of the xenstore"));
		e = user_space_read(u, va, entry, sizeof(entry));
		if (e)
			return store_count_bad(s, e);
		ERR_TRY(store_count_bad(s, read_entry(u, entry, s)));
		va = get_le64(entry + 24);
	}
	return NULL;
}

static struct err *read_buckets(const struct user_space *u, uint64_t table,
				uint64_t nr, struct store *s)
{
	struct budget b = { .limit = u->size / (TALLOC_HEADER + HASH_ENTRY_SIZE) + 1 };
	unsigned char heads[XPAGE_SIZE];
	uint64_t i, n;

	/* many tables may refer to the same buckets: this one is then read in vain */
	ERR_TRY(store_charge(s, 8 * nr));
	for (i = 0; i < nr; i += n) {
		struct err *e;

		n = nr - i < sizeof(heads) / 8 ? nr - i : sizeof(heads) / 8;
		e = user_space_read(u, table + 8 * i, heads, 8 * n);
		if (e) {
			ERR_TRY(store_count_bad(s, e));
			continue;
		}
		for (uint64_t k = 0; k < n; k++)
			ERR_TRY(read_chain(u, get_le64(heads + 8 * k), &b, s));
	}
	return NULL;
}

struct err *store_read_hash(const struct user_space *u, uint64_t va,
			    struct store *s)
{
	unsigned char table[HASH_TABLE_SIZE];
	char name[sizeof(NAME)];
	struct talloc t;
	uint64_t nr;

	ERR_TRY(talloc_read(u, va, &t));
	ERR_TRY(user_space_read(u, t.name, name, sizeof(name)));
	if (t.size != HASH_TABLE_SIZE || memcmp(name, NAME, sizeof(name)))
		return err_new(ERR_NOT_FOUND, "no table of nodes at %" PRIx64, va);
	ERR_TRY(user_space_read(u, va, table, sizeof(table)));
	nr = get_le32(table);
	if (!nr || nr > u->size / 8)
		return err_new(ERR_NOT_FOUND,
			       "invalid number of entries: %" PRIu64 ", table at %" PRIx64, nr, va);
	return read_buckets(u, get_le64(table + 8), nr, s);
}

struct err *store_read_entry(const struct user_space *u, uint64_t va,
			     struct store *s)
{
	unsigned char entry[HASH_ENTRY_SIZE];

	ERR_TRY(user_space_read(u, va, entry, sizeof(entry)));
	return read_entry(u, entry, s);
}
