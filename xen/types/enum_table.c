/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "enum_table.h"

#include <dwarf.h>
#include <stdlib.h>

#include "xen/base/array.h"
#include "xen/base/hash.h"
#include "internal.h"

const char *enum_next_constant(const Dwarf_Die *e, Dwarf_Die *die, int64_t *value)
{
	while (die_next_child(e, die)) {
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

struct enum_tables {
	struct enum_table **table;
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
	const struct enum_constant *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Rule of gdb for flags: no constant is negative or has several bits. */
static void add_flag(struct enum_table *t, const struct enum_constant *c, uint64_t *bits)
{
	if (c->value < 0 || (c->value & (c->value - 1)))
		t->is_flags = false;
	else if (c->value & ~*bits)
		t->flag[t->nr_flags++] = *c;
	*bits |= c->value < 0 ? 0 : c->value;
}

static bool collect(const Dwarf_Die *e, struct enum_table *t)
{
	struct enum_constant c = { .order = 0 };
	Dwarf_Die die = { .addr = NULL };
	uint64_t bits = 0;
	size_t left = 0;

	t->is_flags = true;
	for (; (c.name = enum_next_constant(e, &die, &c.value)); c.order++) {
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

const struct enum_table *enum_table_of(struct enum_tables **all, const Dwarf_Die *e)
{
	const struct hash_slot *slot;
	struct enum_table *t;

	if (!*all && !(*all = calloc(1, sizeof(**all))))
		return NULL;
	slot = hash_first(&(*all)->by_die, die_value(e->addr));
	for (; slot; slot = hash_next(&(*all)->by_die, slot))
		if ((*all)->table[slot->number]->die == e->addr)
			return (*all)->table[slot->number];
	t = calloc(1, sizeof(*t));
	if (t && collect(e, t) && ARRAY_GROW((*all)->table, (*all)->nr) &&
	    hash_add(&(*all)->by_die, die_value(e->addr), (*all)->nr)) {
		t->die = e->addr;
		(*all)->table[(*all)->nr++] = t;
		return t;
	}
	if (t)
		free(t->constant);
	free(t);
	return NULL;
}

const char *enum_table_name(const struct enum_table *t, int64_t value)
{
	struct enum_constant key = { .value = value };
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
