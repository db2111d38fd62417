/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pci.h"

#include <inttypes.h>
#include <stdio.h>

#include "xen/base/array.h"
#include "xen/base/budget.h"
#include "xen/model/radix.h"

/* Limit per segment: 256 buses of 256 functions. */
#define DEVICES_MAX	65536
#define MSIS_MAX	4096	/* MSI-X allows 2048 per device */

#define F(member, path) FIELD(struct pci_dev, member, path)

static const struct field dev_fields[] FIELD_TABLE = {
	F(seg, "pci_dev.seg | pci_dev.sbdf.seg"),
	F(bus, "pci_dev.bus | pci_dev.sbdf.bus"),
	F(devfn, "pci_dev.devfn | pci_dev.sbdf.devfn"),
	F(domain, "pci_dev.domain"),
	F(domid, "pci_dev.domain->domain_id"),
	F(type, "pci_dev.type"),
	F(node, "pci_dev.node"),
	F(is_virtfn, "pci_dev.info.is_virtfn"),
	F(is_extfn, "pci_dev.info.is_extfn"),
	F(phys_bus, "pci_dev.info.physfn.bus"),
	F(phys_devfn, "pci_dev.info.physfn.devfn"),
	F(phantom_stride, "pci_dev.phantom_stride"),
	F(quarantine, "pci_dev.quarantine"),
	F(broken, "pci_dev.broken"),
	F(pseudo_domid, "pci_dev.arch.pseudo_domid"),
	F(ats_depth, "pci_dev.ats.queue_depth"),
	F(fault_count, "pci_dev.fault.count"),
	F(fault_time, "pci_dev.fault.time"),
	F(vpci, "pci_dev.vpci"),
	F(msix, "pci_dev.msix"),
	FIELD_AT(struct pci_dev, msi_list, "pci_dev.msi_list"),
};

const struct record_type pci_dev_record = RECORD_TYPE("pci_dev", dev_fields);

#define M(member, path) FIELD(struct pci_msi, member, path)

static const struct field msi_fields[] FIELD_TABLE = {
	M(irq, "msi_desc.irq"),
	M(type, "msi_desc.msi_attrib.type"),
	M(entry_nr, "msi_desc.msi_attrib.entry_nr"),
	/* one mask in 4.4 and 4.5 */
	M(host_masked, "msi_desc.msi_attrib.host_masked | msi_desc.msi_attrib.masked"),
	M(guest_masked, "msi_desc.msi_attrib.guest_masked"),
	M(maskbit, "msi_desc.msi_attrib.maskbit"),
	/* address_lo of 4.4 and 4.5: the upper half is 0 on x86 */
	M(address, "msi_desc.msg.address | msi_desc.msg.address_lo"),
	M(data, "msi_desc.msg.data"),
	M(pos, "msi_desc.msi_attrib.pos"),
	M(dest32, "msi_desc.msg.dest32"),
	M(dev, "msi_desc.dev"),
};

const struct record_type pci_msi_record = RECORD_TYPE("msi_desc", msi_fields);

struct walk_state {
	struct xen *x;
	pci_dev_fn *fn;
	pci_lost_fn *lost;
	void *arg;
	uint64_t list_in_segment, list_in_device;	/* bytes */
	struct budget devices;	/* of all segments, which may be one */
};

static struct err *read_device(struct walk_state *w, uint64_t va)
{
	struct pci_dev dev = { .va = va };

	ERR_TRY(err_prefix(record_read(w->x->records, w->x->space,
				       &pci_dev_record, va, &dev),
			   "pci_dev %" PRIx64, va));
	return w->fn(w->arg, &dev);
}

static struct err *each_of_segment(void *arg, uint64_t nr, uint64_t segment)
{
	struct walk_state *w = arg;
	struct chain c;
	char what[32];
	uint64_t at;
	struct err *e;

	snprintf(what, sizeof(what), "pci segment %04x", (unsigned int)nr);
	chain_start_ring(&c, w->x, segment + w->list_in_segment, DEVICES_MAX, what);
	for (;;) {
		ERR_TRY(budget_take(&w->devices, "devices of all segments"));
		e = chain_next(&c, &at);
		if (!e && !at)
			return NULL;
		if (!e)
			e = read_device(w, at - w->list_in_device);
		if (err_is_final(e))
			return e;
		if (e)
			w->lost(w->arg, e);
	}
}

