/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock_stuck.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lock_plan.h"
#include "xen/base/array.h"
#include "xen/model/source.h"

/* Xen's watchdog, where it is enabled, waits for 5 s. */
#define STUCK_NS	1000000000ULL
#define LOOK_MS		100
/*
 * Limit of the looks, if the clock hardly advances. Between two of them a lock
 * may serve 65536 tickets and return to the same one; not between all.
 */
#define LOOKS_MAX	50
/* Limit of the locks that are read again; damaged memory may hold many. */
#define LOCKS_MAX	256

static bool is_queued(const struct lock *l)
{
	return l->has_tickets && !l->odd && l->waiting;
}

struct err *stuck_locks_see(struct stuck_locks *s, const struct lock *lock)
{
	struct stuck_lock *l;

	if (!is_queued(lock) || s->nr == LOCKS_MAX)
		return NULL;
	if (!ARRAY_GROW(s->at, s->nr))
		return err_nomem();
	l = &s->at[s->nr++];
	*l = (struct stuck_lock){
		.va = lock->va, .kind = lock->kind, .head = lock->head,
		.waiting = lock->waiting, .holder = lock->holder,
	};
	snprintf(l->name, sizeof(l->name), "%s", lock->name);
	return NULL;
}

struct again {
	struct stuck_lock *lock;
	bool same;
};

/* The holder of a recursive lock is recorded while it holds it a second time. */
static struct err *see_again(void *arg, const struct lock *now)
{
	struct again *a = arg;
	struct stuck_lock *l = a->lock;
	bool other = now->holder != LOCK_NO_PCPU && l->holder != LOCK_NO_PCPU &&
		     now->holder != l->holder;

	a->same = is_queued(now) && now->head == l->head && !other;
	l->waiting = now->waiting;
	if (now->holder != LOCK_NO_PCPU)
		l->holder = now->holder;
	return NULL;
}

/* A lock that is not readable any more moved. */
static void lose(void *arg, struct err *e)
{
	(void)arg;
	err_free(e);
}

/* One look: removes the locks that moved. */
static struct err *look_again(struct xen *x, struct stuck_locks *s)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < s->nr; i++) {
		struct again a = { .lock = &s->at[i] };
		struct lock_walk walk = {
			.x = x, .fn = see_again, .lost = lose, .arg = &a,
		};

		ERR_TRY(lock_show(&walk, s->at[i].kind, s->at[i].va, s->at[i].name));
		if (a.same)
			s->at[nr++] = s->at[i];
	}
	s->nr = nr;
	s->looks++;
	return NULL;
}

struct err *stuck_locks_confirm(struct xen *x, struct stuck_locks *s)
{
	uint64_t start = 0, now = 0;

	s->looks = 1;
	if (s->nr && x->source->let_run)
		ERR_TRY(x->source->let_run(x, 0, &start));
	else
		s->nr = 0;
	while (s->nr && s->looks < LOOKS_MAX && s->ns < STUCK_NS) {
		ERR_TRY(x->source->let_run(x, LOOK_MS, &now));
		xen_refresh(x);
		ERR_TRY(look_again(x, s));
		s->ns = now - start;
	}
	if (s->ns < STUCK_NS)
		s->nr = 0;
	return NULL;
}

void stuck_locks_release(struct stuck_locks *s)
{
	free(s->at);
	*s = (struct stuck_locks){ .nr = 0 };
}

const char *stuck_lock_text(const struct stuck_locks *s, const struct stuck_lock *lock,
			    char *buf, size_t size)
{
	snprintf(buf, size, "ticket %u of the lock at %" PRIx64 " was served in each of %u looks in %.3f s",
		 lock->head, lock->va, s->looks, s->ns / 1e9);
	return buf;
}
