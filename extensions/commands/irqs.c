/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "xen/model/cpumask.h"
#include "xen/model/channel/irq.h"
#include "xen/model/channel/pci.h"
#include "xen/model/host/now.h"
#include "xen/model/words.h"
#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/view.h"

/* Xen fills a descriptor when it sets up the irq; before that all of it is 0. */
static bool is_empty(const struct irq *irq)
{
	return value_ok(&irq->handler) && !value_of(&irq->handler);
}

static void cell_set(struct session *s, struct out *o, const struct irq *irq,
		     const struct value *v)
{
	char text[CPUMASK_TEXT];
	struct cpumask mask;
	struct err *e;

	if (is_empty(irq)) {
		out_none(o);
		return;
	}
	if (!value_ok(v)) {
		cell_missing(o, v);
		return;
	}
	e = cpumask_read(s->xen, value_of(v), s->xen->nr_cpus, &mask);
	if (e)
		out_mark(o, err_reason(e));
	else
		out_str(o, cpumask_text(&mask, text, sizeof(text)));
	err_free(e);
}

static void cell_number(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct irq *)rec)->number);
}

static void cell_desc(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct irq *)rec)->va);
}

/* -1 (IRQ_VECTOR_UNASSIGNED, asm/irq.h): none assigned */
static void cell_vector(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct irq *)rec)->vector;

	(void)s;
	if (is_empty(rec) || (value_ok(v) && (int64_t)value_of(v) < 0))
		out_none(o);
	else
		cell_hex(o, v);
}

static void cell_type(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	if (is_empty(rec))
		out_none(o);
	else
		cell_text_at(o, &((const struct irq *)rec)->typename,
			     ((const struct irq *)rec)->type);
}

static void cell_status(struct session *s, struct out *o, const void *rec)
{
	char text[128];

	(void)s;
	cell_text(o, irq_status_text(value_of(&((const struct irq *)rec)->status), text,
				     sizeof(text)));
}

static void cell_affinity(struct session *s, struct out *o, const void *rec)
{
	cell_set(s, o, rec, &((const struct irq *)rec)->affinity);
}

static void cell_cpu_mask(struct session *s, struct out *o, const void *rec)
{
	cell_set(s, o, rec, &((const struct irq *)rec)->cpu_mask);
}

static void cell_in_flight(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_dec(o, &((const struct irq *)rec)->in_flight);
}

/* "d0:24 port 20 masked" */
static size_t guest_text(struct session *s, const struct irq *irq,
			 unsigned int n, char *text, size_t size)
{
	struct irq_guest g;
	struct err *e = irq_guest(s->xen, irq, n, &g);
	size_t len;

	if (e) {
		len = snprintf(text, size, "%s", err_mark(err_reason(e)));
		err_free(e);
		return len;
	}
	len = snprintf(text, size, "d%" PRIu64, value_of(&g.domid));
	if (value_ok(&g.pirq) && len < size)
		len += snprintf(text + len, size - len, ":%" PRId64, (int64_t)value_of(&g.pirq));
	if (value_ok(&g.port) && value_of(&g.port) && len < size)
		len += snprintf(text + len, size - len, " port %" PRIu64, value_of(&g.port));
	if (value_ok(&g.masked) && value_of(&g.masked) && len < size)
		len += snprintf(text + len, size - len, " masked");
	return len;
}

static void cell_bound(struct session *s, struct out *o, const void *rec)
{
	const struct irq *irq = rec;
	char text[512] = "";
	unsigned int i, nr = 0;
	size_t len = 0;

	if (value_ok(&irq->nr_guests))
		nr = value_of(&irq->nr_guests) < IRQ_GUESTS_MAX ? value_of(&irq->nr_guests) : IRQ_GUESTS_MAX;
	for (i = 0; i < nr && len + 2 < sizeof(text); i++) {
		if (i)
			len += snprintf(text + len, sizeof(text) - len, ", ");
		len += guest_text(s, irq, i, text + len, sizeof(text) - len);
	}
	if (!nr && value_ok(&irq->function))
		symbols_describe(s->xen->symbols, value_of(&irq->function), text, sizeof(text));
	if (!*text && value_ok(&irq->action) && !value_of(&irq->action) && !is_empty(irq))
		out_str(o, "mapped, unbound");
	else
		cell_text(o, text);
}

