/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/channel/evtchn_lost.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/view.h"

/* Source of a row; the channel is the first member, for its fields. */
struct row {
	struct evtchn ch;
	const struct domain *d;
	unsigned int irq;		/* irq of dom0's Linux for this channel; 0: none */
	char action[64];		/* names of the handlers of that irq */
	bool lost;			/* evtchn_is_lost() */
};

_Static_assert(!offsetof(struct row, ch), "the channel comes first");

/* Limit of notes on lost events; in JSON all are marked. */
#define LOST_NOTES 16

struct listing {
	struct view view;
	struct ranges ports;
	bool found;			/* a port of these is shown */
	char in_use[256];		/* "d0: 1-32, 40; d1: 1-7" */
	bool irqs;			/* dom0's irqs are available */
	unsigned int lost;		/* number of lost events */
};

/* ---- cells ---- */

static void cell_domid(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_dec(o, &((const struct row *)rec)->d->domain_id);
}

static void cell_name(struct session *s, struct out *o, const void *rec)
{
	cell_domain_name(s, o, ((const struct row *)rec)->d);
}

static void cell_port(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->ch.port);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, evtchn_state_name(value_of(&((const struct row *)rec)->ch.state)));
}

static void cell_bit(struct out *o, const struct evtchn *ch, bool bit)
{
	if (!ch->va)
		out_none(o);
	else if (ch->bits_error)
		out_mark(o, err_reason(ch->bits_error));
	else
		out_bool(o, bit);
}

#define CELL_BIT(bit)							\
static void cell_##bit(struct session *s, struct out *o, const void *rec) \
{									\
	const struct evtchn *ch = &((const struct row *)rec)->ch;	\
									\
	(void)s;							\
	cell_bit(o, ch, ch->bit);					\
}

CELL_BIT(pending)
CELL_BIT(masked)

/* The next port in the guest's queue of pending events. */
static void cell_link(struct session *s, struct out *o, const void *rec)
{
	const struct evtchn *ch = &((const struct row *)rec)->ch;

	(void)s;
	if (ch->bits_error || !ch->linked)
		out_none(o);
	else
		out_dec(o, ch->link);
}

#define CELL_OF(member)							\
static void cell_##member(struct session *s, struct out *o, const void *rec) \
{									\
	(void)s;							\
	cell_dec(o, &((const struct row *)rec)->ch.member);		\
}

CELL_OF(remote_domid)
CELL_OF(remote_port)
CELL_OF(irq)
CELL_OF(virq)

static const char *consumer(struct session *s, const struct evtchn *ch,
			    char *buf, size_t size)
{
	uint64_t va = evtchn_consumer(s->xen, ch);

	buf[0] = '\0';
	if (va)
		symbols_describe(s->xen->symbols, va, buf, size);
	return buf;
}

static void cell_consumer(struct session *s, struct out *o, const void *rec)
{
	char text[128];

	cell_text(o, consumer(s, &((const struct row *)rec)->ch, text,
			      sizeof(text)));
}

/* The other end of the channel, as text */
static void cell_to(struct session *s, struct out *o, const void *rec)
{
	const struct evtchn *ch = &((const struct row *)rec)->ch;
	char fn[128], in_xen[160] = "";

	if (*consumer(s, ch, fn, sizeof(fn)))
		snprintf(in_xen, sizeof(in_xen), ", in Xen %s", fn);
	switch ((enum evtchn_state)value_of(&ch->state)) {
	case EVTCHN_UNBOUND:
		out_fmt(o, "waits for d%" PRIu64 "%s", value_of(&ch->remote_domid), in_xen);
		break;
	case EVTCHN_INTERDOMAIN:
		out_fmt(o, "d%" PRIu64 " port %" PRIu64 "%s",
			value_of(&ch->remote_domid), value_of(&ch->remote_port), in_xen);
		break;
	case EVTCHN_PIRQ:
		out_fmt(o, "pirq %" PRIu64, value_of(&ch->irq));
		break;
	case EVTCHN_VIRQ:
		if (virq_name(value_of(&ch->virq)))
			out_fmt(o, "VIRQ_%s", virq_name(value_of(&ch->virq)));
		else
			out_fmt(o, "virq %" PRIu64, value_of(&ch->virq));
		break;
	default:
		out_none(o);
	}
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct row *)rec)->ch.va);
}

static void cell_linux_irq(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;

	(void)s;
	if (row->irq)
		out_dec(o, row->irq);
	else
		out_none(o);
}

static void cell_action(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_text(o, ((const struct row *)rec)->action);
}

