/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process xenstored in dom0, without dom0's kernel symbols. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "user_roots.h"
#include "xen/model/memory_source.h"
#include "xenstore_memory.h"

struct process_search {
	struct xen *x;
	unsigned int flags;
	struct store *ret;
	size_t lost;			/* number of page tables of processes that cannot be read */
	unsigned int processes;
	unsigned int unnamed;		/* of these, number with a stack that cannot be read */
	struct err *why;		/* error of the first of those */
	bool ocaml;			/* oxenstored is running */
	unsigned int named;
};

/* Sets *found if the process has a store. */
static struct err *read_process(struct process_search *s, uint64_t root,
				const char *program, bool *found)
{
	struct user_space u;
	struct err *e;

	ERR_TRY(user_space_open(s->x->memory, root, &u));
	e = store_from_space(&u, s->flags, s->ret);
	user_space_close(&u);
	if (e && err_reason(e) == ERR_NOT_FOUND) {
		err_free(e);
		return NULL;
	}
	if (e)
		return e;
	snprintf(s->ret->program, sizeof(s->ret->program), "%s", program);
	*found = true;
	return NULL;
}

static struct err *name_process(struct process_search *s, uint64_t root,
				char *buf, size_t size, bool count)
{
	struct err *e = user_program(s->x->memory, root, buf, size);

	s->processes += count;
	if (!e)
		return NULL;
	*buf = '\0';
	if (err_is_final(e))
		return e;
	if (err_reason(e) != ERR_NOT_FOUND) {
		s->unnamed += count;
		if (!s->why) {
			s->why = e;
			return NULL;
		}
	}
	err_free(e);
	return NULL;
}

/* by_name: examines only processes with that name, else all others. */
static struct err *search(struct process_search *s, const struct user_roots *r,
			  bool by_name, bool *found)
{
	size_t i;

	for (i = 0; i < r->nr && !*found; i++) {
		char program[sizeof(s->ret->program)];

		ERR_TRY(name_process(s, r->maddr[i], program, sizeof(program), by_name));
		s->ocaml |= !strcmp(program, "oxenstored");
		if (!strcmp(program, "xenstored") == by_name) {
			s->named += by_name;
			ERR_TRY(read_process(s, r->maddr[i], program, found));
		}
	}
	return NULL;
}

static struct err *not_found(struct process_search *s)
{
	if (s->ocaml)
		return err_new(ERR_UNSUPPORTED,
			       "the xenstore is kept by oxenstored, whose memory is not decoded");
	if (s->named)
		return err_new(ERR_NOT_FOUND, "no node in the memory of xenstored");
	if (!s->processes && s->lost)
		return err_new(ERR_NOT_IN_DUMP,
			       "memory of dom0's processes is not in the dump");
	if (s->unnamed && s->unnamed == s->processes)
		return err_new(err_reason(s->why),
			       "memory of dom0's processes is not in the dump");
	return err_new(ERR_NOT_FOUND, "no process xenstored found in dom0 (%u processes)",
		       s->processes);
}

struct err *mem_store_read(struct xen *x, const char *path, unsigned int flags,
			   struct store *ret)
{
	struct process_search s = { .x = x, .flags = flags, .ret = ret };
	const struct user_roots *roots;
	bool found = false;
	struct domain d;
	struct err *e;

	(void)path;
	ERR_TRY(err_prefix(domain_find(x, 0, &d), "dom0"));
	ERR_TRY(user_roots_find(x, &d, &roots));
	s.lost = roots->lost;
	e = search(&s, roots, true, &found);
	if (!e && !found && (flags & STORE_THOROUGH))
		e = search(&s, roots, false, &found);
	if (!e && !found)
		e = not_found(&s);
	err_free(s.why);
	return e;
}
