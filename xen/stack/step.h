/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Methods of finding the caller without .debug_frame. */
#ifndef XEN_STACK_STEP_H
#define XEN_STACK_STEP_H

#include "unwind.h"

/*
 * Steps from *in to its caller; false if not possible. is_return as in
 * cfi_step(). The result is checked: on the stack, in code, after a call.
 */

/* By rbp, in functions whose code sets up a frame. */
bool step_pointer(const struct unwinder *u, const struct cpu_state *in,
		  bool is_return, struct cpu_state *out);

/*
 * By the rbp of an outer caller, which must start a chain of frames. The direct
 * caller is skipped.
 */
bool step_chain(const struct unwinder *u, const struct cpu_state *in,
		struct cpu_state *out);

/* Plausibility of a word as a return address. */
enum call_fit {
	CALL_NONE,		/* not in code, or no call before it */
	CALL_OTHER,		/* the call has another function as target */
	CALL_FITS,		/* the target is this function, or is in a register */
};

/* Checks the word at va on the stack, for a return from the function of in->rip. */
enum call_fit step_fit(const struct unwinder *u, const struct cpu_state *in,
		       bool is_return, uint64_t va);

/* By the word at va on the stack, which is only checked to be in code. */
bool step_word(const struct unwinder *u, const struct cpu_state *in, uint64_t va,
	       struct cpu_state *out);

#endif