static void cell_events(struct session *s, struct out *o, const void *rec)
{
	const struct row *row = rec;
	uint64_t count;
	struct err *e;

	if (!row->irq) {
		out_none(o);
		return;
	}
	e = s->front->dom0_irq_count(row->irq, &count);
	if (e)
		out_mark(o, err_reason(e));
	else
		out_dec(o, count);
	err_free(e);
}

static void cell_lost(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_bool(o, ((const struct row *)rec)->lost);
}

#define F(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct row, ch.memb, as, help)

static const struct view_column columns[] = {
	VIEW_CELL("domid", "DOMID", cell_domid,
		  "id of the domain that has this end"),
	VIEW_CELL("domain_name", NULL, cell_name, DOMAIN_NAME_HELP),
	VIEW_CELL("port", "PORT", cell_port, "number of the channel in this domain"),
	VIEW_CELL("state", "STATE", cell_state,
		  "unbound (waits for a domain), interdomain, pirq, virq, ipi or reserved"),
	F("vcpu_id", "VCPU", notify_vcpu_id, VIEW_DEC,
	  "number of the vcpu that is notified"),
	VIEW_CELL("pending", "PENDING", cell_pending,
		  "the event is raised: the guest's bit, in its shared page or its FIFO event array"),
	VIEW_CELL("masked", "MASKED", cell_masked,
		  "the event is masked: the guest's bit in the same place"),
	VIEW_CELL("link", "LINK", cell_link,
		  "FIFO ABI: next port in the guest's queue of events"),
	F("priority", "PRI", priority, VIEW_DEC,
	  "FIFO ABI: priority, 0 the highest, 7 the default"),
	VIEW_CELL(NULL, "TO", cell_to,
		  "other end; in Xen: the function of the hypervisor that receives the event instead of the guest"),
	VIEW_CELL("remote_domid", NULL, cell_remote_domid,
		  "id of the domain at the other end, or of the one that may bind to it"),
	VIEW_CELL("remote_port", NULL, cell_remote_port,
		  "port at the other end"),
	VIEW_CELL("pirq", NULL, cell_irq,
		  "number of the physical irq of the domain"),
	VIEW_CELL("virq", NULL, cell_virq,
		  "number of the virtual irq (VIRQ_*)"),
	VIEW_CELL("xen_consumer", NULL, cell_consumer,
		  "function of the hypervisor that receives the event instead of the guest"),
	VIEW_CELL("evtchn", "EVTCHN", cell_va, "address of its struct evtchn"),
	VIEW_CELL("lost", NULL, cell_lost,
		  "the event is pending and not masked, but its vcpu is blocked"),
	VIEW_CELL("dom0_irq", "IRQ", cell_linux_irq,
		  "irq of dom0's kernel for its end of the channel"),
	VIEW_CELL("dom0_action", "ACTION", cell_action,
		  "names of the handlers of that irq"),
	VIEW_CELL("dom0_events", "EVENTS", cell_events,
		  "number of times that dom0's kernel handled that irq, with -n"),
};

/* The last columns require dom0's kernel, and the very last one the option -n. */
#define NR_DOM0_COLUMNS 3
#define NR_COUNT_COLUMNS 1

/* ---- the tables of the domains ---- */

static const struct column table_columns[] = {
	{ .key = "domid", .title = "DOMID", .help = "id of the domain" },
	{ .key = "abi", .title = "ABI",
	  .help = "layout of the bits shared with the guest: 2-level or fifo" },
	{ .key = "active", .title = "ACTIVE",
	  .help = "channels in use, by Xen's count" },
	{ .key = "xen_owned", .title = "XEN'S",
	  .help = "of these, the channels whose events Xen receives instead of the guest" },
	{ .key = "valid", .title = "VALID",
	  .help = "ports that Xen has allocated structures for, used or not" },
	{ .key = "limit", .title = "LIMIT",
	  .help = "highest port the domain may have (max_event_channels of its configuration); -: limited by the ABI, as for dom0" },
	{ .key = "evtchn_fifo", .title = "EVTCHN_FIFO",
	  .help = "FIFO ABI: address of the struct evtchn_fifo_domain" },
	{ .key = "domain_name", .title = "DOMAIN NAME", .help = DOMAIN_NAME_HELP },
};

