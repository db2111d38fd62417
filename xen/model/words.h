/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of words, "a, b, c", for flags. */
#ifndef XEN_MODEL_WORDS_H
#define XEN_MODEL_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

/*
 * Appends a word to the list in buf, a string in size bytes. Words that do not
 * fit become one " ..." at the end.
 */
void words_add(char *buf, size_t size, const char *word);

/* Appends a text to the list in buf, truncated to the space that is left. */
void words_append(char *buf, size_t size, const char *fmt, ...) ERR_PRINTF(3, 4);

/* Appends the names of the bits that are set; "bit 12" for a bit without a name. */
void words_add_bits(char *buf, size_t size, uint64_t bits,
		    const char *const *names, unsigned int nr_names);

#endif
