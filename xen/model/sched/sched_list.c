/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lists of a struct sched, used by all files that fill them. */
#include "sched_kind.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *sched_list_add(void *list, size_t size)
{
	SCHED_LIST(char) *l = list;
	unsigned int room = l->room ? l->room * 2 : 16;

	if (l->nr == l->room) {
		char *at = reallocarray(l->at, room, size);

		if (!at)
			return NULL;
		l->at = at;
		l->room = room;
	}
	return memset(l->at + size * l->nr++, 0, size);
}

struct err *sched_keep(struct sched *s, struct err *e)
{
	struct err **at;

	if (!e || err_is_final(e))
		return e;
	at = SCHED_ADD(&s->errors);
	if (at)
		*at = e;
	else
		err_free(e);
	return at ? NULL : err_nomem();
}

struct err *sched_problem(struct sched *s, const char *fmt, ...)
{
	char **at = SCHED_ADD(&s->problems);
	va_list ap;
	int n;

	if (!at)
		return err_nomem();
	va_start(ap, fmt);
	n = vasprintf(at, fmt, ap);
	va_end(ap);
	if (n >= 0)
		return NULL;
	s->problems.nr--;
	return err_nomem();
}

unsigned int sched_pool_of_pcpu(const struct sched *s, unsigned int cpu)
{
	for (unsigned int i = 0; i < s->pools.nr; i++) {
		if (cpumask_has(&s->pools.at[i].mask, cpu))
			return i;
	}
	return SCHED_NONE;
}

void sched_destroy(struct sched *s)
{
	if (!s)
		return;
	for (unsigned int i = 0; i < s->errors.nr; i++)
		err_free(s->errors.at[i]);
	for (unsigned int i = 0; i < s->problems.nr; i++)
		free(s->problems.at[i]);
	free(s->pools.at);
	free(s->pcpus.at);
	free(s->queues.at);
	free(s->units.at);
	free(s->slots.at);
	free(s->errors.at);
	free(s->problems.at);
	free(s->shown);
	free(s->by_va);
	free(s->by_priv);
	free(s);
}