/* Source of the interrupt: "pin 0:2", "MSI-X 0000:00:03.0" */
static void cell_source(struct session *s, struct out *o, const void *rec)
{
	struct irq_pin pin[IRQ_PINS_MAX];
	char text[128] = "", word[48], device[PCI_NAME];
	const struct irq *irq = rec;
	struct pci_msi msi;
	unsigned int nr = 0;
	struct err *e;

	if (value_ok(&irq->msi_desc) && value_of(&irq->msi_desc)) {
		e = pci_msi_read(s->xen, value_of(&irq->msi_desc), &msi);
		if (!e)
			snprintf(text, sizeof(text), "%s %s", pci_msi_type_name(&msi),
				 pci_msi_device(s->xen, &msi, device));
	} else {
		e = irq_pins(s->xen, irq, pin, &nr);
	}
	for (unsigned int i = 0; i < nr; i++) {
		snprintf(word, sizeof(word), "pin %u:%u", pin[i].apic, pin[i].pin);
		words_add(text, sizeof(text), word);
	}
	if (e)
		out_mark(o, err_reason(e));
	else
		cell_text(o, text);
	err_free(e);
}

static void cell_creator(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct irq *)rec)->creator_domid;
	char text[DOMID_TEXT];

	(void)s;
	if (value_ok(v))
		out_str(o, domid_text(value_of(v), text));
	else
		cell_missing(o, v);
}

/* Columns of pci_msi_device() */

#define V(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct irq, memb, as, help)
#define VC(key, title, memb, fn, help) \
	VIEW_CELL_OF(key, title, struct irq, memb, fn, help)

static const struct view_column columns[] = {
	VIEW_CELL("irq", "IRQ", cell_number, "number of the irq"),
	VIEW_CELL("irq_desc", "IRQ_DESC", cell_desc, "address of its struct irq_desc"),
	VC("vector", "VECTOR", vector, cell_vector,
	   "interrupt vector on the pcpus, hexadecimal; - if none is assigned"),
	VC("type", "TYPE", typename, cell_type, "kind of the interrupt controller"),
	V("status_bits", NULL, status, VIEW_HEX, "bits of IRQ_ (xen/irq.h), hexadecimal"),
	VC("status", "STATUS", status, cell_status, "the same in words"),
	VC("affinity", "AFFINITY", affinity, cell_affinity,
	   "pcpus to which the interrupt may be sent"),
	VC("cpu_mask", "TARGETS", cpu_mask, cell_cpu_mask,
	   "pcpus to which it is sent now (arch.cpu_mask)"),
	VIEW_CELL("in_flight", "IN FLIGHT", cell_in_flight,
		  "guests that have not acknowledged it yet; - if no guest has it"),
	V("move_in_progress", NULL, move_in_progress, VIEW_BOOL,
	  "true while it moves to other pcpus"),
	V("creator_domid", NULL, creator_domid, VIEW_DEC,
	  "id of the domain that created it and may bind it"),
	VC("creator", NULL, creator_domid, cell_creator,
	   "the same as d0, d1 ...; invalid (DOMID_INVALID): created by Xen"),
	V("msi_desc", NULL, msi_desc, VIEW_HEX, "address of its struct msi_desc; 0: no MSI"),
	VIEW_CELL("source", "SOURCE", cell_source,
		  "pin of an IO-APIC (pin IO-APIC:PIN), or the device that sends messages"),
	VIEW_CELL("bound", "BOUND TO", cell_bound,
		  "guests as DOMAIN:PIRQ with their event channel; or a function of Xen"),
};

/* ---- messages of devices ---- */

/* Bits of an MSI's data and address (Intel SDM 3A, 11.11). */
#define DATA_VECTOR(d)		((d) & 0xff)
#define DATA_LOWEST(d)		((d) >> 8 & 1)
#define DATA_ASSERT(d)		((d) >> 14 & 1)
#define DATA_LEVEL(d)		((d) >> 15 & 1)
#define ADDRESS_LOGICAL(a)	((a) >> 2 & 1)
#define ADDRESS_LOWEST(a)	((a) >> 3 & 1)

struct msi_row {
	struct pci_msi msi;
	unsigned int irq;
};

_Static_assert(!offsetof(struct msi_row, msi), "the record's fields come first");

static void cell_msi_irq(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_dec(o, ((const struct msi_row *)rec)->irq);
}

static void cell_msi_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct msi_row *)rec)->msi.va);
}

static void cell_msi_type(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, pci_msi_type_name(rec));
}

static void cell_msi_device(struct session *s, struct out *o, const void *rec)
{
	char text[PCI_NAME];

	cell_text(o, pci_msi_device(s->xen, rec, text));
}

static void cell_msi_vector(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, DATA_VECTOR(value_of(&((const struct pci_msi *)rec)->data)));
}

