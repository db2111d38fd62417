/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values by their names in a line of a debug key's output. */
#ifndef XEN_MODEL_KEY_VALUE_H
#define XEN_MODEL_KEY_VALUE_H

#include <stddef.h>

/*
 * The value behind a name in a line: "name=1", "name = 1", "name:1"; NULL:
 * the line has no such name. names holds "a|b".
 */
const char *key_value(const char *line, const char *names);

/*
 * Bytes of a value: up to a blank, a comma or the bracket around the whole;
 * "{0, 1}" is one.
 */
size_t key_value_length(const char *v);

#endif
