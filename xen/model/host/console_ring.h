/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console ring without its variables: found by the text in it. */
#ifndef XEN_MODEL_CONSOLE_RING_H
#define XEN_MODEL_CONSOLE_RING_H

#include "xen/model/xen.h"

struct ring {
	uint64_t va;
	uint64_t size;		/* bytes, a power of two */
	uint64_t start, end;	/* indices of the text, not yet reduced by size */
};

/* Limit; conring_size= is rounded to a power of two. */
#define RING_MAX	(64U << 20)

/*
 * Finds the only page of the heap that contains lines of Xen's console and to
 * which a word of Xen's data points. ERR_NOT_FOUND; ERR_CORRUPT if there are
 * several.
 */
struct err *ring_by_text(struct xen *x, struct ring *ret) ERR_MUST_CHECK;

#endif
