/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* struct t_buf: cons, prod; records follow. */
#define HEADER		8
/* Bits of the first word of struct t_rec. */
#define REC_EVENT(w)	((w) & 0x0fffffff)
#define REC_EXTRA(w)	((w) >> 28 & 7)
#define REC_TSC(w)	((w) >> 31)
#define EVENT_WRAP	0x0001f002	/* padding at the end of the ring */
/* Frames that t_info can list: mfn_offset and tbuf_size have 16 bits. */
#define FRAMES_MAX	(2U << 16)

static struct value variable(struct xen *x, const char *name)
{
	struct value v = { .state = VALUE_OK };
	struct err *e = xen_variable(x, name, &v.raw);

	if (e)
		v.state = VALUE_NO_FIELD;
	err_free(e);
	return v;
}

/* Index of the first frame of a pcpu in t_info. ERR_NOT_FOUND: it has no buffer. */
static struct err *first_frame(const struct trace_buffers *b, unsigned int cpu,
			       uint64_t *lost, uint16_t *index)
{
	/* fails for an absent pcpu */
	ERR_TRY(xen_percpu(b->x, "lost_records", cpu, lost));
	if (2 + 2ULL * cpu + 2 > b->info_size)
		return err_new(ERR_CORRUPT, "pcpu %u: t_info is too small", cpu);
	ERR_TRY(err_prefix(space_read(b->x->space, b->info + 2 + 2ULL * cpu, index,
				      sizeof(*index)), "t_info"));
	if (!*index)
		return err_new(ERR_NOT_FOUND, "pcpu %u has no trace buffer", cpu);
	if (4ULL * (*index + b->pages) > b->info_size)
		return err_new(ERR_CORRUPT, "pcpu %u: invalid t_info.mfn_offset: %u", cpu, *index);
	return NULL;
}

