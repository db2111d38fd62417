/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_P2M_H
#define XEN_P2M_H

#include "xen/memory/memory.h"
#include "tables.h"

/*
 * The P2M a PV guest publishes in three levels for its toolstack
 * (public/arch-x86/xen.h, arch_shared_info.pfn_to_mfn_frame_list_list): the
 * first page has mfns of pages that have mfns of pages that have the mfns of
 * the guest; a page has 512 entries, or 1024 in 32-bit guests.
 */
struct err *p2m_list_lookup(struct memory *m, uint64_t list_list_mfn,
			    uint64_t pfn, uint64_t *mfn) ERR_MUST_CHECK;

/*
 * The same, and records each step. entry_size is 8, or 4 for 32-bit guests; the
 * entry of the pfn is that of the last step, including flags set by the guest.
 */
struct err *p2m_list_walk(struct memory *m, uint64_t list_list_mfn,
			  unsigned int entry_size, uint64_t pfn,
			  struct table_walk *ret) ERR_MUST_CHECK;

/*
 * An entry of a guest's P2M (Linux, asm/xen/page.h): the two highest bits are
 * flags, all bits set means no frame. False if there is no frame.
 */
#define P2M_ENTRY_FOREIGN	(1ULL << 63)
#define P2M_ENTRY_IDENTITY	(1ULL << 62)
bool p2m_entry_mfn(uint64_t entry, unsigned int entry_size, uint64_t *mfn);

#endif
