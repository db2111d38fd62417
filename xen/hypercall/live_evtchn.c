/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels by hypercalls: both ends, but not pending and masked. */
#include "live_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "xen/model/channel/evtchn.h"

static struct err *status(struct live *l, uint64_t domid, unsigned int port,
			  struct live_evtchn *ret)
{
	int rc;

	ERR_TRY(interrupt_check());
	rc = l->ops->evtchn(l->priv, domid, port, ret);
	if (rc == -ENOENT)
		return err_new(ERR_NOT_FOUND, "no port %u", port);
	return rc ? live_failed(rc, "asking the hypervisor for an event channel") :
		    NULL;
}

/* Counts the ports by bisection, as they exist from 0 on without a gap. */
struct err *live_evtchns_start(struct evtchns *w, const struct domain *d)
{
	struct live *l = live_of(w->x);
	unsigned int low = 0, high = EVTCHN_MAX;
	struct live_evtchn e;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		struct err *err = status(l, w->domid, mid, &e);

		if (err && err_reason(err) != ERR_NOT_FOUND)
			return err;
		if (err)
			high = mid;
		else
			low = mid + 1;
		err_free(err);
	}
	(void)d;
	w->nr = low;
	w->valid = live_known(low);
	return NULL;
}

struct err *live_evtchn_read(struct evtchns *w, unsigned int port,
			     struct evtchn *ret)
{
	static const unsigned char states[] = {
		[LIVE_CLOSED] = EVTCHN_FREE, [LIVE_UNBOUND] = EVTCHN_UNBOUND,
		[LIVE_INTERDOMAIN] = EVTCHN_INTERDOMAIN,
		[LIVE_PIRQ] = EVTCHN_PIRQ, [LIVE_VIRQ] = EVTCHN_VIRQ,
		[LIVE_IPI] = EVTCHN_IPI,
	};
	struct live_evtchn e;
	struct err *err = status(live_of(w->x), w->domid, port, &e);

	if (err) {
		w->resume = w->nr;	/* the domain was removed meanwhile */
		return err;
	}
	memset(ret, 0, sizeof(*ret));
	ret->port = port;
	ret->state = live_known(states[e.state]);
	ret->notify_vcpu_id = live_known(e.vcpu);
	if (e.state == LIVE_UNBOUND || e.state == LIVE_INTERDOMAIN)
		ret->remote_domid = live_known(e.remote_domid);
	if (e.state == LIVE_INTERDOMAIN)
		ret->remote_port = live_known(e.remote_port);
	if (e.state == LIVE_PIRQ)
		ret->irq = live_known(e.irq);
	if (e.state == LIVE_VIRQ)
		ret->virq = live_known(e.irq);
	return NULL;
}
