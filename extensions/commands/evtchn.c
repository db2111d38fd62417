/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/channel/evtchn.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/cells.h"
#include "doms.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

#define PORTS_MAX 64

/* What a row is made from; the channel first, for its fields. */
struct row {
	struct evtchn ch;
	const struct domain *d;
	unsigned int irq;		/* dom0's Linux irq behind it; 0: none */
	char action[64];		/* who handles that */
};

_Static_assert(!offsetof(struct row, ch), "the channel comes first");

struct listing {
	struct view view;
	unsigned int nr_ports;		/* 0: all */
	uint64_t port[PORTS_MAX];
	bool found;
	bool irqs;			/* dom0's can be had */
};

/* ---- cells ---- */

static void cell_domid(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_dec(o, &((const struct row *)rec)->d->domain_id);
}

static void cell_port(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct row *)rec)->ch.port);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, evtchn_state_name(((const struct row *)rec)->ch.state.u));
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

/* The next port in the guest's queue of events to handle. */
static void cell_link(struct session *s, struct out *o, const void *rec)
{
	const struct evtchn *ch = &((const struct row *)rec)->ch;

	(void)s;
	if (ch->bits_error || !ch->linked)
		out_none(o);
	else
		out_dec(o, ch->link);
}

static void cell_if(struct out *o, const struct value *v)
{
	if (v->state == VALUE_NO_FIELD)
		out_none(o);
	else
		cell_dec(o, v);
}

#define CELL_IF(member)							\
static void cell_##member(struct session *s, struct out *o, const void *rec) \
{									\
	(void)s;							\
	cell_if(o, &((const struct row *)rec)->ch.member);		\
}

CELL_IF(remote_domid)
CELL_IF(remote_port)
CELL_IF(irq)
CELL_IF(virq)

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

