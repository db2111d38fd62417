/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_P2M_H
#define XEN_P2M_H

#include "../memory/memory.h"

/*
 * The P2M a PV guest publishes in three levels for its toolstack
 * (public/arch-x86/xen.h, arch_shared_info.pfn_to_mfn_frame_list_list): a page
 * of mfns of pages of mfns of pages of mfns, 512 to a page.
 */
struct err *p2m_list_lookup(struct memory *m, uint64_t list_list_mfn,
			    uint64_t pfn, uint64_t *mfn) ERR_MUST_CHECK;

#endif
