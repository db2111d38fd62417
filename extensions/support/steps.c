/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steps.h"

#include "cells.h"

const struct column step_columns[STEP_COLUMNS] = {
	{ .key = "level", .title = "LEVEL", .help = "level of the entry's table; L1 is the last" },
	{ .key = "at", .title = "ENTRY AT", .help = "machine address of the entry" },
	{ .key = "entry", .title = "ENTRY", .help = "the entry, hexadecimal" },
	{ .key = "flags", .title = "FLAGS", .help = "names of its flags; - if it is a frame number" },
};

void step_show(struct out *o, const char *level, uint64_t at, uint64_t entry,
	       const struct table_format *format)
{
	char text[96];

	out_str(o, level);
	out_hex(o, at);
	out_hex(o, entry);
	if (format)
		cell_text(o, table_flags_text(format, entry, text, sizeof(text)));
	else
		out_none(o);
}

void steps_show(struct out *o, const char *key, const struct table_format *format,
		const struct table_walk *walk)
{
	unsigned int i;

	out_list(o, key, step_columns, STEP_COLUMNS);
	for (i = 0; i < walk->steps; i++) {
		const struct table_step *step = &walk->step[i];

		step_show(o, step->level, step->maddr, step->entry,
			  format && i < format->nr_levels ? format : NULL);
	}
	out_end(o);
}
