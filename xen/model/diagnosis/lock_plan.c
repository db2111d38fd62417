/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define DEPTH_MAX	6
#define ELEMENTS_MAX	64
/*
 * Limit of members visited. An object of Xen has some thousand; corrupt DWARF
 * may nest structures of hundreds of members each.
 */
#define OBJECT_STEPS	(1U << 16)
#define ALL_STEPS	(1U << 23)

struct planning {
	struct lock_walk *w;
	struct lock_plan *plan;
	struct budget object;
	size_t prefix;		/* length of the object's own name */
};

static bool is_lock(const struct type *t, enum lock_kind *kind)
{
	char name[64];

	type_name(t, name, sizeof(name));
	return lock_type_kind(name, kind);
}

static struct err *add_lock(struct planning *p, enum lock_kind kind,
			    uint64_t offset, const char *name)
{
	struct lock_plan *plan = p->plan;
	struct planned_lock *l;

	if (!ARRAY_GROW(plan->lock, plan->nr))
		return err_nomem();
	l = &plan->lock[plan->nr];
	*l = (struct planned_lock){
		.offset = offset, .kind = kind,
		.name = strdup(name + (strlen(name) < p->prefix ? strlen(name) :
				       p->prefix)),
	};
	if (!l->name)
		return err_nomem();
	plan->nr++;
	return NULL;
}

static struct err *locks_of_type(struct planning *p, const struct type *t,
				 uint64_t offset, const char *name,
				 unsigned int depth);

static struct err *locks_of_array(struct planning *p, const struct type *t,
				  uint64_t offset, const char *name,
				  unsigned int depth)
{
	struct type element;
	uint64_t n, size, i;
	size_t before = p->plan->nr;
	char path[LOCK_NAME_SIZE];
	struct err *e;

	e = type_count(t, &n);
	if (!e)
		e = type_target(t, &element);
	if (!e)
		e = type_size(&element, &size);
	if (e || n > ELEMENTS_MAX) {
		err_free(e);	/* array of unknown length */
		return NULL;
	}
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s[%" PRIu64 "]", name, i);
		ERR_TRY(locks_of_type(p, &element, offset + i * size, path, depth + 1));
		if (p->plan->nr == before)
			break;	/* the first element contains no lock, nor do the others */
	}
	return NULL;
}

static struct err *locks_of_struct(struct planning *p, const struct type *t,
				   uint64_t offset, const char *name,
				   unsigned int depth)
{
	struct member_cursor c;
	char path[LOCK_NAME_SIZE];
	struct err *e = member_first(t, &c);

	if (e) {
		err_free(e);	/* incomplete type */
		return NULL;
	}
	while (member_next(&c)) {
		if (c.member.bit_size)
			continue;
		snprintf(path, sizeof(path), "%s%s%s", name, c.name ? "." : "",
			 c.name ? c.name : "");
		ERR_TRY(locks_of_type(p, &c.member.type, offset + c.member.offset,
				      path, depth + 1));
	}
	return NULL;
}

static struct err *locks_of_type(struct planning *p, const struct type *t,
				 uint64_t offset, const char *name,
				 unsigned int depth)
{
	enum lock_kind kind;

	if (depth > DEPTH_MAX)
		return NULL;
	ERR_TRY(budget_take(&p->object, name));
	ERR_TRY(budget_take(&p->w->all, name));
	switch (type_kind(t)) {
	case TYPE_STRUCT:
		return is_lock(t, &kind) ? add_lock(p, kind, offset, name)
					 : locks_of_struct(p, t, offset, name, depth);
	case TYPE_ARRAY:
		return locks_of_array(p, t, offset, name, depth);
	default:
		return NULL;	/* the active member of a union is unknown */
	}
}

/* The limit of an object ends its type, that of the walk ends the walk. */
struct err *lock_plan_make(struct lock_walk *w, const struct type *t,
			   const char *name, struct lock_plan *ret)
{
	struct lock_plan plan = { .nr = 0 };
	struct planning p = {
		.w = w, .plan = &plan, .prefix = strlen(name),
		.object = { .limit = OBJECT_STEPS },
	};
	struct err *e = NULL;

	if (!w->all.limit)
		w->all.limit = ALL_STEPS;
	if (!budget_spent(&w->all))
		e = locks_of_type(&p, t, 0, name, 0);
	if (e && err_reason(e) == ERR_CORRUPT) {
		w->lost(w->arg, err_prefix(e, "search for locks"));
		e = NULL;
	}
	if (e)
		lock_plan_release(&plan);
	else
		*ret = plan;
	return e;
}

struct err *lock_plan_of(struct lock_walk *w, const char *type,
			 struct lock_plan *ret)
{
	struct type t;

	ERR_TRY(interrupt_check());
	ERR_TRY(types_find(w->x->types, type, &t));
	return lock_plan_make(w, &t, type, ret);
}

struct err *lock_plan_show(struct lock_walk *w, const struct lock_plan *plan,
			   uint64_t va, const char *name)
{
	char full[LOCK_NAME_SIZE];
	struct err *e;

	for (size_t i = 0; i < plan->nr; i++) {
		const struct planned_lock *l = &plan->lock[i];

		if (budget_spent(&w->all))
			return NULL;
		snprintf(full, sizeof(full), "%s%s", name, l->name);
		e = budget_take(&w->all, full);
		if (!e)
			e = lock_show(w, l->kind, va + l->offset, full);
		if (e)
			return e;
	}
	return NULL;
}

void lock_plan_release(struct lock_plan *plan)
{
	for (size_t i = 0; i < plan->nr; i++)
		free(plan->lock[i].name);
	free(plan->lock);
	*plan = (struct lock_plan){ .nr = 0 };
}
