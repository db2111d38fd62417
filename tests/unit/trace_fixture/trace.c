/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace buffers of two pages each for two pcpus, still empty and without their
 * frame numbers, which the test fills in. It is compiled and read, never run.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
#define PAGE __attribute__((aligned(4096)))

struct t_buf { u32 cons, prod; };
struct t_info { u16 tbuf_size; u16 mfn_offset[2047]; u8 more[64][4096]; } info PAGE = {
	.tbuf_size = 2, .mfn_offset = { 8, 10 },
};
u8 ring[4][4096] PAGE;
struct t_info *t_info = &info;
u32 t_info_pages = 1, tb_event_mask = 0x0ffff000;
_Bool tb_init_done = 1;
u64 per_cpu__lost_records = 7;
u64 __per_cpu_offset[3] = { 0, 0, 0 };
