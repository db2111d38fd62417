/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A generated hypervisor in memory, with page tables that map it, and a stale
 * copy of it.
 */
#ifndef TESTS_MADE_LOCATED_H
#define TESTS_MADE_LOCATED_H

#include "made_xen.h"
#include "xen/memory/memory.h"

#define SIZE	(64UL << 20)
#define BASE	(38UL << 20)	/* maddr of XEN_VIRT_START */
#define STALE	0UL		/* its place before it was relocated */
#define L4	0x5000UL
#define L3	0x6000UL
#define L2	0x7000UL

static uint8_t *ram;
static uint64_t hole;		/* maddr of a missing page */

static inline struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	if (maddr >= SIZE || maddr == hole)
		return err_new(ERR_NOT_IN_DUMP, "page %lx is not in the dump",
			       (unsigned long)maddr);
	memcpy(page, ram + maddr, XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops ops = { .name = "test", .read_page = read_page };

/* Copies the image to base; with a header as written by mkelf32. */
static inline void put_image(const struct made *m, uint64_t base)
{
	uint8_t *at = ram + base + MADE_IMG_OFFSET;

	memcpy(at, m->payload, m->size);
	made_put32(at + 8, 0x1badb002);
	made_put32(at + 12, 3);
	made_put32(at + 16, -(0x1badb002 + 3));
}

static inline struct memory *make_memory(const struct made_options *o, struct made *m)
{
	uint64_t virt = o->virt_start ? o->virt_start : MADE_NEW;
	struct memory *memory;

	hole = ~0UL;
	ram = calloc(1, SIZE);
	made_init(m, o);
	put_image(m, BASE);
	put_image(m, STALE);
	made_put64(ram + L4 + (virt >> 39 & 511) * 8, L3 | 3);
	made_put64(ram + L3 + (virt >> 30 & 511) * 8, L2 | 3);
	made_put64(ram + L2 + ((virt + MADE_IMG_OFFSET) >> 21 & 511) * 8,
		   (BASE + MADE_IMG_OFFSET) | 0x83);
	assert_null(memory_create(&ops, NULL, &memory));
	return memory;
}

#endif
