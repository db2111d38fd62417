/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash table of the elements of an array: the caller owns the array, compares
 * its elements and passes their hash values, the table holds their numbers.
 * Elements with equal values are met in the order in which they were added.
 *
 *	for (slot = hash_first(h, value); *slot; slot = hash_next(h, slot))
 *		if (!strcmp(array[*slot - 1].name, name))
 *			...
 */
#ifndef XEN_BASE_HASH_H
#define XEN_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash {
	uint32_t *slot;		/* number of an element + 1; 0 is free */
	size_t mask;		/* number of slots - 1; a power of two less one */
};

/* Hash value of a text; seed sets equal texts of different kinds apart. */
uint32_t hash_text(const char *text, uint32_t seed);

/*
 * Empties the table and makes it large enough for nr elements (slots are at
 * most half full). False without memory, or if nr does not fit in a slot: the
 * table stays as it was.
 */
bool hash_reset(struct hash *h, size_t nr);
void hash_free(struct hash *h);

/*
 * The slots in which an element with this value may be; the first free one
 * ends them, and is where it belongs: store its number + 1 there. The table
 * must have been made by hash_reset().
 */
uint32_t *hash_first(const struct hash *h, uint32_t value);
uint32_t *hash_next(const struct hash *h, const uint32_t *slot);

#endif
