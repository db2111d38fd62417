/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile's flattened form (-F), also written by QEMU: after a header of
 * 4 KiB a stream of records, big-endian {offset, size} and the bytes. Layout:
 * makedumpfile 1.7, makedumpfile.h. A later record may overwrite an earlier one.
 * The writers leave out the rest of a block after a header, which is zero; where
 * a whole page is not covered a record is missing.
 */
#include "flat.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define SIGNATURE	"makedumpfile"
#define FIRST_RECORD	4096
#define HOLE_MAX	4096
#define CHECK_EVERY	0xfff	/* records between checks for ^C */
/*
 * makedumpfile and QEMU write buffers of a page and more, and a few headers. In
 * a file with more records than this their average size, header included, must
 * be at least AVERAGE_MIN, since each record requires memory.
 */
#define SMALL_RECORDS	(1U << 20)
#define AVERAGE_MIN	64

struct record {
	uint64_t offset, size;	/* in the dump */
	uint64_t at;		/* offset of the bytes in the file */
};

struct records {
	struct record *at;
	size_t nr;
};

struct flat {
	struct flat_file file;
	struct records piece;	/* disjoint, sorted by offset */
	bool cut;		/* the end mark is missing */
};

struct err *flat_is(const struct flat_file *file, bool *ret)
{
	char signature[sizeof(SIGNATURE)];

	*ret = false;
	if (file->len <= FIRST_RECORD)
		return NULL;
	ERR_TRY(file->read(file->file, 0, signature, sizeof(signature)));
	*ret = !memcmp(signature, SIGNATURE, sizeof(signature));
	return NULL;
}

static struct err *add(struct records *list, const struct record *r)
{
	if (!ARRAY_GROW(list->at, list->nr))
		return err_nomem();
	list->at[list->nr++] = *r;
	return NULL;
}

static struct err *collect(struct flat *f, struct records *all)
{
	uint64_t pos = FIRST_RECORD, len = f->file.len, seen;
	int64_t header[2];

	f->cut = true;
	for (seen = 0; len - pos >= sizeof(header); seen++) {
		struct record r = { .at = pos + sizeof(header) };

		if (!(seen & CHECK_EVERY))
			ERR_TRY(interrupt_check());
		if (seen > SMALL_RECORDS && pos / seen < AVERAGE_MIN)
			return err_new(ERR_CORRUPT, "too many records: %" PRIu64 " in %" PRIu64 " bytes",
				       seen, pos);
		ERR_TRY(f->file.read(f->file.file, pos, header, sizeof(header)));
		pos = r.at;
		r.offset = be64toh(header[0]);
		r.size = be64toh(header[1]);
		if ((int64_t)r.offset < 0) {
			f->cut = false;
			return NULL;
		}
		/* of a truncated record the first bytes are used */
		if (r.size > len - pos)
			r.size = len - pos;
		if (r.offset + r.size < r.offset)
			return err_new(ERR_CORRUPT, "a record at %" PRIx64 " wraps around",
				       r.at);
		if (r.size)
			ERR_TRY(add(all, &r));
		pos += r.size;
	}
	return NULL;
}

