/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xenstore_memory.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "xen/base/hash.h"
#include "xenstore_talloc.h"

#define WORDS	(XPAGE_SIZE / sizeof(uint32_t))

/* Space for records besides those of the store: old ones, which may overlap. */
#define LIMIT(space)	(2 * (space)->size + (1U << 20))

static struct err *add(uint64_t **array, size_t *nr, uint64_t va)
{
	if (!ARRAY_GROW(*array, *nr))
		return err_nomem();
	(*array)[(*nr)++] = va;
	return NULL;
}

/* The flags of an object of talloc, which follow its size, at an address of 16n + 8. */
static struct err *add_object(struct store_places *p, uint64_t va,
			      const uint32_t *word, unsigned int i)
{
	uint64_t object = va + TALLOC_HEADER - TALLOC_FLAGS;
	uint64_t size = i < 2 ? HASH_TABLE_SIZE : get_le64(word + i - 2);

	if ((va & 15) != (TALLOC_FLAGS & 15))
		return NULL;
	/* the size is in the page before: both sizes are possible */
	if (i < 2)
		ERR_TRY(add(&p->entry, &p->nr_entries, object));
	if (size == HASH_TABLE_SIZE)
		return add(&p->table, &p->nr_tables, object);
	if (size == HASH_ENTRY_SIZE)
		return add(&p->entry, &p->nr_entries, object);
	return NULL;
}

/* A header: that of a database, or the copy of it in an object that refers to a database. */
static struct err *add_database(struct store_places *p, uint64_t header)
{
	if (!(header & 15))
		return add(&p->database, &p->nr_databases, header);
	if (!((header - TDB_CONTEXT_HEADER) & 15))
		return add(&p->context, &p->nr_contexts, header - TDB_CONTEXT_HEADER);
	return NULL;
}

static struct err *look_at_word(struct store_places *p, uint64_t va,
				const uint32_t *word, unsigned int i)
{
	uint32_t w = le32toh(word[i]);

	if ((w & TALLOC_MAGIC_MASK) == TALLOC_MAGIC)
		return add_object(p, va, word, i);
	if (w == TDB_VERSION_OLD || w == TDB_VERSION_NEW)
		return add_database(p, va - TDB_VERSION_AT);
	if (w == TDB_MAGIC)
		return add(&p->record, &p->nr_records, va - TDB_MAGIC_AT);
	return NULL;
}

/*
 * A process with more unreadable pages has damaged page tables, or its memory
 * is not in the dump.
 */
#define LOST_MAX	(1U << 14)

static struct err *look_at_page(const struct user_space *u, uint64_t maddr,
				uint64_t va, struct store_places *p)
{
	const void *page;
	const uint32_t *word;
	unsigned int i;
	struct err *e = memory_page(u->memory, maddr, &page);

	/* records in that page are missed; the tables count them */
	if (e) {
		p->lost++;
		err_free(e);
		return NULL;
	}
	word = page;
	for (i = 0; i < WORDS; i++)
		ERR_TRY(look_at_word(p, va + 4 * i, word, i));
	return NULL;
}

struct err *store_places_find(const struct user_space *u,
			      struct store_places *ret)
{
	struct store_places p = { .nr_tables = 0 };
	struct err *e = NULL;
	size_t i;

	for (i = 0; !e && i < u->nr; i++) {
		const struct user_run *r = &u->run[i];
		uint64_t at;

		for (at = 0; !e && at < r->size && p.lost < LOST_MAX; at += XPAGE_SIZE) {
			e = interrupt_check();
			if (!e)
				e = look_at_page(u, r->maddr + at, r->va + at, &p);
		}
	}
	if (e) {
		store_places_free(&p);
		return e;
	}
	*ret = p;
	return NULL;
}

void store_places_free(struct store_places *p)
{
	free(p->table);
	free(p->entry);
	free(p->database);
	free(p->context);
	free(p->record);
	*p = (struct store_places){ .nr_tables = 0 };
}

/* Maximum number of tables to read; a process has one, and copies of it in transactions. */
#define TABLES_MAX	64

typedef struct err *read_fn(const struct user_space *u, uint64_t va,
			    struct store *s);

/* Keeps the table with the most nodes, in *best. */
static struct err *try_tables(const struct user_space *u, const uint64_t *va,
			      size_t nr, read_fn *read, enum store_kind kind,
			      struct store *best)
{
	unsigned int tried = 0;
	struct err *e = NULL;
	size_t i;

