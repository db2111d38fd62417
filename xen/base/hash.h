/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash table of the elements of an array. The caller owns the array, passes the
 * hash values of its elements and compares them; the table contains their
 * numbers. A zeroed table is an empty one.
 *
 *	for (slot = hash_first(h, value); slot; slot = hash_next(h, slot))
 *		if (!strcmp(array[slot->number].name, name))
 *			...
 *
 * Names and addresses are chosen by whoever wrote a file: values are distributed
 * by a random number of this process, and any number of elements may be equal.
 */
#ifndef XEN_BASE_HASH_H
#define XEN_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_slot {
	uint32_t value;
	uint32_t number;
	/* numbers of slots; UINT32_MAX: none */
	uint32_t next;		/* next element with this value */
	uint32_t last;		/* of the first one: the last element with this value */
	uint32_t same;		/* of the first one: number of elements with this value */
	uint32_t bucket_next;	/* of the first one: another value of the bucket */
};

struct hash {
	struct hash_slot *slot;	/* in the order of adding */
	size_t nr;
	uint32_t *bucket;	/* numbers of slots */
	unsigned int bits;	/* there are 2^bits buckets; 0: none */
};

/* Number of slots that were compared, for tests. */
extern uint64_t hash_steps;

/*
 * Hash value of a text; seed makes the values of different kinds of text differ.
 * It differs in each process.
 */
uint32_t hash_text(const char *text, uint32_t seed);

/*
 * Fibonacci hashing: the upper bits depend on all bits of the number. It is the
 * same in each process.
 */
static inline uint64_t hash_number(uint64_t number)
{
	return number * 0x9e3779b97f4a7c15ULL;
}

/* False on lack of memory; the table is then unchanged. */
bool hash_add(struct hash *h, uint32_t value, uint32_t number);

/* Return the elements added with this value, in the order of adding; NULL ends them. */
const struct hash_slot *hash_first(const struct hash *h, uint32_t value);
const struct hash_slot *hash_next(const struct hash *h,
				  const struct hash_slot *slot);

/* Number of elements with this value. */
uint32_t hash_count(const struct hash *h, uint32_t value);

/* Returns the slot of the n-th element that was added. */
static inline const struct hash_slot *hash_nth(const struct hash *h, size_t n)
{
	return &h->slot[n];
}

/* Frees the slots: the table is empty and can be used again. */
void hash_clear(struct hash *h);

#endif
