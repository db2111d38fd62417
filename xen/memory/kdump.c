/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile's compressed format: a header, a sub-header, two bitmaps (memory
 * that exists, pages that are in the file), a descriptor for each page in the
 * file, the pages. Layout: diskdump_mod.h of makedumpfile 1.7, diskdump.h of
 * crash; header_version 4 to 6.
 */
#include "dumpfile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "unpack.h"

/* In the header, block 0 */
#define VERSION_AT	8
#define BLOCK_SIZE_AT	428	/* then sub_hdr_size, bitmap_blocks, max_mapnr */
/* In the sub-header, block 1 */
#define SPLIT_AT	12
#define OLD_START_PFN_AT 16	/* then end_pfn; below version 6 */
#define NOTE_AT		48	/* offset, size */
#define START_PFN_AT	80	/* then end_pfn; version 6 */
#define MAX_MAPNR_AT	96	/* version 6 */

#define DESC_SIZE	24

/* Number of pages per count: those in one block of a bitmap. */
#define CHUNK_BYTES	4096
#define CHUNK_BITS	(8 * CHUNK_BYTES)
/*
 * A chunk has counts for parts of it, since counting all bits of a chunk for
 * each page takes longer than unpacking the page.
 */
#define PART_BITS	512
#define PARTS		(CHUNK_BITS / PART_BITS)
/* Number of descriptors read at once: adjacent pages are read in sequence. */
#define DESCS		128
/* Physical addresses have 52 bits. */
#define MAPNR_MAX	(1ULL << (52 - XPAGE_SHIFT))

/* A bitmap, of which one chunk is in memory. */
struct bitmap {
	uint64_t at;		/* offset in the file */
	uint64_t chunk;		/* number of the chunk in bytes */
	bool loaded;
	unsigned char bytes[CHUNK_BYTES];
	uint16_t before[PARTS];	/* number of set bits before each part */
};

struct desc {
	uint64_t offset;
	uint32_t size, flags;
	uint64_t page_flags;
};

_Static_assert(sizeof(struct desc) == DESC_SIZE, "page_desc of diskdump_mod.h");

/*
 * A packed page and what was in it. Neighbours are often the same, such as those
 * of the frame table of free memory, and comparing is faster than unpacking.
 */
struct packed {
	uint32_t size, flags;	/* size 0: none */
	unsigned char bytes[XPAGE_SIZE], page[XPAGE_SIZE];
};

/* Number of dumped pages before a chunk of the second bitmap. */
struct count {
	uint64_t chunk, before;
};

struct kdump {
	struct dumpfile *file;
	uint64_t max_mapnr;	/* pages */
	uint64_t descs;		/* file offset of the descriptors */
	struct bitmap exists, dumped;
	struct count *count;	/* of chunks with dumped pages, ascending */
	size_t nr_counts;
	uint64_t total;		/* dumped pages */
	bool split;		/* the file is one part of a dump, with these pages */
	uint64_t start_pfn, end_pfn;	/* from start on */
	uint64_t first;		/* number of dumped pages before start_pfn */
	struct desc desc[DESCS];	/* read ahead, from number desc_first on */
	uint64_t desc_first;
	unsigned int nr_descs;
	struct kdump *next;	/* another part */
	struct packed last;	/* page that was unpacked last */
};

struct kdump_header {
	uint32_t block_size, sub_hdr_size, bitmap_blocks, max_mapnr;
};

static struct err *read_header(const struct dumpfile *f,
			       struct kdump_header *h, uint32_t *version)
{
	ERR_TRY(dumpfile_read(f, VERSION_AT, version, sizeof(*version)));
	ERR_TRY(dumpfile_read(f, BLOCK_SIZE_AT, h, sizeof(*h)));
	if (*version < 4)
		return err_new(ERR_UNSUPPORTED,
			       "%s: compressed dump of header version %u has no notes",
			       f->path, *version);
	return NULL;
}

