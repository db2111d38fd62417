/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of enums by name. */
#include <dwarf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/hash.h"
#include "internal.h"

/* Returns the next named constant of an enum; die->addr NULL starts. */
static const char *next_constant(const struct type *e, Dwarf_Die *die,
				 int64_t *value)
{
	while (die_next_child(&e->die, die)) {
		const char *name;

		if (die_tag(die) != DW_TAG_enumerator ||
		    !die_constant(die, value))
			continue;
		name = die_name(die);
		if (name)
			return name;
	}
	return NULL;
}

/* The constants of one enum, for values that are printed. */
struct constant {
	int64_t value;
	const char *name;
	size_t order;
};

/* Number of bits of a value: flags with an equal bit are never printed. */
#define BITS	64

struct table {
	const void *die;		/* its address */
	struct constant *constant;	/* ascending; of equal values only the first */
	size_t nr;
	bool is_flags;
	struct constant flag[BITS];	/* in the order of the enum */
	unsigned int nr_flags;
};

struct enum_tables {
	struct table **table;
	size_t nr;
	struct hash by_die;
};

void enum_tables_destroy(struct enum_tables *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->nr; i++) {
		free(e->table[i]->constant);
		free(e->table[i]);
	}
	free(e->table);
	hash_clear(&e->by_die);
	free(e);
}

static int by_value(const void *a, const void *b)
{
	const struct constant *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Rule of gdb for flags: no constant is negative or has several bits. */
static void add_flag(struct table *t, const struct constant *c, uint64_t *bits)
{
	if (c->value < 0 || (c->value & (c->value - 1)))
		t->is_flags = false;
	else if (c->value & ~*bits)
		t->flag[t->nr_flags++] = *c;
	*bits |= c->value < 0 ? 0 : c->value;
}

static bool collect(const struct type *e, struct table *t)
{
	struct constant c = { .order = 0 };
	Dwarf_Die die = { .addr = NULL };
	uint64_t bits = 0;
	size_t left = 0;

	t->is_flags = true;
	for (; (c.name = next_constant(e, &die, &c.value)); c.order++) {
		if (!ARRAY_GROW(t->constant, t->nr))
			return false;
		t->constant[t->nr++] = c;
		if (t->is_flags)
			add_flag(t, &c, &bits);
	}
	array_sort(t->constant, t->nr, sizeof(*t->constant), by_value);
	for (size_t i = 0; i < t->nr; i++)
		if (!left || t->constant[left - 1].value != t->constant[i].value)
			t->constant[left++] = t->constant[i];
	t->nr = left;
	return true;
}

static uint32_t die_value(const void *die)
{
	return (uintptr_t)die ^ (uint64_t)(uintptr_t)die >> 32;
}

/* Returns the table of a stripped enum, made by its first use; NULL on lack of memory. */
static const struct table *table_of(const struct type *e)
{
	struct enum_tables **all = e->types ? types_enum_tables(e->types) : NULL;
	const struct hash_slot *slot;
	struct table *t;

	if (!all)
		return NULL;
	if (!*all && !(*all = calloc(1, sizeof(**all))))
		return NULL;
	slot = hash_first(&(*all)->by_die, die_value(e->die.addr));
	for (; slot; slot = hash_next(&(*all)->by_die, slot))
		if ((*all)->table[slot->number]->die == e->die.addr)
			return (*all)->table[slot->number];
	t = calloc(1, sizeof(*t));
	if (t && collect(e, t) && ARRAY_GROW((*all)->table, (*all)->nr) &&
	    hash_add(&(*all)->by_die, die_value(e->die.addr), (*all)->nr)) {
		t->die = e->die.addr;
		(*all)->table[(*all)->nr++] = t;
		return t;
	}
	if (t)
		free(t->constant);
	free(t);
	return NULL;
}

static const char *constant_name(const struct table *t, int64_t value)
{
	struct constant key = { .value = value };
	size_t low = 0, high = t->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (by_value(&t->constant[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->nr && t->constant[low].value == value ? t->constant[low].name : NULL;
}

struct err *type_enum_value(const struct type *t, const char *name,
			    int64_t *ret)
{
	struct type e = type_strip(t);
	Dwarf_Die die = { .addr = NULL };
	char text[TYPE_NAME_SIZE];
	const char *n;
	int64_t v;

	while (type_kind(&e) == TYPE_ENUM && (n = next_constant(&e, &die, &v))) {
		if (strcmp(n, name))
			continue;
		*ret = v;
		return NULL;
	}
	return err_new(ERR_NO_TYPE, "\"%s\" has no constant \"%s\"",
		       type_name(t, text, sizeof(text)), name);
}

static void flags_text(const struct table *t, uint64_t value, char *buf,
		       size_t size)
{
	const char *sep = "(";
	size_t len = 0;

	for (unsigned int i = 0; i < t->nr_flags && len < size; i++) {
		if (!(value & t->flag[i].value))
			continue;
		value &= ~(uint64_t)t->flag[i].value;
		len += snprintf(buf + len, size - len, "%s%s", sep, t->flag[i].name);
		sep = " | ";
	}
	if (value && len < size)
		len += snprintf(buf + len, size - len, "%sunknown: 0x%" PRIx64,
				sep, value);
	if (len < size)
		snprintf(buf + len, size - len, "%s", len ? ")" : "0");
}

const char *type_enum_text(const struct type *t, int64_t value, char *buf,
			   size_t size)
{
	struct type e = type_strip(t);
	const struct table *table = type_kind(&e) == TYPE_ENUM ? table_of(&e) : NULL;
	const char *name = table ? constant_name(table, value) : NULL;

	if (name)
		snprintf(buf, size, "%s", name);
	else if (table && table->is_flags)
		flags_text(table, value, buf, size);
	else
		snprintf(buf, size, "%" PRId64, value);
	return buf;
}
