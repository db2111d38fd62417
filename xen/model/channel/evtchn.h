/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels: struct evtchn of include/xen/sched.h, in buckets of one page
 * (common/event_channel.c), 4.4 to master.
 */
#ifndef XEN_MODEL_EVTCHN_H
#define XEN_MODEL_EVTCHN_H

#include "xen/model/domain/domain.h"
#include "xen/model/xen.h"

/* EVTCHN_FIFO_NR_CHANNELS (public/event_channel.h) */
#define EVTCHN_MAX	(1U << 17)

/* ECS_* */
enum evtchn_state {
	EVTCHN_FREE, EVTCHN_RESERVED, EVTCHN_UNBOUND, EVTCHN_INTERDOMAIN,
	EVTCHN_PIRQ, EVTCHN_VIRQ, EVTCHN_IPI, EVTCHN_NR_STATES,
};

/* The channels of one domain; also a walk over them. */
struct evtchns {
	struct xen *x;
	uint64_t domain;		/* va */
	uint64_t domid;
	unsigned int nr;		/* limit of port numbers; 0: no channels */
	unsigned int next;
	unsigned int resume;		/* port to continue with after an error */
	bool done;
	bool fifo;			/* its ABI: FIFO, else 2-level */
	bool bits32;			/* the 2-level words are those of a 32-bit guest */
	struct value evtchn, groups;	/* va: first bucket, array */
	struct value valid;		/* number of allocated ports; the limit up to 4.5 */
	struct value limit;		/* highest port allowed */
	struct value active, xen_owned;	/* ports in use, and those of Xen among them; 4.10+ */
	struct value fifo_va, nr_words;	/* FIFO */
	struct value pending, mask;	/* va of the 2-level bitmaps */
	struct value has_32bit, pending32, mask32;
	uint64_t size;			/* bytes from channel to channel */
	struct place state;		/* of a channel; its size is 0 in builds without it */
	bool skips_free;		/* of a free channel only the state is read */
	unsigned int per_bucket, per_group;
	uint64_t bucket;		/* va; of the last port read */
	unsigned int bucket_nr;
};

struct evtchn {
	uint64_t va;
	unsigned int port;
	struct value port_inside;	/* the number that the channel itself has */
	struct value state;		/* enum evtchn_state */
	struct value xen_consumer;	/* 0: none, else xen_consumers[n - 1] */
	struct value notify_vcpu_id;
	struct value priority;		/* FIFO: 0 highest to 15 */
	struct value remote_domid;	/* unbound, interdomain */
	struct value remote_port, remote_dom;	/* interdomain; va */
	struct value irq, virq;		/* pirq of its domain; VIRQ_* */
	struct err *bits_error;		/* owned; if set, the members above are unknown */
	bool pending, masked, linked, busy;
	unsigned int link;		/* FIFO, linked: the next port in its queue */
};

extern const struct record_type evtchn_record;
/* Members of the domain; of its FIFO; of a channel, by its state */
extern const struct record_type evtchn_table_record, evtchn_fifo_record;
extern const struct record_type evtchn_state_records[EVTCHN_NR_STATES];

/* Fails if the domain's table of channels cannot be read. */
struct err *evtchns_start(struct evtchns *w, struct xen *x,
			  const struct domain *d) ERR_MUST_CHECK;
/*
 * Returns the next channel in use; release it with evtchn_release(). Past the
 * last one w->done is set and ret is unchanged. After an error, which affects
 * one channel or one bucket, the walk continues unless it is ERR_INTERRUPTED.
 */
struct err *evtchns_next(struct evtchns *w, struct evtchn *ret) ERR_MUST_CHECK;
/* Reads one channel, in use or not; ERR_NOT_FOUND beyond the limit. */
struct err *evtchn_read(struct evtchns *w, uint64_t port,
			struct evtchn *ret) ERR_MUST_CHECK;
void evtchn_release(struct evtchn *ch);

/* "interdomain" ...; "?" */
const char *evtchn_state_name(uint64_t state);
/* "TIMER", "ARCH_1" ...; NULL for an unknown number (VIRQ_* of public/xen.h) */
const char *virq_name(uint64_t virq);
/* Returns the va of the function in Xen that receives the events; 0: none or unknown. */
uint64_t evtchn_consumer(struct xen *x, const struct evtchn *ch);

/*
 * Checks that the other end of an interdomain channel of w is bound to it; the
 * error names the contradiction. peers is a cache: all zero at first, then the
 * same object for all channels.
 */
struct err *evtchn_check_peer(struct evtchns *w, struct evtchns *peers,
			      const struct evtchn *ch) ERR_MUST_CHECK;

#endif
