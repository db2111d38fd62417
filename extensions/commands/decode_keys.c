/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of "xen decode" from the output of debug keys. */
#include "decode_keys.h"

#include <stdlib.h>

#include "xen/model/diagnosis/key_judge.h"

#define LINE	{ .key = "line", .title = "LINE", .help = "line of the text" },

static const struct column key_domains[] = {
	{ .key = "domid", .title = "DOMID", .help = "id of the domain" },
	{ .key = "refcnt", .title = "REFCNT", .help = "references to its struct domain" },
	{ .key = "is_dying", .title = "DYING", .help = "0: no, 1: dying, 2: dead but referenced" },
	{ .key = "pause_count", .title = "PAUSED", .help = "how often it is paused" },
	{ .key = "tot_pages", .title = "TOTPAGE", .help = "frames that it owns" },
	{ .key = "max_pages", .title = "MAXPAGE", .help = "limit of its frames" },
	{ .key = "xenheap_pages", .title = "XENHEAP", .help = "frames of Xen's heap among them" },
	{ .key = "dirty_pcpus", .title = "DIRTY PCPUS", .help = "pcpus that hold its state" },
	{ .key = "uuid", .title = "UUID", .help = "its UUID" },
	LINE
};

static const struct column key_vcpus[] = {
	{ .key = "vcpu", .title = "VCPU", .help = "name of the vcpu" },
	{ .key = "pcpu", .title = "PCPU", .help = "pcpu that it ran on last" },
	{ .key = "running", .title = "RUNS", .help = "T: it was running, F: it was not" },
	{ .key = "poll_port", .title = "POLL", .help = "event channel that it polls; 0: none" },
	{ .key = "upcall_pending", .title = "UPCALL", .help = "1: an event waits for it" },
	{ .key = "upcall_masked", .title = "MASKED", .help = "1: it accepts no events (PV)" },
	{ .key = "pause_count", .title = "PAUSED", .help = "how often it is paused" },
	{ .key = "pause_flags", .title = "FLAGS", .help = "VPF_ bits (sched.h); 0: it can run, 1: blocked" },
	{ .key = "hard_affinity", .title = "HARD", .help = "pcpus that it may run on" },
	{ .key = "soft_affinity", .title = "SOFT", .help = "pcpus that it prefers" },
	LINE
};

static const struct column key_channels[] = {
	{ .key = "domid", .title = "DOMID", .help = "id of the domain" },
	{ .key = "port", .title = "PORT", .help = "number of the channel" },
	{ .key = "state", .title = "STATE", .help = "free, unbound, interdomain, pirq, virq, ipi" },
	{ .key = "vcpu", .title = "VCPU", .help = "vcpu that is notified" },
	{ .key = "pending", .title = "PENDING", .help = "1: an event waits" },
	{ .key = "masked", .title = "MASKED", .help = "1: the domain has masked it" },
	{ .key = "remote_domid", .title = "TO DOM", .help = "domain at the other end, or allowed there" },
	{ .key = "remote_port", .title = "TO PORT", .help = "port of the other end; of a pirq its number" },
	{ .key = "irq", .title = "IRQ", .help = "irq of a pirq" },
	{ .key = "virq", .title = "VIRQ", .help = "name or number of the virq" },
	LINE
};

static const struct column key_grants[] = {
	{ .key = "domid", .title = "DOMID", .help = "id of the domain that grants" },
	{ .key = "version", .title = "VERSION", .help = "version of its grant table" },
	{ .key = "ref", .title = "REF", .help = "grant reference" },
	{ .key = "mapper", .title = "MAPPED BY", .help = "id of the domain that uses it" },
	{ .key = "mfn", .title = "MFN", .help = "machine frame" },
	{ .key = "pin", .title = "PIN", .help = "four counts of 8 bits: host and device mappings, read-write and read-only" },
	{ .key = "gfn", .title = "GFN", .help = "guest frame in the shared entry" },
	{ .key = "flags", .title = "FLAGS", .help = "GTF_ bits of the shared entry (public/grant_table.h)" },
	LINE
};

static const struct column key_irqs[] = {
	{ .key = "irq", .title = "IRQ", .help = "number of the irq" },
	{ .key = "vector", .title = "VECTOR", .help = "vector" },
	{ .key = "type", .title = "TYPE", .help = "kind of its controller" },
	{ .key = "status", .title = "STATUS", .help = "IRQ_ bits (irq.h)" },
	{ .key = "affinity", .title = "AFFINITY", .help = "pcpus; with a slash: wanted and in use" },
	{ .key = "in_flight", .title = "IN FLIGHT", .help = "guests that have not acknowledged it yet" },
	{ .key = "bound_to", .title = "BOUND TO", .help = "handler in Xen, or domains with pirq and flags" },
	LINE
};

