/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/channel/pci.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "xen/model/diagnosis/iommu_fault.h"

#include "xen/model/words.h"
#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/view.h"

#define NO_NODE 0xff

static void cell_name(struct session *s, struct out *o, const void *rec)
{
	char text[PCI_NAME];

	(void)s;
	out_str(o, pci_name(rec, text));
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_hex(o, ((const struct pci_dev *)rec)->va);
}

static void cell_owner(struct session *s, struct out *o, const void *rec)
{
	const struct pci_dev *dev = rec;
	char text[DOMID_TEXT];

	(void)s;
	if (!value_ok(&dev->domid))
		cell_missing(o, &dev->domid);
	else
		out_str(o, domid_text(value_of(&dev->domid), text));
}

static void cell_node(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct pci_dev *)rec)->node;

	(void)s;
	if (value_ok(v) && value_of(v) == NO_NODE)
		out_none(o);
	else
		cell_dec(o, v);
}

static void cell_type(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct pci_dev *)rec)->type;

	(void)s;
	out_str(o, pci_type_name(value_of(v)));
}

static bool is_on(const struct value *v)
{
	return value_ok(v) && value_of(v);
}

static void cell_flags(struct session *s, struct out *o, const void *rec)
{
	const struct pci_dev *dev = rec;
	char text[128] = "", word[32];

	(void)s;
	if (is_on(&dev->is_virtfn)) {
		snprintf(word, sizeof(word), "function of %02x:%02x.%u",
			 (unsigned int)value_of(&dev->phys_bus) & 0xff,
			 (unsigned int)value_of(&dev->phys_devfn) >> 3 & 0x1f,
			 (unsigned int)value_of(&dev->phys_devfn) & 7);
		words_add(text, sizeof(text), word);
	}
	if (is_on(&dev->is_extfn))
		words_add(text, sizeof(text), "extended function");
	if (is_on(&dev->phantom_stride))
		words_add(text, sizeof(text), "phantom functions");
	if (is_on(&dev->quarantine))
		words_add(text, sizeof(text), "to be quarantined");
	if (is_on(&dev->broken))
		words_add(text, sizeof(text), "broken");
	if (is_on(&dev->ats_depth))
		words_add(text, sizeof(text), "ATS");
	if (is_on(&dev->vpci))
		words_add(text, sizeof(text), "vPCI");
	if (value_ok(&dev->fault_count) &&
	    value_of(&dev->fault_count) >= PCI_FAULTS_MAX)
		words_add(text, sizeof(text), "disabled because of faults");
	cell_text(o, text);
}

/* Time of the last fault; 0: none since boot. */
static void cell_fault_time(struct session *s, struct out *o, const void *rec)
{
	const struct value *v = &((const struct pci_dev *)rec)->fault_time;

	(void)s;
	if (value_ok(v) && !value_of(v))
		out_none(o);
	else if (value_ok(v))
		cell_seconds(o, value_of(v));
	else
		cell_missing(o, v);
}

/* "MSI-X 24 25 26" */
static void cell_msis(struct session *s, struct out *o, const void *rec)
{
	char text[512] = "";
	struct pci_msi msi;
	struct chain c;
	size_t len = 0;
	struct err *e = pci_msis_start(&c, s->xen, rec);

	while (!e && len < sizeof(text)) {
		e = pci_msis_next(&c, &msi);
		if (e || !msi.va)
			break;
		if (!len)
			len += snprintf(text, sizeof(text), "%s",
					pci_msi_type_name(&msi));
		if (len < sizeof(text))
			len += snprintf(text + len, sizeof(text) - len, " %" PRId64,
					(int64_t)value_of(&msi.irq));
	}
	if (e && !len)
		out_mark(o, err_reason(e));
	else
		cell_text(o, text);
	err_free(e);
}

#define V(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct pci_dev, memb, as, help)
#define VC(key, title, memb, fn, help) \
	VIEW_CELL_OF(key, title, struct pci_dev, memb, fn, help)

