/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "search.h"

#include <string.h>

uint64_t search_bytes;

const char *search_next(struct search *s, const char *at, const char *end)
{
	size_t len = strlen(s->mark);

	if (s->next && s->next >= at)
		return s->next;
	s->next = memmem(at, end - at, s->mark, len);
	if (!s->next)
		s->next = end;
	search_bytes += s->next - at;
	return s->next;
}
