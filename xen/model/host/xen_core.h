/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core of the hypervisor alone, without the memory of any domain, dom0
 * included: its image, frame table, M2P, heap, page tables and P2Ms. It is an ELF
 * core by machine addresses with all notes of the dump, which opens like it. Frames are selected
 * by the types or the profile of the build in memory.
 */
#ifndef XEN_MODEL_XEN_CORE_H
#define XEN_MODEL_XEN_CORE_H

#include "xen/model/memory/page_scan.h"

struct xen_core {
	uint64_t kept;		/* frames in the core */
	uint64_t lost;		/* of the hypervisor, but not in the dump */
	/* left out, in frames */
	uint64_t guests, free, others;
};

/*
 * Writes the core to path, which must not exist. ERR_UNSUPPORTED on a running
 * host, and for a dump without notes.
 */
struct err *xen_core_write(struct xen *x, const char *path,
			   const struct page_progress *progress,
			   struct xen_core *ret) ERR_MUST_CHECK;

#endif
