/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "xen/model/cpumask.h"
#include "xen/model/channel/irq.h"
#include "xen/model/channel/pci.h"
#include "xen/model/words.h"
#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void cell_set(struct session *s, struct out *o, const struct value *v)
{
	char text[CPUMASK_TEXT];
	struct cpumask mask;
	struct err *e;

	if (v->state != VALUE_OK) {
		cell_missing(o, v);
		return;
	}
	e = cpumask_read(s->xen, v->u, s->xen->nr_cpus, &mask);
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

static void cell_type(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_text(o, ((const struct irq *)rec)->type);
}

static void cell_status(struct session *s, struct out *o, const void *rec)
{
	char text[128];

	(void)s;
	cell_text(o, irq_status_text(((const struct irq *)rec)->status.u, text,
				     sizeof(text)));
}

static void cell_affinity(struct session *s, struct out *o, const void *rec)
{
	cell_set(s, o, &((const struct irq *)rec)->affinity);
}

static void cell_cpu_mask(struct session *s, struct out *o, const void *rec)
{
	cell_set(s, o, &((const struct irq *)rec)->cpu_mask);
}

static void cell_in_flight(struct session *s, struct out *o, const void *rec)
{
	const struct irq *irq = rec;

	(void)s;
	if (irq->in_flight.state == VALUE_NO_FIELD)
		out_none(o);
	else
		cell_dec(o, &irq->in_flight);
}

/* "d0:24 (port 20, masked)" */
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
	len = snprintf(text, size, "d%" PRIu64, g.domid.u);
	if (g.pirq.state == VALUE_OK && len < size)
		len += snprintf(text + len, size - len, ":%" PRId64, (int64_t)g.pirq.u);
	if (g.port.state == VALUE_OK && g.port.u && len < size)
		len += snprintf(text + len, size - len, " port %" PRIu64, g.port.u);
	if (g.masked.state == VALUE_OK && g.masked.u && len < size)
		len += snprintf(text + len, size - len, " masked");
	return len;
}

static void cell_bound(struct session *s, struct out *o, const void *rec)
{
	const struct irq *irq = rec;
	char text[512] = "";
	unsigned int i, nr = 0;
	size_t len = 0;

	if (irq->nr_guests.state == VALUE_OK)
		nr = irq->nr_guests.u < IRQ_GUESTS_MAX ? irq->nr_guests.u : IRQ_GUESTS_MAX;
	for (i = 0; i < nr && len + 2 < sizeof(text); i++) {
		if (i)
			len += snprintf(text + len, sizeof(text) - len, ", ");
		len += guest_text(s, irq, i, text + len, sizeof(text) - len);
	}
	if (!nr && irq->function.state == VALUE_OK)
		symbols_describe(s->xen->symbols, irq->function.u, text, sizeof(text));
	if (!*text && irq->action.state == VALUE_OK && !irq->action.u)
		out_str(o, "mapped, unbound");
	else
		cell_text(o, text);
}

