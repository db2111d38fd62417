/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "provenance.h"

/* used: in this scope; around: in enclosing scopes; ever: in any scope */
static struct provenance now;

void provenance_use(void)
{
	now.used = true;
	now.ever = true;
}

bool provenance_unproved(void)
{
	return now.used || now.around;
}

bool provenance_ever(void)
{
	return now.ever;
}

void provenance_clear(void)
{
	now = (struct provenance){ .used = false };
}

struct provenance provenance_enter(void)
{
	struct provenance before = now;

	now.around = before.used || before.around;
	now.used = false;
	return before;
}

bool provenance_leave(struct provenance before)
{
	bool inside = now.used;

	now.used = before.used;
	now.around = before.around;
	return inside;
}

void provenance_drop(struct provenance before)
{
	now = before;
}
