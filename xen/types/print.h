/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C values and types as text, as gdb 13 prints them with "set print pretty on",
 * so that they read like crash's own struct and p.
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
	unsigned int max_depth;	/* structs deeper are "{...}"; 0: no limit */
	unsigned int max_elements;	/* of arrays and strings; 0: 200 */
	unsigned int repeats;	/* more equal elements become one; 0: 10 */
	const char *member;	/* print only this path; NULL: everything */
	bool expand;		/* definitions: write out inner structs too */
	bool at_address;	/* definitions: addresses in place of offsets */
};

/*
 * Prints the object of that type at va, and a newline. symbols may be NULL: then
 * pointers have no names. A part that cannot be read costs its members
 * ("<excluded page>"); it is an error, without output, only when no byte of the
 * object can be read, or the member does not exist.
 */
struct err *type_print(struct types *types, struct space *space,
		       const struct symbols *symbols, const struct type *type,
		       uint64_t va, const struct print_options *options,
		       FILE *fp) ERR_MUST_CHECK;

/* The same for the result of an expression; options->member is not used. */
struct err *datum_print(struct space *space, const struct symbols *symbols,
			const struct datum *d,
			const struct print_options *options,
			FILE *fp) ERR_MUST_CHECK;

/*
 * Prints the type itself: its members with their offsets in bytes ("[8]", a
 * bit field "[8:3]") and its size. With options->at_address the members'
 * addresses for an object at va take the place of the offsets.
 */
struct err *type_print_definition(const struct type *type, uint64_t va,
				  const struct print_options *options,
				  FILE *fp) ERR_MUST_CHECK;

#endif
