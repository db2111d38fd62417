/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of d1, one set for each mode of paging. guest_walk_test.c adds
 * the guest frames in them to d1's P2M: table n of tables[] is at gfn 20 + n.
 */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
#define PAGE __attribute__((aligned(4096)))
#define GFN(n) ((0x20UL + (n)) << 12 | 0x67)

u64 g_text[512] PAGE = { 0x1111111111111111, 0x2222222222222222 };
u32 g_ia32_l1[1024] PAGE = { [2] = GFN(0) };
/* a large page at gfn 0 */
u32 g_ia32_l2[1024] PAGE = { [1] = GFN(1), [3] = 0xe7 };
u64 g_pae_l1[512] PAGE = { [3] = GFN(0) };
u64 g_pae_l2[512] PAGE = { [2] = GFN(3), [5] = 0xe7 };
/* four entries at an offset of 20 */
u64 g_pae_l3[512] PAGE = { [4 + 1] = GFN(4) & ~0x66UL };
u64 g_l1[512] PAGE = { [7] = GFN(0) | 1UL << 63 };
u64 g_l2[512] PAGE = { [6] = GFN(6) };
u64 g_l3[512] PAGE = { [5] = GFN(7) };
u64 g_l4[512] PAGE = { [300] = GFN(8) };
u64 g_l5[512] PAGE = { [400] = GFN(9) };
