/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of a guest's Linux kernel, at the addresses in VMCOREINFO: the rings
 * of descriptors and of text (since Linux 5.10,
 * kernel/printk/printk_ringbuffer.h), the ring of records (3.5 to 5.9, struct
 * printk_log or log of kernel/printk/printk.c), the ring of characters (before
 * 3.5).
 */
#ifndef XEN_MODEL_GUEST_LOG_H
#define XEN_MODEL_GUEST_LOG_H

#include "guest.h"

/* Limit of the text of one record; the kernel's own is 1024 with the prefix. */
#define GUEST_LOG_TEXT 8192

struct guest_log_record {
	bool has_time;
	uint64_t ns;			/* ns since the guest booted */
	const char *text;		/* len bytes, without a NUL; may have several lines */
	size_t len;
};

typedef struct err *guest_log_fn(void *arg, const struct guest_log_record *r);

/*
 * Passes the records to fn, oldest first. A record that is incomplete or whose
 * text is overwritten is left out and counted in *lost. ERR_NOT_FOUND if
 * VMCOREINFO contains no log, ERR_CORRUPT if its values contradict each other.
 */
struct err *guest_log_read(struct guest *g, guest_log_fn *fn, void *arg,
			   uint64_t *lost) ERR_MUST_CHECK;

/*
 * Reads the offset of Xen's system time from the times of the log, in ns: the
 * kernel's xen_sched_clock_offset (arch/x86/xen/time.c, since Linux 4.20),
 * modulo 2^64. ERR_NOT_FOUND or ERR_NO_SYMBOL if its symbols lack it.
 */
struct err *guest_log_offset(struct guest *g, uint64_t *ns) ERR_MUST_CHECK;

/* The rings, for a guest whose VMCOREINFO lists them. */
struct err *guest_log_lockless(struct guest *g, guest_log_fn *fn, void *arg,
			       uint64_t *lost) ERR_MUST_CHECK;
struct err *guest_log_records(struct guest *g, guest_log_fn *fn, void *arg,
			      uint64_t *lost) ERR_MUST_CHECK;

#endif
