/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile's flattened form (-F), also written by QEMU: after a header of
 * 4 KiB a stream of records, big-endian {offset, size} and the bytes. Layout:
 * makedumpfile 1.7, makedumpfile.h. A later record may overwrite an earlier one;
 * bytes that no record covers are zero.
 */
#include "flat.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define SIGNATURE	"makedumpfile"
#define FIRST_RECORD	4096
#define CHECK_EVERY	0xfff	/* records between checks for ^C */

struct record {
	uint64_t offset, size;	/* in the dump */
	uint64_t at;		/* offset of the bytes in the file; ascends */
	uint64_t max_end;	/* largest end up to this record, once sorted */
};

struct flat {
	const unsigned char *bytes;
	struct record *record;
	size_t nr;
	bool cut;		/* the end mark is missing */
};

bool flat_is(const unsigned char *bytes, uint64_t len)
{
	return len > FIRST_RECORD &&
	       !memcmp(bytes, SIGNATURE, sizeof(SIGNATURE));
}

static struct err *add(struct flat *f, const struct record *r)
{
	if (!ARRAY_GROW(f->record, f->nr))
		return err_nomem();
	f->record[f->nr++] = *r;
	return NULL;
}

static struct err *collect(struct flat *f, uint64_t len)
{
	uint64_t pos = FIRST_RECORD;
	int64_t header[2];

	f->cut = true;
	while (len - pos >= sizeof(header)) {
		struct record r = { .at = pos + sizeof(header) };

		if (!(f->nr & CHECK_EVERY))
			ERR_TRY(interrupt_check());
		memcpy(header, f->bytes + pos, sizeof(header));
		pos = r.at;
		r.offset = be64toh(header[0]);
		r.size = be64toh(header[1]);
		if ((int64_t)r.offset < 0) {
			f->cut = false;
			return NULL;
		}
		/* a truncated record has its first bytes */
		if (r.size > len - pos)
			r.size = len - pos;
		if (r.offset + r.size < r.offset)
			return err_new(ERR_CORRUPT, "a record at %" PRIx64 " wraps around",
				       r.at);
		if (r.size)
			ERR_TRY(add(f, &r));
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

struct err *flat_open(const unsigned char *bytes, uint64_t len,
		      struct flat **ret)
{
	struct flat *f = calloc(1, sizeof(*f));
	uint64_t end = 0;
	struct err *e;
	size_t i;

	if (!f)
		return err_nomem();
	f->bytes = bytes;
	e = collect(f, len);
	if (e) {
		flat_close(f);
		return e;
	}
	if (f->nr)
		qsort(f->record, f->nr, sizeof(*f->record), by_offset);
	for (i = 0; i < f->nr; i++) {
		if (f->record[i].offset + f->record[i].size > end)
			end = f->record[i].offset + f->record[i].size;
		f->record[i].max_end = end;
	}
	*ret = f;
	return NULL;
}

void flat_close(struct flat *f)
{
	if (!f)
		return;
	free(f->record);
	free(f);
}

/* Number of records that start at or before an offset. */
static size_t records_to(const struct flat *f, uint64_t at)
{
	size_t low = 0, high = f->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->record[mid].offset <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The last written record that covers an offset, or NULL. */
static const struct record *record_at(const struct flat *f, uint64_t at,
				      size_t before)
{
	const struct record *found = NULL;

	while (before-- && f->record[before].max_end > at) {
		const struct record *r = &f->record[before];

		if (at - r->offset < r->size && (!found || r->at > found->at))
			found = r;
	}
	return found;
}

struct err *flat_read(const struct flat *f, uint64_t at, void *buf, size_t len)
{
	unsigned char *to = buf;

	if (!f->nr || f->record[f->nr - 1].max_end < at + len)
		return err_new(ERR_NOT_IN_DUMP, "%zu bytes at %" PRIu64 " are past its end",
			       len, at);
	while (len) {
		size_t before = records_to(f, at), n = len;
		const struct record *r = record_at(f, at, before);

		ERR_TRY(interrupt_check());
		if (!r && f->cut)
			return err_new(ERR_NOT_IN_DUMP,
				       "the bytes at %" PRIu64 " are not in it", at);
		/* up to the next record, which may overwrite */
		if (before < f->nr && n > f->record[before].offset - at)
			n = f->record[before].offset - at;
		if (r && n > r->offset + r->size - at)
			n = r->offset + r->size - at;
		if (r)
			memcpy(to, f->bytes + r->at + (at - r->offset), n);
		else
			memset(to, 0, n);
		to += n;
		at += n;
		len -= n;
	}
	return NULL;
}
