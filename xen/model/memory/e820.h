/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory map that Xen uses: its variable e820 (arch/x86/e820.c, asm/e820.h:
 * the same layout from 4.4 to master).
 */
#ifndef XEN_MODEL_E820_H
#define XEN_MODEL_E820_H

#include "xen/model/xen.h"

enum e820_type {
	E820_RAM = 1, E820_RESERVED, E820_ACPI, E820_NVS, E820_UNUSABLE,
	E820_TYPES,
};

struct e820_region {
	uint64_t mfn, end;	/* whole pages; end exclusive */
	unsigned int type;	/* enum e820_type, or another number */
};

struct e820 {
	struct e820_region *at;	/* sorted by mfn; none overlap */
	unsigned int nr;
	uint64_t pages[E820_TYPES];	/* bytes by type; 0: sum of all other types */
};

/* ERR_NO_SYMBOL, ERR_CORRUPT. Release with e820_release(). */
struct err *e820_read(struct xen *x, struct e820 *ret) ERR_MUST_CHECK;
void e820_release(struct e820 *e);

#endif
