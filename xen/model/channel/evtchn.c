/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evtchn.h"

#include <inttypes.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/memory_source.h"

/* NR_XEN_CONSUMERS is at most 1 << XEN_CONSUMER_BITS */
#define CONSUMERS_MAX	8

/* event_word_t (public/event_channel.h) */
#define WORD_PENDING	(1U << 31)
#define WORD_MASKED	(1U << 30)
#define WORD_LINKED	(1U << 29)
#define WORD_BUSY	(1U << 28)
#define WORD_LINK	((1U << 17) - 1)
#define WORDS_PER_PAGE	(XPAGE_SIZE / 4)

#define TABLE(m, path) FIELD(struct evtchns, m, path)
#define TABLE_AT(m, path) FIELD_AT(struct evtchns, m, path)

/* Members of struct domain. */
static const struct field table_fields[] FIELD_TABLE = {
	TABLE(evtchn, "domain.evtchn"),
	TABLE_AT(groups, "domain.evtchn_group"),
	TABLE(valid, "domain.valid_evtchns | domain.max_evtchns"),
	TABLE(limit, "domain.max_evtchn_port"),
	TABLE(active, "domain.active_evtchns"),
	TABLE(xen_owned, "domain.xen_evtchns"),
	TABLE(fifo_va, "domain.evtchn_fifo"),
	TABLE_AT(pending, "domain.shared_info->native.evtchn_pending"),
	TABLE_AT(mask, "domain.shared_info->native.evtchn_mask"),
	TABLE(has_32bit, "domain.arch.has_32bit_shinfo"),
	TABLE_AT(pending32, "domain.shared_info->compat.evtchn_pending"),
	TABLE_AT(mask32, "domain.shared_info->compat.evtchn_mask"),
};

static const struct field fifo_fields[] FIELD_TABLE = {
	TABLE(nr_words, "evtchn_fifo_domain.num_evtchns"),
};

#define F(m, path) FIELD(struct evtchn, m, path)

static const struct field evtchn_fields[] FIELD_TABLE = {
	F(port_inside, "evtchn.port"),
	F(state, "evtchn.state"),
	F(xen_consumer, "evtchn.xen_consumer"),
	F(notify_vcpu_id, "evtchn.notify_vcpu_id"),
	F(priority, "evtchn.priority"),
};

/* Members of the union that the state selects. */
static const struct field unbound_fields[] FIELD_TABLE = {
	F(remote_domid, "evtchn.u.unbound.remote_domid"),
};

static const struct field interdomain_fields[] FIELD_TABLE = {
	F(remote_port, "evtchn.u.interdomain.remote_port"),
	F(remote_dom, "evtchn.u.interdomain.remote_dom"),
	F(remote_domid, "evtchn.u.interdomain.remote_dom->domain_id"),
};

static const struct field pirq_fields[] FIELD_TABLE = {
	F(irq, "evtchn.u.pirq.irq"),
};

static const struct field virq_fields[] FIELD_TABLE = {
	F(virq, "evtchn.u.virq"),
};

const struct record_type evtchn_record = RECORD_TYPE("evtchn", evtchn_fields);
const struct record_type evtchn_table_record =
	RECORD_TYPE("event channels of a domain", table_fields);
const struct record_type evtchn_fifo_record =
	RECORD_TYPE("evtchn_fifo_domain", fifo_fields);
const struct record_type evtchn_state_records[EVTCHN_NR_STATES] = {
	[EVTCHN_UNBOUND] = RECORD_TYPE("unbound channel", unbound_fields),
	[EVTCHN_INTERDOMAIN] = RECORD_TYPE("interdomain channel",
					   interdomain_fields),
	[EVTCHN_PIRQ] = RECORD_TYPE("pirq channel", pirq_fields),
	[EVTCHN_VIRQ] = RECORD_TYPE("virq channel", virq_fields),
};

/* A bucket is a page and holds a power of two of channels. */
static struct err *find_geometry(struct evtchns *w)
{
	struct place m;

