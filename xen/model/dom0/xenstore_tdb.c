/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The database of xenstored (tools/xenstore/tdb.c, 4.4 to 4.17), in memory or a
 * mapped file. Offsets are relative to its header, which has a chain of records
 * for each value of the hash. A database in memory lacks the text "TDB file".
 */
#include "xenstore_memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/budget.h"
#include "xen/base/bytes.h"
#include "xenstore_record.h"
#include "xenstore_talloc.h"

struct record {
	uint32_t next, size, key_len, data_len, hash;
};

/* ERR_CORRUPT if there is no record in use. */
static struct err *read_header(const struct user_space *u, uint64_t va,
			       struct record *ret)
{
	unsigned char h[TDB_RECORD_HEADER];

	ERR_TRY(user_space_read(u, va, h, sizeof(h)));
	*ret = (struct record){
		.next = get_le32(h), .size = get_le32(h + 4),
		.key_len = get_le32(h + 8), .data_len = get_le32(h + 12),
		.hash = get_le32(h + 16),
	};
	if (get_le32(h + TDB_MAGIC_AT) != TDB_MAGIC ||
	    (uint64_t)ret->key_len + ret->data_len > ret->size)
		return err_new(ERR_CORRUPT, "no record of a TDB at %" PRIx64, va);
	return NULL;
}

/* Format of a record, by the version of its database; 0: unknown. */
static bool parse_value(uint32_t version, const char *bytes, size_t len,
			struct store_node *n)
{
	if (version != TDB_VERSION_OLD &&
	    store_record_parse(STORE_FORM_GENERATION, bytes, len, n))
		return true;
	return version != TDB_VERSION_NEW &&
	       store_record_parse(STORE_FORM_OLD, bytes, len, n);
}

static struct err *parse(struct store *s, uint64_t va, const struct record *r,
			 uint32_t version, char *bytes)
{
	struct store_node n = { .va = va };
	char path[STORE_PATH_MAX];

	/* keys of transactions and special keys */
	if (!store_path_is_valid(bytes, r->key_len))
		return NULL;
	memcpy(path, bytes, r->key_len);
	path[r->key_len] = '\0';
	n.path = path;
	bytes += r->key_len;
	if (!parse_value(version, bytes, r->data_len, &n))
		return err_new(ERR_CORRUPT, "the record at %" PRIx64 " is inconsistent", va);
	return store_add(s, &n);
}

static struct err *read_content(const struct user_space *u, uint64_t va,
				const struct record *r, uint32_t version,
				struct store *s)
{
	uint64_t len = (uint64_t)r->key_len + r->data_len;
	struct err *e;
	char *bytes;

	if (len > STORE_RECORD_MAX || len > u->size)
		return err_new(ERR_CORRUPT, "invalid size of a record: %" PRIu64 " bytes", len);
	ERR_TRY(store_charge(s, len));
	bytes = malloc(len + 1);
	if (!bytes)
		return err_nomem();
	e = user_space_read(u, va + TDB_RECORD_HEADER, bytes, len);
	if (!e)
		e = parse(s, va, r, version, bytes);
	free(bytes);
	return e;
}

/* A database: its chains, and the maximum number of records. */
struct database {
	const struct user_space *u;
	uint64_t va, size;
	uint32_t version, chains;
	struct budget budget;
	struct store *s;
};

static struct err *read_chain(struct database *d, uint32_t chain, uint32_t at)
{
	while (at) {
		struct record r;
		struct err *e;

		ERR_TRY(budget_take(&d->budget, "chains of the xenstore"));
		if (at > d->size - TDB_RECORD_HEADER) {
			d->s->bad++;
			return NULL;
		}
		e = read_header(d->u, d->va + at, &r);
		/* in the wrong chain: the pointer to it is corrupt */
		if (!e && r.hash % d->chains != chain)
			e = err_new(ERR_CORRUPT, "a record is in the wrong chain");
		if (e)
			return store_count_bad(d->s, e);
		ERR_TRY(store_count_bad(d->s, read_content(d->u, d->va + at, &r,
							 d->version, d->s)));
		at = r.next;
	}
	return NULL;
}

static struct err *read_chains(struct database *d)
{
	unsigned char heads[XPAGE_SIZE];
	uint32_t i, k, n;

	ERR_TRY(store_charge(d->s, 4ULL * d->chains));
	for (i = 0; i < d->chains; i += n) {
		struct err *e;

		n = d->chains - i;
		if (n > sizeof(heads) / 4)
			n = sizeof(heads) / 4;
		e = user_space_read(d->u, d->va + TDB_CHAINS + 4ULL * i, heads, 4 * n);
		if (e) {
			ERR_TRY(store_count_bad(d->s, e));
			continue;
		}
		for (k = 0; k < n; k++)
			ERR_TRY(read_chain(d, i + k, get_le32(heads + 4 * k)));
	}
	return NULL;
}

struct err *store_read_tdb(const struct user_space *u, uint64_t va,
			   struct store *s)
{
	struct database d = { .u = u, .va = va, .s = s };
	unsigned char header[TDB_CHAINS];

	ERR_TRY(user_space_read(u, va, header, sizeof(header)));
	d.version = get_le32(header + TDB_VERSION_AT);
	d.chains = get_le32(header + TDB_HASH_SIZE_AT);
	d.size = user_space_mapped(u, va);
	if ((d.version != TDB_VERSION_OLD && d.version != TDB_VERSION_NEW) ||
	    !d.chains || d.size < TDB_CHAINS + 4ULL * d.chains + TDB_RECORD_HEADER)
		return err_new(ERR_NOT_FOUND, "no TDB at %" PRIx64, va);
	d.budget.limit = d.size / TDB_RECORD_HEADER;
	return read_chains(&d);
}

struct err *store_read_record(const struct user_space *u, uint64_t va,
			      struct store *s)
{
	struct record r;

	ERR_TRY(read_header(u, va, &r));
	return read_content(u, va, &r, 0, s);
}
