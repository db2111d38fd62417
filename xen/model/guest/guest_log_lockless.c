/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/bytes.h"

#define STRUCT_MAX	512		/* size of the structures of the ring, bytes */
#define COUNT_BITS_MAX	24		/* log2 of the number of descriptors: CONFIG_LOG_BUF_SHIFT - 5 */
#define SIZE_BITS_MAX	31
/*
 * Limit of records that cannot be read, above the number in any ring: the guest may
 * claim 2^24 of them without having memory for them.
 */
#define UNREADABLE_MAX	(1U << 17)

/*
 * The state is in the top two bits of a descriptor's state variable, the id
 * below (DESC_STATE()).
 */
#define STATE_SHIFT	62
#define STATE_RESERVED	0
#define STATE_COMMITTED	1
#define STATE_FINALIZED	2
#define ID_MASK		((1ULL << STATE_SHIFT) - 1)

/* Odd positions: a record without text, or one that failed (NO_LPOS). */
#define IS_DATALESS(lpos) ((lpos) & 1)
#define ID_SIZE		8		/* size of the id before a text */

/* Numbers of VMCOREINFO; sizes and offsets, bytes. */
struct log_places {
	uint64_t ring, desc_ring, text_ring;
	uint64_t count_bits, descs, infos, head_id, tail_id;
	uint64_t size_bits, data;
	uint64_t desc, state_var, lpos, begin, next, counter;
	uint64_t info, ts_nsec, text_len;
};

struct ring {
	struct guest *g;
	guest_log_fn *fn;
	void *arg;
	struct log_places p;
	uint64_t descs, infos, data;	/* va */
	uint64_t count, size;		/* number of descriptors; size of the text ring in bytes */
	uint64_t head, tail;		/* ids */
};

#define SIZE_OF(name)	"SIZE(" name ")"
#define OFFSET_OF(name)	"OFFSET(" name ")"

static struct err *find_places(const struct vmcoreinfo *v, struct log_places *p)
{
	const struct {
		const char *key;
		uint64_t *to;
	} number[] = {
		{ SIZE_OF("printk_ringbuffer"), &p->ring },
		{ OFFSET_OF("printk_ringbuffer.desc_ring"), &p->desc_ring },
		{ OFFSET_OF("printk_ringbuffer.text_data_ring"), &p->text_ring },
		{ OFFSET_OF("prb_desc_ring.count_bits"), &p->count_bits },
		{ OFFSET_OF("prb_desc_ring.descs"), &p->descs },
		{ OFFSET_OF("prb_desc_ring.infos"), &p->infos },
		{ OFFSET_OF("prb_desc_ring.head_id"), &p->head_id },
		{ OFFSET_OF("prb_desc_ring.tail_id"), &p->tail_id },
		{ OFFSET_OF("prb_data_ring.size_bits"), &p->size_bits },
		{ OFFSET_OF("prb_data_ring.data"), &p->data },
		{ SIZE_OF("prb_desc"), &p->desc },
		{ OFFSET_OF("prb_desc.state_var"), &p->state_var },
		{ OFFSET_OF("prb_desc.text_blk_lpos"), &p->lpos },
		{ OFFSET_OF("prb_data_blk_lpos.begin"), &p->begin },
		{ OFFSET_OF("prb_data_blk_lpos.next"), &p->next },
		{ OFFSET_OF("atomic_long_t.counter"), &p->counter },
		{ SIZE_OF("printk_info"), &p->info },
		{ OFFSET_OF("printk_info.ts_nsec"), &p->ts_nsec },
		{ OFFSET_OF("printk_info.text_len"), &p->text_len },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(number); i++) {
		if (!vmcoreinfo_number(v, number[i].key, number[i].to))
			return err_new(ERR_NOT_FOUND, "VMCOREINFO does not list %s",
				       number[i].key);
		if (*number[i].to > STRUCT_MAX)
			return err_new(ERR_CORRUPT, "%s is %" PRIu64, number[i].key,
				       *number[i].to);
	}
	return NULL;
}

/* Reads a member of size bytes at offset in a structure of len bytes. */
static struct err *member(const unsigned char *bytes, uint64_t len,
			  uint64_t offset, unsigned int size, uint64_t *ret)
{
	if (offset > len || len - offset < size)
		return err_new(ERR_CORRUPT, "invalid offset of a member: %" PRIu64
			       " in a struct of %" PRIu64 " bytes", offset, len);
	*ret = size == 2 ? get_le16(bytes + offset) :
	       size == 4 ? get_le32(bytes + offset) : get_le64(bytes + offset);
	return NULL;
}

static struct err *open_ring(struct ring *r)
{
	const struct log_places *p = &r->p;
	uint64_t pointer, at, count_bits, size_bits;
	unsigned char b[STRUCT_MAX];