	ERR_TRY(record_resolve(w->x->records, "evtchn", &m));
	if (!m.size || m.size > XPAGE_SIZE)
		return err_new(ERR_NO_TYPE, "invalid size of struct evtchn: %" PRIu64 " bytes",
			       m.size);
	w->size = m.size;
	for (w->per_bucket = XPAGE_SIZE; w->per_bucket * m.size > XPAGE_SIZE;)
		w->per_bucket /= 2;
	w->per_group = w->per_bucket * (XPAGE_SIZE / 8);
	/* without it each channel reports that it is missing */
	return err_drop(record_resolve(w->x->records, "evtchn.state", &w->state));
}

static struct err *read_table(struct evtchns *w, const struct domain *d)
{
	struct xen *x = w->x;

	ERR_TRY(record_read(x->records, x->space, &evtchn_table_record, d->va, w));
	if (!value_ok(&w->evtchn) || !value_ok(&w->valid))
		return err_new(ERR_NO_TYPE, "no domain.evtchn or domain.valid_evtchns in this build");
	if (!value_of(&w->evtchn))
		return NULL;	/* Xen's own domains have no channels */
	ERR_TRY(find_geometry(w));
	if (value_of(&w->valid) > EVTCHN_MAX)
		return err_new(ERR_CORRUPT, "invalid domain.valid_evtchns: %" PRIu64,
			       value_of(&w->valid));
	w->nr = value_of(&w->valid);
	w->bits32 = value_ok(&w->has_32bit) && value_of(&w->has_32bit);
	w->fifo = value_ok(&w->fifo_va) && value_of(&w->fifo_va);
	if (!w->fifo)
		return NULL;
	ERR_TRY(xen_check_pointer(x, value_of(&w->fifo_va), 8, "evtchn_fifo"));
	return record_read(x->records, x->space, &evtchn_fifo_record, value_of(&w->fifo_va), w);
}

struct err *evtchns_start(struct evtchns *w, struct xen *x,
			  const struct domain *d)
{
	struct evtchns new = { .x = x, .domain = d->va,
			       .domid = value_of(&d->domain_id), .bucket_nr = ~0U };

	ERR_TRY(x->source->evtchns_start(&new, d));
	*w = new;
	return NULL;
}

struct err *mem_evtchns_start(struct evtchns *w, const struct domain *d)
{
	return err_prefix(read_table(w, d), "event channels of domain %" PRIu64,
			  w->domid);
}

/* Sets w->bucket to that of a port, or to 0; the first is domain.evtchn itself. */
static struct err *find_bucket(struct evtchns *w, unsigned int port)
{
	unsigned int nr = port / w->per_bucket;
	uint64_t group, bucket = value_of(&w->evtchn);

	if (nr == w->bucket_nr)
		return NULL;
	if (nr) {
		if (!value_ok(&w->groups))
			return err_new(ERR_NO_TYPE, "no domain.evtchn_group in this build");
		ERR_TRY(space_read_u64(w->x->space, value_of(&w->groups) +
				       8ULL * (port / w->per_group), &group));
		bucket = 0;
		if (group) {
			ERR_TRY(xen_check_pointer(w->x, group, 8,
						  "group of event channels"));
			ERR_TRY(space_read_u64(w->x->space, group + 8ULL *
					       (port % w->per_group / w->per_bucket),
					       &bucket));
		}
	}
	if (bucket)
		ERR_TRY(xen_check_pointer(w->x, bucket, 8,
					  "bucket of event channels"));
	w->bucket_nr = nr;
	w->bucket = bucket;
	return NULL;
}

static struct err *read_fifo_bits(struct evtchns *w, struct evtchn *ch)
{
	uint64_t page;
	uint32_t word;

	if (value_ok(&w->nr_words) && ch->port >= value_of(&w->nr_words))
		return err_new(ERR_NOT_FOUND,
			       "no event array of the guest for port %u",
			       ch->port);
	/* event_array[] is the first member in all versions */
	ERR_TRY(space_read_u64(w->x->space, value_of(&w->fifo_va) +
			       8ULL * (ch->port / WORDS_PER_PAGE), &page));
	ERR_TRY(xen_check_pointer(w->x, page, 4, "event array"));
	ERR_TRY(space_read_u32(w->x->space, page + 4ULL *
			       (ch->port % WORDS_PER_PAGE), &word));
	ch->pending = word & WORD_PENDING;
	ch->masked = word & WORD_MASKED;
	ch->linked = word & WORD_LINKED;
	ch->busy = word & WORD_BUSY;
	ch->link = word & WORD_LINK;
	return NULL;
}