static const struct column key_units[] = {
	{ .key = "unit", .title = "UNIT", .help = "name of the unit" },
	{ .key = "place", .title = "PLACE", .help = "runs, or queue; - in neither" },
	{ .key = "pcpu", .title = "PCPU", .help = "pcpu that it is assigned to" },
	{ .key = "priority", .title = "PRI", .help = "priority (credit): 0 under, -1 over, -64 idle" },
	{ .key = "flags", .title = "FLAGS", .help = "flags of the scheduler" },
	{ .key = "credit", .title = "CREDIT", .help = "credit left" },
	{ .key = "weight", .title = "WEIGHT", .help = "weight of its domain" },
	{ .key = "cap", .title = "CAP", .help = "limit in per cent of a pcpu; 0: none" },
	{ .key = "load", .title = "LOAD", .help = "average load (credit2); 262144 is one pcpu" },
	LINE
};

static const struct column key_timers[] = {
	{ .key = "pcpu", .title = "PCPU", .help = "number of the pcpu" },
	{ .key = "expires_us", .title = "EXPIRES US", .help = "microseconds from then" },
	{ .key = "timer", .title = "TIMER", .help = "address of its struct timer" },
	{ .key = "function", .title = "FUNCTION", .help = "function that is called" },
	{ .key = "data", .title = "DATA", .help = "its argument" },
	LINE
};

static const struct column key_heap[] = {
	{ .key = "heap", .title = "HEAP", .help = "Xen, DMA, Dom: sums; else one zone" },
	{ .key = "node", .title = "NODE", .help = "NUMA node (key H)" },
	{ .key = "zone", .title = "ZONE", .help = "zone: frames below 2 to its power" },
	{ .key = "free_kib", .title = "FREE KIB", .help = "free memory in KiB" },
	LINE
};

static const struct column key_msis[] = {
	{ .key = "irq", .title = "IRQ", .help = "number of the irq" },
	{ .key = "type", .title = "TYPE", .help = "MSI, MSI-X, HPET or IOMMU" },
	{ .key = "vector", .title = "VECTOR", .help = "vector in the message" },
	{ .key = "delivery", .title = "DELIVERY", .help = "fixed, or lowest: to the pcpu with the lowest priority" },
	{ .key = "trigger", .title = "TRIGGER", .help = "edge or level" },
	{ .key = "level", .title = "LEVEL", .help = "assert or deassert" },
	{ .key = "mode", .title = "MODE", .help = "log: destination is a set of pcpus, phys: one" },
	{ .key = "redirection", .title = "TO", .help = "lowest: any pcpu of the set, cpu: all" },
	{ .key = "destination", .title = "DEST", .help = "APIC id or set" },
	{ .key = "mask", .title = "MASK", .help = "can be masked, masked by (H)ost and (G)uest, mask bit of the device" },
	LINE
};

static const struct column key_pci[] = {
	{ .key = "device", .title = "DEVICE", .help = "segment, bus, device and function" },
	{ .key = "domain", .title = "DOMAIN", .help = "domain that it is assigned to" },
	{ .key = "node", .title = "NODE", .help = "NUMA node" },
	{ .key = "irqs", .title = "IRQS", .help = "irqs of its MSIs" },
	LINE
};

struct key_view {
	const char *about, *command;	/* command that shows the same on a dump */
	const struct column *columns;
	unsigned int nr;
};

static const struct key_view views[KEY_KINDS] = {
	[KEY_DOMAINS] = { "domains, of debug key q", "doms", key_domains, ARRAY_SIZE(key_domains) },
	[KEY_VCPUS] = { "vcpus, of debug key q", "vcpus", key_vcpus, ARRAY_SIZE(key_vcpus) },
	[KEY_CHANNELS] = { "event channels, of debug key e", "evtchn", key_channels, ARRAY_SIZE(key_channels) },
	[KEY_GRANTS] = { "grants in use, of debug key g", "grants", key_grants, ARRAY_SIZE(key_grants) },
	[KEY_IRQS] = { "interrupts, of debug key i", "irqs", key_irqs, ARRAY_SIZE(key_irqs) },
	[KEY_UNITS] = { "units of the schedulers, of debug key r", "sched", key_units, ARRAY_SIZE(key_units) },
	[KEY_TIMERS] = { "timers, of debug key a", "timers", key_timers, ARRAY_SIZE(key_timers) },
	[KEY_MSIS] = { "message signalled interrupts, of debug key M", "irqs -m", key_msis, ARRAY_SIZE(key_msis) },
	[KEY_PCI] = { "PCI devices, of debug key Q", "pci", key_pci, ARRAY_SIZE(key_pci) },
	[KEY_HEAP] = { "free memory, of debug keys m and H", "heap", key_heap, ARRAY_SIZE(key_heap) },
};

