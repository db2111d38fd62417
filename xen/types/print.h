/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C values and types as text, in the format of gdb 13 with "set print pretty
 * on", like the output of crash's own struct and p.
 */
#ifndef XEN_PRINT_H
#define XEN_PRINT_H

#include <stdio.h>

#include "xen/address/space.h"
#include "xen/base/error.h"
#include "xen/symbols/symbols.h"
#include "datum.h"
#include "types.h"

/* All zero is the default. */
struct print_options {
	bool hex;		/* integers in hex, else decimal */
	unsigned int max_depth;	/* nesting limit: deeper structs are "{...}"; 0: no limit */
	unsigned int max_elements;	/* maximum number of elements of arrays and strings; 0: 200 */
	unsigned int repeats;	/* more equal elements than this are combined; 0: 10 */
	const char *member;	/* print only this path; NULL: everything */
	bool expand;		/* definitions: print inner structs, too */
	bool at_address;	/* definitions: addresses in place of offsets */
};

/*
 * Prints the object of that type at va, and a newline. symbols may be NULL:
 * then pointers have no names. Members that cannot be read are printed as
 * "<excluded page>"; it is an error, without output, only if no byte of the
 * object can be read, or the member does not exist.
 */
struct err *type_print(struct types *types, struct space *space,
		       const struct symbols *symbols, const struct type *type,
		       uint64_t va, const struct print_options *options,
		       FILE *fp) ERR_MUST_CHECK;

/* Likewise for the result of an expression; options->member is ignored. */
struct err *datum_print(struct space *space, const struct symbols *symbols,
			const struct datum *d,
			const struct print_options *options,
			FILE *fp) ERR_MUST_CHECK;

/*
 * Prints the type itself: its members with their offsets in bytes ("[8]", a bit
 * field "[8:3]") and its size. With options->at_address the addresses of the
 * members of an object at va are printed in place of the offsets.
 */
struct err *type_print_definition(const struct type *type, uint64_t va,
				  const struct print_options *options,
				  FILE *fp) ERR_MUST_CHECK;

#endif
