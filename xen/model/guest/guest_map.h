/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All frames of a domain's memory by gfn: of a PV domain the frames that it
 * owns, by the M2P, which does not require data of the guest; of an HVM or PVH
 * domain the RAM in its P2M.
 */
#ifndef XEN_MODEL_GUEST_MAP_H
#define XEN_MODEL_GUEST_MAP_H

#include "guest_scan.h"
#include "xen/model/memory/p2m.h"

struct guest_frame {
	uint64_t gfn, mfn;
	enum page_kind kind;		/* kind of a PV domain's frame; else KIND_OTHER */
};

struct guest_map {
	struct guest_frame *frame;	/* ascending gfn, without duplicates */
	uint64_t nr;
	uint64_t no_gfn;		/* number of frames whose M2P entry is not valid */
	uint64_t twice;			/* number of frames with the gfn of another frame */
};

/* Release with guest_map_free(). Fails like p2m_open() and guest_scan(). */
struct err *guest_map_read(struct xen *x, const struct domain *d,
			   const struct page_progress *progress,
			   struct guest_map *ret) ERR_MUST_CHECK;
void guest_map_free(struct guest_map *m);

/* True for RAM of the domain; false for a device or a frame of another domain. */
bool guest_map_is_ram(const struct p2m_entry *e);

/* Returns NULL if the domain does not have this gfn. */
const struct guest_frame *guest_map_find(const struct guest_map *m, uint64_t gfn);

#endif
