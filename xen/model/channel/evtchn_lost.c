/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evtchn_lost.h"

#include <inttypes.h>
#include <stdio.h>

/* True if the vcpu polls, or sleeps for a reason other than waiting for an event. */
static bool waits_for_events(const struct vcpu *v)
{
	return value_ok(&v->runstate) &&
	       value_of(&v->runstate) == RUNSTATE_BLOCKED &&
	       value_ok(&v->pause_flags) &&
	       value_of(&v->pause_flags) == VPF_BLOCKED &&
	       !(value_ok(&v->poll_evtchn) && value_of(&v->poll_evtchn));
}

bool evtchn_is_lost(struct xen *x, const struct domain *d,
		    const struct evtchn *ch, struct evtchn_lost *ret)
{
	struct evtchn_lost l = { .port = ch->port, .sure = !domain_is_hvm(d) };
	bool masked;
	struct err *e;

	if (!ch->va || ch->bits_error || !ch->pending || ch->masked ||
	    !value_ok(&ch->notify_vcpu_id) ||
	    (value_ok(&ch->xen_consumer) && value_of(&ch->xen_consumer)))
		return false;
	e = vcpu_find(x, d, value_of(&ch->notify_vcpu_id), &l.v);
	if (!e)
		e = waits_for_events(&l.v) ?
		    vcpu_upcall(x, &l.v, &l.upcall, &masked) :
		    err_new(ERR_NOT_FOUND, "not blocked");
	if (e) {
		err_free(e);
		return false;
	}
	/* a PV guest that masked its upcalls expects no event */
	if (masked && !domain_is_hvm(d))
		return false;
	*ret = l;
	return true;
}

/* An event of the channel may be lost, but its bits are not readable. */
static bool is_unread(struct xen *x, const struct domain *d, const struct evtchn *ch)
{
	struct vcpu v;
	struct err *e;
	bool is;

	if (!ch->va || !ch->bits_error || !value_ok(&ch->notify_vcpu_id) ||
	    (value_ok(&ch->xen_consumer) && value_of(&ch->xen_consumer)))
		return false;
	e = vcpu_find(x, d, value_of(&ch->notify_vcpu_id), &v);
	is = !e && waits_for_events(&v);
	err_free(e);
	return is;
}

struct err *evtchns_find_lost(struct xen *x, const struct domain *d,
			      evtchn_lost_fn *fn, void *arg, struct err **unread)
{
	struct evtchn_lost lost;
	struct evtchn ch;
	struct evtchns w;

	*unread = NULL;
	ERR_TRY(evtchns_start(&w, x, d));
	for (;;) {
		struct err *e = evtchns_next(&w, &ch);

		if (err_is_final(e))
			return e;
		if (e) {
			err_free(e);
			continue;
		}
		if (w.done)
			return NULL;
		if (evtchn_is_lost(x, d, &ch, &lost)) {
			e = fn(arg, &lost);
		} else if (!*unread && is_unread(x, d, &ch)) {
			*unread = ch.bits_error;
			ch.bits_error = NULL;
		}
		evtchn_release(&ch);
		if (e)
			return e;
	}
}

const char *evtchn_lost_text(const struct evtchn_lost *l, char *buf, size_t size)
{
	snprintf(buf, size, "pending, not masked, vcpu %" PRIu64 " blocked, upcall %spending",
		 value_of(&l->v.vcpu_id), l->upcall ? "" : "not ");
	return buf;
}