static struct err *read_bit(struct xen *x, const struct value *map,
			    unsigned int port, bool *ret)
{
	uint8_t byte;

	if (map->state == VALUE_UNREADABLE)
		return err_new(map->why, "shared info page is not accessible");
	if (!value_ok(map))
		return err_new(ERR_NO_TYPE, "no shared_info.evtchn_pending or shared_info.evtchn_mask in this build");
	ERR_TRY(space_read(x->space, value_of(map) + port / 8, &byte, 1));
	*ret = byte >> (port % 8) & 1;
	return NULL;
}

/* A bytewise read gives the same result for little-endian words of 4 and 8 bytes. */
static struct err *read_bits(struct evtchns *w, struct evtchn *ch)
{
	if (w->fifo)
		return read_fifo_bits(w, ch);
	ERR_TRY(read_bit(w->x, w->bits32 ? &w->pending32 : &w->pending,
			 ch->port, &ch->pending));
	return read_bit(w->x, w->bits32 ? &w->mask32 : &w->mask, ch->port,
			&ch->masked);
}

static struct err *read_channel(struct evtchns *w, struct evtchn *ch)
{
	struct records *r = w->x->records;

	ERR_TRY(record_read(r, w->x->space, &evtchn_record, ch->va, ch));
	if (ch->state.state == VALUE_UNREADABLE)
		return err_new(ch->state.why, "evtchn.state cannot be read");
	if (!value_ok(&ch->state))
		return err_new(ERR_NO_TYPE, "no evtchn.state in this build");
	if (value_of(&ch->state) >= EVTCHN_NR_STATES)
		return err_new(ERR_CORRUPT, "invalid evtchn.state: %" PRIu64,
			       value_of(&ch->state));
	/* free channels of a new bucket have no port yet */
	if (value_of(&ch->state) != EVTCHN_FREE && value_ok(&ch->port_inside) &&
	    value_of(&ch->port_inside) != ch->port)
		return err_new(ERR_CORRUPT, "wrong evtchn.port: %" PRIu64,
			       value_of(&ch->port_inside));
	if (evtchn_state_records[value_of(&ch->state)].name)
		err_free(record_read(r, w->x->space,
				     &evtchn_state_records[value_of(&ch->state)], ch->va, ch));
	if (value_of(&ch->state) != EVTCHN_FREE)
		ch->bits_error = read_bits(w, ch);
	return NULL;
}

void evtchn_release(struct evtchn *ch)
{
	err_free(ch->bits_error);
	ch->bits_error = NULL;
}

struct err *evtchn_read(struct evtchns *w, uint64_t port, struct evtchn *ret)
{
	if (port >= w->nr)
		return err_new(ERR_NOT_FOUND, "no port %" PRIu64 ": there are %u",
			       port, w->nr);
	w->resume = port + 1;
	return w->x->source->evtchn_read(w, port, ret);
}

/* True for most channels of a bucket. */
static bool is_free(struct evtchns *w, uint64_t va)
{
	uint64_t state = 0;
	struct err *e;

	if (!w->state.size || w->state.size > sizeof(state) || w->state.bit_size)
		return false;
	e = space_read(w->x->space, va + w->state.offset, &state, w->state.size);
	err_free(e);
	return !e && state == EVTCHN_FREE;
}

struct err *mem_evtchn_read(struct evtchns *w, unsigned int port,
			    struct evtchn *ret)
{
	struct evtchn ch;
	struct err *e = find_bucket(w, port);

	/* the error is the same for all ports of the bucket */
	if (e || !w->bucket)
		w->resume = (port / w->per_bucket + 1) * w->per_bucket;
	ERR_TRY(err_prefix(e, "port %u", port));
	if (!w->bucket)
		return err_new(ERR_NOT_FOUND, "port %u was never allocated", port);
	memset(&ch, 0, sizeof(ch));
	ch.port = port;
	ch.va = w->bucket + port % w->per_bucket * w->size;
	if (w->skips_free && is_free(w, ch.va)) {
		ch.state = value_from(EVTCHN_FREE, w->state.unproved);
		*ret = ch;
		return NULL;
	}
	ERR_TRY(err_prefix(read_channel(w, &ch), "port %u at %" PRIx64, port,
			   ch.va));
	*ret = ch;
	return NULL;
}

