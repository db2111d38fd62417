/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts of the objects in which the place of a path is right or wrong. */
#include "profile_check.h"

#include <string.h>

/* Larger numbers are not found by chance. */
#define SMALL_MAX 0xff

/* Returns the counts of a path; NULL if there are too many paths. */
static struct checked_path *find_path(struct checker *c, const char *paths)
{
	struct checked_path *p = c->path;

	while (p < c->path + c->nr && strcmp(p->paths, paths))
		p++;
	if (p == c->path + CHECKED_MAX)
		return NULL;
	if (p == c->path + c->nr) {
		*p = (struct checked_path){ .paths = paths };
		c->nr++;
	}
	return p;
}

static void count(struct checked_path *p, bool expected, bool holds, uint64_t va)
{
	if (!holds && !p->fails[0] && !p->fails[1])
		p->first = va;
	p->holds[expected] += holds;
	p->fails[expected] += !holds;
}

void check_path(struct checker *c, const char *paths, bool holds, uint64_t va)
{
	struct checked_path *p = find_path(c, paths);

	if (p)
		count(p, true, holds, va);
}

void check_flag(struct checker *c, const char *paths, bool expected, bool is,
		uint64_t va)
{
	struct checked_path *p = find_path(c, paths);

	if (!p)
		return;
	p->is_flag = true;
	count(p, expected, is == expected, va);
}

void check_number(struct checker *c, const char *paths, uint64_t expected,
		  uint64_t is, uint64_t va)
{
	struct checked_path *p = find_path(c, paths);

	if (!p)
		return;
	p->varied |= expected > SMALL_MAX || (p->is_number && p->number != expected);
	p->is_number = true;
	p->number = expected;
	count(p, true, is == expected, va);
}

void check_doubt(struct checker *c, const char *paths)
{
	struct checked_path *p = find_path(c, paths);

	if (p)
		p->doubted = true;
}

const char *paths_of(const struct record_type *type, size_t at)
{
	unsigned int i;

	for (i = 0; i < type->nr_fields; i++)
		if (type->fields[i].at == at)
			return type->fields[i].path;
	return "";
}

bool check_unreadable(const struct err *e)
{
	return err_reason(e) == ERR_NOT_IN_DUMP || err_reason(e) == ERR_EXCLUDED;
}

bool check_is_wrong(struct err *e)
{
	bool wrong = e && !check_unreadable(e);

	err_free(e);
	return wrong;
}
