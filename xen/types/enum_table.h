/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Constants of enums, sorted by their values at the first use. Internal to xen/types. */
#ifndef XEN_TYPES_ENUM_TABLE_H
#define XEN_TYPES_ENUM_TABLE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The constants of one enum, for values that are printed. */
struct enum_constant {
	int64_t value;
	const char *name;
	size_t order;
};

/* Number of bits of a value: flags with an equal bit are never printed. */
#define ENUM_BITS	64

struct enum_table {
	const void *die;		/* its address */
	struct enum_constant *constant;	/* ascending; of equal values only the first */
	size_t nr;
	bool is_flags;
	struct enum_constant flag[ENUM_BITS];	/* in the order of the enum */
	unsigned int nr_flags;
};

struct enum_tables;	/* of one image; NULL: none yet */

/* Returns the next named constant of an enum; die->addr NULL starts. */
const char *enum_next_constant(const Dwarf_Die *e, Dwarf_Die *die, int64_t *value);

/* Returns the table of an enum, which is kept in *all; NULL on lack of memory. */
const struct enum_table *enum_table_of(struct enum_tables **all, const Dwarf_Die *e);

/* Returns the first constant with that value, or NULL. */
const char *enum_table_name(const struct enum_table *t, int64_t value);

void enum_tables_destroy(struct enum_tables *e);

#endif
