/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sums and products of 64 bits with a check for overflow. gcc has builtin
 * functions for that since 5; SLES 12 and RHEL 7 have 4.8.
 */
#ifndef XEN_BASE_CHECKED_H
#define XEN_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

/*
 * True if the sum does not fit; ret is then its lower 64 bits. ret may point to
 * a variable passed as a or b.
 */
static inline bool add_overflows(uint64_t a, uint64_t b, uint64_t *ret)
{
	*ret = a + b;
	return *ret < a;
}

/* The same for the product. */
static inline bool mul_overflows(uint64_t a, uint64_t b, uint64_t *ret)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	*ret = (uint64_t)product;
	return product >> 64;
}

#endif
