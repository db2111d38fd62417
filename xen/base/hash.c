/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hash.h"

#include <stdlib.h>

#define LEAST	64

/* FNV-1a; the last step brings the upper bits down to those a table uses. */
uint32_t hash_text(const char *text, uint32_t seed)
{
	uint32_t h = 2166136261u ^ seed;

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 16777619u;
	return h ^ h >> 15;
}

bool hash_reset(struct hash *h, size_t nr)
{
	size_t size = LEAST;
	uint32_t *slot;

	if (nr > UINT32_MAX / 2)
		return false;
	while (size < nr * 2)
		size *= 2;
	slot = calloc(size, sizeof(*slot));
	if (!slot)
		return false;
	free(h->slot);
	h->slot = slot;
	h->mask = size - 1;
	return true;
}

void hash_free(struct hash *h)
{
	free(h->slot);
	h->slot = NULL;
	h->mask = 0;
}

uint32_t *hash_first(const struct hash *h, uint32_t value)
{
	return &h->slot[value & h->mask];
}

uint32_t *hash_next(const struct hash *h, const uint32_t *slot)
{
	return &h->slot[(slot - h->slot + 1) & h->mask];
}
