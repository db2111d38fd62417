/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a translation through tables, as a list. */
#ifndef EXT_STEPS_H
#define EXT_STEPS_H

#include "xen/address/tables.h"
#include "xen/output/output.h"

#define STEP_COLUMNS 4
extern const struct column step_columns[STEP_COLUMNS];

/* One row; format NULL: the entry is a frame number and has no flags. */
void step_show(struct out *o, const char *level, uint64_t at, uint64_t entry,
	       const struct table_format *format);
/* Prints a list under key. format NULL: every entry is a frame number. */
void steps_show(struct out *o, const char *key, const struct table_format *format,
		const struct table_walk *walk);

#endif
