/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ring.h"

#include <stdio.h>
#include <string.h>

/* Offset of the entries in a ring of requests. */
#define HEADER 64

/* Entries of the largest ring on one page: net rx, and tx. */
#define ENTRIES_MAX 256

/* Events of 40 bytes in the 2 KiB of a keyboard's or framebuffer's ring. */
#define INPUT_MAX 51

static uint32_t word(const uint8_t *page, unsigned int offset)
{
	uint32_t v;

	memcpy(&v, page + offset, sizeof(v));
	return v;
}

uint32_t ring_size(unsigned int pages, unsigned int entry)
{
	uint32_t room, size = 1;

	if (!entry || !pages || pages > 1U << 16)
		return 0;
	room = (pages * (uint32_t)XPAGE_SIZE - HEADER) / entry;
	while (size <= room / 2)
		size *= 2;
	return room ? size : 0;
}

/*
 * Each end writes an event index when it goes to sleep: the index it has
 * consumed plus one (RING_FINAL_CHECK_FOR_REQUESTS and _RESPONSES). netfront
 * sets rsp_event further on for tx, to be woken less often.
 */
static void parse_requests(const uint8_t *page, struct ring *r)
{
	uint32_t req_prod = word(page, 0), req_event = word(page, 4);
	uint32_t rsp_prod = word(page, 8), rsp_event = word(page, 12);
	uint32_t fetched = req_event - 1 - rsp_prod, read = rsp_event - 1;

	r->req_prod = req_prod;
	r->outstanding = req_prod - rsp_prod;
	r->corrupt = r->outstanding > (r->size ? r->size : ENTRIES_MAX * 16);
	r->fetch_known = fetched <= r->outstanding;
	if (r->fetch_known)
		r->unfetched = r->outstanding - fetched;
	if (rsp_prod - read <= (r->size ? r->size : ENTRIES_MAX))
		r->unread = rsp_prod - read;
	snprintf(r->indexes, sizeof(r->indexes),
		 "req_prod %u, req_event %u, rsp_prod %u, rsp_event %u",
		 req_prod, req_event, rsp_prod, rsp_event);
}

/* Offsets of consumer and producer, towards the backend and towards the frontend. */
struct byte_ring {
	uint16_t to_cons, to_prod, from_cons, from_prod;
	uint16_t to_size, from_size;
	const char *to, *from;
};

static void parse_bytes(const uint8_t *page, const struct byte_ring *b,
			struct ring *r)
{
	uint32_t to_cons = word(page, b->to_cons), to_prod = word(page, b->to_prod);
	uint32_t from_cons = word(page, b->from_cons);
	uint32_t from_prod = word(page, b->from_prod);

	r->size = b->to_size;
	r->outstanding = r->unfetched = to_prod - to_cons;
	r->unread = from_prod - from_cons;
	r->fetch_known = true;
	r->corrupt = r->unfetched > b->to_size || r->unread > b->from_size;
	snprintf(r->indexes, sizeof(r->indexes),
		 "%s_prod %u, %s_cons %u, %s_prod %u, %s_cons %u", b->to, to_prod,
		 b->to, to_cons, b->from, from_prod, b->from, from_cons);
}

static const struct byte_ring xenstore_ring = {
	2048, 2052, 2056, 2060, 1024, 1024, "req", "rsp",
};
static const struct byte_ring console_ring = {
	3080, 3084, 3072, 3076, 2048, 1024, "out", "in",
};
static const struct byte_ring input_ring = {
	8, 12, 0, 4, INPUT_MAX, INPUT_MAX, "out", "in",
};

/* The ring's data are 2^ring_order pages, half of them for each direction. */
static void parse_stream(const uint8_t *page, struct ring *r)
{
	struct byte_ring b = { 64, 68, 0, 4, 0, 0, "out", "in" };
	uint32_t order = word(page, 128);

	/* sizes that do not fit into a uint16_t mean "no more than that" */
	if (order > 9) {
		r->corrupt = true;
		snprintf(r->indexes, sizeof(r->indexes), "ring_order %u", order);
		return;
	}
	b.to_size = b.from_size = order > 4 ? UINT16_MAX : 2048U << order;
	parse_bytes(page, &b, r);
	if (order > 4) {
		r->size = 2048U << order;
		r->corrupt = r->unfetched > r->size || r->unread > r->size;
	}
}

static bool is_zero(const uint8_t *page, unsigned int len)
{
	return !page[0] && !memcmp(page, page + 1, len - 1);
}

void ring_parse(enum ring_kind kind, const uint8_t page[XPAGE_SIZE], uint32_t size,
		struct ring *ret)
{
	struct ring r = { .size = size };

	/* SHARED_RING_INIT() sets both event indexes to 1 */
	r.blank = is_zero(page, ring_has_indexes(kind) ? 16 : XPAGE_SIZE);
	switch (kind) {
	case RING_XENSTORE:
		parse_bytes(page, &xenstore_ring, &r);
		break;
	case RING_CONSOLE:
		parse_bytes(page, &console_ring, &r);
		break;
	case RING_INPUT:
		parse_bytes(page, &input_ring, &r);
		break;
	case RING_STREAM:
		parse_stream(page, &r);
		break;
	case RING_REQUESTS:
	case RING_BUFFERS:
		parse_requests(page, &r);
		break;
	}
	*ret = r;
}

/* netfront puts the index into each buffer, modulo the size: u16 id, 0, u32 ref. */
static bool are_buffers(const uint8_t *page)
{
	uint32_t prod = word(page, 0), i = word(page, 8);

	if (i == prod)
		return false;
	for (; i != prod; i++)
		if (word(page, HEADER + i % ENTRIES_MAX * 8) != i % ENTRIES_MAX)
			return false;
	return true;
}

bool ring_is_plausible(const uint8_t page[XPAGE_SIZE], enum ring_kind *kind)
{
	uint32_t req_prod = word(page, 0), req_event = word(page, 4);
	uint32_t rsp_prod = word(page, 8), rsp_event = word(page, 12);

	for (unsigned int i = 16; i < HEADER; i++)
		if (page[i])
			return false;
	/* an event index is 1 at first, and at most one ring behind its producer */
	if (!req_event || !rsp_event || req_prod - rsp_prod > ENTRIES_MAX ||
	    rsp_prod + 1 + ENTRIES_MAX - rsp_event > 2 * ENTRIES_MAX)
		return false;
	*kind = are_buffers(page) ? RING_BUFFERS : RING_REQUESTS;
	return *kind == RING_BUFFERS ||
	       req_prod + 1 - req_event <= ENTRIES_MAX;
}
