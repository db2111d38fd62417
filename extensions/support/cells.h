/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells of record values; a missing value is marked. The cell of a value is a
 * scope: something unproved marks only that cell.
 */
#ifndef EXT_CELLS_H
#define EXT_CELLS_H

#include "xen/output/output.h"
#include "xen/types/record.h"

struct session;

/* Print "-" for a member that the build lacks, "<excluded>" ... for an unreadable one. */
void cell_missing(struct out *o, const struct value *v);
void cell_dec(struct out *o, const struct value *v);
void cell_sdec(struct out *o, const struct value *v);
void cell_hex(struct out *o, const struct value *v);
void cell_bool(struct out *o, const struct value *v);
/* A cell of one value, which put prints in a scope. */
void cell_scope(struct out *o, const struct value *v,
		void (*put)(struct out *o, const struct value *v));
/* The va of an object; "-" for 0, and for an object read by hypercalls. */
void cell_object(struct out *o, uint64_t va);
/* A number of things of which every host has at least one; "-" for 0. */
void cell_positive(struct out *o, unsigned int n);
/* A string, "-" when it is empty. */
void cell_text(struct out *o, const char *text);
/* The string that a value points to (text_read()); "-" if there is none. */
void cell_text_at(struct out *o, const struct value *at, const char *text);
/* Nanoseconds as "12.345 s" */
void cell_seconds(struct out *o, uint64_t ns);
/* Nanoseconds as "-12.345 ms" */
void cell_ms(struct out *o, const struct value *v);
/* The set of nr bits at an address: "all", "0-3,8". */
void cell_cpumask(struct session *s, struct out *o, const struct value *at,
		  unsigned int nr);
/* The name of the function at an address, or the address if it has no name. */
void cell_function(struct session *s, struct out *o, const struct value *v);

/* Notes that a session without front->dom0_thread does not examine what is behind devices. */
void note_no_dom0_tasks(struct out *o);

#endif
