/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices and the console of the host of host.c. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
#define AT(object) (void *)((char *)&(object) + 0x2fc1000000UL)

struct list_head { struct list_head *next, *prev; };
struct radix_tree_root { u32 height; void *rnode; };
struct radix_tree_node { u32 height; void *slots[64]; };
struct domain;
extern struct domain dom0, dom1;

struct pci_dev;
struct msi_desc {
	struct { u8 type, pos, maskbit : 1, host_masked : 1, guest_masked : 1; u16 entry_nr; } msi_attrib;
	struct pci_dev *dev;
	int irq;
	struct { u64 address; u32 data, dest32; } msg;
	struct list_head list;
};
struct pci_dev {
	struct list_head alldevs_list, msi_list;
	void *msix;
	struct domain *domain;
	u16 seg;
	u8 bus, devfn, phantom_stride, node;
	u32 type;
	_Bool quarantine, broken;
	struct { u8 is_extfn, is_virtfn; struct { u8 bus, devfn; } physfn; } info;
	struct { u16 pseudo_domid; } arch;
	struct { u16 queue_depth; } ats;
	struct { u64 time; u32 count; } fault;
	void *vpci;
};
struct pci_seg { u16 nr; struct list_head alldevs_list; };

extern struct pci_dev nic, disk;
extern struct pci_seg seg;
extern struct msi_desc msi1;
/* of irq 2, and one without an interrupt in use */
struct msi_desc msi0 = {
	{ 0x11, 0xb0, 1, 0, 1, 7 }, AT(nic), 2, { 0xfee0100c, 0x4051, 1 },
	{ AT(msi1.list), AT(nic.msi_list) },
};
struct msi_desc msi1 = {
	{ 5, 0x50, 0, 1, 0, 0 }, AT(nic), -1, { 0xfee02000, 0x42, 2 },
	{ AT(nic.msi_list), AT(msi0.list) },
};
struct pci_dev nic = {
	{ AT(disk.alldevs_list), AT(seg.alldevs_list) }, { AT(msi0.list), AT(msi1.list) },
	0, AT(dom1), 0, 3, 5 << 3 | 2, 4, 0, 1, 0, 0, { 0, 1, { 3, 0x11 } }, { 0x7ff5 },
	{ 32 }, { 5000, 6 }, 0,
};
struct pci_dev disk = {
	{ AT(seg.alldevs_list), AT(nic.alldevs_list) },
	{ AT(disk.msi_list), AT(disk.msi_list) }, AT(msi0), AT(dom0), 0, 4, 1 << 3, 0, 0xff, 7, 1, 1,
};
struct pci_seg seg = { 0, { AT(nic.alldevs_list), AT(disk.alldevs_list) } };
struct radix_tree_root pci_segments = { 0, AT(seg) };

/* A ring of 32 bytes that has wrapped: the first 8 of 40 are overwritten. */
static char ring[32] = "EFGHIJKL(XEN) abcdefghijklmnopqr";
char *conring = AT(ring);
u32 conring_size = 32, conringp = 40, conringc = 8;

/* Livepatches: one applied, which replaces a function of host.c, and one loaded */
void do_mmuext_op(void), do_sched_op(void);
struct livepatch_func { const char *name; void *new_addr, *old_addr; u32 new_size, old_size; };
struct livepatch_func fix1_funcs[1] = { { "do_mmuext_op", 0, do_mmuext_op, 24, 32 } };
struct livepatch_func fix2_funcs[1] = { { "do_sched_op", 0, do_sched_op, 40, 32 } };
struct payload {
	u32 state;
	struct list_head list;
	char name[16];
	struct livepatch_func *funcs;
	u32 nfuncs;
};
extern struct payload payload1, payload2;
struct list_head payload_list = { &payload1.list, &payload2.list };
struct payload payload1 = { 2, { &payload2.list, &payload_list }, "fix1", fix1_funcs, 1 };
struct payload payload2 = { 1, { &payload_list, &payload1.list }, "fix2", fix2_funcs, 1 };
