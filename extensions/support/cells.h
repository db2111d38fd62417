/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells out of record values; a value that is missing is marked. Each of a value is
 * a scope: what is unproved marks that cell only.
 */
#ifndef EXT_CELLS_H
#define EXT_CELLS_H

#include "xen/output/output.h"
#include "xen/types/record.h"

struct session;

/* "-" for what the build does not have, "<excluded>" ... for the unreadable. */
void cell_missing(struct out *o, const struct value *v);
void cell_dec(struct out *o, const struct value *v);
void cell_sdec(struct out *o, const struct value *v);
void cell_hex(struct out *o, const struct value *v);
void cell_bool(struct out *o, const struct value *v);
/* A cell of one value that put prints, in a scope. */
void cell_scope(struct out *o, const struct value *v,
		void (*put)(struct out *o, const struct value *v));
/* The va of an object; "-" for 0, and for an object read by hypercalls. */
void cell_object(struct out *o, uint64_t va);
/* A number of things of which every host has one; "-" for 0. */
void cell_positive(struct out *o, unsigned int n);
/* A string, "-" when it is empty. */
void cell_text(struct out *o, const char *text);
/* The string that a value points to (text_read()); "-" where there is none. */
void cell_text_at(struct out *o, const struct value *at, const char *text);
/* "12.345 s" out of nanoseconds */
void cell_seconds(struct out *o, uint64_t ns);
/* "-12.345 ms" out of nanoseconds */
void cell_ms(struct out *o, const struct value *v);
/* The set of nr bits that is at an address: "all", "0-3,8". */
void cell_cpumask(struct session *s, struct out *o, const struct value *at,
		  unsigned int nr);
/* The name of a function by its address, the address where it has none. */
void cell_function(struct session *s, struct out *o, const struct value *v);

#endif
