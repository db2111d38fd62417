/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile's compressed format, of which kdump.c is the reader: header,
 * sub-header, notes, two equal bitmaps, a descriptor for each page, the pages
 * (diskdump_mod.h of makedumpfile 1.7, header_version 6).
 */
#include "corewriter_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "xen/base/bytes.h"

#define HEADER_VERSION	6
/* struct disk_dump_header; utsname has six fields of 65 bytes */
#define VERSION_AT	8
#define UTSNAME_AT	12
#define UTS_FIELD	65
#define UTS_RELEASE	2
#define UTS_VERSION	3
#define UTS_MACHINE	4
#define STATUS_AT	424
#define BLOCK_SIZE_AT	428
#define SUB_SIZE_AT	432
#define BITMAP_AT	436
#define MAX_MAPNR_AT	440
#define RAM_BLOCKS_AT	444
#define WRITTEN_AT	452
#define NR_CPUS_AT	460
/* struct kdump_sub_header; the first member is phys_base */
#define SUB_VMCOREINFO_AT 32	/* offset, size */
#define SUB_NOTE_AT	48	/* offset, size */
#define SUB_MAX_MAPNR_AT 96

#define COMPRESSED_ZLIB	1U
#define DESC_SIZE	24
#define DESCS		1024	/* maximum in memory at a time */

/* Limit of bitmaps: 32 TiB of memory; more results from a damaged P2M. */
#define MAPNR_LIMIT	(1ULL << 33)

#define NT_PRSTATUS	1

struct kdumpwriter {
	uint64_t max_mapnr;
	unsigned char *bitmap;
	uint64_t bitmap_at, bitmap_size;	/* size of one of the two, in bytes */
	uint64_t descs_at, nr, limit;	/* pages written, and the maximum */
	uint64_t at;			/* offset of the next page's bytes */
	uint64_t next_pfn;		/* pages ascend */
	uint64_t zero_at;		/* offset of the page of zeros; 0: not yet written */
	uint32_t zero_size, zero_flags;
	unsigned char desc[DESCS * DESC_SIZE];
	unsigned char header[XPAGE_SIZE], sub[XPAGE_SIZE];
	unsigned char packed[2 * XPAGE_SIZE];
	z_stream stream;
	bool stream_open;
};

static uint64_t blocks(uint64_t bytes)
{
	return (bytes + XPAGE_SIZE - 1) >> XPAGE_SHIFT;
}

static void count_pages(const struct corewriter *c, struct kdumpwriter *k)
{
	for (unsigned int i = 0; i < c->nr_loads; i++) {
		uint64_t end = c->load[i].paddr + c->load[i].size;

		if (c->load[i].is_inside)
			continue;
		k->limit += c->load[i].size >> XPAGE_SHIFT;
		if (end >> XPAGE_SHIFT > k->max_mapnr)
			k->max_mapnr = end >> XPAGE_SHIFT;
	}
}

/*
 * Sets the places of the notes in the sub-header; the notes were written by
 * this program.
 */
static void look_at_notes(struct kdumpwriter *k, const struct core_params *p,
			  uint64_t notes_at)
{
	const unsigned char *n = p->notes;
	uint64_t at = 0;
	uint32_t cpus = 0;

	while (p->notes_len - at >= 12) {
		uint64_t name = get_le32(n + at), len = get_le32(n + at + 4);
		uint64_t desc = at + 12 + ((name + 3) & ~3ULL);

		if (desc > p->notes_len || len > p->notes_len - desc)
			break;
		if (name == 11 && !memcmp(n + at + 12, "VMCOREINFO", 11)) {
			put_le64(k->sub + SUB_VMCOREINFO_AT, notes_at + desc);
			put_le64(k->sub + SUB_VMCOREINFO_AT + 8, len);
		}
		cpus += name == 5 && !memcmp(n + at + 12, "CORE", 5) &&
			get_le32(n + at + 8) == NT_PRSTATUS;
		at = desc + ((len + 3) & ~3ULL);
		if (at > p->notes_len)
			break;
	}
	put_le32(k->header + NR_CPUS_AT, cpus);
}

static void put_uts(struct kdumpwriter *k, unsigned int field, const char *text)
{
	size_t len = text ? strnlen(text, UTS_FIELD - 1) : 0;
	unsigned char *to = k->header + UTSNAME_AT + field * UTS_FIELD;

	memcpy(to, len ? text : "-", len ? len : 1);
}

static void fill_headers(struct kdumpwriter *k, const struct core_params *p,
			 uint64_t sub_blocks)
{
	unsigned char *h = k->header;

	memcpy(h, "KDUMP   ", 8);
	put_le32(h + VERSION_AT, HEADER_VERSION);
	/* libkdumpfile reads the architecture from here if no field is empty */
	put_uts(k, 0, "Linux");
	put_uts(k, UTS_RELEASE, p->release);
	put_uts(k, UTS_VERSION, p->version);
	put_uts(k, UTS_MACHINE, "x86_64");
	put_le32(h + STATUS_AT, COMPRESSED_ZLIB);
	put_le32(h + BLOCK_SIZE_AT, XPAGE_SIZE);
	put_le32(h + SUB_SIZE_AT, sub_blocks);
	put_le32(h + BITMAP_AT, 2 * blocks(k->bitmap_size));
	put_le32(h + MAX_MAPNR_AT, k->max_mapnr > UINT32_MAX ? UINT32_MAX : k->max_mapnr);
	put_le32(h + RAM_BLOCKS_AT, k->limit > UINT32_MAX ? UINT32_MAX : k->limit);
	put_le64(k->sub, p->phys_base);
	put_le64(k->sub + SUB_NOTE_AT, 2 * XPAGE_SIZE);
	put_le64(k->sub + SUB_NOTE_AT + 8, p->notes_len);
	put_le64(k->sub + SUB_MAX_MAPNR_AT, k->max_mapnr);
	look_at_notes(k, p, 2 * XPAGE_SIZE);
}

