/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rings of paravirtual devices (public/io/ring.h, blkif.h, netif.h, xs_wire.h,
 * console.h, kbdif.h, 9pfs.h; the same 4.4 to master): one page, written by both
 * the frontend and the backend. All of it is hostile.
 */
#ifndef XEN_MODEL_RING_H
#define XEN_MODEL_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "xen/memory/memory.h"

enum ring_kind {
	RING_REQUESTS,		/* requests and answers in one ring of entries */
	RING_BUFFERS,		/* the same; requests are empty buffers (net rx) */
	RING_XENSTORE,		/* bytes, in both directions */
	RING_CONSOLE,
	RING_INPUT,		/* events of keyboards and framebuffers */
	RING_STREAM,		/* bytes; indexes separate from the data (9pfs) */
};

/* Numbers of entries, or of bytes in rings of bytes. */
struct ring {
	uint32_t size;		/* 0: unknown */
	uint32_t outstanding;	/* sent by the frontend, not yet answered */
	uint32_t unfetched;	/* of these, not yet fetched by the backend */
	uint32_t unread;	/* sent by the backend, not yet read by the frontend */
	/*
	 * False if the backend has not recently written how far it has fetched
	 * (req_event): unfetched is 0 then.
	 */
	bool fetch_known;
	uint32_t req_prod;	/* of rings of requests: index of the next request to be sent */
	bool corrupt;		/* more requests are outstanding than the ring has entries */
	/*
	 * The page has only zeros: it was never written, or a filter excluded it
	 * from a dump in ELF, in which such pages are zeros. In a ring of
	 * requests the indexes are: they are not zero once it is initialised.
	 */
	bool blank;
	char indexes[160];	/* "req_prod 148, req_event 149, ..." */
};

/*
 * Number of entries of a ring of requests over a number of pages: the largest
 * power of two that fits (__RING_SIZE of ring.h). entry: size of an entry in
 * bytes; the result is 0 if it is 0 (unknown).
 */
uint32_t ring_size(unsigned int pages, unsigned int entry);

/* True for the kinds with indexes of requests and answers, SHARED_RING_INIT(). */
static inline bool ring_has_indexes(enum ring_kind kind)
{
	return kind == RING_REQUESTS || kind == RING_BUFFERS;
}

/* Reads the indexes; size as returned by ring_size(), ignored for rings of bytes. */
void ring_parse(enum ring_kind kind, const uint8_t page[XPAGE_SIZE], uint32_t size,
		struct ring *ret);

/*
 * True for a page that can be a ring of requests of unknown kind: the indexes
 * are consistent, and the rest of the header is zero. kind: RING_BUFFERS if all
 * requests look like netfront's buffers, else RING_REQUESTS.
 */
bool ring_is_plausible(const uint8_t page[XPAGE_SIZE], enum ring_kind *kind);

#endif
