/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of Xen 4.4 and 4.5, and of later ones. It is compiled and read, never run. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

struct msi_desc {
#if V < 406
	struct {
		u8 type:5, maskbit:1, masked:1, is_64:1;
		u8 pos;
		u16 entry_nr;
	} msi_attrib;
#else
	struct {
		u8 type, pos;
		u8 maskbit:1, is_64:1, host_masked:1, guest_masked:1;
		u16 entry_nr;
	} msi_attrib;
#endif
	void *dev;
	int irq;
	struct {
#if V < 406
		u32 address_lo, address_hi;
#else
		u64 address;
#endif
		u32 data, dest32;
	} msg;
} message = {
#if V < 406
	{ .type = 0x11, .maskbit = 1, .masked = 1, .entry_nr = 3 }, 0, 24,
	{ 0xfee0100c, 0, 0x4051, 1 },
#else
	{ .type = 0x11, .maskbit = 1, .host_masked = 1, .entry_nr = 3 }, 0, 24,
	{ 0xfee0100c, 0x4051, 1 },
#endif
};
