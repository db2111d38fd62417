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

/* By the word the stack pointer points to. */
bool step_call(const struct unwinder *u, const struct cpu_state *in,
	       struct cpu_state *out);

/* By a word at va somewhere above; behind_call: code alone is not enough. */
bool step_word(const struct unwinder *u, const struct cpu_state *in, uint64_t va,
	       bool behind_call, struct cpu_state *out);

#endif
