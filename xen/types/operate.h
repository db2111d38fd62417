/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operators of expressions, for the parser in expr.c. */
#ifndef XEN_OPERATE_H
#define XEN_OPERATE_H

#include "expr.h"

/* Returns the type of a number in an expression, from the build's base types. */
struct err *number_datum(const struct expr_env *env, uint64_t value,
			 bool is_signed, unsigned int size,
			 struct datum *ret) ERR_MUST_CHECK;

/* Finds a variable, function or enum constant by name; or parses a hexadecimal address. */
struct err *name_datum(const struct expr_env *env, const char *name,
		       struct datum *ret) ERR_MUST_CHECK;

/* Finds the copy of pcpu cpu of a per-cpu variable, whose name has no "per_cpu__". */
struct err *percpu_datum(const struct expr_env *env, const char *name,
			 uint64_t cpu, struct datum *ret) ERR_MUST_CHECK;

/* These change *d in place; on failure it is unchanged. */
struct err *datum_follow(const struct expr_env *env,
			 struct datum *d) ERR_MUST_CHECK;
struct err *datum_address(struct datum *d) ERR_MUST_CHECK;
struct err *datum_member(const struct expr_env *env, struct datum *d,
			 const char *name) ERR_MUST_CHECK;
struct err *datum_index(const struct expr_env *env, struct datum *d,
			const struct datum *index) ERR_MUST_CHECK;
struct err *datum_cast(const struct expr_env *env, struct datum *d,
		       const struct type *type) ERR_MUST_CHECK;

/* op is '-', '~' or '!'. */
struct err *datum_unary(const struct expr_env *env, struct datum *d,
			char op) ERR_MUST_CHECK;
/* op is the first character of a binary operator; '<' and '>' shift. */
struct err *datum_binary(const struct expr_env *env, struct datum *d, char op,
			 const struct datum *right) ERR_MUST_CHECK;

#endif