/* What a channel is connected to, in a few words. */
static void cell_to(struct session *s, struct out *o, const void *rec)
{
	const struct evtchn *ch = &((const struct row *)rec)->ch;
	char fn[128], in_xen[160] = "";

	if (*consumer(s, ch, fn, sizeof(fn)))
		snprintf(in_xen, sizeof(in_xen), ", in Xen %s", fn);
	switch ((enum evtchn_state)ch->state.u) {
	case EVTCHN_UNBOUND:
		out_fmt(o, "waits for d%" PRIu64 "%s", ch->remote_domid.u, in_xen);
		break;
	case EVTCHN_INTERDOMAIN:
		out_fmt(o, "d%" PRIu64 " port %" PRIu64 "%s",
			ch->remote_domid.u, ch->remote_port.u, in_xen);
		break;
	case EVTCHN_PIRQ:
		out_fmt(o, "pirq %" PRIu64, ch->irq.u);
		break;
	case EVTCHN_VIRQ:
		if (virq_name(ch->virq.u))
			out_fmt(o, "VIRQ_%s", virq_name(ch->virq.u));
		else
			out_fmt(o, "virq %" PRIu64, ch->virq.u);
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

#define TABLE_INPUT(memb) \
	{ &evtchn_table_record, offsetof(struct evtchns, memb) }
#define CHANNEL_INPUT(memb)	{ &evtchn_record, offsetof(struct evtchn, memb) }
/* Fields of the union that a state uses */
#define STATE_INPUTS(state)	{ &evtchn_state_records[state], VIEW_WHOLE }
#define CONSUMER_INPUTS		CHANNEL_INPUT(xen_consumer)

static const struct view_input domid_inputs[] = { DOMAIN_INPUT(domain_id) };
static const struct view_input state_inputs[] = { CHANNEL_INPUT(state) };
static const struct view_input bit_inputs[] = {
	TABLE_INPUT(fifo_va), { &evtchn_fifo_record, VIEW_WHOLE },
	TABLE_INPUT(pending), TABLE_INPUT(mask), TABLE_INPUT(has_32bit),
	TABLE_INPUT(pending32), TABLE_INPUT(mask32),
};
static const struct view_input link_inputs[] = {
	TABLE_INPUT(fifo_va), { &evtchn_fifo_record, VIEW_WHOLE },
};
static const struct view_input to_inputs[] = {
	CHANNEL_INPUT(state), CONSUMER_INPUTS, STATE_INPUTS(EVTCHN_UNBOUND),
	STATE_INPUTS(EVTCHN_INTERDOMAIN), STATE_INPUTS(EVTCHN_PIRQ),
	STATE_INPUTS(EVTCHN_VIRQ),
};
static const struct view_input remote_domid_inputs[] = {
	CHANNEL_INPUT(state), STATE_INPUTS(EVTCHN_UNBOUND),
	STATE_INPUTS(EVTCHN_INTERDOMAIN),
};
static const struct view_input remote_port_inputs[] = {
	CHANNEL_INPUT(state), STATE_INPUTS(EVTCHN_INTERDOMAIN),
};
static const struct view_input pirq_inputs[] = {
	CHANNEL_INPUT(state), STATE_INPUTS(EVTCHN_PIRQ),
};
static const struct view_input virq_inputs[] = {
	CHANNEL_INPUT(state), STATE_INPUTS(EVTCHN_VIRQ),
};
static const struct view_input consumer_inputs[] = { CONSUMER_INPUTS };

#define F(key, title, memb, as) \
	VIEW_FIELD(key, title, struct row, ch.memb, as)

static const struct view_column columns[] = {
	VIEW_CELL_FROM("domid", "DOM", cell_domid, domid_inputs),
	VIEW_CELL("port", "PORT", cell_port),
	VIEW_CELL_FROM("state", "STATE", cell_state, state_inputs),
	F("vcpu_id", "VCPU", notify_vcpu_id, VIEW_DEC),
	VIEW_CELL_FROM("pending", "PENDING", cell_pending, bit_inputs),
	VIEW_CELL_FROM("masked", "MASKED", cell_masked, bit_inputs),
	VIEW_CELL_FROM("link", "LINK", cell_link, link_inputs),
	F("priority", "PRI", priority, VIEW_DEC),
	VIEW_CELL_FROM(NULL, "TO", cell_to, to_inputs),
	VIEW_CELL_FROM("remote_domid", NULL, cell_remote_domid, remote_domid_inputs),
	VIEW_CELL_FROM("remote_port", NULL, cell_remote_port, remote_port_inputs),
	VIEW_CELL_FROM("pirq", NULL, cell_irq, pirq_inputs),
	VIEW_CELL_FROM("virq", NULL, cell_virq, virq_inputs),
	VIEW_CELL_FROM("xen_consumer", NULL, cell_consumer, consumer_inputs),
	VIEW_CELL("evtchn", "EVTCHN", cell_va),
	VIEW_CELL("dom0_irq", "IRQ", cell_linux_irq),
	VIEW_CELL("dom0_action", "ACTION", cell_action),
};

/* The last two need dom0's kernel. */
#define NR_DOM0_COLUMNS 2

/* ---- the tables of the domains ---- */

static const struct column table_columns[] = {
	{ .key = "domid", .title = "DOM" },
	{ .key = "abi", .title = "ABI" },
	{ .key = "active", .title = "ACTIVE" },
	{ .key = "xen_owned", .title = "XEN'S" },
	{ .key = "valid", .title = "VALID" },
	{ .key = "limit", .title = "LIMIT" },
	{ .key = "evtchn_fifo", .title = "EVTCHN_FIFO" },
};

static const struct column_input table_inputs[] = {
	{ "domid", DOMAIN_INPUT(domain_id) },
	{ "abi", TABLE_INPUT(fifo_va) },
	{ "active", TABLE_INPUT(active) },
	{ "xen_owned", TABLE_INPUT(xen_owned) },
	{ "valid", TABLE_INPUT(valid) },
	{ "limit", TABLE_INPUT(limit) },
	{ "evtchn_fifo", TABLE_INPUT(fifo_va) },
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
	/* INT_MAX: whatever the ABI can */
	if (w.limit.state == VALUE_OK && w.limit.u >= INT32_MAX)
		out_none(o);
	else
		cell_dec(o, &w.limit);
	if (w.fifo)
		cell_hex(o, &w.fifo_va);
	else
		out_none(o);
	return NULL;
}

/* ---- channels ---- */

static bool port_wanted(const struct listing *l, unsigned int port)
{
	unsigned int i;

	for (i = 0; i < l->nr_ports; i++) {
		if (l->port[i] == port)
			return true;
	}
	return !l->nr_ports;
}

/* Behind dom0's end of a channel, whichever of the two that is. */
static void find_irq(struct session *s, struct row *row)
{
	uint64_t port = row->ch.port;

	row->irq = 0;
	row->action[0] = '\0';
	if (row->d->domain_id.u) {
		if (row->ch.state.u != EVTCHN_INTERDOMAIN ||
		    row->ch.remote_domid.state != VALUE_OK ||
		    row->ch.remote_domid.u ||
		    row->ch.remote_port.state != VALUE_OK)
			return;
		port = row->ch.remote_port.u;
	}
	err_free(s->front->dom0_irq(port, &row->irq, row->action,
				   sizeof(row->action)));
}

/* Tells why there will be no irqs, once. */
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

/* What the number of channels in use should be (4.10+). */
static struct err *check_count(const struct evtchns *w, const struct domain *d,
			       unsigned int count, unsigned int lost)
{
	if (lost || w->active.state != VALUE_OK || w->active.u == count)
		return NULL;
	return err_new(ERR_CORRUPT, "domain %" PRIu64 ": %u channels are in use, but active_evtchns is %"
		       PRIu64, d->domain_id.u, count, w->active.u);
}

static struct err *show_channels(struct session *s, struct out *o,
				 const struct domain *d, void *arg)
{
	struct evtchns w, peers = { .domain = 0 };
	unsigned int count = 0, lost = 0;
	struct row row = { .d = d };
	struct listing *l = arg;

	ERR_TRY(evtchns_start(&w, s->xen, d));
	for (;;) {
		struct err *e = evtchns_next(&w, &row.ch);

		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (e) {
			lost++;
			out_error(o, err_prefix(e, "domain %" PRIu64,
						d->domain_id.u));
			continue;
		}
		if (w.done)
			break;
		count++;
		if (port_wanted(l, row.ch.port)) {
			l->found = true;
			if (l->irqs)
				find_irq(s, &row);
			view_row(&l->view, &row);
			out_error(o, err_prefix(evtchn_check_peer(&w, &peers,
								  &row.ch),
						"domain %" PRIu64,
						d->domain_id.u));
		}
		evtchn_release(&row.ch);
	}
	out_error(o, check_count(&w, d, count, lost));
	return NULL;
}

static struct err *parse(struct session *s, struct domain_filter *filter,
			 struct listing *l,
			 int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "d:")) != -1) {
		if (c != 'd')
			return command_usage("unknown option");
		ERR_TRY(domain_filter_add(s, filter, optarg));
	}
	for (; optind < argc; optind++) {
		if (l->nr_ports == PORTS_MAX)
			return command_usage("more than %d ports", PORTS_MAX);
		ERR_TRY(parse_decimal(argv[optind], &l->port[l->nr_ports++]));
	}
	return NULL;
}

