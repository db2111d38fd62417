/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_BASE_LEB128_H
#define XEN_BASE_LEB128_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Passes a LEB128 number of any length, without its sign: *ret has its lower 64 bits,
 * and *cut is set if there were others. False at the end of the bytes.
 */
static inline bool leb128_take(const uint8_t **at, const uint8_t *end,
			       uint64_t *ret, bool *cut)
{
	unsigned int shift = 0;
	uint8_t byte;

	*ret = 0;
	*cut = false;
	/* most have one byte */
	if (*at != end && !(**at & 0x80)) {
		*ret = *(*at)++;
		return true;
	}
	do {
		if (*at == end)
			return false;
		byte = *(*at)++;
		if (shift < 64)
			*ret |= (uint64_t)(byte & 0x7f) << shift;
		else if (byte & 0x7f)
			*cut = true;
		shift += 7;
	} while (byte & 0x80);
	return true;
}

#endif
