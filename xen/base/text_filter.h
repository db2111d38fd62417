/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quick test of many blocks for any of some texts, each of 11 bytes or more. Such a text
 * contains a word of 4 bytes at an offset in the block that is a multiple of 8: of
 * the block only these words are looked up, in a table of all words of all texts. Most
 * blocks have none.
 */
#ifndef XEN_BASE_TEXT_FILTER_H
#define XEN_BASE_TEXT_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_FILTER_MIN		11	/* bytes of a text */
#define TEXT_FILTER_BITS	13

/* All zero at first. */
struct text_filter {
	uint8_t known[1U << TEXT_FILTER_BITS];	/* by the digest of a word */
	bool any;		/* a text is too short or repeats itself: each block may contain it */
};

void text_filter_add(struct text_filter *f, const void *text, size_t len);
/* False if the block contains none of the texts; true if it may. len: a multiple of 32. */
bool text_filter_may_contain(const struct text_filter *f, const void *block, size_t len);

/*
 * The same for short blocks and texts of 4 bytes or more, by their first 4 bytes, with a
 * filter of its own.
 */
void text_filter_add_start(struct text_filter *f, const void *text, size_t len);
bool text_filter_may_start(const struct text_filter *f, const void *block, size_t len);

#endif
