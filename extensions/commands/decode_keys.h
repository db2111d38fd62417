/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_DECODE_KEYS_H
#define EXT_DECODE_KEYS_H

#include "extensions/support/command.h"
#include "xen/model/diagnosis/key_text.h"

/* Columns of the rows of addresses; all tables of the command, for help and --sort. */
#define DECODE_COLUMNS	9
extern const struct column decode_columns[DECODE_COLUMNS];
extern const struct column_table decode_tables[KEY_KINDS + 3];

/*
 * Lists the output of debug keys in a console text, and the problems found in
 * it; if wanted is false, prints only a note. Prints nothing if there is no
 * such output.
 */
struct err *decode_keys_show(struct out *o, const struct console_text *text,
			     bool wanted) ERR_MUST_CHECK;

#endif