struct err *pci_each(struct xen *x, pci_dev_fn *fn, pci_lost_fn *lost, void *arg)
{
	struct walk_state w = {
		.x = x, .fn = fn, .lost = lost, .arg = arg,
		.devices = { .limit = 2 * DEVICES_MAX },
	};
	struct place m;
	uint64_t tree;

	ERR_TRY(record_resolve(x->records, "pci_seg.alldevs_list", &m));
	w.list_in_segment = m.offset;
	ERR_TRY(record_resolve(x->records, "pci_dev.alldevs_list", &m));
	w.list_in_device = m.offset;
	ERR_TRY(xen_symbol(x, "pci_segments", &tree));
	return err_prefix(radix_each(x, tree, each_of_segment, &w), "pci_segments");
}

struct err *pci_msis_start(struct chain *c, struct xen *x,
			   const struct pci_dev *dev)
{
	if (!value_ok(&dev->msi_list))
		return err_new(ERR_NO_TYPE, "no pci_dev.msi_list in this build");
	chain_start_ring(c, x, value_of(&dev->msi_list), MSIS_MAX, "msi_list");
	return NULL;
}

struct err *pci_msis_next(struct chain *c, struct pci_msi *ret)
{
	struct pci_msi msi = { .va = 0 };
	struct place m;
	uint64_t at;

	ERR_TRY(record_resolve(c->x->records, "msi_desc.list", &m));
	ERR_TRY(chain_next(c, &at));
	if (at) {
		msi.va = at - m.offset;
		ERR_TRY(record_read(c->x->records, c->x->space, &pci_msi_record,
				    msi.va, &msi));
	}
	*ret = msi;
	return NULL;
}

struct err *pci_msi_read(struct xen *x, uint64_t va, struct pci_msi *ret)
{
	struct pci_msi msi = { .va = va };

	ERR_TRY(xen_check_pointer(x, va, 8, "msi_desc"));
	ERR_TRY(record_read(x->records, x->space, &pci_msi_record, va, &msi));
	*ret = msi;
	return NULL;
}

const char *pci_msi_type_name(const struct pci_msi *msi)
{
	/* PCI_CAP_ID_*, or 0 with MSI_TYPE_* (asm/msi.h) in pos */
	if (!value_ok(&msi->type))
		return "?";
	switch (value_of(&msi->type)) {
	case 0x05:
		return "MSI";
	case 0x11:
		return "MSI-X";
	case 0:
		return value_of(&msi->pos) == 1 ? "HPET" : value_of(&msi->pos) == 2 ? "IOMMU" : "?";
	default:
		return "?";
	}
}

const char *pci_msi_device(struct xen *x, const struct pci_msi *msi, char *buf)
{
	struct pci_dev dev = { .va = value_of(&msi->dev) };
	struct err *e;

	buf[0] = '\0';
	if (!value_ok(&msi->dev) || !value_of(&msi->dev))
		return buf;
	e = xen_check_pointer(x, dev.va, 8, "msi_desc.dev");
	if (!e)
		e = record_read(x->records, x->space, &pci_dev_record, dev.va, &dev);
	if (!e)
		pci_name(&dev, buf);
	err_free(e);
	return buf;
}

const char *pci_name(const struct pci_dev *dev, char buf[PCI_NAME])
{
	snprintf(buf, PCI_NAME, "%04x:%02x:%02x.%u",
		 (unsigned int)value_of(&dev->seg) & 0xffff, (unsigned int)value_of(&dev->bus) & 0xff,
		 (unsigned int)value_of(&dev->devfn) >> 3 & 0x1f,
		 (unsigned int)value_of(&dev->devfn) & 7);
	return buf;
}

const char *pci_type_name(uint64_t type)
{
	/* enum pdev_type of include/xen/pci.h, 4.4 to master */
	static const char *const names[] = {
		"unknown", "PCIe endpoint", "PCIe bridge", "PCIe-PCI bridge",
		"PCI-PCIe bridge", "PCI bridge", "host bridge", "PCI",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}
