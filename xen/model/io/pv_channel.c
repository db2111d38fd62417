/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ends of the event channel of a ring. */
#include "pv_internal.h"

#include <inttypes.h>
#include <stdio.h>

#include "xen/model/channel/evtchn_lost.h"

/* The channels of a domain, opened once for all devices. */
static struct evtchns *channels_of(struct pv_job *j, struct pv_domain *d)
{
	struct err *e;

	if (!d->tried_channels) {
		d->tried_channels = true;
		e = evtchns_start(&d->channels, j->x, &d->d);
		d->has_channels = !e;
		err_free(e);	/* "xen evtchn" reports it */
	}
	return d->has_channels ? &d->channels : NULL;
}

static void read_bits(struct pv_job *j, const struct pv_domain *d,
		      const struct evtchn *ch, struct pv_end *end)
{
	struct evtchn_lost lost;

	end->bits = ch->va && !ch->bits_error;
	end->pending = ch->pending;
	end->masked = ch->masked;
	if (end->bits && evtchn_is_lost(j->x, &d->d, ch, &lost)) {
		end->lost = true;
		end->lost_sure = lost.sure;
	}
}

/* Reads one end; *ch receives domain and port of the other end, if there is one. */
static bool read_end(struct pv_job *j, struct pv_domain *d, uint32_t port,
		     struct pv_end *end, struct evtchn *ch, char *problem,
		     size_t size)
{
	struct evtchns *w = channels_of(j, d);
	struct err *e;

	end->port = port;
	end->domid = value_of(&d->d.domain_id);
	if (!w) {
		words_append(problem, size, "channels of d%u are not available",
			  end->domid);
		return false;
	}
	e = evtchn_read(w, port, ch);
	if (e && err_reason(e) == ERR_NOT_FOUND) {
		err_free(e);
		end->known = true;
		end->state = EVTCHN_FREE;
		return false;
	}
	if (e) {
		words_append(problem, size, "port %u of d%u: %s", port, end->domid,
			  err_text(e));
		err_free(e);
		return false;
	}
	end->known = true;
	end->state = value_of(&ch->state);
	read_bits(j, d, ch, end);
	evtchn_release(ch);
	return true;
}

void pv_channel_read(struct pv_job *j, struct pv_domain *d, uint32_t port,
		     struct pv_ring *r)
{
	struct pv_domain *other;
	struct evtchn ch;

	r->has_port = true;
	if (!read_end(j, d, port, &r->front, &ch, r->problem, sizeof(r->problem)) ||
	    r->front.state != EVTCHN_INTERDOMAIN ||
	    !value_ok(&ch.remote_domid) || !value_ok(&ch.remote_port))
		return;
	other = pv_domain_find(j, value_of(&ch.remote_domid));
	if (!other) {
		PV_TEXT(r->problem, "no domain d%" PRIu64 " at the other end of port %u",
			value_of(&ch.remote_domid), port);
		return;
	}
	read_end(j, other, value_of(&ch.remote_port), &r->back, &ch, r->problem,
		 sizeof(r->problem));
}
