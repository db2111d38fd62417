/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lost events: a channel is pending and not masked, but the vcpu that it
 * notifies is blocked. Xen's vcpu_block() returns at once when an event can be
 * delivered (common/sched/core.c; schedule.c before 4.14), and raising an event
 * wakes the vcpu; a guest in this state therefore waits for ever.
 */
#ifndef XEN_MODEL_EVTCHN_LOST_H
#define XEN_MODEL_EVTCHN_LOST_H

#include "evtchn.h"
#include "xen/model/domain/vcpu.h"

struct evtchn_lost {
	unsigned int port;
	struct vcpu v;		/* the vcpu to notify */
	bool upcall;		/* its upcall is pending: it was not woken */
	/*
	 * False for HVM and PVH guests: their vlapic or interrupt flag, which
	 * are not read, may delay the event.
	 */
	bool sure;
};

typedef struct err *evtchn_lost_fn(void *arg, const struct evtchn_lost *l);

/*
 * Calls fn for each lost event of a domain. Channels that cannot be read are
 * left out; "xen evtchn" reports them. Sets *unread, owned by the caller, to the
 * reason for the first of these whose vcpu is blocked; NULL: there is none.
 * Fails with ERR_INTERRUPTED, with fn's error, or if the domain's channels are
 * not available.
 */
struct err *evtchns_find_lost(struct xen *x, const struct domain *d,
			      evtchn_lost_fn *fn, void *arg,
			      struct err **unread) ERR_MUST_CHECK;

/* True for a channel of d that is lost; fills ret. */
bool evtchn_is_lost(struct xen *x, const struct domain *d,
		    const struct evtchn *ch, struct evtchn_lost *ret);

/* "pending, not masked, d1v0 blocked, upcall not pending"; returns buf. */
const char *evtchn_lost_text(const struct evtchn_lost *l, char *buf, size_t size);

#endif
