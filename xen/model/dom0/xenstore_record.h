/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a node in the memory of xenstored. */
#ifndef XEN_MODEL_XENSTORE_RECORD_H
#define XEN_MODEL_XENSTORE_RECORD_H

#include "xenstore.h"

/*
 * Formats, all with permissions, value and children after a header:
 * u64 generation, u16 permissions, u16 and u32 bytes (tools/xenstored/core.h,
 * struct node_hdr, 4.18 to master); u64 generation and three u32
 * (xs_tdb_record_hdr, 4.9 to 4.17); three u32 (4.4 to 4.8).
 */
enum store_form { STORE_FORM_HASH, STORE_FORM_GENERATION, STORE_FORM_OLD };

/*
 * Sets all members of ret except path, va and stale to point into the bytes.
 * False if the sizes do not add up to len, or a permission or child is
 * malformed.
 */
bool store_record_parse(enum store_form form, const void *bytes, size_t len,
			struct store_node *ret);

/* True for the path of a node; false for nodes of transactions and special keys. */
bool store_path_is_valid(const char *path, size_t len);

#endif