static struct err *kdump_notes(const struct dumpfile *f, struct notes **ret)
{
	struct kdump_header h;
	uint32_t version;
	unsigned char note[16];

	ERR_TRY(read_header(f, &h, &version));
	ERR_TRY(dumpfile_read(f, (uint64_t)h.block_size + NOTE_AT, note, sizeof(note)));
	if (!get_le64(note + 8))
		return err_new(ERR_NOT_FOUND, "%s has no notes", f->path);
	return dumpfile_parse_notes(f, get_le64(note), get_le64(note + 8), ret);
}

/* Number of bits that are set among the first nr. */
static uint64_t count_bits(const unsigned char *bytes, uint64_t nr)
{
	uint64_t n = 0, i = 0;

	for (; i + 64 <= nr; i += 64)
		n += __builtin_popcountll(get_le64(bytes + i / 8));
	if (i < nr)
		n += __builtin_popcountll(get_le64(bytes + i / 8) << (64 - (nr - i)));
	return n;
}

static void count_parts(struct bitmap *map)
{
	unsigned int i, n = 0;

	for (i = 0; i < PARTS; i++) {
		map->before[i] = n;
		n += count_bits(map->bytes + i * PART_BITS / 8, PART_BITS);
	}
}

static struct err *load_chunk(const struct kdump *k, struct bitmap *map,
			      uint64_t chunk)
{
	/* the bitmap may end with the byte of the last page */
	uint64_t len = (k->max_mapnr + 7) / 8 - chunk * CHUNK_BYTES;

	if (map->loaded && map->chunk == chunk)
		return NULL;
	if (len > CHUNK_BYTES)
		len = CHUNK_BYTES;
	map->loaded = false;
	memset(map->bytes, 0, sizeof(map->bytes));
	ERR_TRY(dumpfile_read(k->file, map->at + chunk * CHUNK_BYTES, map->bytes, len));
	count_parts(map);
	map->chunk = chunk;
	map->loaded = true;
	return NULL;
}

/* The bit of a page below max_mapnr. */
static struct err *read_bit(const struct kdump *k, struct bitmap *map,
			    uint64_t pfn, bool *ret)
{
	ERR_TRY(load_chunk(k, map, pfn / CHUNK_BITS));
	*ret = map->bytes[pfn % CHUNK_BITS / 8] >> pfn % 8 & 1;
	return NULL;
}

static uint64_t count_before(const struct kdump *k, uint64_t chunk)
{
	size_t low = 0, high = k->nr_counts;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (k->count[middle].chunk < chunk)
			low = middle + 1;
		else
			high = middle;
	}
	return low < k->nr_counts ? k->count[low].before : k->total;
}

/* Number of dumped pages below pfn; pfn < max_mapnr. */
static struct err *rank(struct kdump *k, uint64_t pfn, uint64_t *ret)
{
	uint64_t chunk = pfn / CHUNK_BITS;
	unsigned int part = pfn % CHUNK_BITS / PART_BITS;

	ERR_TRY(load_chunk(k, &k->dumped, chunk));
	*ret = count_before(k, chunk) + k->dumped.before[part] +
	       count_bits(k->dumped.bytes + part * PART_BITS / 8, pfn % PART_BITS);
	return NULL;
}

/*
 * Finds the part that contains a page: the bitmaps of each part are those of
 * the whole dump.
 */
static struct kdump *part_of(struct kdump *k, uint64_t pfn)
{
	while (k && (pfn < k->start_pfn || pfn >= k->end_pfn))
		k = k->next;
	return k;
}

/* Reads descriptor nr of this file; the file may end after it. */
static struct err *read_desc(struct kdump *k, uint64_t nr, struct desc *ret)
{
	uint64_t at = k->descs + nr * DESC_SIZE;
	struct err *e;

	if (nr - k->desc_first >= k->nr_descs) {
		k->nr_descs = 0;
		e = dumpfile_read(k->file, at, k->desc, sizeof(k->desc));
		if (e) {
			err_free(e);
			return dumpfile_read(k->file, at, ret, sizeof(*ret));
		}
		k->desc_first = nr;
		k->nr_descs = DESCS;
	}
	*ret = k->desc[nr - k->desc_first];
	return NULL;
}

