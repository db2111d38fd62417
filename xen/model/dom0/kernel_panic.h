/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_KERNEL_PANIC_H
#define XEN_MODEL_KERNEL_PANIC_H

#include "xen/model/xen.h"

/* The last words of a PV dom0's Linux. */
struct kernel_panic {
	char text[200];		/* "Kernel panic - not syncing: ..." */
	uint64_t pfn;		/* dom0's page they were found on */
};

/*
 * Searches dom0's kernel image, where its log is unless it was given a larger
 * one at boot. No file is needed. ERR_NOT_FOUND when there is nothing, or
 * dom0's memory cannot be walked (PVH).
 */
struct err *kernel_panic_find(struct xen *x,
			      struct kernel_panic *ret) ERR_MUST_CHECK;

#endif