static struct err *run_evtchn(struct session *s, struct out *o, int argc,
			      char **argv)
{
	struct domain_filter filter = { 0 };
	struct listing l;

	memset(&l, 0, sizeof(l));
	ERR_TRY(parse(s, &filter, &l, argc, argv));
	if (!l.nr_ports) {
		view_plain_list(s, o, "domains", table_columns,
				N(table_columns), table_inputs,
				N(table_inputs));
		ERR_TRY(domains_show(s, o, &filter, false, show_table, NULL));
		out_end(o);
	}
	l.irqs = have_irqs(s, o);
	view_list(&l.view, s, o, "evtchns", columns,
		  N(columns) - (l.irqs ? 0 : NR_DOM0_COLUMNS), &evtchn_record);
	ERR_TRY(domains_show(s, o, &filter, false, show_channels, &l));
	out_end(o);
	if (l.nr_ports && !l.found)
		return err_new(ERR_NOT_FOUND, "no channel in use has that port");
	return NULL;
}

static const char *const help[] = {
	"  Lists the event channels in use, with both ends. TO is what a channel is",
	"  connected to; PENDING and MASKED are the guest's bits, in its shared page or, with",
	"  the FIFO ABI, in its event array, where LINK is the next port in the queue. PRI is",
	"  the priority, 0 the highest; VCPU is notified. \"in Xen\" is followed by the function",
	"  of the hypervisor that takes the events instead of the guest. IRQ is what dom0's",
	"  kernel made of its end of the channel, and ACTION who handles it there.",
	"  Ends that do not point at each other, and counts that differ, are errors.",
	"    -d DOMID   only channels of this domain; may be repeated",
	"    PORT       only channels of this number",
	"",
	"EXAMPLE",
	"    crash> xen evtchn -d 0 29",
	"    DOM  PORT  STATE        VCPU  PENDING  MASKED  LINK  PRI  TO                   EVTCHN  IRQ  ACTION",
	"      0    29  interdomain     1  no       no         -    7  d1 port 1  ffff830027d49740   48  evtchn:xenstored",
	NULL
};

const struct command command_evtchn = {
	.live = true,
	.live_unknown = "addresses, priorities and the ABI, and PENDING, MASKED and LINK, which are the guest's own: the hypercall tells the two ends",
	.needs = NEEDS_RECORDS,
	.run_words = run_evtchn,
	.synopsis = "[-j] [-d DOMID]... [PORT...]",
	.help = help,
};
