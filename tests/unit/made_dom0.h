/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A generated PV dom0: its P2M, and the first pages of its kernel's image. */
#ifndef TESTS_MADE_DOM0_H
#define TESTS_MADE_DOM0_H

#include <stdint.h>
#include <string.h>

#include "xen/memory/memory.h"

/* Frames: the P2M's three levels, then the kernel's pages from pfn 0x1000 on. */
enum { LIST_LIST = 1, LIST, LEAF, FIRST, FRAMES = FIRST + 4 };
#define START_PFN 0x1000

static unsigned char frame[FRAMES][XPAGE_SIZE];

static inline struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	if (maddr >> XPAGE_SHIFT >= FRAMES)
		return err_new(ERR_NOT_IN_DUMP, "no frame");
	memcpy(page, frame[maddr >> XPAGE_SHIFT], XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops memory_ops = { .name = "made", .read_page = read_page };

static inline void entry(unsigned int mfn, unsigned int i, uint64_t v)
{
	memcpy(frame[mfn] + 8 * i, &v, 8);
}

static inline void make_p2m(void)
{
	unsigned int i;

	memset(frame, 0, sizeof(frame));
	for (i = 0; i < 512; i++) {
		entry(LIST_LIST, i, ~0ULL);
		entry(LIST, i, ~0ULL);
		entry(LEAF, i, ~0ULL);
	}
	entry(LIST_LIST, 0, LIST);
	entry(LIST, START_PFN / 512, LEAF);
	for (i = 0; FIRST + i < FRAMES; i++)
		entry(LEAF, i, FIRST + i);
}

/* Text in the kernel's image, at the given offset in bytes. */
static inline void write_at(unsigned int offset, const char *text, size_t len)
{
	memcpy(&frame[FIRST][0] + offset, text, len);
}

#endif
