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
	uint64_t info_size;		/* bytes that can be read there */
	unsigned int pages;		/* of each pcpu's buffer */
	uint32_t size;			/* bytes of records in it */
	struct value event_mask, enabled;
};

/* ERR_NOT_FOUND when the host had none. */
struct err *trace_open(struct xen *x, struct trace_buffers *ret) ERR_MUST_CHECK;

struct trace_record {
	unsigned int pcpu;
	uint32_t event;			/* 28 bits: class, subclass, number */
	bool has_tsc, consumed;		/* consumed: by a tool in dom0, before */
	uint64_t tsc;			/* of the record, or of the one before it */
	unsigned int nr;
	uint32_t word[TRACE_EXTRA_MAX];
};

/* Walks one pcpu's records, oldest first. */
struct trace_cursor {
	const struct trace_buffers *b;
	unsigned int pcpu;
	uint32_t cons, prod;		/* as in struct t_buf: modulo 2 * size */
	uint64_t lost;			/* records there was no room for */
	uint32_t at, left;		/* offset in the ring; bytes to go */
	uint32_t before;		/* of these, consumed */
	uint64_t tsc;
	uint32_t mfns;			/* index of the pcpu's first mfn in info */
};

/* ERR_NOT_FOUND for a pcpu without a buffer. */
struct err *trace_start(struct trace_cursor *c, const struct trace_buffers *b,
			unsigned int cpu) ERR_MUST_CHECK;
/* *found is false past the last; an error ends the walk. */
struct err *trace_next(struct trace_cursor *c, struct trace_record *ret,
		       bool *found) ERR_MUST_CHECK;
/* Bytes as they are in the ring, at most to its end. */
struct err *trace_bytes(const struct trace_cursor *c, uint32_t at, void *buf,
			uint32_t len) ERR_MUST_CHECK;

/* "SCHED_SWITCH"; of unknown ones their class and number. Returns buf. */
const char *trace_event_name(uint32_t event, char *buf, size_t size);
/* What the record says, "from d0v1 to d1v0"; words in hex if unknown. */
const char *trace_record_text(const struct trace_record *r, char *buf, size_t size);
/* Whether it is about a domain. */
bool trace_record_is_of(const struct trace_record *r, uint64_t domid);

#endif
