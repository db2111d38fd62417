/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record_cache.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/hash.h"

/*
 * Sets of four ways: six times as many objects as one command reads repeatedly on a host of 1000 domains; with half of the
 * sets, each twentieth object is in a set with more of them than ways.
 */
#define SET_BITS	14
#define WAYS		4

/* Smaller objects, event channels or locks, are many, read once or twice, and share their pages. */
#define FIELDS_MIN	8

struct slot {
	const struct record_type *type;
	uint64_t va;
	uint64_t generation;		/* of the space; no other space has it */
	struct value *values;
	unsigned int size;		/* number of values that it has space for */
};

struct set {
	struct slot way[WAYS];
	unsigned int next;		/* the way that is replaced next */
};

struct record_cache {
	struct set set[1 << SET_BITS];
	size_t nr;			/* of slots that have values: most caches are destroyed empty */
};

struct record_cache *record_cache_create(void)
{
	return calloc(1, sizeof(struct record_cache));
}

void record_cache_destroy(struct record_cache *c)
{
	for (size_t i = 0; c && c->nr && i < ARRAY_SIZE(c->set); i++) {
		for (size_t way = 0; way < WAYS; way++) {
			c->nr -= !!c->set[i].way[way].values;
			free(c->set[i].way[way].values);
		}
	}
	free(c);
}

static size_t set_of(const struct record_type *type, uint64_t va)
{
	return hash_number(va ^ (uintptr_t)type << 20) >> (64 - SET_BITS);
}

const struct value *record_cache_find(const struct record_cache *c,
				      const struct record_type *type,
				      const struct space *s, uint64_t va)
{
	const struct set *set = &c->set[set_of(type, va)];

	for (size_t i = 0; i < WAYS; i++) {
		const struct slot *slot = &set->way[i];

		if (slot->va == va && slot->type == type &&
		    slot->generation == space_generation(s))
			return slot->values;
	}
	return NULL;
}

void record_cache_keep(struct record_cache *c, const struct record_type *type,
		       const struct space *s, uint64_t va, const void *record)
{
	struct set *set = &c->set[set_of(type, va)];
	struct slot *slot = &set->way[set->next % WAYS];
	struct value *values = slot->values;

	if (type->nr_fields < FIELDS_MIN)
		return;
	if (slot->size < type->nr_fields) {
		values = realloc(values, type->nr_fields * sizeof(*values));
		if (!values)
			return;
		slot->size = type->nr_fields;
		c->nr += !slot->values;
	}
	for (unsigned int i = 0; i < type->nr_fields; i++)
		memcpy(&values[i], (const char *)record + type->fields[i].at, sizeof(*values));
	*slot = (struct slot){ type, va, space_generation(s), values, slot->size };
	set->next++;
}
