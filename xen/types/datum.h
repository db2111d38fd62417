/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A typed object in the hypervisor's memory, or a plain value. */
#ifndef XEN_DATUM_H
#define XEN_DATUM_H

#include <string.h>

#include "types.h"

struct datum {
	struct type type;
	bool in_memory;		/* at va; false: only a value */
	uint64_t va;
	unsigned int bit_offset;	/* bits of a bit field at va, from its lowest bit */
	unsigned int bit_size;	/* 0: not a bit field */
	uint64_t value;		/* sign extended if the type is signed */
};

/* Largest size of a scalar in bytes: 16 of __int128, 9 of a packed bit field. */
#define SCALAR_MAX 16

/*
 * Returns the integer in size (1 to SCALAR_MAX) bytes, truncated to 64 bits; if
 * bit_size is not 0, only that number of bits from bit_offset (0 to 7) on.
 */
static inline uint64_t scalar_extract(const void *bytes, unsigned int size,
				      unsigned int bit_offset,
				      unsigned int bit_size, bool is_signed)
{
	unsigned int bits = bit_size ? bit_size : size * 8;
	unsigned __int128 wide = 0;
	uint32_t word;
	uint64_t v;

	if (size == sizeof(v) && !bit_size) {
		memcpy(&v, bytes, sizeof(v));
		return v;
	}
	/* most others are an int or a flag */
	if (size == sizeof(word) && !bit_size && !bit_offset) {
		memcpy(&word, bytes, sizeof(word));
		return is_signed ? (uint64_t)(int32_t)word : word;
	}
	if (size == 1 && !bit_size && !bit_offset && !is_signed)
		return *(const uint8_t *)bytes;
	memcpy(&wide, bytes, size);
	v = (uint64_t)(wide >> bit_offset);
	if (bits >= 64)
		return v;
	v &= (1ULL << bits) - 1;
	if (is_signed && v >> (bits - 1))
		v |= ~0ULL << bits;
	return v;
}

/*
 * Returns the number of bytes at va that contain the datum: those of its type
 * or of its bits.
 */
struct err *datum_size(const struct datum *d, uint64_t *ret) ERR_MUST_CHECK;

/*
 * Returns the value of a scalar of at most 8 bytes (integer, enum, bool,
 * pointer), which is read if it is in memory. For an array or function in
 * memory it is the address, as in C. ERR_NO_TYPE for structs and unions.
 */
struct err *datum_load(struct space *s, const struct datum *d,
		       uint64_t *ret) ERR_MUST_CHECK;

#endif
