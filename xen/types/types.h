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
 * A handle, copied freely; valid as long as its types. pointers and dims
 * describe types that have no entry in DWARF: pointers added by an expression,
 * and arrays of which some dimensions are indexed.
 */
struct type {
	Dwarf_Die die;		/* addr NULL: void */
	struct types *types;
	uint16_t pointers;	/* levels of "*" around die */
	uint16_t dims;		/* number of leading dimensions of the array that are indexed */
};

enum type_kind {
	TYPE_VOID, TYPE_BOOL, TYPE_CHAR, TYPE_INT, TYPE_ENUM, TYPE_FLOAT,
	TYPE_POINTER, TYPE_ARRAY, TYPE_STRUCT, TYPE_UNION, TYPE_FUNCTION,
};

/* A member reached by a path from a type. */
struct member {
	uint64_t offset;	/* offset from the start of the outer type, bytes */
	/*
	 * Size of its type, bytes; for a bit field the number of bytes that
	 * contain its bits (1 to 9); 0 for a flexible array.
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
 * "[N]" are not accepted. If a name has several definitions, the first one in
 * the image is used; "FILE#NAME", as in "credit2.c#struct csched2_private",
 * selects that of a source file (its whole name or its tail).
 */
struct err *types_find(struct types *t, const char *name,
		       struct type *ret) ERR_MUST_CHECK;

/*
 * Finds the declared type of a global or file-static variable, or of a
 * function: "conring", "console.c#conring". A global has precedence over
 * statics.
 */
struct err *types_variable(struct types *t, const char *name,
			   struct type *ret) ERR_MUST_CHECK;

/* Returns the kind, without typedefs and qualifiers. */
enum type_kind type_kind(const struct type *t);
bool type_is_signed(const struct type *t);
struct err *type_size(const struct type *t, uint64_t *ret) ERR_MUST_CHECK;
/* Returns the target of a pointer, element of an array, or result of a function. */
struct err *type_target(const struct type *t, struct type *ret) ERR_MUST_CHECK;
/* Returns the pointer to t, also if DWARF does not contain this type. */
struct type type_pointer_to(const struct type *t);
/* Returns the number of elements of an array; 0 for a flexible array. */
struct err *type_count(const struct type *t, uint64_t *ret) ERR_MUST_CHECK;
/* C syntax, "struct domain *", "unsigned int [4]"; returns buf. */
const char *type_name(const struct type *t, char *buf, size_t size);
/* Formats a declaration: "void (*free)(struct vcpu *)"; returns buf. */
const char *type_declare(const struct type *t, const char *name, char *buf,
			 size_t size);
/* Strips typedefs and qualifiers; a declaration is replaced by its definition. */
struct type type_strip(const struct type *t);

/* "arch.hvm.guest_cr[3]"; members of anonymous structs are included. */
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

/* Finds the value of an enum's constant; ERR_NO_TYPE if it has no constant of the name. */
struct err *type_enum_value(const struct type *t, const char *name,
			    int64_t *ret) ERR_MUST_CHECK;
/*
 * Formats a value of an enum like gdb: "NAME", "(A | B | unknown: 0x8)" when
 * its constants are single bits, else the number; returns buf.
 */
const char *type_enum_text(const struct type *t, int64_t value, char *buf,
			   size_t size);
/* Finds the value of a named enum constant anywhere in the build. */
struct err *types_enum_value(struct types *t, const char *name,
			     int64_t *ret) ERR_MUST_CHECK;

#endif
