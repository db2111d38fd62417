/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PDX: the frame numbers by which Xen indexes its tables, which are mfns
 * without the holes. Schemes: none; mask (common/pdx.c of 4.5,
 * arch/x86/x86_64/mm.c of 4.4); offset (common/pdx.c of 4.21).
 */
#ifndef XEN_PDX_H
#define XEN_PDX_H

#include <stdbool.h>
#include <stdint.h>

enum pdx_scheme { PDX_NONE, PDX_MASK, PDX_OFFSET };

#define PDX_TABLE_MAX 1024

struct pdx {
	enum pdx_scheme scheme;
	/* PDX_MASK */
	uint64_t pfn_bottom_mask, pfn_top_mask;
	uint64_t ma_bottom_mask, ma_top_mask;
	unsigned int hole_shift;
	/* PDX_OFFSET: entries is a power of two, at most PDX_TABLE_MAX */
	unsigned int entries;
	unsigned int pfn_index_shift, pdx_index_shift;
	uint64_t pfn_to_pdx[PDX_TABLE_MAX];
	uint64_t pdx_to_pfn[PDX_TABLE_MAX];
};

uint64_t pdx_from_pfn(const struct pdx *p, uint64_t pfn);
uint64_t pdx_to_pfn(const struct pdx *p, uint64_t pdx);
/* Convert an offset in the directmap to a machine address, and back. */
uint64_t pdx_maddr_to_offset(const struct pdx *p, uint64_t maddr);
uint64_t pdx_offset_to_maddr(const struct pdx *p, uint64_t offset);

#endif
