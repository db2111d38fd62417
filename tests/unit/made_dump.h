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
 * A compressed dump of 16 pages: 0 does not exist, 1 is excluded, 2 is plain, 3
 * is packed by zlib, 4 by an unknown method, 5 lacks its checksum. If end is not 0 it
 * is the part of a split dump with the pages from start on. Returns its length.
 */
static inline size_t made_kdump(unsigned char *file, uint64_t start, uint64_t end)
{
	uint32_t version = 6, header[4] = { 4096, 1, 2, MADE_PAGES }, split = end != 0;
	uint64_t data = MADE_HEAD + 4 * sizeof(struct made_desc);
	uint64_t range[3] = { start, end, MADE_PAGES };
	unsigned char page[4096], zipped[8192], cut[8192];
	struct made_desc desc[4] = { { 0 } };
	uLongf len = sizeof(zipped), cut_len = sizeof(cut);
	unsigned int n, first = start > 2 ? start - 2 : 0;

	memset(page, 3, sizeof(page));
	compress(zipped, &len, page, sizeof(page));
	memset(page, 5, sizeof(page));
	compress(cut, &cut_len, page, sizeof(page));
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
	desc[3] = (struct made_desc){ data + 4096 + len, cut_len - 4, 1, 0 };
	/* a part has only the descriptors of its own pages */
	for (n = first; n < 4; n++)
		memcpy(file + MADE_HEAD + (n - first) * sizeof(desc[0]), &desc[n],
		       sizeof(desc[0]));
	memcpy(file + data, page, 4096);
	memcpy(file + data + 4096, zipped, len);
	memcpy(file + data + 4096 + len, cut, cut_len - 4);
	return data + 4096 + len + cut_len - 4;
}

#define MADE_MANY	100000
#define MADE_SORTS	251
/* Bitmaps of 4 blocks each */
#define MADE_MANY_DESCS	((2 + 8) * 4096)
#define MADE_MANY_DATA	(MADE_MANY_DESCS + MADE_MANY * sizeof(struct made_desc))

/*
 * A compressed dump of MADE_MANY pages in several chunks of the bitmaps: page
 * pfn is filled with pfn % MADE_SORTS; each third one, from 0 on, is excluded.
 * file has space for MADE_MANY_DATA and 64 KiB. Returns the length.
 */
static inline size_t made_many(unsigned char *file)
{
	uint32_t version = 6, header[4] = { 4096, 1, 8, MADE_MANY };
	uint64_t mapnr = MADE_MANY, at = MADE_MANY_DATA, offset[MADE_SORTS];
	unsigned char *exists = file + 2 * 4096, *dumped = file + 6 * 4096;
	unsigned int sort, pfn, nr = 0;
	unsigned char page[4096];
	uLongf len[MADE_SORTS];

	memset(file, 0, MADE_MANY_DATA);
	memcpy(file, "KDUMP   ", 8);
	memcpy(file + 8, &version, 4);
	memcpy(file + 428, header, 16);
	memcpy(file + 4096 + 96, &mapnr, sizeof(mapnr));
	for (sort = 0; sort < MADE_SORTS; sort++) {
		len[sort] = 256;
		memset(page, sort, sizeof(page));
		compress(file + at, &len[sort], page, sizeof(page));
		offset[sort] = at;
		at += len[sort];
	}
	for (pfn = 0; pfn < MADE_MANY; pfn++) {
		struct made_desc desc = { offset[pfn % MADE_SORTS], len[pfn % MADE_SORTS], 1, 0 };

		exists[pfn / 8] |= 1 << pfn % 8;
		if (pfn % 3 == 0)
			continue;
		dumped[pfn / 8] |= 1 << pfn % 8;
		memcpy(file + MADE_MANY_DESCS + nr++ * sizeof(desc), &desc, sizeof(desc));
	}
	return at;
}

#endif
