/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells out of record values: what is missing says so by itself. */
#ifndef EXT_CELLS_H
#define EXT_CELLS_H

#include "xen/output/output.h"
#include "xen/types/record.h"

/* "-" for what the build does not have, "<excluded>" ... for the unreadable. */
void cell_missing(struct out *o, const struct value *v);
void cell_dec(struct out *o, const struct value *v);
void cell_sdec(struct out *o, const struct value *v);
void cell_hex(struct out *o, const struct value *v);
/* The va of an object; "-" for 0, of one read by hypercalls. */
void cell_object(struct out *o, uint64_t va);
/* A string, "-" when it is empty. */
void cell_text(struct out *o, const char *text);

#endif
