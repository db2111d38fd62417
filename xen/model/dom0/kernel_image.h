/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that dom0's Linux image lies in. Every PV and PVH kernel has
 * it at 16 MiB of its own memory (Linux, arch/x86 PHYSICAL_START).
 */
#ifndef XEN_MODEL_KERNEL_IMAGE_H
#define XEN_MODEL_KERNEL_IMAGE_H

#include "xen/model/xen.h"

/* From where the image starts, and how far it may reach. */
#define KERNEL_IMAGE_PFN	(16UL << 20 >> XPAGE_SHIFT)
#define KERNEL_IMAGE_PAGES	(64UL << 20 >> XPAGE_SHIFT)

/* What is in front of a page's bytes: the end of the one before. */
#define KERNEL_IMAGE_OVERLAP	256

/* Sees the page at bytes + KERNEL_IMAGE_OVERLAP; true ends the scan. */
typedef bool kernel_image_look(void *arg, const char *bytes, size_t len,
			       uint64_t pfn);

/*
 * Shows look all pages of the image, from the one with the number first (within
 * the image) to its end and then those before; pages that cannot be read are
 * zeros. Fails as dom0_open() does, and with ERR_INTERRUPTED.
 */
struct err *kernel_image_scan(struct xen *x, uint64_t first,
			      kernel_image_look *look, void *arg) ERR_MUST_CHECK;

#endif