/* "fixed edge assert" */
static void cell_msi_delivery(struct session *s, struct out *o, const void *rec)
{
	uint64_t data = value_of(&((const struct pci_msi *)rec)->data);

	(void)s;
	out_fmt(o, "%s %s %s", DATA_LOWEST(data) ? "lowest" : "fixed",
		DATA_LEVEL(data) ? "level" : "edge",
		DATA_ASSERT(data) ? "assert" : "deassert");
}

static void cell_msi_mode(struct session *s, struct out *o, const void *rec)
{
	uint64_t address = value_of(&((const struct pci_msi *)rec)->address);

	(void)s;
	out_fmt(o, "%s %s", ADDRESS_LOGICAL(address) ? "log" : "phys",
		ADDRESS_LOWEST(address) ? "lowest" : "cpu");
}

static void cell_msi_masked(struct session *s, struct out *o, const void *rec)
{
	const struct pci_msi *msi = rec;

	(void)s;
	cell_text(o, value_of(&msi->host_masked) && value_of(&msi->guest_masked) ? "host, guest" :
		     value_of(&msi->host_masked) ? "host" : value_of(&msi->guest_masked) ? "guest" : "");
}

#define M(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct pci_msi, memb, as, help)
#define MC(key, title, memb, fn, help) \
	VIEW_CELL_OF(key, title, struct pci_msi, memb, fn, help)

static const struct view_column msi_columns[] = {
	VIEW_CELL("irq", "IRQ", cell_msi_irq, "number of the irq"),
	VIEW_CELL("msi_desc", "MSI_DESC", cell_msi_va, "address of its struct msi_desc"),
	VIEW_CELL_OF("type", "TYPE", struct pci_msi, type, cell_msi_type, "MSI or MSI-X"),
		     VIEW_CELL("device", "DEVICE", cell_msi_device,
		     "PCI device that sends it"),
	M("entry", "ENTRY", entry_nr, VIEW_DEC, "number of the message in the device"),
	MC("vector", "VECTOR", data, cell_msi_vector, "interrupt vector, hexadecimal"),
	MC("delivery", "DELIVERY", data, cell_msi_delivery,
	   "delivery mode, trigger and level (Intel SDM 3A, 11.11)"),
	MC("mode", "MODE", address, cell_msi_mode,
	   "physical or logical destination, to one cpu or the lowest priority"),
	M("dest", "DESTINATION", dest32, VIEW_HEX, "APIC id of the destination, hexadecimal"),
	M("address", "ADDRESS", address, VIEW_HEX, "address to which the device writes"),
	M("data", "DATA", data, VIEW_HEX, "data that it writes, hexadecimal"),
	M("maskbit", NULL, maskbit, VIEW_BOOL, "true if the message can be masked"),
	VIEW_CELL_OF("masked", "MASKED BY", struct pci_msi, host_masked,
		     cell_msi_masked, "host, guest or both; - if not masked"),
};

/* ---- counts ---- */

/* Source of a row; the interrupt is the first member, for its fields. */
struct count_row {
	struct irq irq;
	struct value now;
};

_Static_assert(!offsetof(struct count_row, irq), "the record's fields come first");

static void cell_count(struct session *s, struct out *o, const void *rec)
{
	const struct irq *irq = rec;

	(void)s;
	if (irq_counts(irq))
		cell_dec(o, &irq->rl_cnt);
	else
		out_none(o);
}

static void cell_count_since(struct session *s, struct out *o, const void *rec)
{
	const struct irq *irq = rec;

	(void)s;
	if (irq_counts(irq) && value_ok(&irq->rl_start) && !value_of(&irq->rl_start))
		out_str(o, "boot");
	else if (irq_counts(irq) && value_ok(&irq->rl_start))
		cell_seconds(o, value_of(&irq->rl_start));
	else
		out_none(o);
}

static void cell_rate(struct session *s, struct out *o, const void *rec)
{
	const struct count_row *row = rec;

	(void)s;
	if (irq_counts(&row->irq) && value_ok(&row->now) &&
	    value_ok(&row->irq.rl_start))
		out_dec(o, irq_rate(&row->irq, value_of(&row->now)));
	else
		out_none(o);
}

static void cell_rate_text(struct session *s, struct out *o, const void *rec)
{
	const struct count_row *row = rec;

	(void)s;
	if (irq_counts(&row->irq) && value_ok(&row->now) &&
	    value_ok(&row->irq.rl_start))
		out_amount(o, "%.2f", irq_rate_mean(&row->irq, value_of(&row->now)));
	else
		out_none(o);
}

