/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stuck spinlocks of a running host: pcpus queue for them, and the ticket that
 * is served does not change. A busy lock serves thousands of tickets in that
 * time.
 */
#ifndef XEN_MODEL_LOCK_STUCK_H
#define XEN_MODEL_LOCK_STUCK_H

#include "lock.h"

struct stuck_lock {
	uint64_t va;
	enum lock_kind kind;
	char name[96];
	uint16_t head;		/* the ticket that is served */
	unsigned int waiting;	/* number of tickets behind it */
	unsigned int holder;	/* as in struct lock */
};

struct stuck_locks {
	struct stuck_lock *at;
	unsigned int nr;
	unsigned int looks;	/* number of times that they were read */
	uint64_t ns;		/* lower bound of the time between the first and the last */
};

/*
 * The first look: remembers the lock if pcpus queue for it. To be called for
 * each lock of a walk, with *s zeroed before the first.
 */
struct err *stuck_locks_see(struct stuck_locks *s, const struct lock *lock) ERR_MUST_CHECK;
/*
 * The other looks: removes the locks that moved, until none is left, or a second
 * has passed. Without a clock that runs on while the host is read, as in a
 * dump, none is left.
 */
struct err *stuck_locks_confirm(struct xen *x, struct stuck_locks *s) ERR_MUST_CHECK;
void stuck_locks_release(struct stuck_locks *s);

/* "ticket 41 was served in each of 11 looks in 1.012 s"; returns buf. */
const char *stuck_lock_text(const struct stuck_locks *s, const struct stuck_lock *lock,
			    char *buf, size_t size);

#endif
