/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limit of the steps of a walk over untrusted data whose length the data itself
 * does not bound: recursions, counts read from memory.
 */
#ifndef XEN_BUDGET_H
#define XEN_BUDGET_H

#include <stdint.h>

#include "error.h"

struct budget {
	uint64_t limit, taken;	/* steps */
};

static inline bool budget_spent(const struct budget *b)
{
	return b->taken >= b->limit;
}

/*
 * Takes a step. ERR_CORRUPT beyond the limit, ERR_INTERRUPTED on ^C, which is
 * checked every 256 steps. what: start of the message, such as "free list of
 * order 3".
 */
struct err *budget_take(struct budget *b, const char *what) ERR_MUST_CHECK;

#endif
