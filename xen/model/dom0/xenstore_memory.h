/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nodes of the xenstore in the address space of xenstored. All of it is
 * untrusted: sizes are bounded by the mapped memory, chains by the number of
 * records that fit into it.
 */
#ifndef XEN_MODEL_XENSTORE_MEMORY_H
#define XEN_MODEL_XENSTORE_MEMORY_H

#include "user_space.h"
#include "xenstore.h"

/* Places in an address space that may belong to a store, found by their magic numbers. */
struct store_places {
	uint64_t *table;	/* va of objects that have the size of a hash table */
	uint64_t *entry;	/* of objects that have the size of an entry of a hash table */
	uint64_t *database;	/* of headers of a TDB */
	uint64_t *context;	/* of objects that refer to a TDB */
	uint64_t *record;	/* of records of a TDB */
	size_t nr_tables, nr_entries, nr_databases, nr_contexts, nr_records;
	size_t lost;		/* number of pages that cannot be read */
};

/*
 * Searches all pages; ends at the 16384th that cannot be read. Fails with
 * ERR_NO_MEMORY and ERR_INTERRUPTED only.
 */
struct err *store_places_find(const struct user_space *u,
			      struct store_places *ret) ERR_MUST_CHECK;
void store_places_free(struct store_places *p);

/*
 * Adds the nodes of one hash table or database to s, whose limit the caller has
 * set. ERR_NOT_FOUND if there is none at va; a record that cannot be read is
 * counted in s->bad.
 */
struct err *store_read_hash(const struct user_space *u, uint64_t va,
			    struct store *s) ERR_MUST_CHECK;
struct err *store_read_tdb(const struct user_space *u, uint64_t va,
			   struct store *s) ERR_MUST_CHECK;

/*
 * Reads the record at an entry of a hash table, or a record of a TDB, and adds
 * its node to *s. Fails if there is no valid record.
 */
struct err *store_read_entry(const struct user_space *u, uint64_t va,
			     struct store *s) ERR_MUST_CHECK;
struct err *store_read_record(const struct user_space *u, uint64_t va,
			      struct store *s) ERR_MUST_CHECK;

/*
 * Reads the store of an address space: the table with the most nodes, or single
 * records if there is no table. ERR_NOT_FOUND if there are no nodes at all.
 * flags: STORE_STALE.
 */
struct err *store_from_space(const struct user_space *u, unsigned int flags,
			     struct store *ret) ERR_MUST_CHECK;

#endif