struct err *kdumpwriter_create(struct corewriter *c, const struct core_params *p)
{
	struct kdumpwriter *k = calloc(1, sizeof(*k));
	uint64_t sub_blocks = 1 + blocks(p->notes_len);

	if (!k)
		return err_nomem();
	c->kdump = k;
	k->max_mapnr = p->max_mapnr;
	count_pages(c, k);
	if (k->max_mapnr > MAPNR_LIMIT)
		return err_new(ERR_UNSUPPORTED, "%s: too much memory for the compressed format: up to page %" PRIx64,
			       c->path, k->max_mapnr);
	k->bitmap_size = blocks((k->max_mapnr + 7) / 8) << XPAGE_SHIFT;
	k->bitmap_at = (1 + sub_blocks) << XPAGE_SHIFT;
	k->descs_at = k->bitmap_at + 2 * k->bitmap_size;
	k->at = k->descs_at + k->limit * DESC_SIZE;
	k->bitmap = calloc(1, k->bitmap_size ? k->bitmap_size : 1);
	if (!k->bitmap || deflateInit(&k->stream, Z_BEST_SPEED) != Z_OK)
		return err_nomem();
	k->stream_open = true;
	fill_headers(k, p, sub_blocks);
	return core_write_at(c, 2 * XPAGE_SIZE, p->notes, p->notes_len);
}

/* Writes the bytes of a page, packed if that makes them shorter. */
static const void *pack(struct kdumpwriter *k, const void *page, uint32_t *size,
			uint32_t *flags)
{
	z_stream *z = &k->stream;

	*size = XPAGE_SIZE;
	*flags = 0;
	if (deflateReset(z) != Z_OK)
		return page;
	z->next_in = (unsigned char *)page;
	z->avail_in = XPAGE_SIZE;
	z->next_out = k->packed;
	z->avail_out = sizeof(k->packed);
	if (deflate(z, Z_FINISH) != Z_STREAM_END || z->total_out >= XPAGE_SIZE)
		return page;
	*size = z->total_out;
	*flags = COMPRESSED_ZLIB;
	return k->packed;
}

static struct err *write_descs(struct corewriter *c, uint64_t nr)
{
	struct kdumpwriter *k = c->kdump;

	return core_write_at(c, k->descs_at + (k->nr - nr) * DESC_SIZE, k->desc,
			     nr * DESC_SIZE);
}

static struct err *add_desc(struct corewriter *c, uint64_t at, uint32_t size,
			    uint32_t flags)
{
	struct kdumpwriter *k = c->kdump;
	unsigned char *d = k->desc + k->nr % DESCS * DESC_SIZE;

	put_le64(d, at);
	put_le32(d + 8, size);
	put_le32(d + 12, flags);
	put_le64(d + 16, 0);
	k->nr++;
	return k->nr % DESCS ? NULL : write_descs(c, DESCS);
}

struct err *kdumpwriter_page(struct corewriter *c, uint64_t paddr,
			     const void *page, bool zero)
{
	struct kdumpwriter *k = c->kdump;
	uint64_t pfn = paddr >> XPAGE_SHIFT, at = k->at;
	const void *bytes;
	uint32_t size, flags;

	if (pfn < k->next_pfn || pfn >= k->max_mapnr || k->nr == k->limit)
		return err_new(ERR_CORRUPT, "%s: page %" PRIx64 " is out of order", c->path, pfn);
	k->next_pfn = pfn + 1;
	k->bitmap[pfn / 8] |= 1 << pfn % 8;
	if (zero && k->zero_at)
		return add_desc(c, k->zero_at, k->zero_size, k->zero_flags);
	bytes = pack(k, page, &size, &flags);
	ERR_TRY(core_append(c, at, bytes, size));
	k->at += size;
	if (zero) {
		k->zero_at = at;
		k->zero_size = size;
		k->zero_flags = flags;
	}
	return add_desc(c, at, size, flags);
}

/* Pages of zeros remain holes: a damaged frame number causes 512 MiB of them. */
static struct err *write_bitmap(struct corewriter *c, uint64_t at)
{
	static const unsigned char zeros[XPAGE_SIZE];
	struct kdumpwriter *k = c->kdump;

	for (uint64_t i = 0; i < k->bitmap_size; i += XPAGE_SIZE) {
		uint64_t left = k->bitmap_size - i;
		size_t len = left < XPAGE_SIZE ? left : XPAGE_SIZE;

		if (memcmp(k->bitmap + i, zeros, len))
			ERR_TRY(core_write_at(c, at + i, k->bitmap + i, len));
	}
	return NULL;
}

struct err *kdumpwriter_finish(struct corewriter *c)
{
	struct kdumpwriter *k = c->kdump;

	put_le32(k->header + WRITTEN_AT, k->nr > UINT32_MAX ? UINT32_MAX : k->nr);
	ERR_TRY(write_descs(c, k->nr % DESCS));
	ERR_TRY(write_bitmap(c, k->bitmap_at));
	ERR_TRY(write_bitmap(c, k->bitmap_at + k->bitmap_size));
	ERR_TRY(core_write_at(c, XPAGE_SIZE, k->sub, XPAGE_SIZE));
	return core_write_at(c, 0, k->header, XPAGE_SIZE);
}

void kdumpwriter_destroy(struct kdumpwriter *k)
{
	if (!k)
		return;
	if (k->stream_open)
		deflateEnd(&k->stream);
	free(k->bitmap);
	free(k);
}