static struct err *show_table(struct session *s, struct out *o,
			      const struct domain *d, void *arg)
{
	struct evtchns w;

	(void)arg;
	ERR_TRY(evtchns_start(&w, s->xen, d));
	if (!w.nr)
		return NULL;
	cell_dec(o, &d->domain_id);
	if (!xen_reads_memory(s->xen))
		out_none(o);
	else
		out_str(o, w.fifo ? "fifo" : w.bits32 ? "2-level, 32 bit" : "2-level");
	cell_dec(o, &w.active);
	cell_dec(o, &w.xen_owned);
	cell_dec(o, &w.valid);
	/* INT_MAX: limited only by the ABI */
	if (value_ok(&w.limit) && value_of(&w.limit) >= INT32_MAX)
		out_none(o);
	else
		cell_dec(o, &w.limit);
	if (w.fifo)
		cell_hex(o, &w.fifo_va);
	else
		out_none(o);
	cell_domain_name(s, o, d);
	return NULL;
}

/* ---- channels ---- */

/*
 * Lists the ports in use of one domain, for the error that none of the given
 * ports is in use
 */
struct in_use {
	struct listing *l;
	uint64_t domid, from, to;
	bool any;		/* from and to are set */
	bool named;		/* the domain is already in the text */
};

static void in_use_flush(struct in_use *u)
{
	size_t len = strlen(u->l->in_use), room = sizeof(u->l->in_use) - len;
	char port[48];

	if (!u->any)
		return;
	snprintf(port, sizeof(port), u->to > u->from ? "%" PRIu64 "-%" PRIu64 :
						       "%" PRIu64, u->from, u->to);
	if (u->named)
		snprintf(u->l->in_use + len, room, ", %s", port);
	else
		snprintf(u->l->in_use + len, room, "%sd%" PRIu64 ": %s",
			 len ? "; " : "", u->domid, port);
	u->named = true;
}

static void in_use_add(struct in_use *u, unsigned int port)
{
	if (u->any && port == u->to + 1) {
		u->to = port;
		return;
	}
	in_use_flush(u);
	u->from = u->to = port;
	u->any = true;
}

static struct err *no_such_port(const struct listing *l)
{
	if (!*l->in_use)
		return err_new(ERR_NOT_FOUND, "no channel is in use");
	return err_new(ERR_NOT_FOUND,
		       "no channel in use has that port; ports in use: %s%s", l->in_use,
		       strlen(l->in_use) + 1 == sizeof(l->in_use) ? "..." : "");
}

/* Finds the irq of dom0's end of a channel, which may be either of the two ends */
static void find_irq(struct session *s, struct row *row)
{
	uint64_t port = row->ch.port;

	row->irq = 0;
	row->action[0] = '\0';
	if (value_of(&row->d->domain_id)) {
		if (value_of(&row->ch.state) != EVTCHN_INTERDOMAIN ||
		    !value_ok(&row->ch.remote_domid) ||
		    value_of(&row->ch.remote_domid) ||
		    !value_ok(&row->ch.remote_port))
			return;
		port = value_of(&row->ch.remote_port);
	}
	err_free(s->front->dom0_irq(port, &row->irq, row->action,
				   sizeof(row->action)));
}

/* True if dom0's irqs are available; else the reason becomes a note. */
static bool have_irqs(struct session *s, struct out *o)
{
	char action[64];
	unsigned int irq;
	struct err *e;
	bool have;

	if (!s->front->dom0_irq)
		return false;
	e = s->front->dom0_irq(1, &irq, action, sizeof(action));
	have = !e || err_reason(e) == ERR_NOT_FOUND;
	if (!have)
		out_note(o, "%s", err_text(e));
	err_free(e);
	return have;
}

/*
 * A lost event is reported by a note, not by a column, which would be empty on
 * hosts without problems.
 */
static void check_lost(struct session *s, struct out *o, struct listing *l,
		       struct row *row)
{
	struct evtchn_lost lost;
	char text[128];

	row->lost = evtchn_is_lost(s->xen, row->d, &row->ch, &lost);
	if (!row->lost || l->lost++ >= LOST_NOTES)
		return;
	out_note(o, "d%" PRIu64 " port %u: lost event%s: %s", value_of(&row->d->domain_id),
		 row->ch.port, lost.sure ? "" : " (not sure)",
		 evtchn_lost_text(&lost, text, sizeof(text)));
}

/* Compares the number of channels in use with the count kept by Xen (4.10+). */
static struct err *check_count(const struct evtchns *w, const struct domain *d,
			       unsigned int count, unsigned int lost)
{
	if (lost || !value_ok(&w->active) || value_of(&w->active) == count)
		return NULL;
	return err_new(ERR_CORRUPT, "domain %" PRIu64 ": %u channels are in use, but active_evtchns is %"
		       PRIu64, value_of(&d->domain_id), count, value_of(&w->active));
}

