/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pauses a guest until the end of this process. Xen counts pauses by the
 * toolstack, so that one by "xl pause" is not affected; a watchdog undoes the
 * pause.
 */
#include "internal.h"
#include "quiet.h"
#include "watchdog.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

enum hold_state { HOLD_NONE, HOLD_BEGUN, HOLD_PAUSED };

/* Shared with the watchdog. */
struct hold_record {
	volatile enum hold_state state;
	bool was_paused;		/* paused by others */
	uint32_t domid;
	unsigned char handle[16];	/* the number may belong to another domain later */
};

struct hold {
	struct hold *next;
	struct hold_record *record;
	struct watchdog watchdog;
};

/*
 * If the process ended between the two states, the flag of the domain shows
 * whether it is paused, unless others had paused it.
 */
static int take_back(xc_interface *xc, struct hold_record *r)
{
	xc_domaininfo_t i;
	int rc = domain_find(xc, r->domid, &i);

	if (rc == -ENOENT || (!rc && memcmp(i.handle, r->handle, sizeof(r->handle))))
		return 0;
	if (rc || r->state == HOLD_NONE)
		return rc;
	if (r->state == HOLD_BEGUN &&
	    (r->was_paused || !(i.flags & XEN_DOMINF_paused)))
		return 0;
	if (xc_domain_unpause(xc, r->domid))
		return failed();
	r->state = HOLD_NONE;
	return 0;
}

/* Runs in the watchdog, hence with a separate handle. */
static void end(const void *arg)
{
	xc_interface *xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);

	if (!xc)
		return;
	take_back(xc, (struct hold_record *)arg);
	xc_interface_close(xc);
}

static void release(struct hold *h)
{
	if (h->watchdog.pid)
		watchdog_stop(&h->watchdog);
	munmap(h->record, sizeof(*h->record));
	free(h);
}

static int pause_now(struct live *l, struct hold *h)
{
	struct hold_record *r = h->record;
	xc_domaininfo_t i;
	int rc = domain_find(l->xc, r->domid, &i);

	if (rc)
		return rc;
	memcpy(r->handle, i.handle, sizeof(r->handle));
	r->was_paused = i.flags & XEN_DOMINF_paused;
	rc = watchdog_start(&h->watchdog, end, r);
	if (rc)
		return rc;
	r->state = HOLD_BEGUN;
	errno = 0;
	rc = xc_domain_pause(l->xc, r->domid) ? failed() : 0;
	r->state = rc ? HOLD_NONE : HOLD_PAUSED;
	return rc;
}

int pause_guest(void *priv, uint32_t domid)
{
	struct live *l = priv;
	struct hold *h;
	int rc;

	for (h = l->holds; h; h = h->next)
		if (h->record->domid == domid)
			return -EBUSY;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->record = mmap(NULL, sizeof(*h->record), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (h->record == MAP_FAILED) {
		free(h);
		return -ENOMEM;
	}
	h->record->domid = domid;
	rc = pause_now(l, h);
	if (rc) {
		release(h);
		return rc;
	}
	h->next = l->holds;
	l->holds = h;
	return 0;
}

/* After an error the watchdog remains, and tries again at the end of the process. */
int unpause_guest(void *priv, uint32_t domid)
{
	struct live *l = priv;
	struct hold **at, *h;
	int rc;

	for (at = &l->holds; *at && (*at)->record->domid != domid; at = &(*at)->next)
		;
	h = *at;
	if (!h)
		return -ENOENT;
	rc = take_back(l->xc, h->record);
	if (rc)
		return rc;
	*at = h->next;
	release(h);
	return 0;
}

void pause_close(struct live *l)
{
	while (l->holds) {
		struct hold *h = l->holds;

		l->holds = h->next;
		if (take_back(l->xc, h->record))
			h->watchdog.pid = 0;
		release(h);
	}
}
