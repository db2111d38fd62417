/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of structs and unions, and the paths to them. */
#include <ctype.h>
#include <dwarf.h>
#include <string.h>

#include "xen/base/checked.h"
#include "internal.h"

/*
 * Limits of nesting of anonymous structs and unions, and of members compared for
 * one name; more means corrupt DWARF.
 */
#define ANONYMOUS_MAX 16
#define SEARCH_MAX 100000

/* Offset of a member in its struct, in bytes; a missing attribute means 0 (unions). */
static bool member_offset(const Dwarf_Die *die, uint64_t *ret)
{
	Dwarf_Die d = *die;
	Dwarf_Attribute attr;
	Dwarf_Word value;
	Dwarf_Op *ops;
	size_t nr_ops;

	*ret = 0;
	if (!dwarf_attr(&d, DW_AT_data_member_location, &attr))
		return true;
	if (!dwarf_formudata(&attr, &value)) {
		*ret = value;
		return true;
	}
	/* DWARF 2: an expression that adds to the struct's address */
	if (dwarf_getlocation(&attr, &ops, &nr_ops) || nr_ops != 1 ||
	    ops[0].atom != DW_OP_plus_uconst)
		return false;
	*ret = ops[0].number;
	return true;
}

/*
 * The first bit of a bit field, counted from the start of the struct. DWARF 4
 * contains that number; earlier versions count down from the highest bit of a
 * storage unit at the member's offset.
 */
static bool bit_position(const Dwarf_Die *die, const struct type *type,
			 uint64_t bit_size, uint64_t *ret)
{
	uint64_t offset, bits, storage, from_top;
	struct err *e;

	if (!member_offset(die, &offset) || offset > UINT64_MAX / 16)
		return false;
	bits = offset * 8;
	if (die_unsigned(die, DW_AT_data_bit_offset, &from_top))
		return !add_overflows(bits, from_top, ret);
	if (!die_unsigned(die, DW_AT_bit_offset, &from_top)) {
		*ret = bits;
		return true;
	}
	if (!die_unsigned(die, DW_AT_byte_size, &storage)) {
		e = type_size(type, &storage);
		if (e) {
			err_free(e);
			return false;
		}
	}
	/* gcc writes a negative number if packing moves the field up */
	if (storage > 16 || bit_size > 128)
		return false;
	*ret = bits + storage * 8 - bit_size - from_top;
	return true;
}

/* Fills *m from a member's DIE; false if the DIE is invalid. */
static bool member_of_die(struct types *types, const Dwarf_Die *die,
			  struct member *m)
{
	uint64_t bit_size, bit;
	struct err *e;

	*m = (struct member){ .type = die_type(types, die) };
	if (die_unsigned(die, DW_AT_bit_size, &bit_size) && bit_size) {
		if (bit_size > 64 ||
		    !bit_position(die, &m->type, bit_size, &bit))
			return false;
		m->offset = bit / 8;
		m->bit_offset = bit % 8;
		m->bit_size = bit_size;
		m->size = (m->bit_offset + bit_size + 7) / 8;
		return true;
	}
	if (die_unsigned(die, DW_AT_data_bit_offset, &bit))
		m->offset = bit / 8;
	else if (!member_offset(die, &m->offset))
		return false;
	e = type_size(&m->type, &m->size);
	if (e) {
		m->size = 0;
		err_free(e);
	}
	return true;
}

struct err *member_first(const struct type *t, struct member_cursor *ret)
{
	struct type s = type_strip(t);
	char name[TYPE_NAME_SIZE];

	switch (type_kind(&s)) {
	case TYPE_STRUCT:
	case TYPE_UNION:
		break;
	default:
		return err_new(ERR_NO_TYPE, "\"%s\" has no members: it is not a struct or union",
			       type_name(t, name, sizeof(name)));
	}
	if (die_flag(&s.die, DW_AT_declaration))
		return err_new(ERR_NO_TYPE, "\"%s\" is only declared in this build",
			       type_name(t, name, sizeof(name)));
	*ret = (struct member_cursor){ .types = s.types, .die = s.die };
	return NULL;
}

bool member_next(struct member_cursor *c)
{
	while (!c->ended) {
		Dwarf_Die die = { .addr = NULL };

		if (c->started)
			die = c->die;
		if (!die_next_child(&c->die, &die)) {
			c->ended = true;
			break;
		}
		c->started = true;
		c->die = die;
		if (die_tag(&die) == DW_TAG_member &&
		    member_of_die(c->types, &die, &c->member)) {
			c->name = die_name(&die);
			return true;
		}
	}
	return false;
}

struct search {
	const char *name;
	size_t len;
	unsigned int looked_at;
};