/* "pin 0:2", "MSI-X 0000:00:03.0": where it comes from */
static void cell_source(struct session *s, struct out *o, const void *rec)
{
	struct irq_pin pin[IRQ_PINS_MAX];
	char text[128] = "", word[48], device[PCI_NAME];
	const struct irq *irq = rec;
	struct pci_msi msi;
	unsigned int nr = 0;
	struct err *e;

	if (irq->msi_desc.state == VALUE_OK && irq->msi_desc.u) {
		e = pci_msi_read(s->xen, irq->msi_desc.u, &msi);
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

#define IRQ_INPUT(memb)	{ &irq_record, offsetof(struct irq, memb) }
#define MSI_INPUT(memb)	{ &pci_msi_record, offsetof(struct pci_msi, memb) }
#define PCI_INPUT(memb)	{ &pci_dev_record, offsetof(struct pci_dev, memb) }
/* Of pci_msi_device() */
#define MSI_DEVICE_INPUTS \
	MSI_INPUT(dev), PCI_INPUT(seg), PCI_INPUT(bus), PCI_INPUT(devfn)

static const struct view_input in_flight_inputs[] = {
	IRQ_INPUT(action), IRQ_INPUT(status),
	{ &irq_guest_record, offsetof(struct irq, in_flight) },
};
static const struct view_input source_inputs[] = {
	IRQ_INPUT(msi_desc), MSI_INPUT(type), MSI_INPUT(pos), MSI_DEVICE_INPUTS,
	{ &irq_pin_record, VIEW_WHOLE },
};
static const struct view_input bound_inputs[] = {
	IRQ_INPUT(action), IRQ_INPUT(status),
	{ &irq_own_record, offsetof(struct irq, function) },
	{ &irq_guest_record, offsetof(struct irq, nr_guests) },
	{ &irq_guest_record, offsetof(struct irq, guests) },
	{ &irq_tree_record, VIEW_WHOLE }, { &irq_pirq_record, VIEW_WHOLE },
};

#define V(key, title, memb, as) VIEW_FIELD(key, title, struct irq, memb, as)
#define VC(key, title, memb, fn) VIEW_CELL_OF(key, title, struct irq, memb, fn)

static const struct view_column columns[] = {
	VIEW_CELL("irq", "IRQ", cell_number),
	VIEW_CELL("irq_desc", "IRQ_DESC", cell_desc),
	V("vector", "VEC", vector, VIEW_HEX),
	VC("type", "TYPE", typename, cell_type),
	V("status_bits", NULL, status, VIEW_HEX),
	VC("status", "STATUS", status, cell_status),
	VC("affinity", "AFFINITY", affinity, cell_affinity),
	VC("cpu_mask", "ON", cpu_mask, cell_cpu_mask),
	VIEW_CELL_FROM("in_flight", "IN FLIGHT", cell_in_flight, in_flight_inputs),
	V("move_in_progress", NULL, move_in_progress, VIEW_BOOL),
	V("creator_domid", NULL, creator_domid, VIEW_DEC),
	V("msi_desc", NULL, msi_desc, VIEW_HEX),
	VIEW_CELL_FROM("source", "FROM", cell_source, source_inputs),
	VIEW_CELL_FROM("bound", "BOUND TO", cell_bound, bound_inputs),
};

/* ---- what devices send ---- */

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
	out_hex(o, DATA_VECTOR(((const struct pci_msi *)rec)->data.u));
}

/* "fixed edge assert" */
static void cell_msi_delivery(struct session *s, struct out *o, const void *rec)
{
	uint64_t data = ((const struct pci_msi *)rec)->data.u;

	(void)s;
	out_fmt(o, "%s %s %s", DATA_LOWEST(data) ? "lowest" : "fixed",
		DATA_LEVEL(data) ? "level" : "edge",
		DATA_ASSERT(data) ? "assert" : "deassert");
}

static void cell_msi_mode(struct session *s, struct out *o, const void *rec)
{
	uint64_t address = ((const struct pci_msi *)rec)->address.u;

	(void)s;
	out_fmt(o, "%s %s", ADDRESS_LOGICAL(address) ? "log" : "phys",
		ADDRESS_LOWEST(address) ? "lowest" : "cpu");
}

static void cell_msi_masked(struct session *s, struct out *o, const void *rec)
{
	const struct pci_msi *msi = rec;

	(void)s;
	cell_text(o, msi->host_masked.u && msi->guest_masked.u ? "host, guest" :
		     msi->host_masked.u ? "host" : msi->guest_masked.u ? "guest" : "");
}

static const struct view_input msi_type_inputs[] = { MSI_INPUT(pos) };
static const struct view_input masked_inputs[] = { MSI_INPUT(guest_masked) };
static const struct view_input msi_device_inputs[] = { MSI_DEVICE_INPUTS };

#define M(key, title, memb, as) VIEW_FIELD(key, title, struct pci_msi, memb, as)
#define MC(key, title, memb, fn) VIEW_CELL_OF(key, title, struct pci_msi, memb, fn)

static const struct view_column msi_columns[] = {
	VIEW_CELL("irq", "IRQ", cell_msi_irq),
	VIEW_CELL("msi_desc", "MSI_DESC", cell_msi_va),
	VIEW_CELL_OF_FROM("type", "TYPE", struct pci_msi, type, cell_msi_type,
			  msi_type_inputs),
	VIEW_CELL_FROM("device", "DEVICE", cell_msi_device, msi_device_inputs),
	M("entry", "ENTRY", entry_nr, VIEW_DEC),
	MC("vector", "VEC", data, cell_msi_vector),
	MC("delivery", "DELIVERY", data, cell_msi_delivery),
	MC("mode", "TO", address, cell_msi_mode),
	M("dest", "DEST", dest32, VIEW_HEX),
	M("address", "ADDRESS", address, VIEW_HEX),
	M("data", "DATA", data, VIEW_HEX),
	M("maskbit", NULL, maskbit, VIEW_BOOL),
	VIEW_CELL_OF_FROM("masked", "MASKED BY", struct pci_msi, host_masked,
			  cell_msi_masked, masked_inputs),
};

struct filter {
	struct domain_filter domains;
	uint64_t pcpu;		/* ~0: all */
	bool all, messages;
};

static bool on_pcpu(struct session *s, const struct irq *irq, uint64_t pcpu)
{
	struct cpumask mask;
	struct err *e;

	if (irq->cpu_mask.state != VALUE_OK)
		return false;
	e = cpumask_read(s->xen, irq->cpu_mask.u, s->xen->nr_cpus, &mask);
	err_free(e);
	return !e && cpumask_has(&mask, pcpu);
}

static bool for_domains(struct session *s, const struct irq *irq,
			const struct domain_filter *f)
{
	struct irq_guest g;
	unsigned int i;

	for (i = 0; irq->nr_guests.state == VALUE_OK && i < irq->nr_guests.u &&
	     i < IRQ_GUESTS_MAX; i++) {
		struct err *e = irq_guest(s->xen, irq, i, &g);

		err_free(e);
		if (!e && domain_filter_has(f, g.domid.u))
			return true;
	}
	return false;
}

static bool is_wanted(struct session *s, const struct irq *irq,
		      const struct filter *f)
{
	if (irq->idle && !f->all)
		return false;
	if (f->pcpu != UINT64_MAX && !on_pcpu(s, irq, f->pcpu))
		return false;
	return !f->domains.nr || for_domains(s, irq, &f->domains);
}

static struct err *show_message(struct session *s, struct view *view,
				const struct irq *irq)
{
	struct msi_row row = { .irq = irq->number };

	if (irq->msi_desc.state != VALUE_OK || !irq->msi_desc.u)
		return NULL;
	ERR_TRY(err_prefix(pci_msi_read(s->xen, irq->msi_desc.u, &row.msi),
			   "irq %u", row.irq));
	view_row(view, &row);
	return NULL;
}

/* An error of one stands in the place of its row. */
static struct err *list(struct session *s, struct out *o, const struct filter *f)
{
	unsigned int nr;
	struct view view;

	ERR_TRY(irq_count(s->xen, &nr));
	if (f->messages)
		view_list(&view, s, o, "msi", msi_columns, N(msi_columns),
			  &pci_msi_record);
	else
		view_list(&view, s, o, "irqs", columns, N(columns), &irq_record);
	for (unsigned int i = 0; i < nr; i++) {
		struct irq irq;
		struct err *e;

		ERR_TRY(interrupt_check());
		e = irq_read(s->xen, i, &irq);
		if (!e && is_wanted(s, &irq, f)) {
			if (f->messages)
				e = show_message(s, &view, &irq);
			else
				view_row(&view, &irq);
		}
		out_error(o, e);
	}
	out_end(o);
	return NULL;
}

static struct err *run_irqs(struct session *s, struct out *o, int argc,
			    char **argv)
{
	struct filter filter = { .pcpu = UINT64_MAX };
	int c;

	while ((c = getopt(argc, argv, "ac:d:m")) != -1) {
		switch (c) {
		case 'a':
			filter.all = true;
			break;
		case 'c':
			ERR_TRY(parse_pcpu(s, optarg, &filter.pcpu));
			break;
		case 'd':
			ERR_TRY(domain_filter_add(s, &filter.domains, optarg));
			break;
		case 'm':
			filter.messages = true;
			break;
		default:
			return command_usage("unknown option");
		}
	}
	if (optind < argc)
		return command_usage("irqs takes no %s", argv[optind]);
	return list(s, o, &filter);
}

static const char *const help[] = {
	"  Lists the interrupts: vector, kind, status, the pcpus it may go to (AFFINITY)",
	"  and those it goes to now (ON), where it comes from (a pin as IO-APIC:PIN, or the",
	"  device that sends messages), and what it is bound to: guests, each as domain,",
	"  the guest's number of it (pirq) and its event channel; or a function of Xen.",
	"  What an IO-APIC's pins are programmed with is in the IO-APIC, not in the dump.",
	"    -a         also those that nothing was set up for",
	"    -c PCPU    only those that go to this pcpu",
	"    -d DOMID   only those of this guest; may be repeated",
	"    -m         the messages devices send for theirs (MSI), as debug key M shows them",
	"",
	"EXAMPLE",
	"    crash> xen irqs -c 1",
	"    IRQ          IRQ_DESC  VEC  TYPE          STATUS               AFFINITY  ON   IN FLIGHT  FROM                BOUND TO",
	"      1  ffff830023db0080   b0  IO-APIC-edge  guest, move pending  1         1            0  pin 0:1             d0:1 port 19",
	"      4  ffff830023db0200   f1  IO-APIC-edge  -                    all       all          -  pin 0:4             drivers/char/ns16550.c#ns16550_interrupt",
	"     25  ffff830023db0c80   a1  PCI-MSI/-X    guest, move pending  1         1            0  MSI-X 0000:00:02.0  d0:414 port 22",
	"    crash> xen irqs -m -c 1",
	"    IRQ          MSI_DESC  TYPE   DEVICE        ENTRY  VEC  DELIVERY           TO        DEST   ADDRESS  DATA  MASKED BY",
	"     25  ffff830023bbfb50  MSI-X  0000:00:02.0      1   a1  fixed edge assert  phys cpu     1  fee01000  40a1  -",
	"     26  ffff830023bbfd20  MSI-X  0000:00:02.0      2   b1  fixed edge assert  phys cpu     1  fee01000  40b1  -",
	NULL
};

const struct command command_irqs = {
	.needs = NEEDS_RECORDS,
	.run_words = run_irqs,
	.synopsis = "[-j] [-a] [-m] [-c PCPU] [-d DOMID]...",
	.help = help,
};
