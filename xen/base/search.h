/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Search for one mark from ascending positions of a text. The next occurrence
 * is cached, so that each byte is read only once, independent of the number of
 * calls.
 *
 *	struct search close = { .mark = ">" };
 *	at = search_next(&close, s, end);
 */
#ifndef XEN_BASE_SEARCH_H
#define XEN_BASE_SEARCH_H

#include <stddef.h>
#include <stdint.h>

struct search {
	const char *mark;
	const char *next;	/* the last result; NULL before the first search */
};

/*
 * Returns the first occurrence of the mark in [at, end); end if there is none.
 * Between two calls at must not decrease, end and the bytes from at on must not
 * change.
 */
const char *search_next(struct search *s, const char *at, const char *end);

/*
 * Number of bytes read by all searches so far; tests verify by it that the work
 * is linear.
 */
extern uint64_t search_bytes;

#endif
