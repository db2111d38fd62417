/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of words, "a, b, c", for flags.
 */
#ifndef XEN_MODEL_WORDS_H
#define XEN_MODEL_WORDS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Appends a word to the list in buf, of size bytes; what does not fit becomes
 * one " ..." at its end. buf holds a string, empty at first.
 */
void words_add(char *buf, size_t size, const char *word);

/* The names of the bits that are set; of unknown ones "bit 12". */
void words_add_bits(char *buf, size_t size, uint64_t bits,
		    const char *const *names, unsigned int nr_names);

#endif
