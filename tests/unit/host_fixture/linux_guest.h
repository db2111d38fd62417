/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Linux kernel in a domain of host.c: VMCOREINFO, uts name and page tables. */
#ifndef HOST_FIXTURE_LINUX_GUEST_H
#define HOST_FIXTURE_LINUX_GUEST_H

#include "tests/unit/host_fixture/host.h"

#include <stdio.h>

#include "xen/base/array.h"
#include "xen/model/guest/guest.h"

/* The kernel's image: va - KERNEL + PHYS_BASE is the guest physical address. */
#define KERNEL		0xffffffff80000000UL
#define PHYS_BASE	0x1000UL
#define VA_OF(gfn)	(KERNEL + (gfn) * XPAGE_SIZE - PHYS_BASE)
#define UTS_AT		0x600	/* in its page */

enum { NOTE = 0x10, DATA, TOP, L3, L2, L1, END };
static const char *const pages[] = {
	"linux_note", "linux_data", "linux_top", "linux_l3", "linux_l2", "linux_l1",
};

static bool pv;

static inline void *bytes_of(const char *name)
{
	return fix.image + (fixture_va(&fix, name) - FIXTURE_BASE);
}

static inline uint64_t frame_of(const char *name)
{
	return host_maddr(&fix, name) >> XPAGE_SHIFT;
}

/* The frame as in the guest's page tables. */
static inline uint64_t entry_of(unsigned int gfn)
{
	return (pv ? frame_of(pages[gfn - NOTE]) : gfn) << XPAGE_SHIFT | 0x63;
}

static inline void put_note(const char *more)
{
	const uint32_t header[] = { 11, 0, 0 };
	uint8_t *note = bytes_of("linux_note");
	uint32_t len;

	memset(note, 0, XPAGE_SIZE);
	memcpy(note, header, sizeof(header));
	memcpy(note + 12, "VMCOREINFO", 10);
	len = snprintf((char *)note + VMCOREINFO_HEADER, 2048,
		       "OSRELEASE=6.1.0-made\nBUILD-ID=a1b2c3d4\nPAGESIZE=4096\n"
		       "SYMBOL(init_uts_ns)=%lx\nOFFSET(uts_namespace.name)=%u\n"
		       "NUMBER(phys_base)=%lu\nKERNELOFFSET=5000000\n"
		       "SYMBOL(_stext)=%lx\n%s", VA_OF(DATA), UTS_AT, PHYS_BASE,
		       VA_OF(NOTE) + 0x100, more);
	memcpy(note + 4, &len, sizeof(len));
}

static inline void put_uts(const char *release)
{
	char *uts = (char *)bytes_of("linux_data") + UTS_AT;

	memset(uts, 0, 6 * GUEST_NAME);
	strcpy(uts, "Linux");
	strcpy(uts + GUEST_NAME, "made-host");
	strcpy(uts + 2 * GUEST_NAME, release);
	strcpy(uts + 3 * GUEST_NAME, "#7 SMP made");
}

static inline void put_tables(void)
{
	uint64_t *top = bytes_of("linux_top"), *l3 = bytes_of("linux_l3");
	uint64_t *l2 = bytes_of("linux_l2"), *l1 = bytes_of("linux_l1");

	memset(top, 0, XPAGE_SIZE);
	memset(l3, 0, XPAGE_SIZE);
	memset(l2, 0, XPAGE_SIZE);
	memset(l1, 0, XPAGE_SIZE);
	top[511] = entry_of(L3);
	l3[510] = entry_of(L2);
	l2[0] = entry_of(L1);
	l1[(VA_OF(DATA) >> XPAGE_SHIFT) & 511] = entry_of(DATA);
}

/* Assigns the pages to a domain, at gfns from NOTE on. */
static inline void give(unsigned int i)
{
	unsigned int n = frame_of(pages[i]) - (FIXTURE_PHYS >> XPAGE_SHIFT);
	uint64_t frame = fixture_va(&fix, "frames") + n * 32;

	host_poke(&fix, frame, "page_info.count_info", 1ULL << 63 | 1);
	if (pv) {
		if (i >= TOP - NOTE)
			host_table(&fix, pages[i], 4 - (i - (TOP - NOTE)));
		host_own_frame(&fix, n, "dom0");
		host_poke(&fix, fixture_va(&fix, "pv_p2m") + 8 * (NOTE + i), NULL, frame_of(pages[i]));
		host_poke(&fix, fixture_va(&fix, "m2p") + 8 * n, NULL, NOTE + i);
	} else {
		host_own_frame(&fix, n, "dom1");
		host_poke(&fix, fixture_va(&fix, "p2m_l1") + 8 * (NOTE + i), NULL,
			  host_maddr(&fix, pages[i]) | 7);
	}
}

static void publish_p2m(void)
{
	host_poke(&fix, fixture_va(&fix, "pv_list_list"), NULL, frame_of("pv_list"));
	host_poke(&fix, fixture_va(&fix, "pv_list"), NULL, frame_of("pv_p2m"));
	host_poke(&fix, fixture_va(&fix, "shared0") + 2048 + 8, NULL, frame_of("pv_list_list"));
}

static inline void put_guest(bool is_pv)
{
	char tables[64];

	pv = is_pv;
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
		give(i);
	if (pv)
		publish_p2m();
	snprintf(tables, sizeof(tables), "SYMBOL(init_top_pgt)=%lx\n", VA_OF(TOP));
	put_note(tables);
	put_uts("6.1.0-made");
	put_tables();
	memory_flush(fix.xen.memory);
}

#endif
