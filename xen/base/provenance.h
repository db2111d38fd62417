/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Provenance of what is printed: was a value used whose place in memory nothing
 * proved? Each accessor of such a value calls provenance_use(); each cell of the
 * output asks provenance_unproved(). A use holds for all output that follows,
 * to the end of the command, unless a scope ends it: one cell, or one statement,
 * whose intermediate results nothing else is made of.
 */
#ifndef XEN_BASE_PROVENANCE_H
#define XEN_BASE_PROVENANCE_H

#include <stdbool.h>

/* Records that something unproved was used. */
void provenance_use(void);
/* True if that happened in this scope or in one around it. */
bool provenance_unproved(void);
/* Counts the result of an earlier scope, whose flag was kept, as a use. */
static inline void provenance_use_if(bool unproved)
{
	if (unproved)
		provenance_use();
}

/* True if it happened anywhere since provenance_clear(). */
bool provenance_ever(void);
/* At the start of a command. */
void provenance_clear(void);

/*
 * A scope: leave() takes the result of enter(), forgets the uses in between, and
 * returns whether there were any. The results of a scope that outlive it carry
 * what leave() returned (struct value, value_from()).
 */
struct provenance {
	bool used, around, ever;
};

struct provenance provenance_enter(void);
bool provenance_leave(struct provenance before);
/* As provenance_leave(), of a scope that nothing is made of. */
void provenance_drop(struct provenance before);

#endif