static struct err *unpack(struct kdump *k, const struct desc *desc, uint64_t maddr,
			  void *page)
{
	struct packed *last = &k->last;
	unsigned char bytes[XPAGE_SIZE];

	ERR_TRY(dumpfile_read(k->file, desc->offset, bytes, desc->size));
	if (!last->size || last->size != desc->size || last->flags != desc->flags ||
	    memcmp(last->bytes, bytes, desc->size)) {
		last->size = 0;
		ERR_TRY(err_prefix(unpack_page(desc->flags, bytes, desc->size, last->page),
				   "%s: page at machine address %" PRIx64,
				   k->file->path, maddr));
		memcpy(last->bytes, bytes, desc->size);
		last->size = desc->size;
		last->flags = desc->flags;
	}
	memcpy(page, last->page, XPAGE_SIZE);
	return NULL;
}

static struct err *kdump_read_page(void *priv, uint64_t maddr, void *page)
{
	struct kdump *k = priv;
	uint64_t pfn = maddr >> XPAGE_SHIFT, nr;
	bool exists = false, dumped = false;
	struct desc desc;

	if (pfn < k->max_mapnr)
		ERR_TRY(read_bit(k, &k->exists, pfn, &exists));
	if (!exists)
		return err_new(ERR_NOT_IN_DUMP,
			       "machine address %" PRIx64 " is not in the dump", maddr);
	ERR_TRY(read_bit(k, &k->dumped, pfn, &dumped));
	if (!dumped)
		return err_new(ERR_EXCLUDED,
			       "page at machine address %" PRIx64 " was excluded from the dump",
			       maddr);
	k = part_of(k, pfn);
	if (!k)
		return err_new(ERR_NOT_IN_DUMP,
			       "machine address %" PRIx64 " is in another part of this split dump; give all parts",
			       maddr);
	ERR_TRY(rank(k, pfn, &nr));
	ERR_TRY(read_desc(k, nr - k->first, &desc));
	if (desc.size > XPAGE_SIZE)
		return err_new(ERR_CORRUPT, "%s: invalid size of a page: %u bytes, at machine address %" PRIx64,
			       k->file->path, desc.size, maddr);
	return unpack(k, &desc, maddr, page);
}

static void kdump_free(struct kdump *k)
{
	free(k->count);
	free(k);
}

static void kdump_destroy(void *priv)
{
	struct kdump *k = priv, *next;

	for (; k; k = next) {
		next = k->next;
		dumpfile_close(k->file);
		kdump_free(k);
	}
}

static const struct memory_ops kdump_ops = {
	.name = "compressed kdump",
	.read_page = kdump_read_page,
	.destroy = kdump_destroy,
};

static struct err *count_chunk(struct kdump *k, uint64_t chunk)
{
	uint64_t n;

	ERR_TRY(interrupt_check());
	ERR_TRY(load_chunk(k, &k->dumped, chunk));
	n = count_bits(k->dumped.bytes, CHUNK_BITS);
	if (!n)
		return NULL;
	if (!ARRAY_GROW(k->count, k->nr_counts))
		return err_nomem();
	k->count[k->nr_counts++] = (struct count){ chunk, k->total };
	k->total += n;
	return NULL;
}

/*
 * Chunks in holes of the file are empty and not read, nor do they take memory:
 * a damaged header may state terabytes.
 */
static struct err *count_chunks(struct kdump *k)
{
	uint64_t end = k->dumped.at + (k->max_mapnr + 7) / 8, at = k->dumped.at;

	while ((at = dumpfile_data(k->file, at, end)) < end) {
		uint64_t chunk = (at - k->dumped.at) / CHUNK_BYTES;

		ERR_TRY(count_chunk(k, chunk));
		at = k->dumped.at + (chunk + 1) * CHUNK_BYTES;
	}
	return k->start_pfn < k->max_mapnr ? rank(k, k->start_pfn, &k->first) : NULL;
}

