/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Properties of a type: kind, size, target, dimensions. */
#include <dwarf.h>

#include "xen/base/array.h"
#include "xen/base/checked.h"
#include "xen/symbols/units.h"
#include "internal.h"

#define POINTER_SIZE 8

/* Strips typedefs and qualifiers. */
static const struct {
	int tag;
	enum type_kind kind;
} tag_kinds[] = {
	{ DW_TAG_structure_type, TYPE_STRUCT },
	{ DW_TAG_class_type, TYPE_STRUCT },
	{ DW_TAG_union_type, TYPE_UNION },
	{ DW_TAG_enumeration_type, TYPE_ENUM },
	{ DW_TAG_array_type, TYPE_ARRAY },
	{ DW_TAG_pointer_type, TYPE_POINTER },
	{ DW_TAG_reference_type, TYPE_POINTER },
	{ DW_TAG_subroutine_type, TYPE_FUNCTION },
	{ DW_TAG_subprogram, TYPE_FUNCTION },
};

static const enum type_kind encoding_kinds[] = {
	[DW_ATE_boolean] = TYPE_BOOL,
	[DW_ATE_float] = TYPE_FLOAT,
	[DW_ATE_signed] = TYPE_INT,
	[DW_ATE_signed_char] = TYPE_CHAR,
	[DW_ATE_unsigned] = TYPE_INT,
	[DW_ATE_unsigned_char] = TYPE_CHAR,
	[DW_ATE_UTF] = TYPE_CHAR,
};

static bool is_transparent(int tag)
{
	return tag == DW_TAG_typedef || tag == DW_TAG_const_type ||
	       tag == DW_TAG_volatile_type || tag == DW_TAG_restrict_type ||
	       tag == TAG_ATOMIC_TYPE;
}

/* Replaces a declaration by the definition of that name in another unit. */
static void resolve(struct type *t)
{
	static const struct {
		int tag;
		enum type_class class;
	} tags[] = {
		{ DW_TAG_structure_type, CLASS_STRUCT },
		{ DW_TAG_union_type, CLASS_UNION },
		{ DW_TAG_enumeration_type, CLASS_ENUM },
	};
	int tag = die_tag(&t->die);
	const char *name;

	if (!t->types || !die_flag(&t->die, DW_AT_declaration))
		return;
	name = die_name(&t->die);
	for (size_t i = 0; name && i < ARRAY_SIZE(tags); i++)
		if (tags[i].tag == tag)
			types_definition(t->types, tags[i].class, name, &t->die);
}

struct type type_strip(const struct type *t)
{
	struct type cur = *t;

	for (int i = 0; i < TYPE_CHAIN_MAX; i++) {
		if (cur.pointers || !cur.die.addr)
			return cur;
		if (!is_transparent(die_tag(&cur.die))) {
			resolve(&cur);
			return cur;
		}
		cur = die_type(t->types, &cur.die);
	}
	/* a typedef that refers to itself */
	return (struct type){ .types = t->types };
}

static enum type_kind base_kind(const Dwarf_Die *die)
{
	uint64_t encoding;

	if (!die_unsigned(die, DW_AT_encoding, &encoding) ||
	    encoding >= ARRAY_SIZE(encoding_kinds) ||
	    !encoding_kinds[encoding])
		return TYPE_INT;
	return encoding_kinds[encoding];
}

static enum type_kind stripped_kind(const struct type *t)
{
	int tag;

	if (t->pointers)
		return TYPE_POINTER;
	tag = die_tag(&t->die);
	if (tag == DW_TAG_base_type)
		return base_kind(&t->die);
	for (size_t i = 0; i < ARRAY_SIZE(tag_kinds); i++)
		if (tag_kinds[i].tag == tag)
			return tag_kinds[i].kind;
	return TYPE_VOID;
}

enum type_kind type_kind(const struct type *t)
{
	struct type s = type_strip(t);

	return stripped_kind(&s);
}

/* Without an underlying type an enum is signed if a constant requires it. */
static bool enum_is_signed(const struct type *t)
{
	Dwarf_Die die = { .addr = NULL };
	int64_t value;

	while (die_next_child(&t->die, &die))
		if (die_tag(&die) == DW_TAG_enumerator &&
		    die_constant(&die, &value) && value < 0)
			return true;
	return false;
}

bool type_is_signed(const struct type *t)
{
	struct type s = type_strip(t);
	uint64_t encoding;

	switch (stripped_kind(&s)) {
	case TYPE_INT:
	case TYPE_CHAR:
		return die_unsigned(&s.die, DW_AT_encoding, &encoding) &&
		       (encoding == DW_ATE_signed ||
			encoding == DW_ATE_signed_char);
	case TYPE_ENUM:
		return enum_is_signed(&s);
	default:
		return false;
	}
}

