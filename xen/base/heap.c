/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heap.h"

void heap_add(struct heap *h, unsigned int n)
{
	unsigned int i = h->nr++;

	for (; i && h->is_before(h->ctx, n, h->at[(i - 1) / 2]); i = (i - 1) / 2)
		h->at[i] = h->at[(i - 1) / 2];
	h->at[i] = n;
}

void heap_first_changed(struct heap *h)
{
	unsigned int n = h->at[0], i = 0, child;

	for (; (child = 2 * i + 1) < h->nr; i = child) {
		if (child + 1 < h->nr && h->is_before(h->ctx, h->at[child + 1], h->at[child]))
			child++;
		if (h->is_before(h->ctx, n, h->at[child]))
			break;
		h->at[i] = h->at[child];
	}
	h->at[i] = n;
}

void heap_remove_first(struct heap *h)
{
	h->at[0] = h->at[--h->nr];
	if (h->nr)
		heap_first_changed(h);
}
