/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hash.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "array.h"

#define BITS_MIN	6
#define BITS_MAX	31
#define NONE		UINT32_MAX

/* A prime number, 2^61 - 1; texts are polynomials modulo it. */
#define PRIME		((1ULL << 61) - 1)
#define WORD		7	/* bytes of a text per step: less than the prime */

uint64_t hash_steps;

/* Two random numbers of this process; the kernel provides 16 bytes (getauxval(3)). */
struct key {
	uint64_t text, value;
};

static struct key key;

static const struct key *get_key(void)
{
	const void *random;

	if (__builtin_expect(key.value != 0, 1))
		return &key;
	random = (const void *)getauxval(AT_RANDOM);
	if (random)
		memcpy(&key, random, sizeof(key));
	key.text = (key.text & (PRIME >> 1)) + (1U << 20);
	key.value |= 1;
	return &key;
}

/* h * factor + add modulo PRIME, not reduced completely: below 2^63 */
static uint64_t multiply_add(uint64_t h, uint64_t factor, uint64_t add)
{
	unsigned __int128 product = (unsigned __int128)h * factor + add;

	return ((uint64_t)product & PRIME) + (uint64_t)(product >> 61);
}

/*
 * The value of a polynomial, whose coefficients are the bytes, at a random place:
 * two texts have the same value at few places only.
 */
uint32_t hash_text(const char *text, uint32_t seed)
{
	uint64_t at = get_key()->text, h = seed + 1ULL, word;
	size_t len = strlen(text), i;

	h = multiply_add(h, at, len);
	for (; len > WORD; len -= WORD, text += WORD) {
		/* one byte more is there, and is not used */
		memcpy(&word, text, sizeof(word));
		h = multiply_add(h, at, le64toh(word) << 8 >> 8);
	}
	for (i = word = 0; i < len; i++)
		word |= (uint64_t)(uint8_t)text[i] << 8 * i;
	h = multiply_add(h, at, word);
	/* the last word, too, affects all bits */
	return multiply_add(h, at, 0) % PRIME;
}

/*
 * One multiplication by a random number leaves values at equal distances, as of
 * addresses, in few buckets for a few percent of the numbers.
 */
static uint32_t *bucket_of(const struct hash *h, uint32_t value)
{
	const struct key *k = get_key();
	uint64_t v = value * k->value;

	v = (v ^ v >> 32) * (k->text << 1 | 1);
	return &h->bucket[v >> (64 - h->bits)];
}

/* Returns the first slot of a value, or NULL. */
static struct hash_slot *find(const struct hash *h, uint32_t value)
{
	uint32_t i;

	for (i = *bucket_of(h, value); i != NONE; i = h->slot[i].bucket_next) {
		hash_steps++;
		if (h->slot[i].value == value)
			return &h->slot[i];
	}
	return NULL;
}

/* Doubles the buckets, and distributes the first slots of all values again. */
static bool grow(struct hash *h)
{
	unsigned int bits = h->bits ? h->bits + 1 : BITS_MIN;
	uint32_t *bucket, i, next, b;
	struct hash old = *h;

	if (bits > BITS_MAX)
		return false;
	bucket = malloc(sizeof(*bucket) << bits);
	if (!bucket)
		return false;
	memset(bucket, 0xff, sizeof(*bucket) << bits);
	h->bucket = bucket;
	h->bits = bits;
	for (b = 0; old.bits && b < 1U << old.bits; b++) {
		for (i = old.bucket[b]; i != NONE; i = next) {
			uint32_t *to = bucket_of(h, h->slot[i].value);

			next = h->slot[i].bucket_next;
			h->slot[i].bucket_next = *to;
			*to = i;
		}
	}
	free(old.bucket);
	return true;
}

bool hash_add(struct hash *h, uint32_t value, uint32_t number)
{
	struct hash_slot *first;
	uint32_t n = h->nr;

	if (h->nr == NONE || ((!h->bits || h->nr >> h->bits) && !grow(h)) ||
	    !ARRAY_GROW(h->slot, h->nr))
		return false;
	first = find(h, value);
	h->slot[n] = (struct hash_slot){ value, number, NONE, n, 1, NONE };
	if (first) {
		h->slot[first->last].next = n;
		first->last = n;
		first->same++;
	} else {
		h->slot[n].bucket_next = *bucket_of(h, value);
		*bucket_of(h, value) = n;
	}
	h->nr++;
	return true;
}

const struct hash_slot *hash_first(const struct hash *h, uint32_t value)
{
	return h->nr ? find(h, value) : NULL;
}

const struct hash_slot *hash_next(const struct hash *h,
				  const struct hash_slot *slot)
{
	hash_steps += slot->next != NONE;
	return slot->next == NONE ? NULL : &h->slot[slot->next];
}

uint32_t hash_count(const struct hash *h, uint32_t value)
{
	const struct hash_slot *first = hash_first(h, value);

	return first ? first->same : 0;
}

void hash_clear(struct hash *h)
{
	free(h->slot);
	free(h->bucket);
	memset(h, 0, sizeof(*h));
}
