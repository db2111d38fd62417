/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "array.h"

#include <stdint.h>
#include <stdlib.h>

#define LEAST	8

void *array_grow(void *array, size_t nr, size_t size)
{
	size_t room = nr < LEAST ? LEAST : 2 * nr;

	/* capacity is used up at 0, 8, 16, 32 ... */
	if (nr && (nr < LEAST || nr & (nr - 1)))
		return array;
	if (nr > SIZE_MAX / 2 || room > SIZE_MAX / size)
		return NULL;
	return realloc(array, room * size);
}

static bool in_order(const char *base, size_t nr, size_t size,
		     int (*compare)(const void *, const void *))
{
	for (size_t i = 1; i < nr; i++)
		if (compare(base + (i - 1) * size, base + i * size) > 0)
			return false;
	return true;
}

void array_sort(void *base, size_t nr, size_t size,
		int (*compare)(const void *, const void *))
{
	if (!in_order(base, nr, size, compare))
		qsort(base, nr, size, compare);
}
