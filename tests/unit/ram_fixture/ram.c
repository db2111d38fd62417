/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory map and page tables of a small host: the variables that "xen mem" reads. */
typedef unsigned int u32;
typedef unsigned long u64;

struct e820entry { u64 addr, size; u32 type; } __attribute__((packed));
struct e820map { u32 nr_map; struct e820entry map[8]; };

/* Unsorted; the ACPI tables start inside a page of RAM. */
struct e820map e820 = { 4, {
	{ 0x100000, 0x700800, 1 },	/* mfn 100 to 7ff, a half page cut off */
	{ 0, 0x9fc00, 1 },		/* mfn 0 to 9e */
	{ 0x800800, 0x1000, 3 },	/* mfn 800 and 801 */
	{ 0x9fc00, 0x400, 2 },		/* mfn 9f */
} };
u64 total_pages = 0x6000;

#define PAGE __attribute__((aligned(4096)))
/* FIXTURE_PHYS - FIXTURE_BASE */
#define TO(object) ((u64)&(object) - 0xffff82d040000000UL + 0x1000000UL + 1)

u64 image_l1[512] PAGE = { 0x5001, 0, 0x6001 };
u64 image_l2[512] PAGE = { TO(image_l1), 0x400081 };
/* ffff82d040000000, the image's region */
u64 image_l3[512] PAGE = { [321] = TO(image_l2) };
u64 direct_l3[512] PAGE = { 0x81 };
/* slot 258 maps the table itself, and is not followed */
u64 idle_pg_table[512] PAGE = {
	[258] = TO(idle_pg_table), [261] = TO(image_l3), [262] = TO(direct_l3),
};
