/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements of a verdict. */
#include "verdict_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void verdict_line_end(struct verdict_job *j)
{
	if (j->line)
		j->line->unproved = provenance_unproved();
	j->line = NULL;
}

struct verdict_line *verdict_line_add(struct verdict_job *j, const char *about)
{
	static struct verdict_line spare;
	struct verdict_line *l = &spare;

	verdict_line_end(j);
	if (j->v->nr < VERDICT_LINES)
		l = &j->v->line[j->v->nr++];
	else
		j->v->left_out++;
	memset(l, 0, sizeof(*l));
	l->about = about;
	l->sure = true;
	l->waiter = -1;
	j->line = l;
	return l;
}

void verdict_append(char *buf, size_t size, const char *between, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	if (len && len < size)
		len += snprintf(buf + len, size - len, "%s", between);
	if (len >= size)
		return;
	va_start(ap, fmt);
	vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
}
