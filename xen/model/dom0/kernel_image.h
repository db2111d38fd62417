/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of dom0's Linux image, which is at 16 MiB of its own memory in
 * every PV and PVH kernel (Linux, arch/x86 PHYSICAL_START).
 */
#ifndef XEN_MODEL_KERNEL_IMAGE_H
#define XEN_MODEL_KERNEL_IMAGE_H

#include "xen/model/xen.h"

/* First page of the image, and maximum size in pages. */
#define KERNEL_IMAGE_PFN	(16UL << 20 >> XPAGE_SHIFT)
#define KERNEL_IMAGE_PAGES	(64UL << 20 >> XPAGE_SHIFT)

/* Bytes of the previous page in front of those of a page. */
#define KERNEL_IMAGE_OVERLAP	256

/* Receives the page at bytes + KERNEL_IMAGE_OVERLAP; returning true ends the scan. */
typedef bool kernel_image_look(void *arg, const char *bytes, size_t len,
			       uint64_t pfn);

/*
 * Passes all pages of the image to the function look: from page number first
 * (within the image) to its end, then those before it. Unreadable pages are
 * passed as zeros. Fails like dom0_open(), and with ERR_INTERRUPTED.
 */
struct err *kernel_image_scan(struct xen *x, uint64_t first,
			      kernel_image_look *look, void *arg) ERR_MUST_CHECK;

#endif