/* Searches the members, and those of anonymous structs, for a name. */
static struct err *member_search(struct search *s, const struct type *t,
				 unsigned int depth, bool *found,
				 struct member *ret)
{
	struct member_cursor c;

	ERR_TRY(member_first(t, &c));
	while (member_next(&c)) {
		enum type_kind kind;

		if (s->looked_at++ >= SEARCH_MAX)
			return err_new(ERR_CORRUPT, "more than %d members",
				       SEARCH_MAX);
		if (c.name) {
			if (strncmp(c.name, s->name, s->len) || c.name[s->len])
				continue;
			*ret = c.member;
			*found = true;
			return NULL;
		}
		kind = type_kind(&c.member.type);
		if ((kind != TYPE_STRUCT && kind != TYPE_UNION) ||
		    depth == ANONYMOUS_MAX)
			continue;
		ERR_TRY(member_search(s, &c.member.type, depth + 1, found, ret));
		if (*found) {
			if (add_overflows(ret->offset, c.member.offset,
					  &ret->offset))
				return err_new(ERR_CORRUPT, "bad offset of member \"%.*s\"",
					       (int)s->len, s->name);
			return NULL;
		}
	}
	return NULL;
}

static struct err *step_name(struct member *m, const char **path)
{
	const char *name = *path;
	struct search search = { .name = name };
	char text[TYPE_NAME_SIZE];
	struct member found;
	bool ok = false;
	size_t len;

	for (len = 0; isalnum((unsigned char)name[len]) || name[len] == '_';)
		len++;
	if (!len)
		return err_new(ERR_USAGE, "expected the name of a member at \"%s\"",
			       name);
	if (m->bit_size)
		return err_new(ERR_NO_TYPE, "a bit field has no member \"%.*s\"",
			       (int)len, name);
	search.len = len;
	ERR_TRY(member_search(&search, &m->type, 0, &ok, &found));
	if (!ok)
		return err_new(ERR_NO_TYPE, "\"%s\" has no member \"%.*s\"",
			       type_name(&m->type, text, sizeof(text)),
			       (int)len, name);
	if (add_overflows(found.offset, m->offset, &found.offset))
		return err_new(ERR_CORRUPT, "bad offset of member \"%.*s\"",
			       (int)len, name);
	*m = found;
	*path += len;
	return NULL;
}

struct err *path_index(const char **path, uint64_t *ret)
{
	const char *p = *path + 1;
	uint64_t n = 0;
	unsigned int base = 10;
	bool digits = false;

	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		base = 16;
		p += 2;
	}
	for (; isxdigit((unsigned char)*p); p++) {
		unsigned int d = isdigit((unsigned char)*p) ? *p - '0' :
				 tolower((unsigned char)*p) - 'a' + 10;

		if (d >= base || mul_overflows(n, base, &n) ||
		    add_overflows(n, d, &n))
			break;
		digits = true;
	}
	if (!digits || *p != ']')
		return err_new(ERR_USAGE, "a number and \"]\" were expected at \"%s\"",
			       *path);
	*path = p + 1;
	*ret = n;
	return NULL;
}

static struct err *step_index(struct member *m, const char **path)
{
	uint64_t n = 0, count = 0, offset;
	char name[TYPE_NAME_SIZE];
	const char *p = *path;
	struct member found = { 0 };

	ERR_TRY(path_index(&p, &n));
	ERR_TRY(type_count(&m->type, &count));
	if (count && n >= count)
		return err_new(ERR_NO_TYPE, "[%llu] is past the end of \"%s\"",
			       (unsigned long long)n,
			       type_name(&m->type, name, sizeof(name)));
	ERR_TRY(type_target(&m->type, &found.type));
	ERR_TRY(type_size(&found.type, &found.size));
	if (mul_overflows(n, found.size, &offset) ||
	    add_overflows(m->offset, offset, &found.offset))
		return err_new(ERR_NO_TYPE, "[%llu] of \"%s\" is out of range",
			       (unsigned long long)n,
			       type_name(&m->type, name, sizeof(name)));
	*m = found;
	*path = p;
	return NULL;
}

struct err *type_member_step(struct member *m, const char **path)
{
	const char *p = *path;
	struct err *e;

	if (*p == '[') {
		e = step_index(m, &p);
	} else {
		if (*p == '.')
			p++;
		e = step_name(m, &p);
	}
	if (!e)
		*path = p;
	return e;
}

struct err *type_member(const struct type *t, const char *path,
			struct member *ret)
{
	struct member m = { .type = *t };
	const char *p = path;

	do {
		struct err *e = type_member_step(&m, &p);

		if (e)
			return err_prefix(e, "member \"%s\"", path);
	} while (*p);
	*ret = m;
	return NULL;
}
