/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pdx.h"

#define SHIFT 12
#define IN_PAGE ((1ULL << SHIFT) - 1)

uint64_t pdx_from_pfn(const struct pdx *p, uint64_t pfn)
{
	switch (p->scheme) {
	case PDX_MASK:
		return (pfn & p->pfn_bottom_mask) |
		       ((pfn & p->pfn_top_mask) >> p->hole_shift);
	case PDX_OFFSET:
		return pfn - p->pfn_to_pdx[(pfn >> p->pfn_index_shift) &
					   (p->entries - 1)];
	default:
		return pfn;
	}
}

uint64_t pdx_to_pfn(const struct pdx *p, uint64_t pdx)
{
	switch (p->scheme) {
	case PDX_MASK:
		return (pdx & p->pfn_bottom_mask) |
		       ((pdx << p->hole_shift) & p->pfn_top_mask);
	case PDX_OFFSET:
		return pdx + p->pdx_to_pfn[(pdx >> p->pdx_index_shift) &
					   (p->entries - 1)];
	default:
		return pdx;
	}
}

uint64_t pdx_maddr_to_offset(const struct pdx *p, uint64_t maddr)
{
	if (p->scheme == PDX_MASK)
		return (maddr & p->ma_bottom_mask) |
		       ((maddr & p->ma_top_mask) >> p->hole_shift);
	return (pdx_from_pfn(p, maddr >> SHIFT) << SHIFT) | (maddr & IN_PAGE);
}

uint64_t pdx_offset_to_maddr(const struct pdx *p, uint64_t offset)
{
	if (p->scheme == PDX_MASK)
		return (offset & p->ma_bottom_mask) |
		       ((offset << p->hole_shift) & p->ma_top_mask);
	return (pdx_to_pfn(p, offset >> SHIFT) << SHIFT) | (offset & IN_PAGE);
}
