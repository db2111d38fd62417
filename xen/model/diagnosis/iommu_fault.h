/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of IOMMUs as printed on the console: "IO_PAGE_FAULT: " of AMD
 * (iommu_init.c), "[VT-D]DMAR:[DMA " of Intel (vtd/iommu.c), 4.4 to master.
 */
#ifndef XEN_MODEL_IOMMU_FAULT_H
#define XEN_MODEL_IOMMU_FAULT_H

#include "xen/model/xen.h"

/* Maximum number of devices; faults of others are only counted. */
#define IOMMU_FAULTS_MAX 32

struct iommu_fault {
	char device[16];	/* "0000:00:02.0" */
	unsigned int messages;
	char last[160];		/* the last message, truncated */
	char meaning[160];	/* explanation; "" if unknown */
};

struct iommu_faults {
	struct iommu_fault at[IOMMU_FAULTS_MAX];
	unsigned int nr;
	unsigned int left_out;	/* number of messages of further devices */
};

/* Collects the faults in a text, which ends with a NUL. */
void iommu_faults_parse(const char *text, struct iommu_faults *ret);
/* Collects the faults in Xen's console; fails like console_read(). */
struct err *iommu_faults_read(struct xen *x,
			      struct iommu_faults *ret) ERR_MUST_CHECK;

#endif