	for (i = 0; !e && i < nr && tried < TABLES_MAX; i++) {
		struct store s = { .kind = kind, .limit = LIMIT(u) };

		e = read(u, va[i], &s);
		tried += s.nr || s.bad || s.bytes;
		if (e && !err_is_final(e)) {
			/*
			 * a loop, or records that overlap: the records read so
			 * far may be the store
			 */
			err_free(e);
			e = NULL;
			s.bad++;
		}
		if (!e && s.nr > best->nr) {
			struct store old = *best;

			*best = s;
			s = old;
		}
		store_free(&s);
	}
	return e;
}

/* Reads the va of the database to which an object of talloc refers; false: it is freed. */
static bool read_context(const struct user_space *u, uint64_t va, uint64_t *database)
{
	unsigned char flags[4], map[8];
	struct err *e = user_space_read(u, va - TALLOC_HEADER + TALLOC_FLAGS, flags,
					sizeof(flags));

	if (!e)
		e = user_space_read(u, va + TDB_CONTEXT_MAP, map, sizeof(map));
	err_free(e);
	if (e || (get_le32(flags) & (TALLOC_MAGIC_MASK | TALLOC_FREED)) != TALLOC_MAGIC)
		return false;
	*database = get_le64(map);
	return true;
}

/*
 * A database in memory moves when it grows, and leaves a copy behind, in which there are
 * nodes that were removed later. It is the one to which its object refers; only where none
 * is found, any.
 */
static struct err *try_databases(const struct user_space *u, const struct store_places *p,
				 struct store *best)
{
	size_t before = best->nr, nr = 0;
	uint64_t va[TABLES_MAX];

	for (size_t i = 0; i < p->nr_contexts && nr < ARRAY_SIZE(va); i++)
		nr += read_context(u, p->context[i], &va[nr]);
	ERR_TRY(try_tables(u, va, nr, store_read_tdb, STORE_TDB, best));
	if (best->nr > before)
		return NULL;
	return try_tables(u, p->database, p->nr_databases, store_read_tdb, STORE_TDB, best);
}

static bool is_known(const struct store *s, const struct hash *known, uint64_t va)
{
	const struct hash_slot *slot;

	for (slot = hash_first(known, va >> 2); slot; slot = hash_next(known, slot))
		if (s->node[slot->number].va == va)
			return true;
	return false;
}

/* Adds records that are in memory, but not in the table. */
static struct err *add_records(const struct user_space *u, const uint64_t *va,
			       size_t nr, read_fn *read, struct store *s)
{
	struct hash known = { .nr = 0 };
	struct store all = { .limit = LIMIT(u) };
	struct err *e = NULL;
	size_t i;

	for (i = 0; !e && i < s->nr; i++)
		if (!hash_add(&known, s->node[i].va >> 2, i))
			e = err_nomem();
	for (i = 0; !e && i < nr; i++) {
		e = interrupt_check();
		/* most are other objects: not counted */
		if (!e)
			e = store_count_bad(&all, read(u, va[i], &all));
	}
	for (i = 0; !e && i < all.nr; i++) {
		struct store_node *n = &all.node[i];

		if (is_known(s, &known, n->va))
			continue;
		n->stale = true;
		e = hash_add(&known, n->va >> 2, s->nr) ? store_add(s, n) : err_nomem();
		s->stale += !e;
	}
	hash_clear(&known);
	store_free(&all);
	return e;
}

static struct err *add_old(const struct user_space *u,
			   const struct store_places *p, struct store *s)
{
	struct err *e = NULL;

	if (s->kind != STORE_TDB)
		e = add_records(u, p->entry, p->nr_entries, store_read_entry, s);
	if (!e && s->kind != STORE_HASH)
		e = add_records(u, p->record, p->nr_records, store_read_record, s);
	/* records that overlap: those before them are valid */
	if (e && err_reason(e) == ERR_REFUSED) {
		err_free(e);
		e = NULL;
		s->bad++;
	}
	return e;
}

struct err *store_from_space(const struct user_space *u, unsigned int flags,
			     struct store *ret)
{
	struct store s = { .kind = STORE_SCAN };
	struct store_places p;
	struct err *e;

	ERR_TRY(store_places_find(u, &p));
	e = try_tables(u, p.table, p.nr_tables, store_read_hash, STORE_HASH, &s);
	if (!e)
		e = try_databases(u, &p, &s);
	if (!e && (!s.nr || (flags & STORE_STALE)))
		e = add_old(u, &p, &s);
	if (!e && s.kind == STORE_SCAN)
		e = store_mark_stale(&s);
	store_places_free(&p);
	if (!e && !s.nr)
		e = err_new(ERR_NOT_FOUND, "no xenstore in the memory of the process");
	if (e) {
		store_free(&s);
		return e;
	}
	s.root = u->root;
	if (flags & STORE_NAMES)
		store_keep_names(&s);
	store_sort(&s);
	*ret = s;
	return NULL;
}
