/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the value printer. */
#ifndef XEN_PRINTER_H
#define XEN_PRINTER_H

#include "print.h"

struct printer {
	struct space *space;
	const struct symbols *symbols;
	FILE *fp;
	bool hex;
	unsigned int max_depth, max_elements, repeats;
	unsigned int budget;	/* number of values that may still be printed */
};

/* Position of a value in the output. */
struct place {
	unsigned int indent;	/* nesting, two columns each */
	unsigned int depth;	/* the same without anonymous structs */
	bool top;		/* the whole value: pointers are printed with their type */
};

/* Prints scalars. stripped: d->type without typedefs and qualifiers. */
void print_scalar(struct printer *p, const struct datum *d,
		  const struct type *stripped, bool top);

/* Prints an array of count one-byte characters at va as a string. */
struct err *print_characters(struct printer *p, uint64_t va,
			     uint64_t count) ERR_MUST_CHECK;

/* Appends ' "text"', the string that a char * points to. */
void print_string_at(struct printer *p, uint64_t va);

/* Appends " <symbol+offset>" if va is in a symbol. */
void print_symbol(struct printer *p, uint64_t va);

#endif