static const struct view_column columns[] = {
	VIEW_CELL("sbdf", "SBDF", cell_name,
		  "segment, bus, device and function"),
	VIEW_CELL("pci_dev", "PCI_DEV", cell_va, "address of its struct pci_dev"),
	VC("owner", "OWNER", domid, cell_owner,
	   "domain that the device is assigned to; dom_io: in quarantine; dom_xen: hidden"),
	V("domain", NULL, domain, VIEW_HEX, "address of the owner's struct domain"),
	VC("type", "TYPE", type, cell_type, "kind of device: PCI, PCIe, host bridge ..."),
	VC("node", "NODE", node, cell_node, "NUMA node of the device; - if it has none"),
	V("faults", "FAULTS", fault_count, VIEW_DEC,
	  "faults counted by Xen; the count is halved if the last fault is more than 10 ms ago, and from 10 on Xen stops the device's DMA"),
	VC(NULL, "LAST FAULT", fault_time, cell_fault_time,
	   "time of the last fault in s since the boot of Xen; - if there was none"),
	V("last_fault_ns", NULL, fault_time, VIEW_DEC, "the same in ns"),
	V("pseudo_domid", NULL, pseudo_domid, VIEW_HEX,
	  "id that the IOMMU uses for the device while it is in quarantine"),
	VIEW_CELL_OF("msis", "MSI IRQS", struct pci_dev, msi_list, cell_msis,
		     "kind and irqs of its message interrupts; \"xen irqs\" shows their targets"),
	VIEW_CELL("flags", "FLAGS", cell_flags,
		  "virtual function, quarantine, ATS and other properties"),
};

/* ---- faults on the console ---- */

static const struct column fault_columns[] = {
	{ .key = "sbdf", .title = "SBDF", .help = "device in the message" },
	{ .key = "messages", .title = "MESSAGES",
	  .help = "number of such messages on the console" },
	{ .key = "meaning", .title = "MEANING", .help = "meaning of the last message" },
	{ .key = "last", .title = "LAST MESSAGE", .help = "text of the last message" },
};

/* Lists the faults, if there are some; "xen log" reports a console that cannot be read. */
static struct err *show_faults(struct session *s, struct out *o)
{
	struct iommu_faults *f = malloc(sizeof(*f));
	struct err *e = f ? iommu_faults_read(s->xen, f) : err_nomem();

	if (e && !err_is_final(e)) {
		out_note(o, "faults on the console: not examined: %s", err_text(e));
	} else if (!e && (f->nr || out_format(o) == OUT_JSON)) {
		out_list(o, "faults", fault_columns, ARRAY_SIZE(fault_columns));
		for (unsigned int i = 0; i < f->nr; i++) {
			out_str(o, f->at[i].device);
			out_dec(o, f->at[i].messages);
			cell_text(o, f->at[i].meaning);
			out_str(o, f->at[i].last);
		}
		out_end(o);
		if (f->left_out)
			out_note(o, "%u messages of further devices are left out", f->left_out);
	} else {
		free(f);
		return e;
	}
	err_free(e);
	free(f);
	return NULL;
}

struct listing {
	struct session *s;
	struct out *o;
	struct view view;
	const struct domain_filter *filter;
};

static struct err *show_device(void *arg, const struct pci_dev *dev)
{
	struct listing *l = arg;

	if (!l->filter->nr || (value_ok(&dev->domid) &&
			      domain_filter_has(l->filter, value_of(&dev->domid))))
		view_row(&l->view, dev);
	return NULL;
}

static void show_lost(void *arg, struct err *e)
{
	struct listing *l = arg;

	out_error(l->o, e);
}

static struct err *run_pci(struct session *s, struct out *o,
			   const struct args *a)
{
	struct listing l = { .s = s, .o = o, .filter = &a->domains };

	/* Xen's own domains own devices, too: any id is valid */
	view_list(&l.view, s, o, "devices", columns, ARRAY_SIZE(columns),
		  &pci_dev_record);
	ERR_TRY(pci_each(s->xen, show_device, show_lost, &l));
	out_end(o);
	return show_faults(s, o);
}

static const struct option_spec options[] = {
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true, .word = true,
	  .help = "only devices of this domain (3, d3, name)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	VIEWS("devices", columns),
	COLUMNS("faults", fault_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the PCI devices that the hypervisor has registered, with the domain",
	"  that owns each and its message interrupts. Faults of IOMMUs on the console",
	"  are listed by device and explained.",
	NULL
};

static const char *const example[] = {
	"    crash> xen pci",
	"    SBDF                   PCI_DEV  OWNER  TYPE         NODE  FAULTS  LAST FAULT  MSI IRQS        FLAGS",
	"    0000:00:03.0  ffff830027c62010  d0     PCI          -          0  -           MSI-X 27 28 29  -",
	"    0000:00:00.0  ffff830027d189a0  d0     host bridge  -          0  -           -               -",
	NULL
};

const struct command command_pci = {
	.needs = NEEDS_RECORDS,
	.run = run_pci,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
