/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables of frame number compression, by scheme: -DLOOKUP=N tables of N entries
 * (common/pdx.c of 4.21), -DMASK masks (4.5); neither: none. And the number of pcpus,
 * and a type.
 */
struct made { int first, second; } made_object;
#ifdef LOOKUP
#ifndef OTHER
#define OTHER LOOKUP
#endif
/* pfns 0 to 7, 20 to 27 and 60 to 67 are pdxs 0 to 17 */
unsigned long pfn_pdx_lookup[LOOKUP] = { 0, 0x18, 0, 0x50 };
unsigned long pdx_pfn_lookup[OTHER] = { 0, 0x18, 0x50 };
unsigned int pfn_index_shift = 5, pdx_index_shift = 3;
#elif defined(MASK)
unsigned long pfn_pdx_bottom_mask = 7, pfn_top_mask = 0xe0;
unsigned long ma_va_bottom_mask = 0x7fff, ma_top_mask = 0xe0000;
unsigned int pfn_pdx_hole_shift = 2;
#endif
#ifndef PCPUS
#define PCPUS 5
#endif
unsigned int nr_cpu_ids = PCPUS;
