/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tiny compressed kdump, whole or a part of a split one. */
#ifndef TESTS_MADE_DUMP_H
#define TESTS_MADE_DUMP_H

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#define MADE_HEAD	(4 * 4096)	/* header, sub-header, two bitmaps */
#define MADE_PAGES	16

struct made_desc {
	uint64_t offset;
	uint32_t size, flags;
	uint64_t page_flags;
};

/*
 * A compressed dump of 16 pages: 0 is not there, 1 is excluded, 2 is plain, 3 is
 * packed by zlib, 4 by an unknown method, 5 is broken. With an end it is
 * the part of a split dump with the pages from start on. Returns its length.
 */
static inline size_t made_kdump(unsigned char *file, uint64_t start, uint64_t end)
{
	uint32_t version = 6, header[4] = { 4096, 1, 2, MADE_PAGES }, split = end != 0;
	uint64_t data = MADE_HEAD + 4 * sizeof(struct made_desc);
	uint64_t range[3] = { start, end, MADE_PAGES };
	unsigned char page[4096], zipped[8192];
	struct made_desc desc[4] = { { 0 } };
	uLongf len = sizeof(zipped);
	unsigned int n, first = start > 2 ? start - 2 : 0;

	memset(page, 3, sizeof(page));
	compress(zipped, &len, page, sizeof(page));
	memset(page, 2, sizeof(page));
	memset(file, 0, MADE_HEAD);
	memcpy(file, "KDUMP   ", 8);
	memcpy(file + 8, &version, 4);
	memcpy(file + 428, header, 16);
	memcpy(file + 4096 + 12, &split, 4);
	memcpy(file + 4096 + 80, range, 24);
	file[2 * 4096] = 0x3e;
	file[3 * 4096] = 0x3c;
	desc[0] = (struct made_desc){ data, 4096, 0, 0 };
	desc[1] = (struct made_desc){ data + 4096, len, 1, 0 };
	desc[2] = (struct made_desc){ data + 4096, len, 0x40, 0 };
	desc[3] = (struct made_desc){ data + 4096, 9, 1, 0 };
	/* a part has the descriptors of its own pages only */
	for (n = first; n < 4; n++)
		memcpy(file + MADE_HEAD + (n - first) * sizeof(desc[0]), &desc[n],
		       sizeof(desc[0]));
	memcpy(file + data, page, 4096);
	memcpy(file + data + 4096, zipped, len);
	return data + 4096 + len;
}

#endif