unsigned int array_dims(const Dwarf_Die *array)
{
	Dwarf_Die die = { .addr = NULL };
	unsigned int n = 0;

	while (n < TYPE_DIMS_MAX && die_next_child(array, &die))
		if (die_tag(&die) == DW_TAG_subrange_type)
			n++;
	/* an array without a dimension has an unknown length */
	return n ? n : 1;
}

bool array_dim(const Dwarf_Die *array, unsigned int n, uint64_t *count)
{
	Dwarf_Die die = { .addr = NULL };
	uint64_t upper;

	*count = 0;
	while (die_next_child(array, &die)) {
		if (die_tag(&die) != DW_TAG_subrange_type || n--)
			continue;
		if (die_unsigned(&die, DW_AT_count, count))
			return true;
		if (!die_unsigned(&die, DW_AT_upper_bound, &upper))
			return false;
		/* [0] of older compilers: the upper bound is -1, in any size */
		if (upper == UINT64_MAX || upper == UINT32_MAX)
			return true;
		*count = upper + 1;
		return true;
	}
	return false;
}

struct err *type_count(const struct type *t, uint64_t *ret)
{
	struct type s = type_strip(t);
	char name[TYPE_NAME_SIZE];

	if (stripped_kind(&s) != TYPE_ARRAY)
		return err_new(ERR_NO_TYPE, "\"%s\" is not an array",
			       type_name(t, name, sizeof(name)));
	array_dim(&s.die, s.dims, ret);
	return NULL;
}

struct type type_pointer_to(const struct type *t)
{
	struct type p = *t;

	if (p.pointers < UINT16_MAX)
		p.pointers++;
	return p;
}

struct err *type_target(const struct type *t, struct type *ret)
{
	struct type s = type_strip(t);
	char name[TYPE_NAME_SIZE];

	switch (stripped_kind(&s)) {
	case TYPE_POINTER:
		if (s.pointers) {
			s.pointers--;
			*ret = s;
			return NULL;
		}
		break;
	case TYPE_ARRAY:
		if (s.dims + 1u < array_dims(&s.die)) {
			s.dims++;
			*ret = s;
			return NULL;
		}
		break;
	case TYPE_FUNCTION:
		break;
	default:
		return err_new(ERR_NO_TYPE, "\"%s\" is not a pointer or an array",
			       type_name(t, name, sizeof(name)));
	}
	*ret = die_type(s.types, &s.die);
	return NULL;
}

/* Returns the number of elements in all remaining dimensions. */
static bool array_total(const struct type *t, uint64_t *ret)
{
	unsigned int dims = array_dims(&t->die);
	uint64_t total = 1, count;

	for (unsigned int i = t->dims; i < dims; i++) {
		array_dim(&t->die, i, &count);
		if (mul_overflows(total, count, &total))
			return false;
	}
	*ret = total;
	return true;
}

static struct err *no_size(const struct type *t, const char *why)
{
	char name[TYPE_NAME_SIZE];

	return err_new(ERR_NO_TYPE, "\"%s\" %s", type_name(t, name, sizeof(name)),
		       why);
}

struct err *type_size(const struct type *t, uint64_t *ret)
{
	uint64_t total = 1, size;
	struct type s = type_strip(t);

	/* typedefs of arrays may be nested: the counts multiply */
	for (int i = 0; stripped_kind(&s) == TYPE_ARRAY; i++) {
		struct type element = die_type(s.types, &s.die);
		uint64_t count;

		if (i == TYPE_CHAIN_MAX || !array_total(&s, &count) ||
		    mul_overflows(total, count, &total))
			return no_size(t, "has an impossible size");
		s = type_strip(&element);
	}
	switch (stripped_kind(&s)) {
	case TYPE_POINTER:
		size = POINTER_SIZE;
		break;
	case TYPE_VOID:
	case TYPE_FUNCTION:
		return no_size(t, "has no size");
	default:
		if (die_flag(&s.die, DW_AT_declaration))
			return no_size(t, "is only declared in this build");
		if (!die_unsigned(&s.die, DW_AT_byte_size, &size))
			return no_size(t, "has no known size");
	}
	if (mul_overflows(total, size, &total))
		return no_size(t, "has an impossible size");
	*ret = total;
	return NULL;
}

bool type_is_text(const struct type *stripped)
{
	enum type_kind kind = stripped_kind(stripped);
	uint64_t size;

	return (kind == TYPE_CHAR || kind == TYPE_INT) &&
	       die_unsigned(&stripped->die, DW_AT_byte_size, &size) && size == 1;
}