static const struct column key_stands_out[] = {
	{ .key = "statement", .title = "STANDS OUT",
	  .help = "problem of the host, as the verdict of \"xen\" names it on a dump" },
	{ .key = "sure", .title = NULL,
	  .help = "false: values of one moment, or of two moments, which pass by themselves" },
	{ .key = "evidence", .title = "EVIDENCE",
	  .help = "debug keys, lines and values; starts with \"unsure\" where it admits another explanation" },
};

/* The lists of keys are in the order of enum key_kind. */
const struct column_table decode_tables[KEY_KINDS + 3] = {
	{ "addresses", decode_columns, NULL, DECODE_COLUMNS },
	COLUMNS("key_domains", key_domains),
	COLUMNS("key_vcpus", key_vcpus),
	COLUMNS("key_evtchns", key_channels),
	COLUMNS("key_grants", key_grants),
	COLUMNS("key_irqs", key_irqs),
	COLUMNS("key_units", key_units),
	COLUMNS("key_timers", key_timers),
	COLUMNS("key_heap", key_heap),
	COLUMNS("key_msis", key_msis),
	COLUMNS("key_pci", key_pci),
	COLUMNS("stands_out", key_stands_out),
	{ .key = NULL }
};

static void show_cell(struct out *o, const struct key_cell *cell)
{
	switch ((enum key_cell_kind)cell->kind) {
	case KEY_NONE:
		out_none(o);
		break;
	case KEY_DEC:
		out_dec(o, cell->u);
		break;
	case KEY_SDEC:
		out_sdec(o, cell->s);
		break;
	case KEY_HEX:
		out_hex(o, cell->u);
		break;
	case KEY_STR:
		out_str(o, cell->str);
		break;
	}
}

static void show_rows(struct out *o, enum key_kind kind, const struct key_row *row,
		      size_t nr)
{
	const struct key_view *view = &views[kind];
	unsigned int i;
	size_t n;

	if (out_format(o) == OUT_TEXT) {
		out_lines(o, "about");
		out_line(o, "%s (\"xen %s\" on a dump)", view->about, view->command);
		out_end(o);
	}
	out_list(o, decode_tables[kind + 1].key, view->columns, view->nr);
	for (n = 0; n < nr && !interrupt_pending; n++) {
		for (i = 0; i + 1 < view->nr; i++)
			show_cell(o, &row[n].cell[i]);
		out_dec(o, row[n].line);
	}
	out_end(o);
}

/* Notes the kinds of debug key output in a text, if they are not listed. */
static void note_kinds(struct out *o, const struct key_text *t)
{
	char names[400] = "";
	unsigned int kind;
	size_t len = 0, nr;

	for (kind = 0; kind < KEY_KINDS && len < sizeof(names); kind++) {
		key_text_rows(t, kind, &nr);
		if (nr)
			len += snprintf(names + len, sizeof(names) - len, "%s%s",
					len ? "; " : "", views[kind].about);
	}
	if (len)
		out_note(o, "the text has %s: \"-t\" lists them", names);
}

/* Notes the keys whose output has no table. */
static void note_others(struct out *o, const struct key_text *t)
{
	const struct key_other *k;

	for (unsigned int i = 0; (k = key_text_other(t, i)); i++)
		out_note(o, "the text has %s, of debug key %c%s%s%s", k->about, k->key,
			 k->command ? " (\"xen " : "", k->command ? k->command : "",
			 k->command ? "\" on a dump)" : "");
}

static struct err *show_judgements(struct out *o, const struct key_text *t)
{
	struct key_judgements *j = malloc(sizeof(*j));
	struct err *e = j ? key_judge(t, j) : err_nomem();

	if (!e && j->nr) {
		out_list(o, "stands_out", key_stands_out, ARRAY_SIZE(key_stands_out));
		for (unsigned int i = 0; i < j->nr; i++) {
			out_str(o, j->at[i].text);
			out_bool(o, j->at[i].sure);
			out_fmt(o, "%s%s", j->at[i].sure ? "" : "unsure: ",
				j->at[i].evidence);
		}
		out_end(o);
		if (j->left_out)
			out_note(o, "%u more statements are left out", j->left_out);
	} else if (!e && *j->keys) {
		out_note(o, "nothing stands out in the output of debug keys %s", j->keys);
	}
	free(j);
	return e;
}

struct err *decode_keys_show(struct out *o, const struct console_text *text,
			     bool wanted)
{
	const struct key_row *row;
	struct key_text *t;
	struct err *e = NULL;
	unsigned int kind;
	size_t nr;

	ERR_TRY(key_text_read(text, &t));
	if (!wanted)
		note_kinds(o, t);
	for (kind = 0; kind < KEY_KINDS && wanted; kind++) {
		row = key_text_rows(t, kind, &nr);
		if (nr)
			show_rows(o, kind, row, nr);
	}
	note_others(o, t);
	if (wanted)
		e = show_judgements(o, t);
	key_text_free(t);
	return e ? e : interrupt_check();
}