	if (!vmcoreinfo_symbol(r->g->info, "prb", &pointer))
		return err_new(ERR_NOT_FOUND, "VMCOREINFO does not list prb");
	ERR_TRY(guest_tables_read(&r->g->tables, pointer, &at, sizeof(at)));
	ERR_TRY(guest_tables_read(&r->g->tables, at, b, p->ring));
	ERR_TRY(member(b, p->ring, p->desc_ring + p->count_bits, 4, &count_bits));
	ERR_TRY(member(b, p->ring, p->desc_ring + p->descs, 8, &r->descs));
	ERR_TRY(member(b, p->ring, p->desc_ring + p->infos, 8, &r->infos));
	ERR_TRY(member(b, p->ring, p->desc_ring + p->head_id + p->counter, 8, &r->head));
	ERR_TRY(member(b, p->ring, p->desc_ring + p->tail_id + p->counter, 8, &r->tail));
	ERR_TRY(member(b, p->ring, p->text_ring + p->size_bits, 4, &size_bits));
	ERR_TRY(member(b, p->ring, p->text_ring + p->data, 8, &r->data));
	if (count_bits > COUNT_BITS_MAX || size_bits < 4 || size_bits > SIZE_BITS_MAX)
		return err_new(ERR_CORRUPT, "damaged: it has 2^%" PRIu64
			       " descriptors and 2^%" PRIu64 " bytes of text", count_bits, size_bits);
	r->count = 1ULL << count_bits;
	r->size = 1ULL << size_bits;
	if (((r->head - r->tail) & ID_MASK) >= r->count)
		return err_new(ERR_CORRUPT, "damaged: it has ids from %" PRIx64 " to %" PRIx64
			       ", but %" PRIu64 " descriptors", r->tail, r->head, r->count);
	return NULL;
}

/*
 * Computes offset and size of a text in the ring, including the id before it
 * (get_data()). False if the positions are not those of a block.
 */
static bool find_text(const struct ring *r, uint64_t begin, uint64_t next,
		      uint64_t *at, uint64_t *size)
{
	uint64_t mask = r->size - 1;

	if ((begin & ~mask) == (next & ~mask) && begin < next) {
		*at = begin & mask;
		*size = next - begin;
	} else if ((begin & ~mask) + r->size == (next & ~mask)) {
		*at = 0;		/* the text did not fit after the previous one */
		*size = next & mask;
	} else {
		return false;
	}
	return *size >= ID_SIZE;
}

/* Reads the text of a record; false if it has been overwritten. */
static struct err *read_text(const struct ring *r, uint64_t id, uint64_t begin,
			     uint64_t next, char *buf, size_t *len, bool *found)
{
	uint64_t at, size, owner;

	*found = false;
	if (IS_DATALESS(begin) && IS_DATALESS(next)) {
		*len = 0;
		*found = true;
		return NULL;
	}
	if (!find_text(r, begin, next, &at, &size))
		return NULL;
	ERR_TRY(guest_tables_read(&r->g->tables, r->data + at, &owner, sizeof(owner)));
	if (owner != id)
		return NULL;
	if (*len > size - ID_SIZE)
		*len = size - ID_SIZE;
	if (*len > GUEST_LOG_TEXT)
		*len = GUEST_LOG_TEXT;
	*found = true;
	return guest_tables_read(&r->g->tables, r->data + at + ID_SIZE, buf, *len);
}

/*
 * Passes the record of an id. A reusable descriptor, such as the first one of a
 * ring that was never full, has none. One of another id, between the first and
 * the last id, is damaged or just being reserved.
 */
static struct err *take(const struct ring *r, uint64_t id, bool *lost)
{
	const struct log_places *p = &r->p;
	uint64_t index = id & (r->count - 1), state, begin, next, len;
	unsigned char b[STRUCT_MAX];
	char text[GUEST_LOG_TEXT];
	struct guest_log_record record = { .has_time = true, .text = text };
	bool found;

	*lost = true;
	ERR_TRY(guest_tables_read(&r->g->tables, r->descs + index * p->desc, b, p->desc));
	ERR_TRY(member(b, p->desc, p->state_var + p->counter, 8, &state));
	ERR_TRY(member(b, p->desc, p->lpos + p->begin, 8, &begin));
	ERR_TRY(member(b, p->desc, p->lpos + p->next, 8, &next));
	*lost = (state & ID_MASK) != id || state >> STATE_SHIFT == STATE_RESERVED;
	if ((state & ID_MASK) != id || (state >> STATE_SHIFT != STATE_COMMITTED &&
					state >> STATE_SHIFT != STATE_FINALIZED))
		return NULL;
	*lost = true;
	ERR_TRY(guest_tables_read(&r->g->tables, r->infos + index * p->info, b, p->info));
	ERR_TRY(member(b, p->info, p->ts_nsec, 8, &record.ns));
	ERR_TRY(member(b, p->info, p->text_len, 2, &len));
	record.len = len;
	ERR_TRY(read_text(r, id, begin, next, text, &record.len, &found));
	if (!found)
		return NULL;
	*lost = false;
	return r->fn(r->arg, &record);
}

/* Errors that affect one record: its page is not in the dump, or not mapped. */
static bool costs_a_record(const struct err *e)
{
	return err_reason(e) == ERR_NOT_IN_DUMP || err_reason(e) == ERR_EXCLUDED ||
	       err_reason(e) == ERR_BAD_POINTER;
}

struct err *guest_log_lockless(struct guest *g, guest_log_fn *fn, void *arg,
			       uint64_t *lost)
{
	struct ring r = { .g = g, .fn = fn, .arg = arg };
	uint64_t nr, i, unreadable = 0;
	bool one_lost;

	*lost = 0;
	ERR_TRY(find_places(g->info, &r.p));
	ERR_TRY(open_ring(&r));
	nr = ((r.head - r.tail) & ID_MASK) + 1;
	for (i = 0; i < nr; i++) {
		uint64_t id = (r.tail + i) & ID_MASK;
		struct err *e;

		ERR_TRY(interrupt_check());
		e = take(&r, id, &one_lost);
		if (e && (!one_lost || !costs_a_record(e) || ++unreadable > UNREADABLE_MAX))
			return e;
		err_free(e);
		*lost += one_lost;
	}
	return NULL;
}
