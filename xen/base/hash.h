/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash table of the elements of an array. The caller owns the array, passes the
 * hash values of its elements and compares them; the table contains their
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
	size_t nr_slots;	/* 0 or a power of two; at most half of the slots are used */
	size_t nr;
};

/* Hash value of a text; seed makes the values of different kinds of text differ. */
uint32_t hash_text(const char *text, uint32_t seed);

/* False on lack of memory; the table is then unchanged. */
bool hash_add(struct hash *h, uint32_t value, uint32_t number);

/* Return the elements added with this value, in the order of adding; NULL ends them. */
const struct hash_slot *hash_first(const struct hash *h, uint32_t value);
const struct hash_slot *hash_next(const struct hash *h,
				  const struct hash_slot *slot);

/* Frees the slots: the table is empty and can be used again. */
void hash_clear(struct hash *h);

#endif
