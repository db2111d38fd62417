/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values with names in a line of a debug key's output. */
#ifndef XEN_MODEL_KEY_VALUE_H
#define XEN_MODEL_KEY_VALUE_H

#include <stddef.h>

/*
 * Returns the value after a name in a line: "name=1", "name = 1", "name:1";
 * NULL: the line has no such name. names: "a|b".
 */
const char *key_value(const char *line, const char *names);

/*
 * Returns the length of a value, which ends at a blank, a comma or the bracket
 * around the whole; "{0, 1}" is one value.
 */
size_t key_value_length(const char *v);

#endif
