/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash table of the elements of an array. The caller owns the array, passes
 * the hash values of its elements and compares them; the table holds their
 * numbers. A zeroed table is an empty one.
 *
 *	for (slot = hash_first(h, value); slot; slot = hash_next(h, slot))
 *		if (!strcmp(array[slot->number].name, name))
 *			...
 */
#ifndef XEN_BASE_HASH_H
#define XEN_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_slot {
	uint32_t value;
	uint32_t number;	/* UINT32_MAX: free */
};

struct hash {
	struct hash_slot *slot;
	size_t nr_slots;	/* 0 or a power of two, at most half of it used */
	size_t nr;
};

/* Hash value of a text; seed keeps equal texts of different kinds apart. */
uint32_t hash_text(const char *text, uint32_t seed);

/* False without memory: the table stays as it was. */
bool hash_add(struct hash *h, uint32_t value, uint32_t number);

/* All elements added with this value, in the order of adding; NULL ends them. */
const struct hash_slot *hash_first(const struct hash *h, uint32_t value);
const struct hash_slot *hash_next(const struct hash *h,
				  const struct hash_slot *slot);

/* Frees the slots: the table is empty and can be used again. */
void hash_clear(struct hash *h);

#endif
