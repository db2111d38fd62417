/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames of guests, by the owner in the frame table, or as listed by the source. */
#ifndef XEN_MODEL_GUEST_SCAN_H
#define XEN_MODEL_GUEST_SCAN_H

#include "xen/model/domain/domain.h"
#include "xen/model/memory/page_scan.h"

/* Domains whose frames are passed. */
struct guest_domains {
	const struct domain *domain;
	unsigned int nr;
};

/* Receives a frame of domain[nr] in a memory, and its use; an error ends the scan. */
typedef struct err *guest_frame_fn(void *arg, unsigned int nr,
				   struct memory *memory, uint64_t mfn,
				   enum page_kind kind);

/*
 * Passes each frame in use that one of the domains owns, except pages of Xen's
 * heap (shared_info, grant tables). progress may be NULL. Hypercalls support
 * only one domain.
 */
struct err *guest_scan(struct xen *x, const struct guest_domains *domains,
		       guest_frame_fn *fn, void *arg,
		       const struct page_progress *progress) ERR_MUST_CHECK;

#endif
