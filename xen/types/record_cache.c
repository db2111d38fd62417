/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record_cache.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/hash.h"

/* Number of objects: six times the vcpus and domains of a host of 1000 domains, since each has one place only. */
#define SLOT_BITS 15

struct slot {
	const struct record_type *type;
	uint64_t va;
	uint64_t generation;		/* of the space; no other space has it */
	struct value *values;
	unsigned int size;		/* number of values that it has space for */
};

struct record_cache {
	struct slot slot[1 << SLOT_BITS];
};

struct record_cache *record_cache_create(void)
{
	return calloc(1, sizeof(struct record_cache));
}

void record_cache_destroy(struct record_cache *c)
{
	for (size_t i = 0; c && i < ARRAY_SIZE(c->slot); i++)
		free(c->slot[i].values);
	free(c);
}

static size_t slot_of(const struct record_type *type, uint64_t va)
{
	return hash_number(va ^ (uintptr_t)type << 20) >> (64 - SLOT_BITS);
}

const struct value *record_cache_find(const struct record_cache *c,
				      const struct record_type *type,
				      const struct space *s, uint64_t va)
{
	const struct slot *slot = &c->slot[slot_of(type, va)];

	return slot->type == type && slot->va == va &&
	       slot->generation == space_generation(s) ? slot->values : NULL;
}

void record_cache_keep(struct record_cache *c, const struct record_type *type,
		       const struct space *s, uint64_t va, const void *record)
{
	struct slot *slot = &c->slot[slot_of(type, va)];
	struct value *values = slot->values;

	if (slot->size < type->nr_fields) {
		values = realloc(values, type->nr_fields * sizeof(*values));
		if (!values)
			return;
		slot->size = type->nr_fields;
	}
	for (unsigned int i = 0; i < type->nr_fields; i++)
		memcpy(&values[i], (const char *)record + type->fields[i].at, sizeof(*values));
	*slot = (struct slot){ type, va, space_generation(s), values, slot->size };
}