static int by_offset(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* ---- pieces: each byte of the dump is taken from the last record that wrote it ---- */

/* A heap of records: the last written one first. */
static void heap_up(struct record *heap, size_t i, struct record r)
{
	for (; i && heap[(i - 1) / 2].at < r.at; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = r;
}

/* Replaces the first of nr records by r. */
static void heap_down(struct record *heap, size_t nr, struct record r)
{
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < nr; i = child) {
		if (child + 1 < nr && heap[child + 1].at > heap[child].at)
			child++;
		if (heap[child].at < r.at)
			break;
		heap[i] = heap[child];
	}
	if (nr)
		heap[i] = r;
}

/* Adds the bytes of r from offset pos up to end; contiguous pieces are merged. */
static struct err *add_piece(struct records *pieces, const struct record *r,
			     uint64_t pos, uint64_t end)
{
	struct record p = { pos, end - pos, r->at + (pos - r->offset) };
	struct record *last = pieces->nr ? &pieces->at[pieces->nr - 1] : NULL;

	if (!last || last->offset + last->size != pos || last->at + last->size != p.at)
		return add(pieces, &p);
	last->size += p.size;
	return NULL;
}

/* all: sorted by offset; heap has space for them. */
static struct err *find_pieces(const struct records *all, struct record *heap,
			       struct records *pieces)
{
	size_t i = 0, nr = 0, steps = 0;
	uint64_t pos = 0, end;

	while (i < all->nr || nr) {
		if (!(steps++ & CHECK_EVERY))
			ERR_TRY(interrupt_check());
		if (!nr)
			pos = all->at[i].offset;
		while (i < all->nr && all->at[i].offset <= pos)
			heap_up(heap, nr++, all->at[i++]);
		while (nr && heap[0].offset + heap[0].size <= pos) {
			nr--;
			heap_down(heap, nr, heap[nr]);
		}
		if (!nr)
			continue;
		end = heap[0].offset + heap[0].size;
		if (i < all->nr && all->at[i].offset < end)
			end = all->at[i].offset;
		ERR_TRY(add_piece(pieces, &heap[0], pos, end));
		pos = end;
	}
	return NULL;
}

static struct err *sort_records(struct records *all, struct records *pieces)
{
	struct record *heap;
	struct err *e;

	if (!all->nr)
		return NULL;
	array_sort(all->at, all->nr, sizeof(*all->at), by_offset);
	heap = calloc(all->nr, sizeof(*heap));
	if (!heap)
		return err_nomem();
	e = find_pieces(all, heap, pieces);
	free(heap);
	return e;
}

struct err *flat_open(const struct flat_file *file, struct flat **ret)
{
	struct flat *f = calloc(1, sizeof(*f));
	struct records all = { .nr = 0 };
	struct err *e;

	if (!f)
		return err_nomem();
	f->file = *file;
	e = collect(f, &all);
	if (!e)
		e = sort_records(&all, &f->piece);
	free(all.at);
	if (e) {
		flat_close(f);
		return e;
	}
	*ret = f;
	return NULL;
}

void flat_close(struct flat *f)
{
	if (!f)
		return;
	free(f->piece.at);
	free(f);
}

/* Number of pieces that start at or before an offset. */
static size_t pieces_to(const struct flat *f, uint64_t at)
{
	size_t low = 0, high = f->piece.nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->piece.at[mid].offset <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint64_t end_of(const struct record *r)
{
	return r->offset + r->size;
}

/* True if bytes were not written between a piece and the next one. */
static bool is_lost(const struct flat *f, size_t next)
{
	uint64_t start = next ? end_of(&f->piece.at[next - 1]) : 0;

	return f->cut || f->piece.at[next].offset - start >= HOLE_MAX;
}

bool flat_is_cut(const struct flat *f)
{
	return f->cut;
}

struct err *flat_read(const struct flat *f, uint64_t at, void *buf, size_t len)
{
	size_t next = pieces_to(f, at);
	unsigned char *to = buf;

	if (!f->piece.nr || end_of(&f->piece.at[f->piece.nr - 1]) < at + len)
		return err_new(ERR_NOT_IN_DUMP, "%zu bytes at %" PRIu64 " are past its end",
			       len, at);
	while (len) {
		const struct record *r = next ? &f->piece.at[next - 1] : NULL;
		size_t n = len;

		ERR_TRY(interrupt_check());
		if (r && end_of(r) <= at)
			r = NULL;
		if (!r && is_lost(f, next))
			return err_new(ERR_NOT_IN_DUMP,
				       "no record has the bytes at %" PRIu64, at);
		if (next < f->piece.nr && n > f->piece.at[next].offset - at)
			n = f->piece.at[next].offset - at;
		if (r && n > end_of(r) - at)
			n = end_of(r) - at;
		if (r)
			ERR_TRY(f->file.read(f->file.file, r->at + (at - r->offset), to, n));
		else
			memset(to, 0, n);
		to += n;
		at += n;
		len -= n;
		if (next < f->piece.nr && f->piece.at[next].offset == at)
			next++;
	}
	return NULL;
}
