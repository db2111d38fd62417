/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hash.h"

#include <stdlib.h>
#include <string.h>

#define LEAST	64
#define FREE	UINT32_MAX

/* FNV-1a; the last step mixes the upper bits into those that a table uses. */
uint32_t hash_text(const char *text, uint32_t seed)
{
	uint32_t h = 2166136261u ^ seed;

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 16777619u;
	return h ^ h >> 15;
}

static void put(struct hash_slot *slot, size_t nr_slots, struct hash_slot new)
{
	size_t i = new.value & (nr_slots - 1);

	while (slot[i].number != FREE)
		i = (i + 1) & (nr_slots - 1);
	slot[i] = new;
}

/*
 * Doubles the slots. Elements with equal values are stored in the order of
 * adding from their first slot on, and continue at the start of the table:
 * copying starts after a free slot, which preserves this order.
 */
static bool grow(struct hash *h)
{
	size_t nr = h->nr_slots ? h->nr_slots * 2 : LEAST, start = 0, i;
	struct hash_slot *slot;

	if (nr > UINT32_MAX)
		return false;
	slot = malloc(nr * sizeof(*slot));
	if (!slot)
		return false;
	memset(slot, 0xff, nr * sizeof(*slot));
	while (start < h->nr_slots && h->slot[start].number != FREE)
		start++;
	for (i = 0; i < h->nr_slots; i++) {
		struct hash_slot *old = &h->slot[(start + i) & (h->nr_slots - 1)];

		if (old->number != FREE)
			put(slot, nr, *old);
	}
	free(h->slot);
	h->slot = slot;
	h->nr_slots = nr;
	return true;
}

bool hash_add(struct hash *h, uint32_t value, uint32_t number)
{
	if (number == FREE || (h->nr >= h->nr_slots / 2 && !grow(h)))
		return false;
	put(h->slot, h->nr_slots, (struct hash_slot){ value, number });
	h->nr++;
	return true;
}

static const struct hash_slot *find(const struct hash *h, uint32_t value,
				    size_t i)
{
	for (;; i++) {
		const struct hash_slot *slot = &h->slot[i & (h->nr_slots - 1)];

		if (slot->number == FREE)
			return NULL;
		if (slot->value == value)
			return slot;
	}
}

const struct hash_slot *hash_first(const struct hash *h, uint32_t value)
{
	return h->nr_slots ? find(h, value, value) : NULL;
}

const struct hash_slot *hash_next(const struct hash *h,
				  const struct hash_slot *slot)
{
	return find(h, slot->value, slot - h->slot + 1);
}

void hash_clear(struct hash *h)
{
	free(h->slot);
	memset(h, 0, sizeof(*h));
}