static void cell_storm(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	if (irq_counts(rec) && ((const struct irq *)rec)->rl_link.state == VALUE_OK)
		out_bool(o, irq_is_storm(rec));
	else
		out_none(o);
}

static const struct view_column count_columns[] = {
	VIEW_CELL("irq", "IRQ", cell_number, "number of the irq"),
	VC("type", "TYPE", typename, cell_type, "kind of the interrupt controller"),
	VIEW_CELL_OF("count", "COUNT", struct irq, rl_cnt, cell_count,
		     "interrupts since SINCE, for those of guests; Xen does not count its own"),
	VIEW_CELL_OF(NULL, "SINCE", struct irq, rl_start, cell_count_since,
		     "start of the count, in s since the boot of Xen; boot: the count, which restarts after 10000 (irq_ratelimit=), has not reached that number"),
	V("since_ns", NULL, rl_start, VIEW_DEC, "the same in ns"),
	VIEW_CELL_OF(NULL, "PER S", struct irq, rl_start, cell_rate_text,
		     "mean number of interrupts per s from SINCE to the latest time in the dump"),
	VIEW_CELL_OF("rate", NULL, struct irq, rl_start, cell_rate,
		     "interrupts per s from SINCE to the latest time in the dump"),
	VIEW_CELL_OF("storm", "STORM", struct irq, rl_next, cell_storm,
		     "Xen disabled it for 10 ms, since irq_ratelimit= interrupts arrived within 10 ms"),
	VIEW_CELL("source", "SOURCE", cell_source,
		  "pin of an IO-APIC (pin IO-APIC:PIN), or the device that sends messages"),
	VIEW_CELL("bound", "BOUND TO", cell_bound,
		  "guests as DOMAIN:PIRQ with their event channel; or a function of Xen"),
};

struct filter {
	const struct domain_filter *domains;
	const struct ranges *pcpus;
	struct ranges irqs;
	bool all, messages, counts;
	struct value now;		/* result of now_read(), with counts */
};

static bool on_pcpus(struct session *s, const struct irq *irq,
		     const struct ranges *pcpus)
{
	struct cpumask mask;
	unsigned int cpu;
	struct err *e;

	if (!value_ok(&irq->cpu_mask))
		return false;
	e = cpumask_read(s->xen, value_of(&irq->cpu_mask), s->xen->nr_cpus, &mask);
	err_free(e);
	for (cpu = 0; !e && cpu < s->xen->nr_cpus; cpu++)
		if (ranges_has(pcpus, cpu) && cpumask_has(&mask, cpu))
			return true;
	return false;
}

static bool for_domains(struct session *s, const struct irq *irq,
			const struct domain_filter *f)
{
	struct irq_guest g;
	unsigned int i;

	for (i = 0; value_ok(&irq->nr_guests) && i < value_of(&irq->nr_guests) &&
	     i < IRQ_GUESTS_MAX; i++) {
		struct err *e = irq_guest(s->xen, irq, i, &g);

		err_free(e);
		if (!e && domain_filter_has(f, value_of(&g.domid)))
			return true;
	}
	return false;
}

static bool is_wanted(struct session *s, const struct irq *irq,
		      const struct filter *f)
{
	if (irq->idle && !f->all && !f->irqs.nr)
		return false;
	if (f->pcpus->nr && !on_pcpus(s, irq, f->pcpus))
		return false;
	return !f->domains->nr || for_domains(s, irq, f->domains);
}

static struct err *show_message(struct session *s, struct view *view,
				const struct irq *irq)
{
	struct msi_row row = { .irq = irq->number };

	if (!value_ok(&irq->msi_desc) || !value_of(&irq->msi_desc))
		return NULL;
	ERR_TRY(err_prefix(pci_msi_read(s->xen, value_of(&irq->msi_desc), &row.msi),
			   "irq %u", row.irq));
	view_row(view, &row);
	return NULL;
}

static struct err *check_irqs(const struct ranges *r, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < r->nr; i++)
		if (r->range[i].to >= nr)
			return err_new(ERR_NOT_FOUND, "no irq %" PRIu64 ": there are %u",
				       r->range[i].to, nr);
	return NULL;
}

/* An error of one irq is printed in place of its row. */
static struct err *list(struct session *s, struct out *o, const struct filter *f)
{
	unsigned int nr;
	struct view view;

