/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways to find a caller without .debug_frame. */
#ifndef XEN_STACK_STEP_H
#define XEN_STACK_STEP_H

#include "unwind.h"

/*
 * Each tries to go from *in to its caller and returns whether it could;
 * is_return as in cfi_step(). What they take is checked: on the stack, in
 * code, behind a call.
 */

/* By rbp, in functions that are seen to keep a frame in it. */
bool step_pointer(const struct unwinder *u, const struct cpu_state *in,
		  bool is_return, struct cpu_state *out);

/*
 * By rbp as it is, of a caller further up: it must lead to a chain of frames.
 * The caller itself is passed over.
 */
bool step_chain(const struct unwinder *u, const struct cpu_state *in,
		struct cpu_state *out);

/* How well a word passes for the address a call returns to. */
enum call_fit {
	CALL_NONE,		/* no code, or no call before it */
	CALL_OTHER,		/* that call goes to another function */
	CALL_FITS,		/* it goes to this function, or to where a register says */
};

/* For the word at va of the stack, to return from the function in->rip is in. */
enum call_fit step_fit(const struct unwinder *u, const struct cpu_state *in,
		       bool is_return, uint64_t va);

/* By the word at va of the stack, which must be code and nothing more. */
bool step_word(const struct unwinder *u, const struct cpu_state *in, uint64_t va,
	       struct cpu_state *out);

#endif
