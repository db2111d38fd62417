/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of one hypervisor build, from its DWARF (libdw).
 */
#ifndef XEN_TYPES_H
#define XEN_TYPES_H

#include <stdint.h>
#include <stdio.h>
#include <elfutils/libdw.h>

#include "../address/space.h"
#include "../error.h"
#include "../symbols/symbols.h"

struct types;

/* A handle, copied freely; valid as long as the types it is from. */
struct type {
	Dwarf_Die die;
};

enum type_kind {
	TYPE_VOID, TYPE_BOOL, TYPE_CHAR, TYPE_INT, TYPE_ENUM, TYPE_FLOAT,
	TYPE_POINTER, TYPE_ARRAY, TYPE_STRUCT, TYPE_UNION, TYPE_FUNCTION,
};

/* A member reached by a path from a type. */
struct member {
	uint64_t offset;	/* bytes from the start of the outer type */
	uint64_t size;		/* bytes of the storage unit */
	unsigned int bit_offset;	/* from the lowest bit at offset */
	unsigned int bit_size;	/* 0: not a bit field */
	struct type type;
};

/*
 * Indexes the types of an ELF image with DWARF. elf must live as long as the
 * types. ERR_NO_TYPE when it has no DWARF.
 */
struct err *types_from_elf(Elf *elf, struct types **ret) ERR_MUST_CHECK;
void types_destroy(struct types *t);

/*
 * "struct domain", "union ...", "enum ...", a typedef ("spinlock_t"), a base
 * type ("unsigned long"), or a bare tag ("domain": struct, union, typedef,
 * enum in this order); trailing " *" and "[N]" are not accepted here.
 */
struct err *types_find(struct types *t, const char *name,
		       struct type *ret) ERR_MUST_CHECK;

/* The declared type of a global or file-static variable. */
struct err *types_variable(struct types *t, const char *name,
			   struct type *ret) ERR_MUST_CHECK;

/* Kind behind typedefs and qualifiers. */
enum type_kind type_kind(const struct type *t);
bool type_is_signed(const struct type *t);
struct err *type_size(const struct type *t, uint64_t *ret) ERR_MUST_CHECK;
/* What a pointer points to, or an array is made of. */
struct err *type_target(const struct type *t, struct type *ret) ERR_MUST_CHECK;
/* Elements of an array; 0 for a flexible one. */
struct err *type_count(const struct type *t, uint64_t *ret) ERR_MUST_CHECK;
/* C syntax, "struct domain *", "unsigned int [4]"; returns buf. */
const char *type_name(const struct type *t, char *buf, size_t size);

/* "arch.hvm.guest_cr[3]"; anonymous structs and unions are looked through. */
struct err *type_member(const struct type *t, const char *path,
			struct member *ret) ERR_MUST_CHECK;

/* The name of an enum's constant of that value, or NULL. */
const char *type_enum_name(const struct type *t, int64_t value);
/* The value of a named enum constant anywhere in the build. */
struct err *types_enum_value(struct types *t, const char *name,
			     int64_t *ret) ERR_MUST_CHECK;

#endif
