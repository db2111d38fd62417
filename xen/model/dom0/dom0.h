/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dom0's memory: translates its kernel's frames to machine frames, by the list
 * in the crash note, else by the hypervisor's data about dom0.
 */
#ifndef XEN_MODEL_DOM0_H
#define XEN_MODEL_DOM0_H

#include "xen/model/memory/p2m.h"

struct dom0 {
	struct memory *memory;
	uint64_t list_list;	/* mfn; 0: use p2m */
	bool translated;	/* PVH: page tables hold guest physical addresses */
	struct p2m p2m;
};

/* ERR_NOT_FOUND if neither is available, or other errors of domain_find(). */
struct err *dom0_open(struct xen *x, struct dom0 *ret) ERR_MUST_CHECK;

/*
 * Returns the frame of a gfn; ERR_NOT_FOUND or ERR_BAD_POINTER for a gfn
 * without a frame.
 */
struct err *dom0_mfn(struct dom0 *d, uint64_t gfn, uint64_t *mfn) ERR_MUST_CHECK;

#endif
