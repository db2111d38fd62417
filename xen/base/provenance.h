/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Provenance of output: records whether a value was used whose place in memory
 * is not verified. Each accessor of such a value calls provenance_use(); each
 * cell of the output calls provenance_unproved(). A use applies to all output
 * that follows, to the end of the command, unless it is in a scope: one cell,
 * or one statement, whose intermediate results are not used elsewhere.
 */
#ifndef XEN_BASE_PROVENANCE_H
#define XEN_BASE_PROVENANCE_H

#include <stdbool.h>

/* Records that something unproved was used. */
void provenance_use(void);
/* True if there was such a use in this scope or in an enclosing one. */
bool provenance_unproved(void);
/* Counts the kept result of an earlier scope as a use. */
static inline void provenance_use_if(bool unproved)
{
	if (unproved)
		provenance_use();
}

/* True if there was such a use since provenance_clear(). */
bool provenance_ever(void);
/* Called at the start of a command. */
void provenance_clear(void);

/*
 * A scope: leave() takes the result of enter(), drops the uses in between, and
 * returns whether there were any. Results of a scope that outlive it store the
 * value returned by leave() (struct value, value_from()).
 */
struct provenance {
	bool used, around, ever;
};

struct provenance provenance_enter(void);
bool provenance_leave(struct provenance before);
/* Like provenance_leave(), for a scope whose results are not used elsewhere. */
void provenance_drop(struct provenance before);

#endif
