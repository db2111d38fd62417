/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of one hypervisor build, from its DWARF (libdw).
 */
#ifndef XEN_TYPES_H
#define XEN_TYPES_H

#include <stdint.h>
#include <stdio.h>
#include <elfutils/libdw.h>

#include "xen/address/space.h"
#include "xen/base/error.h"
#include "xen/symbols/symbols.h"

struct types;

/*
 * A handle, copied freely; valid as long as its types. pointers and dims describe
 * types without an entry in DWARF: pointers that an expression added, dimensions
 * of an array that were indexed.
 */
struct type {
	Dwarf_Die die;		/* addr NULL: void */
	struct types *types;
	uint16_t pointers;	/* levels of "*" around die */
	uint16_t dims;		/* leading dimensions of the array taken off */
};

enum type_kind {
	TYPE_VOID, TYPE_BOOL, TYPE_CHAR, TYPE_INT, TYPE_ENUM, TYPE_FLOAT,
	TYPE_POINTER, TYPE_ARRAY, TYPE_STRUCT, TYPE_UNION, TYPE_FUNCTION,
};

/* A member reached by a path from a type. */
struct member {
	uint64_t offset;	/* bytes from the start of the outer type */
	/*
	 * Bytes of its type; of a bit field the bytes its bits lie in (1 to 9);
	 * 0 of a flexible array.
	 */
	uint64_t size;
	unsigned int bit_offset;	/* from the lowest bit at offset, 0 to 7 */
	unsigned int bit_size;	/* 0: not a bit field */
	struct type type;
};

/*
 * Opens the types of an ELF image, which must outlive them. ERR_NO_TYPE without
 * DWARF.
 */
struct err *types_from_elf(Elf *elf, struct types **ret) ERR_MUST_CHECK;
void types_destroy(struct types *t);

/*
 * "struct domain", "union ...", "enum ...", a typedef ("spinlock_t"), a base
 * type ("unsigned long", in any order of the words C allows), or a bare tag
 * ("domain": struct, union, typedef, enum in this order); trailing " *" and
 * "[N]" are not accepted here. Of several definitions of one name it is the
 * first in the image; "FILE#NAME", as in "credit2.c#struct csched2_private",
 * takes that of a source file (its whole name or its tail).
 */
struct err *types_find(struct types *t, const char *name,
		       struct type *ret) ERR_MUST_CHECK;

/*
 * The declared type of a global or file-static variable, or of a function:
 * "conring", "console.c#conring". A global wins over statics.
 */
struct err *types_variable(struct types *t, const char *name,
			   struct type *ret) ERR_MUST_CHECK;

/* Kind without typedefs and qualifiers. */
enum type_kind type_kind(const struct type *t);
bool type_is_signed(const struct type *t);
struct err *type_size(const struct type *t, uint64_t *ret) ERR_MUST_CHECK;
/* The target of a pointer, element of an array, or result of a function. */
struct err *type_target(const struct type *t, struct type *ret) ERR_MUST_CHECK;
/* The pointer to t; every type has one, whether DWARF has it or not. */
struct type type_pointer_to(const struct type *t);
/* Elements of an array; 0 for a flexible one. */
struct err *type_count(const struct type *t, uint64_t *ret) ERR_MUST_CHECK;
/* C syntax, "struct domain *", "unsigned int [4]"; returns buf. */
const char *type_name(const struct type *t, char *buf, size_t size);
/* The same as a declaration: "void (*free)(struct vcpu *)"; returns buf. */
const char *type_declare(const struct type *t, const char *name, char *buf,
			 size_t size);
/* Strips typedefs and qualifiers; a declaration becomes its definition. */
struct type type_strip(const struct type *t);

/* "arch.hvm.guest_cr[3]"; members of anonymous structs are found, too. */
struct err *type_member(const struct type *t, const char *path,
			struct member *ret) ERR_MUST_CHECK;

/*
 * Follows one component of such a path, "name", ".name" or "[N]", and advances
 * *path. m is the member reached so far; start with { .type = t }.
 */
struct err *type_member_step(struct member *m, const char **path) ERR_MUST_CHECK;

/* The direct members of a struct or union, in the order of the source. */
struct member_cursor {
	struct member member;	/* offset from the start of the struct */
	const char *name;	/* NULL: anonymous */
	struct types *types;
	Dwarf_Die die;
	bool started, ended;
};
struct err *member_first(const struct type *t,
			 struct member_cursor *ret) ERR_MUST_CHECK;
/* Moves to the first or next member; false after the last. */
bool member_next(struct member_cursor *c);

/* The value of an enum's constant; ERR_NO_TYPE when it has none of the name. */
struct err *type_enum_value(const struct type *t, const char *name,
			    int64_t *ret) ERR_MUST_CHECK;
/*
 * A value of an enum as gdb prints it: "NAME", "(A | B | unknown: 0x8)" when
 * its constants are single bits, else the number; returns buf.
 */
const char *type_enum_text(const struct type *t, int64_t value, char *buf,
			   size_t size);
/* The value of a named enum constant anywhere in the build. */
struct err *types_enum_value(struct types *t, const char *name,
			     int64_t *ret) ERR_MUST_CHECK;

#endif
