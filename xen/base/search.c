/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "search.h"

#include <stdbool.h>
#include <string.h>

uint64_t search_bytes;

/*
 * Bytes of one call of memmem(): AddressSanitizer checks all that are passed,
 * however near the mark is.
 */
#define WINDOW	512

const char *search_next(struct search *s, const char *at, const char *end)
{
	size_t len = strlen(s->mark), left;
	const char *from = at, *found = NULL;

	if (s->next && s->next >= at)
		return s->next;
	while (!found && (left = end - from) >= len) {
		bool is_last = left < WINDOW + len;

		found = memmem(from, is_last ? left : WINDOW + len - 1, s->mark, len);
		from += is_last ? left : WINDOW;
	}
	s->next = found ? found : end;
	search_bytes += s->next - at;
	return s->next;
}
