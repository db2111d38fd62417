/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chain.h"

#include <inttypes.h>

void chain_start(struct chain *c, struct xen *x, uint64_t first,
		 uint64_t offset, unsigned int cap, const char *what)
{
	*c = (struct chain){
		.x = x, .what = what, .offset = offset, .next = first,
		.cap = cap, .mark_at = 1,
	};
}

void chain_start_ring(struct chain *c, struct xen *x, uint64_t head,
		      unsigned int cap, const char *what)
{
	chain_start(c, x, head, 0, cap, what);
	c->head = head;
}

/*
 * Brent's algorithm: the mark moves to the current object at each power of two
 * of steps; a loop returns to the mark.
 */
static bool chain_loops(struct chain *c)
{
	if (c->next == c->mark)
		return true;
	if (c->count == c->mark_at) {
		c->mark = c->next;
		c->mark_at = c->count > c->cap / 2 ? c->cap : c->count * 2;
	}
	return false;
}

static struct err *chain_step(struct chain *c, uint64_t va, uint64_t *next)
{
	ERR_TRY(interrupt_check());
	ERR_TRY(err_prefix(xen_check_pointer(c->x, va, 8, "next"), "%s, after %u",
			   c->what, c->count));
	if (c->count == c->cap)
		return err_new(ERR_CORRUPT, "%s: more than %u entries", c->what,
			       c->cap);
	c->count++;
	if (chain_loops(c))
		return err_new(ERR_CORRUPT, "%s: loops at %" PRIx64 " after %u",
			       c->what, va, c->count);
	return err_prefix(space_read_u64(c->x->space, va + c->offset, next),
			  "%s: the pointer after %" PRIx64, c->what, va);
}

/* The head of a ring is not an object; it points to the first one. */
static struct err *chain_enter_ring(struct chain *c)
{
	uint64_t head = c->next, first = 0;

	c->next = 0;
	ERR_TRY(err_prefix(xen_check_pointer(c->x, head, 8, "list"), "%s",
			   c->what));
	ERR_TRY(err_prefix(space_read_u64(c->x->space, head, &first),
			   "%s: its head", c->what));
	if (!first)
		return err_new(ERR_CORRUPT, "%s: was never initialised, at %" PRIx64,
			       c->what, head);
	c->next = first == head ? 0 : first;
	return NULL;
}

struct err *chain_next(struct chain *c, uint64_t *va)
{
	uint64_t this, next = 0;
	struct err *e;

	if (c->head && c->next == c->head)
		ERR_TRY(chain_enter_ring(c));
	this = c->next;
	if (c->torn) {
		c->torn = false;
		return err_new(ERR_CORRUPT, "%s: null pointer in the ring after %u", c->what,
			       c->count);
	}
	if (!this) {
		*va = 0;
		return NULL;
	}
	e = chain_step(c, this, &next);
	if (e) {
		c->next = 0;
		return e;
	}
	c->next = next == c->head ? 0 : next;
	c->torn = c->head && !next;
	*va = this;
	return NULL;
}