/* The range of pages in this file. */
static struct err *read_range(const struct dumpfile *f, struct kdump *k,
			      const struct kdump_header *h, uint32_t version)
{
	uint64_t sub = h->block_size, range[2];
	uint32_t split;

	k->max_mapnr = h->max_mapnr;
	if (version >= 6)
		ERR_TRY(dumpfile_read(f, sub + MAX_MAPNR_AT, &k->max_mapnr,
				      sizeof(k->max_mapnr)));
	k->end_pfn = k->max_mapnr;
	ERR_TRY(dumpfile_read(f, sub + SPLIT_AT, &split, sizeof(split)));
	if (!split)
		return NULL;
	ERR_TRY(dumpfile_read(f, sub + (version >= 6 ? START_PFN_AT : OLD_START_PFN_AT),
			      range, sizeof(range)));
	if (range[0] > range[1] || range[1] > k->max_mapnr)
		return err_new(ERR_CORRUPT, "%s: invalid range of a part: page %" PRIx64 " to %" PRIx64 " of %" PRIx64,
			       f->path, range[0], range[1], k->max_mapnr);
	k->split = true;
	k->start_pfn = range[0];
	k->end_pfn = range[1];
	return NULL;
}

static struct err *read_tables(struct dumpfile *f, struct kdump *k)
{
	struct kdump_header h;
	uint64_t bitmap, size;
	uint32_t version;

	k->file = f;
	ERR_TRY(read_header(f, &h, &version));
	if (h.block_size != XPAGE_SIZE)
		return err_new(ERR_UNSUPPORTED, "%s: unsupported block size: %u bytes", f->path,
			       h.block_size);
	ERR_TRY(read_range(f, k, &h, version));
	bitmap = (1 + (uint64_t)h.sub_hdr_size) * h.block_size;
	size = (uint64_t)h.bitmap_blocks * h.block_size;
	if (size > f->size)
		return err_new(ERR_CORRUPT, "%s is truncated, or its header damaged: it has %" PRIu64 " bytes, its bitmaps alone %" PRIu64,
			       f->path, f->size, size);
	/* half of it for each bitmap */
	if (!size || k->max_mapnr > size / 2 * 8 ||
	    k->max_mapnr > MAPNR_MAX)
		return err_new(ERR_CORRUPT, "%s: invalid size of the bitmaps: %" PRIu64 " bytes for %" PRIu64 " pages",
			       f->path, size, k->max_mapnr);
	k->descs = bitmap + size;
	k->exists.at = bitmap;
	k->dumped.at = bitmap + size / 2;
	return count_chunks(k);
}

static struct err *kdump_memory(struct dumpfile *f, struct memory **ret)
{
	struct kdump *k = calloc(1, sizeof(*k));
	struct err *e;

	if (!k)
		return err_nomem();
	e = read_tables(f, k);
	if (!e)
		e = memory_create(&kdump_ops, k, ret);
	if (e)
		kdump_free(k);
	return e;
}

static struct err *kdump_join(struct memory *m, struct dumpfile *f)
{
	struct kdump *first = memory_priv(m), *k;
	struct err *e;

	if (!first->split)
		return err_new(ERR_USAGE, "%s is not a part of a split dump",
			       first->file->path);
	k = calloc(1, sizeof(*k));
	if (!k)
		return err_nomem();
	e = read_tables(f, k);
	if (!e && (!k->split || k->max_mapnr != first->max_mapnr ||
		   part_of(first, k->start_pfn)))
		e = err_new(ERR_MISMATCH, "%s and %s are not two parts of one dump",
			    first->file->path, f->path);
	if (e) {
		kdump_free(k);
		return e;
	}
	k->next = first->next;
	first->next = k;
	return NULL;
}

const struct dump_format kdump_format = {
	"compressed kdump", "KDUMP   ", 8, kdump_notes, kdump_memory, kdump_join
};
