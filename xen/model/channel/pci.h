/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI devices: struct pci_dev of include/xen/pci.h, in lists per segment
 * (drivers/passthrough/pci.c, 4.4 to master).
 */
#ifndef XEN_MODEL_PCI_H
#define XEN_MODEL_PCI_H

#include "xen/model/chain.h"
#include "xen/model/domain/domain.h"
#include "xen/model/xen.h"

#define PCI_MSIS_MAX 64
/* PT_FAULT_THRESHOLD: number of faults after which Xen stops the DMA of a device */
#define PCI_FAULTS_MAX 10

struct pci_dev {
	uint64_t va;
	struct value seg, bus, devfn;
	struct value domain;		/* va of its owner */
	struct value domid;
	struct value type;		/* enum pdev_type */
	struct value node;		/* 0xff: none */
	struct value is_virtfn, is_extfn, phys_bus, phys_devfn;
	struct value phantom_stride;
	struct value quarantine, broken;
	struct value pseudo_domid;	/* of the IOMMU, in quarantine */
	struct value ats_depth;
	/* number of faults, and time of the last one in ns since Xen's boot */
	struct value fault_count, fault_time;
	struct value vpci, msix;	/* va */
	struct value msi_list;		/* va of its head */
};

extern const struct record_type pci_dev_record;

/* Calls fn for each device, and lost for each unreadable device or segment. */
typedef struct err *pci_dev_fn(void *arg, const struct pci_dev *dev);
typedef void pci_lost_fn(void *arg, struct err *e);
struct err *pci_each(struct xen *x, pci_dev_fn *fn, pci_lost_fn *lost,
		     void *arg) ERR_MUST_CHECK;

/* struct msi_desc (asm/msi.h): one message-signalled interrupt of a device. */
struct pci_msi {
	uint64_t va;
	struct value irq;
	struct value type;		/* 0x05 MSI, 0x11 MSI-X */
	struct value entry_nr, host_masked, guest_masked, maskbit;
	struct value pos;		/* of the capability; without a PCI device: MSI_TYPE_* */
	struct value address, data;	/* the message */
	struct value dest32;		/* with interrupt remapping, 4.4+ */
	struct value dev;		/* va of the struct pci_dev; 0: none */
};

extern const struct record_type pci_msi_record;

/* Starts the list of a device's MSIs; ERR_NO_TYPE if the build lacks it. */
struct err *pci_msis_start(struct chain *c, struct xen *x,
			   const struct pci_dev *dev) ERR_MUST_CHECK;
/* Returns the next MSI; ret->va is 0 past the last. */
struct err *pci_msis_next(struct chain *c, struct pci_msi *ret) ERR_MUST_CHECK;

/* Reads the MSI whose struct msi_desc is at va, such as irq_desc.msi_desc. */
struct err *pci_msi_read(struct xen *x, uint64_t va,
			 struct pci_msi *ret) ERR_MUST_CHECK;
/* "MSI", "MSI-X", "HPET", "IOMMU"; "?" */
const char *pci_msi_type_name(const struct pci_msi *msi);
/* "0000:00:03.0", or "" without a PCI device; returns buf. */
const char *pci_msi_device(struct xen *x, const struct pci_msi *msi, char *buf);

/* "0000:00:1f.2"; returns buf. */
#define PCI_NAME 16
const char *pci_name(const struct pci_dev *dev, char buf[PCI_NAME]);
/* "endpoint" ...; "?" */
const char *pci_type_name(uint64_t type);

#endif
