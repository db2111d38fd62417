/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core of the hypervisor, without the memory of domains; the memory of dom0
 * may be included. It contains Xen's image, frame table, M2P, heap, page tables
 * and P2Ms. It is an ELF core with machine addresses, which opens like the
 * dump; it has all notes of the dump and two of its own: a list of the parts
 * left out and, without dom0's memory, the message of dom0's panic, if there is
 * one. Frames are selected by the types or the profile of the build in memory.
 */
#ifndef XEN_MODEL_XEN_CORE_H
#define XEN_MODEL_XEN_CORE_H

#include "xen/model/memory/page_scan.h"

struct xen_core {
	uint64_t kept;		/* frames in the core */
	uint64_t dom0;		/* of these, dom0's */
	uint64_t lost;		/* frames of the hypervisor that are not in the dump */
	/* left out, in frames */
	uint64_t guests, free, others;
};

#define XEN_CORE_DOM0		1U	/* with the memory of dom0 */
#define XEN_CORE_COMPRESSED	2U	/* in kdump format */

/*
 * Writes the core to path, which must not exist. flags: XEN_CORE_*.
 * ERR_UNSUPPORTED on a running host, and for a dump without notes.
 */
struct err *xen_core_write(struct xen *x, const char *path, unsigned int flags,
			   const struct page_progress *progress,
			   struct xen_core *ret) ERR_MUST_CHECK;

#endif