struct err *evtchns_next(struct evtchns *w, struct evtchn *ret)
{
	while (w->next < w->nr) {
		unsigned int port = w->next++;
		struct err *e;

		ERR_TRY(interrupt_check());
		w->skips_free = true;
		e = evtchn_read(w, port, ret);
		w->skips_free = false;
		if (e)
			w->next = w->resume;
		if (e && err_reason(e) != ERR_NOT_FOUND)
			return e;
		if (e) {
			err_free(e);
			continue;
		}
		/* port 0 is reserved in every domain */
		if (value_of(&ret->state) != EVTCHN_FREE &&
		    (port || value_of(&ret->state) != EVTCHN_RESERVED))
			return NULL;
		evtchn_release(ret);
	}
	w->done = true;
	return NULL;
}

const char *evtchn_state_name(uint64_t state)
{
	static const char *const names[] = {
		"free", "reserved", "unbound", "interdomain", "pirq", "virq",
		"ipi",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

const char *virq_name(uint64_t virq)
{
	static const char *const names[] = {
		"TIMER", "DEBUG", "CONSOLE", "DOM_EXC", "TBUF", NULL,
		"DEBUGGER", "XENOPROF", "CON_RING", "PCPU_STATE", "MEM_EVENT",
		"ARGO", "ENOMEM", "XENPMU", NULL, NULL,
		/* ARCH_0 is VIRQ_MCA on x86 */
		"MCA", "ARCH_1", "ARCH_2", "ARCH_3", "ARCH_4", "ARCH_5",
		"ARCH_6", "ARCH_7",
	};

	return virq < ARRAY_SIZE(names) ? names[virq] : NULL;
}

uint64_t evtchn_consumer(struct xen *x, const struct evtchn *ch)
{
	uint64_t va = 0;
	struct err *e;

	if (!value_ok(&ch->xen_consumer) || !value_of(&ch->xen_consumer) ||
	    value_of(&ch->xen_consumer) > CONSUMERS_MAX)
		return 0;
	e = xen_symbol(x, "xen_consumers", &va);
	if (!e)
		e = space_read_u64(x->space, va + 8 * (value_of(&ch->xen_consumer) - 1),
				   &va);
	if (e)
		va = 0;
	err_free(e);
	return va;
}

struct err *mem_evtchn_check_peer(struct evtchns *w, struct evtchns *peers,
				  const struct evtchn *ch)
{
	struct domain other;
	struct evtchn peer;

	if (!value_ok(&ch->remote_dom) || !value_ok(&ch->remote_port))
		return err_new(ERR_BAD_POINTER, "other end is not readable");
	if (peers->domain != value_of(&ch->remote_dom)) {
		ERR_TRY(domain_read(w->x, value_of(&ch->remote_dom), &other));
		ERR_TRY(evtchns_start(peers, w->x, &other));
	}
	ERR_TRY(evtchn_read(peers, value_of(&ch->remote_port), &peer));
	evtchn_release(&peer);
	if (value_of(&peer.state) != EVTCHN_INTERDOMAIN)
		return err_new(ERR_CORRUPT, "other end, port %" PRIu64
			       " of domain %" PRIu64 ", is %s",
			       value_of(&ch->remote_port), value_of(&ch->remote_domid),
			       evtchn_state_name(value_of(&peer.state)));
	if (value_of(&peer.remote_dom) != w->domain || value_of(&peer.remote_port) != ch->port)
		return err_new(ERR_CORRUPT, "other end, port %" PRIu64
			       " of domain %" PRIu64 ", is bound to port %" PRIu64
			       " of domain %" PRIu64, value_of(&ch->remote_port),
			       value_of(&ch->remote_domid), value_of(&peer.remote_port),
			       value_of(&peer.remote_domid));
	return NULL;
}

struct err *evtchn_check_peer(struct evtchns *w, struct evtchns *peers,
			      const struct evtchn *ch)
{
	if (!value_ok(&ch->state) || value_of(&ch->state) != EVTCHN_INTERDOMAIN)
		return NULL;
	if (!w->x->source->evtchn_check_peer)
		return NULL;
	return err_prefix(w->x->source->evtchn_check_peer(w, peers, ch),
			  "port %u", ch->port);
}