static struct err *show_channels(struct session *s, struct out *o,
				 const struct domain *d, void *arg)
{
	struct evtchns w, peers = { .domain = 0 };
	unsigned int count = 0, lost = 0;
	struct row row = { .d = d };
	struct listing *l = arg;
	struct in_use in_use = { .l = l, .domid = value_of(&d->domain_id) };

	ERR_TRY(evtchns_start(&w, s->xen, d));
	for (;;) {
		struct err *e = evtchns_next(&w, &row.ch);

		if (err_is_final(e))
			return e;
		if (e) {
			lost++;
			out_error(o, err_prefix(e, "domain %" PRIu64,
						value_of(&d->domain_id)));
			continue;
		}
		if (w.done)
			break;
		count++;
		in_use_add(&in_use, row.ch.port);
		if (ranges_has(&l->ports, row.ch.port)) {
			l->found = true;
			if (l->irqs)
				find_irq(s, &row);
			check_lost(s, o, l, &row);
			view_row(&l->view, &row);
			out_error(o, err_prefix(evtchn_check_peer(&w, &peers,
								  &row.ch),
						"domain %" PRIu64,
						value_of(&d->domain_id)));
		}
		evtchn_release(&row.ch);
	}
	in_use_flush(&in_use);
	out_error(o, check_count(&w, d, count, lost));
	return NULL;
}

static struct err *run_evtchn(struct session *s, struct out *o,
			      const struct args *a)
{
	struct listing l;

	memset(&l, 0, sizeof(l));
	for (unsigned int i = 0; i < a->nr_words; i++)
		ERR_TRY(ranges_add(&l.ports, a->word[i], "PORT"));
	ERR_TRY(domains_check(s, &a->domains));
	if (!l.ports.nr) {
		out_list(o, "domains", table_columns, ARRAY_SIZE(table_columns));
		ERR_TRY(domains_show(s, o, &a->domains, false, show_table, NULL));
		out_end(o);
	}
	l.irqs = have_irqs(s, o);
	if (args_has(a, "n") && (!l.irqs || !s->front->dom0_irq_count))
		out_note(o, "no counts: Xen does not count events, and dom0's kernel is not available");
	view_list(&l.view, s, o, "evtchns", columns,
		  ARRAY_SIZE(columns) -
		  (!l.irqs ? NR_DOM0_COLUMNS :
		   !args_has(a, "n") || !s->front->dom0_irq_count ? NR_COUNT_COLUMNS : 0),
		  &evtchn_record);
	ERR_TRY(domains_show(s, o, &a->domains, false, show_channels, &l));
	if (l.ports.nr && !l.found)
		return no_such_port(&l);
	out_end(o);
	return NULL;
}

static const struct option_spec options[] = {
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true,
	  .help = "only channels of this domain (3, d3, name)" },
	{ "n", OPTION_FLAG,
	  .help = "also the counts of dom0's kernel, if it is readable" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("domains", table_columns),
	VIEWS("evtchns", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the event channels in use, with both ends. PORT selects channels by",
	"  number, or by a range of numbers (100-110). Ends that do not refer to each",
	"  other, and counts that differ, are errors. IRQ and ACTION are shown if",
	"  dom0's kernel is readable. Lost events are reported by notes: pending, not",
	"  masked, while the vcpu to notify is blocked.",
	NULL
};

static const char *const example[] = {
	"    crash> xen evtchn -d 0 29-32",
	"    DOM  PORT  STATE        VCPU  PENDING  MASKED  LINK  PRI  TO                   EVTCHN",
	"      0    29  interdomain     1  no       no      -       7  d1 port 1  ffff830027d49740",
	"      0    30  interdomain     0  no       no      -       7  d1 port 2  ffff830027d49780",
	"      0    31  interdomain     1  no       no      -       7  d2 port 1  ffff830027d497c0",
	"      0    32  interdomain     0  no       no      -       7  d2 port 2  ffff830027d49800",
	NULL
};

const struct command command_evtchn = {
	.live = true,
	.live_unknown = "addresses, priorities and the ABI, and PENDING, MASKED and LINK, which are in the guest's memory: the hypercall returns the two ends",
	.needs = NEEDS_RECORDS,
	.run = run_evtchn,
	.args = {
		.options = options,
		.words = { .synopsis = "[PORT[-PORT]]..." },
	},
	.tables = tables,
	.description = description,
	.example = example,
};
