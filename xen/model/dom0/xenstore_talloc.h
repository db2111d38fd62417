/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Constants of the memory of xenstored: talloc.c, hashtable.c and tdb.c of Xen's tools. */
#ifndef XEN_MODEL_XENSTORE_TALLOC_H
#define XEN_MODEL_XENSTORE_TALLOC_H

/* struct talloc_chunk, padded to 16 bytes */
#define TALLOC_HEADER		80
#define TALLOC_NAME		56
#define TALLOC_SIZE		64
#define TALLOC_FLAGS		72
#define TALLOC_MAGIC		0xe814ec70U
#define TALLOC_MAGIC_MASK	(~0xfU)
#define TALLOC_FREED		1U	/* flag below the magic number */

/* struct hashtable and struct entry */
#define HASH_TABLE_SIZE		48
#define HASH_ENTRY_SIZE		32

/* struct tdb_header: version, number of chains; the free list, the chains */
#define TDB_VERSION_AT		32
#define TDB_HASH_SIZE_AT	36
#define TDB_FREE_LIST		168
#define TDB_CHAINS		172
#define TDB_VERSION_OLD		0x2601196dU
#define TDB_VERSION_NEW		0x2601196eU

/* struct tdb_context: the va of the database; a copy of its header */
#define TDB_CONTEXT_MAP		8
#define TDB_CONTEXT_HEADER	44

/* struct list_struct */
#define TDB_RECORD_HEADER	24
#define TDB_MAGIC_AT		20
#define TDB_MAGIC		0x26011999U

#endif
