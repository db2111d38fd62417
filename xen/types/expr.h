/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C expressions over the hypervisor's variables and types, for `xen p`:
 *
 *   names		domain_list, console.c#conring, an enum's constant,
 *			sixteen hex digits (an address as commands print it)
 *   numbers		decimal, 0x hex; suffixes u and l are allowed
 *   per-cpu		curr_vcpu@1, per_cpu(curr_vcpu, 1)
 *   after a value	[n]  .member  ->member (both follow a pointer)
 *   before a value	* & - ~ !  (type)  sizeof
 *   between values	* / %  + -  << >>  &  ^  |
 */
#ifndef XEN_EXPR_H
#define XEN_EXPR_H

#include "xen/address/space.h"
#include "xen/symbols/symbols.h"
#include "datum.h"
#include "print.h"

/* Not owned; all three are required. */
struct expr_env {
	struct types *types;
	struct space *space;
	const struct symbols *symbols;
};

/*
 * Evaluates text. Reads only memory that the expression depends on: for "a->b"
 * the pointer a, not b. ERR_USAGE for a syntax error, ERR_NO_SYMBOL,
 * ERR_NO_TYPE, and errors of space_read().
 */
struct err *expr_eval(const struct expr_env *env, const char *text,
		      struct datum *ret) ERR_MUST_CHECK;

/* Evaluates text and prints the result and a newline, like datum_print(). */
struct err *expr_print(const struct expr_env *env, const char *text,
		       const struct print_options *options,
		       FILE *fp) ERR_MUST_CHECK;

#endif
