/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The xenstore: the nodes of the tree that xenstored keeps, read from its
 * memory in dom0, or requested from the xenstored of a running host.
 */
#ifndef XEN_MODEL_XENSTORE_H
#define XEN_MODEL_XENSTORE_H

#include "xen/model/xen.h"

/* Limits: XENSTORE_ABS_PATH_MAX is 3072 (public/io/xs_wire.h). */
#define STORE_PATH_MAX		4096
#define STORE_RECORD_MAX	(1U << 22)

/* Bits of a permission (tools/include/xenstore_lib.h, 4.4 to master). */
#define STORE_READ	1U
#define STORE_WRITE	2U

struct store_perm {
	uint32_t domid;
	uint32_t bits;
};

struct store_node {
	const char *path;
	const char *value;		/* len bytes, and a NUL */
	const char *children;		/* names, each followed by a NUL */
	uint32_t len, children_len;
	/* The first entry is the owner's; its bits apply to domains that are not listed. */
	const struct store_perm *perm;
	uint32_t nr_perms;
	bool has_generation, stale;
	uint64_t generation;
	uint64_t va;			/* va of its record in xenstored; 0: unknown */
	void *block;			/* owned: memory of all pointers above */
};

enum store_kind {
	STORE_HASH,		/* hash table of Xen 4.18 and later */
	STORE_TDB,		/* database of 4.4 to 4.17 */
	STORE_SCAN,		/* single records, without a table */
	STORE_DAEMON,		/* requested from the running xenstored */
};

struct store {
	struct store_node *node;	/* see store_sort() */
	size_t nr;
	enum store_kind kind;
	uint64_t root;		/* maddr of the process's page table; 0: none */
	char program[64];	/* "xenstored" */
	uint64_t stale;		/* number of stale nodes */
	uint64_t bad;		/* number of records that cannot be read or are inconsistent */
	uint64_t bytes, limit;	/* bytes of records read; limit 0: none */
};

/*
 * Reads the nodes at path and below it; path "/" is all. stale: also records
 * that are no longer in the store. When read from memory, the result may
 * contain other paths, too. ERR_NOT_FOUND without a xenstored, and the error of
 * dom0's pages if they are not in the dump. thorough: examine every process of
 * dom0, not only those named xenstored. Release with store_free().
 */
#define STORE_STALE	1U
#define STORE_THOROUGH	2U
#define STORE_NAMES	4U	/* only the nodes DOMID/name are required */
struct err *store_read(struct xen *x, const char *path, unsigned int flags,
		       struct store *ret) ERR_MUST_CHECK;
void store_free(struct store *s);

/* Returns the node at a path; NULL if there is none. */
const struct store_node *store_find(const struct store *s, const char *path);
/* True for a path that equals top, or is below it. */
bool store_is_below(const char *path, const char *top);

const char *store_kind_name(enum store_kind kind);

/* ---- for the files that read the store ---- */

/*
 * Counts the bytes of a record before it is read. ERR_REFUSED beyond the limit,
 * which is only exceeded by records that overlap.
 */
struct err *store_charge(struct store *s, uint64_t bytes) ERR_MUST_CHECK;
/* Adds a copy of a node and of all memory that it points to. */
struct err *store_add(struct store *s, const struct store_node *n) ERR_MUST_CHECK;
/* Counts an error that affects one record; returns an error that ends the walk. */
struct err *store_count_bad(struct store *s, struct err *e) ERR_MUST_CHECK;
/* Drops all nodes but those whose last component is "name", which are few to sort. */
void store_keep_names(struct store *s);
/*
 * Sorts: a parent before its children, numbers by value; nodes of one path with
 * the live one first, then by descending generation.
 */
void store_sort(struct store *s);
/*
 * For records without a table: marks those as stale that a walk from "/" by the
 * names of children does not reach, or that exist with a newer generation.
 */
struct err *store_mark_stale(struct store *s) ERR_MUST_CHECK;

#endif
