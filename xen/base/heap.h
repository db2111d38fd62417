/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Heap of numbers, of elements that the caller owns and compares: the first is at[0].
 * The caller provides space for all numbers.
 */
#ifndef XEN_BASE_HEAP_H
#define XEN_BASE_HEAP_H

#include <stdbool.h>

struct heap {
	unsigned int *at;
	unsigned int nr;
	/* true if element a comes before b */
	bool (*is_before)(const void *ctx, unsigned int a, unsigned int b);
	const void *ctx;
};

void heap_add(struct heap *h, unsigned int n);

/* After a change of the first element: moves it to its place. */
void heap_first_changed(struct heap *h);

void heap_remove_first(struct heap *h);

#endif