static int compare_frames(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Reads the frames of all pcpus; of those without a readable list none. */
static struct err *read_frames(const struct trace_buffers *b, uint32_t *frame, size_t *nr)
{
	for (unsigned int cpu = 0; cpu < b->x->nr_cpus; cpu++) {
		uint64_t lost;
		uint16_t index;
		struct err *e = interrupt_check();

		if (!e)
			e = first_frame(b, cpu, &lost, &index);
		if (!e && *nr + b->pages > FRAMES_MAX)
			return err_new(ERR_CORRUPT, "t_info: more than %u frames", FRAMES_MAX);
		if (!e)
			e = space_read(b->x->space, b->info + 4ULL * index, frame + *nr,
				       4ULL * b->pages);
		if (!e)
			*nr += b->pages;
		ERR_TRY(err_drop(e));
	}
	return NULL;
}

/*
 * The buffers of all pcpus may be claimed to be the same few frames, whose records
 * would be listed thousands of times.
 */
static struct err *check_frames(const struct trace_buffers *b)
{
	uint32_t *frame = malloc(FRAMES_MAX * sizeof(*frame));
	size_t nr = 0, same = 0;
	struct err *e;

	if (!frame)
		return err_nomem();
	e = read_frames(b, frame, &nr);
	array_sort(frame, nr, sizeof(*frame), compare_frames);
	for (size_t i = 1; i < nr; i++)
		same += frame[i] == frame[i - 1];
	free(frame);
	if (!e && same > nr / 2)
		e = err_new(ERR_CORRUPT, "t_info: %zu of %zu frames are listed before", same, nr);
	return e;
}

struct err *trace_open(struct xen *x, struct trace_buffers *ret)
{
	struct trace_buffers b = { .x = x };
	uint16_t pages;
	uint64_t v;

	ERR_TRY(err_prefix(xen_variable(x, "t_info", &b.info),
			   "this Xen was built without trace buffers"));
	if (!b.info)
		return err_new(ERR_NOT_FOUND,
			       "no trace buffers: requires tbuf_size= on Xen's command line, or xentrace");
	ERR_TRY(xen_check_pointer(x, b.info, XPAGE_SIZE, "t_info"));
	ERR_TRY(err_prefix(space_read(x->space, b.info, &pages, sizeof(pages)),
			   "t_info"));
	ERR_TRY(xen_variable(x, "t_info_pages", &v));
	if (!pages || !v || v > 0x10000)
		return err_new(ERR_CORRUPT, "invalid t_info.tbuf_size: %u, t_info_pages is %" PRIu64,
			       pages, v);
	b.info_size = v * XPAGE_SIZE;
	b.pages = pages;
	b.size = pages * XPAGE_SIZE - HEADER;
	b.event_mask = variable(x, "tb_event_mask");
	b.enabled = variable(x, "tb_init_done");
	ERR_TRY(check_frames(&b));
	*ret = b;
	return NULL;
}

/* Reads len bytes at an offset of the buffer; offsets include its header. */
static struct err *read_buffer(const struct trace_cursor *c, uint64_t at,
			       void *buf, uint32_t len)
{
	const struct trace_buffers *b = c->b;
	uint8_t *to = buf;

	while (len) {
		uint64_t page = at / XPAGE_SIZE, in = at % XPAGE_SIZE;
		uint64_t n = XPAGE_SIZE - in < len ? XPAGE_SIZE - in : len;
		uint32_t mfn;

		ERR_TRY(err_prefix(space_read(b->x->space, b->info + 4 * (c->mfns + page),
					      &mfn, sizeof(mfn)), "t_info"));
		ERR_TRY(memory_read(b->x->memory, (uint64_t)mfn * XPAGE_SIZE + in, to, n));
		to += n;
		at += n;
		len -= n;
	}
	return NULL;
}

struct err *trace_bytes(const struct trace_cursor *c, uint32_t at, void *buf,
			uint32_t len)
{
	return err_prefix(read_buffer(c, (uint64_t)at + HEADER, buf, len), "pcpu %u",
			  c->pcpu);
}

/*
 * Records from cons to prod have not been consumed. Consumed ones remain from
 * the start of the ring, where a record always begins, until they are
 * overwritten.
 */
static void set_range(struct trace_cursor *c)
{
	uint32_t size = c->b->size, cons = c->cons % size;
	uint32_t fresh = c->prod >= c->cons ? c->prod - c->cons :
					      c->prod + 2 * size - c->cons;

	c->before = cons + fresh <= size ? cons : 0;
	c->at = c->before ? 0 : cons;
	c->left = c->before + fresh;
}

struct err *trace_start(struct trace_cursor *c, const struct trace_buffers *b,
			unsigned int cpu)
{
	uint64_t lost;
	uint32_t ends[2];
	uint16_t index;
	struct err *e;

	*c = (struct trace_cursor){ .b = b, .pcpu = cpu };
	ERR_TRY(first_frame(b, cpu, &lost, &index));
	c->mfns = index;
	ERR_TRY(err_prefix(read_buffer(c, 0, ends, sizeof(ends)), "pcpu %u: t_buf", cpu));
	c->cons = ends[0];
	c->prod = ends[1];
	if (c->cons % 4 || c->prod % 4 || c->cons >= 2 * b->size || c->prod >= 2 * b->size)
		return err_new(ERR_CORRUPT, "pcpu %u: invalid t_buf.cons and t_buf.prod: %u, %u",
			       cpu, c->cons, c->prod);
	set_range(c);
	if (c->left > b->size)
		return err_new(ERR_CORRUPT, "pcpu %u: invalid t_buf.cons and t_buf.prod: %u, %u: more than %u bytes",
			       cpu, c->cons, c->prod, b->size);
	e = space_read_u64(b->x->space, lost, &c->lost);
	err_free(e);	/* unreadable: counted as none lost */
	return NULL;
}

static struct err *read_record(struct trace_cursor *c, struct trace_record *r)
{
	uint32_t words[1 + 2 + TRACE_EXTRA_MAX], size, end = c->b->size - c->at;
	const uint32_t *w = words + 1;

	if (end > c->left)
		end = c->left;
	ERR_TRY(trace_bytes(c, c->at, words, 4));
	size = 4 + 8 * REC_TSC(words[0]) + 4 * REC_EXTRA(words[0]);
	if (size > end)
		return err_new(ERR_CORRUPT, "pcpu %u: the record at %u has %u bytes, with %u left",
			       c->pcpu, c->at, size, end);
	ERR_TRY(trace_bytes(c, c->at + 4, words + 1, size - 4));
	*r = (struct trace_record){
		.pcpu = c->pcpu, .event = REC_EVENT(words[0]),
		.has_tsc = REC_TSC(words[0]), .nr = REC_EXTRA(words[0]),
		.consumed = c->before > 0,
	};
	if (r->has_tsc) {
		c->tsc = w[0] | (uint64_t)w[1] << 32;
		w += 2;
	}
	r->tsc = c->tsc;
	memcpy(r->word, w, 4 * r->nr);
	c->at = (c->at + size) % c->b->size;
	c->left -= size;
	c->before -= c->before < size ? c->before : size;
	return NULL;
}

struct err *trace_next(struct trace_cursor *c, struct trace_record *ret, bool *found)
{
	struct trace_record r;

	*found = false;
	while (c->left) {
		struct err *e = interrupt_check();

		if (!e)
			e = read_record(c, &r);
		if (e) {
			c->left = 0;
			return e;
		}
		if (r.event == EVENT_WRAP)
			continue;
		*ret = r;
		*found = true;
		return NULL;
	}
	return NULL;
}
