/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks of Xen's lists: chains that end with a null pointer, and rings of struct
 * list_head, which end at their head.
 */
#ifndef XEN_MODEL_CHAIN_H
#define XEN_MODEL_CHAIN_H

#include "xen.h"

struct chain {
	struct xen *x;
	const char *what;	/* for errors: "domain list" */
	uint64_t offset;	/* offset of the next pointer in an object, bytes */
	uint64_t next;		/* va of the next object; 0 at the end */
	uint64_t head;		/* of a ring: va of its struct list_head; else 0 */
	unsigned int count, cap;
	uint64_t mark;		/* an object passed before, to detect loops */
	unsigned int mark_at;
	bool torn;		/* the ring ended with a null pointer */
};

/*
 * Begins a walk at the object first (va; 0: empty), whose next pointer is at
 * offset bytes. cap: the largest number of objects that can exist. what: name
 * of the chain in errors; must outlive c.
 */
void chain_start(struct chain *c, struct xen *x, uint64_t first,
		 uint64_t offset, unsigned int cap, const char *what);

/*
 * Begins a list of struct list_head (include/xen/list.h), whose head is at va.
 * chain_next() returns the va of the list_head inside each object, and all
 * errors.
 */
void chain_start_ring(struct chain *c, struct xen *x, uint64_t head,
		      unsigned int cap, const char *what);

/*
 * Returns the next object, 0 past the last. A bad or unreadable pointer, a
 * loop, too many objects and ^C each cause one error and end the chain.
 */
struct err *chain_next(struct chain *c, uint64_t *va) ERR_MUST_CHECK;

#endif
