/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to xen/types. */
#ifndef XEN_TYPES_INTERNAL_H
#define XEN_TYPES_INTERNAL_H

#include "types.h"

/* Limit of chains of typedefs, pointers and members; longer chains mean corrupt DWARF. */
#define TYPE_CHAIN_MAX 64
/* Maximum number of dimensions of one array. */
#define TYPE_DIMS_MAX 16

#define TYPE_NAME_SIZE 256

/* Kinds of named objects; names of one class are unique in the index. */
enum type_class {
	CLASS_STRUCT, CLASS_UNION, CLASS_TYPEDEF, CLASS_ENUM, CLASS_BASE,
	CLASS_VARIABLE, CLASS_FUNCTION, CLASS_CONSTANT, NR_CLASSES,
};

/* NR_CLASSES for other tags. */
enum type_class class_of_tag(int tag);

/* Of entries with one name the one with the larger rank is used; the first among equals. */
enum rank { RANK_DECLARATION, RANK_STATIC, RANK_DEFINITION };
enum rank die_rank(enum type_class class, const Dwarf_Die *die);

/* The units of an image (source_file.c), each with the names looked up in it so far. */
struct source_files;
struct err *source_files_create(Dwarf *dwarf,
				struct source_files **ret) ERR_MUST_CHECK;
void source_files_destroy(struct source_files *f);
/*
 * Finds the entry of a name in the first unit of a source file (its whole name
 * or its tail) that contains it, in the first of the classes that contains it.
 */
struct err *source_files_find(struct source_files *f, const char *file,
			      const enum type_class *classes,
			      unsigned int nr_classes, const char *name,
			      bool *file_seen, bool *found,
			      Dwarf_Die *ret) ERR_MUST_CHECK;

/* Finds the definition of a struct, union or enum by its tag; false: none. */
bool types_definition(struct types *t, enum type_class class,
		      const char *name, Dwarf_Die *ret);

/*
 * Returns the names that compilers give to a base type written as C words, such
 * as "unsigned long": BASE_TYPE_NAMES, or fewer and a NULL; NULL if it is not a
 * base type.
 */
#define BASE_TYPE_NAMES 2
const char *const *base_type_names(const char *name);
/*
 * Returns the usual spelling for that of a compiler: "unsigned long" for "long
 * unsigned int"
 */
const char *base_type_spelling(const char *name);

/* The place of the constants of an image's enums (enum_table.h). */
struct enum_tables;
struct enum_tables **types_enum_tables(struct types *t);

/* Returns the type of a DIE (DW_AT_type); void if the attribute is missing. */
struct type die_type(struct types *types, const Dwarf_Die *die);
int die_tag(const Dwarf_Die *die);
/* NULL without a name, and for one that is longer than any. */
const char *die_name(const Dwarf_Die *die);
/*
 * Returns a text of max bytes at most, its end included; NULL for one that is longer
 * than any name: many entries may refer to one string.
 */
const char *bounded_name(const char *text, size_t max);
const char *die_text(const Dwarf_Die *die, unsigned int attribute);
bool die_flag(const Dwarf_Die *die, unsigned int attribute);
bool die_unsigned(const Dwarf_Die *die, unsigned int attribute, uint64_t *ret);
/* Reads a constant that may be negative, such as an enumerator's. */
bool die_constant(const Dwarf_Die *die, int64_t *ret);

/*
 * Iterates over the children of a DIE: start with child->addr NULL; false after
 * the last one.
 */
bool die_next_child(const Dwarf_Die *parent, Dwarf_Die *child);

/* Reads the n-th dimension of an array type's DIE; known is false for "[]". */
unsigned int array_dims(const Dwarf_Die *array);
bool array_dim(const Dwarf_Die *array, unsigned int n, uint64_t *count);

/* Reads "[N]" of a path, decimal or 0x, and advances *path. */
struct err *path_index(const char **path, uint64_t *ret) ERR_MUST_CHECK;

/* True for integers of one byte, which gdb prints as characters, too. */
bool type_is_text(const struct type *stripped);

/*
 * Formats the declaration without its first word, the base type, for a struct
 * whose body was written in its place.
 */
const char *type_declare_tail(const struct type *t, const char *name, char *buf,
			      size_t size);

#endif
