/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree of 64 segments that are one, whose devices the test links. It is compiled and
 * read, never run.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
#define DEVICES 2100

struct list_head { struct list_head *next, *prev; };
struct pci_dev { struct list_head alldevs_list; u16 seg; u8 bus, devfn; };
struct pci_seg { struct list_head alldevs_list; u16 nr; };
struct radix_tree_node { u32 height; void *slots[64]; };
struct radix_tree_root { u32 height; void *rnode; };

struct pci_dev devices[DEVICES] = { { .devfn = 8 } };
struct pci_seg segment = { .nr = 1 };
struct radix_tree_node node = { 1, { [0 ... 63] = &segment } };
struct radix_tree_root pci_segments = { 1, (char *)&node + 1 };
unsigned long __per_cpu_offset[2];