	ERR_TRY(irq_count(s->xen, &nr));
	ERR_TRY(check_irqs(&f->irqs, nr));
	if (f->messages)
		view_list(&view, s, o, "msi", msi_columns, ARRAY_SIZE(msi_columns),
			  &pci_msi_record);
	else if (f->counts)
		view_list(&view, s, o, "counts", count_columns,
			  ARRAY_SIZE(count_columns), &irq_record);
	else
		view_list(&view, s, o, "irqs", columns, ARRAY_SIZE(columns), &irq_record);
	for (unsigned int i = 0; i < nr; i++) {
		struct count_row row = { .now = f->now };
		struct err *e;

		ERR_TRY(interrupt_check());
		if (!ranges_has(&f->irqs, i))
			continue;
		e = irq_read(s->xen, i, &row.irq);
		if (!e && is_wanted(s, &row.irq, f)) {
			if (f->messages)
				e = show_message(s, &view, &row.irq);
			else
				view_row(&view, &row);
		}
		out_error(o, e);
	}
	out_end(o);
	return NULL;
}

static struct err *run_irqs(struct session *s, struct out *o,
			    const struct args *a)
{
	struct filter filter = {
		.domains = &a->domains, .pcpus = &a->pcpus,
		.all = args_has(a, "a"), .messages = args_has(a, "m"),
		.counts = args_has(a, "n"),
	};
	unsigned int i;

	if (filter.messages && filter.counts)
		return command_usage("-m and -n exclude each other");
	if (filter.counts)
		ERR_TRY(now_read(s->xen, &filter.now));

	for (i = 0; i < a->nr_words; i++)
		ERR_TRY(ranges_add(&filter.irqs, a->word[i], "IRQ"));
	ERR_TRY(domains_check(s, &a->domains));
	return list(s, o, &filter);
}

static const struct option_spec options[] = {
	{ "a", OPTION_FLAG, .help = "also irqs that are not set up" },
	{ "c", OPTION_PCPUS, .value = "PCPU", .many = true,
	  .help = "only irqs sent to this pcpu, or to a range of them (0-3)" },
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true,
	  .help = "only irqs bound to this guest (3, d3, name)" },
	{ "m", OPTION_FLAG,
	  .help = "the messages (MSI, MSI-X) of the devices instead, as printed by debug key M" },
	{ "n", OPTION_FLAG, .help = "counts and rates instead" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	VIEWS("irqs", columns),
	VIEWS("msi", msi_columns),
	VIEWS("counts", count_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the interrupts with their vector, targets, source, and the guests or",
	"  the function of Xen to which they are bound. IRQ is a number, or a range",
	"  (24-29); these irqs are shown even if they are not set up. The programming",
	"  of an IO-APIC's pins is in the IO-APIC, not in the dump.",
	NULL
};

static const char *const example[] = {
	"    crash> xen irqs -c 1",
	"    IRQ          IRQ_DESC  VECTOR  TYPE          STATUS               AFFINITY  TARGETS  IN FLIGHT  SOURCE              BOUND TO",
	"      1  ffff830023db0080      b0  IO-APIC-edge  guest, move pending  1         1                0  pin 0:1             d0:1 port 19",
	"      4  ffff830023db0200      f1  IO-APIC-edge  -                    all       all              -  pin 0:4             drivers/char/ns16550.c#ns16550_interrupt",
	"     25  ffff830023db0c80      a1  PCI-MSI/-X    guest, move pending  1         1                0  MSI-X 0000:00:02.0  d0:414 port 22",
	"",
	"    crash> xen irqs -m 25-26",
	"    IRQ          MSI_DESC  TYPE   DEVICE        ENTRY  VECTOR  DELIVERY           MODE      DESTINATION   ADDRESS  DATA  MASKED BY",
	"     25  ffff830023bbfb50  MSI-X  0000:00:02.0      1      a1  fixed edge assert  phys cpu            1  fee01000  40a1  -",
	"     26  ffff830023bbfd20  MSI-X  0000:00:02.0      2      b1  fixed edge assert  phys cpu            1  fee01000  40b1  -",
	"",
	"    crash> xen irqs -n 26-28",
	"    IRQ  TYPE        COUNT    SINCE  PER S  STORM  SOURCE              BOUND TO",
	"     26  PCI-MSI/-X    134  0.000 s      0  no     MSI-X 0000:00:02.0  d0:413 port 23",
	"     27  PCI-MSI/-X      0  0.000 s      0  no     MSI-X 0000:00:03.0  d0:412 port 24",
	"     28  PCI-MSI/-X      3  0.000 s      0  no     MSI-X 0000:00:03.0  d0:411 port 25",
	NULL
};

const struct command command_irqs = {
	.needs = NEEDS_RECORDS,
	.run = run_irqs,
	.args = { .options = options, .words = { "[IRQ]...", .max = 0 } },
	.tables = tables,
	.description = description,
	.example = example,
};
