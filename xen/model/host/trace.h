/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace buffers: a ring of records for each pcpu (common/trace.c, records in
 * public/trace.h; 4.4 to master).
 */
#ifndef XEN_MODEL_TRACE_H
#define XEN_MODEL_TRACE_H

#include "xen/model/xen.h"

#define TRACE_EXTRA_MAX 7

struct trace_buffers {
	struct xen *x;
	uint64_t info;			/* va of struct t_info */
	uint64_t info_size;		/* readable bytes */
	unsigned int pages;		/* size of each pcpu's buffer */
	uint32_t size;			/* bytes of records in the buffer */
	struct value event_mask, enabled;
};

/* ERR_NOT_FOUND if the host has no trace buffers. */
struct err *trace_open(struct xen *x, struct trace_buffers *ret) ERR_MUST_CHECK;

struct trace_record {
	unsigned int pcpu;
	uint32_t event;			/* 28 bits: class, subclass, number */
	bool has_tsc, consumed;		/* consumed: read by a tool in dom0 */
	uint64_t tsc;			/* time of the record, else of the previous one */
	unsigned int nr;
	uint32_t word[TRACE_EXTRA_MAX];
};

/* A walk over one pcpu's records, oldest first. */
struct trace_cursor {
	const struct trace_buffers *b;
	unsigned int pcpu;
	uint32_t cons, prod;		/* as in struct t_buf: modulo 2 * size */
	uint64_t lost;			/* records dropped for lack of room */
	uint32_t at, left;		/* offset in the ring; bytes left */
	uint32_t before;		/* consumed bytes among those left */
	uint64_t tsc;
	uint32_t mfns;			/* index of the pcpu's first mfn in info */
};

/* ERR_NOT_FOUND for a pcpu without a buffer. */
struct err *trace_start(struct trace_cursor *c, const struct trace_buffers *b,
			unsigned int cpu) ERR_MUST_CHECK;
/* *found is false past the last; an error ends the walk. */
struct err *trace_next(struct trace_cursor *c, struct trace_record *ret,
		       bool *found) ERR_MUST_CHECK;
/* Reads raw bytes of the ring, not past its end. */
struct err *trace_bytes(const struct trace_cursor *c, uint32_t at, void *buf,
			uint32_t len) ERR_MUST_CHECK;

/* "SCHED_SWITCH"; class and number of unknown events. Returns buf. */
const char *trace_event_name(uint32_t event, char *buf, size_t size);
/* Formats the words of a record, "from d0v1 to d1v0"; in hexadecimal for unknown events. */
const char *trace_record_text(const struct trace_record *r, char *buf, size_t size);
/* True if the record is about the domain. */
bool trace_record_is_of(const struct trace_record *r, uint64_t domid);

#endif
