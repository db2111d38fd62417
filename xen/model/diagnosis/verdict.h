/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cause of the crash, as statements with their evidence: the console, the
 * traces of the pcpus, the crash notes and Xen's variables.
 */
#ifndef XEN_MODEL_VERDICT_H
#define XEN_MODEL_VERDICT_H

#include "death.h"
#include "xen/model/io/pv_device.h"
#include "xen/model/xen.h"

struct verdict_line {
	const char *about;	/* "death", "pcpu", "function", "for" ... */
	char text[320];
	char evidence[256];
	bool sure;		/* false: the text contains the reason of the doubt */
	bool unproved;		/* based on something unproved (xen/base/provenance.h) */
	int waiter;		/* pcpu that waits for a lock according to it; or -1 */
};

#define VERDICT_LINES 24

struct verdict {
	enum death kind;
	int pcpu;		/* the first pcpu that crashed; -1: unknown */
	char text[480];		/* summary, one sentence */
	bool unproved;		/* provenance of the summary */
	struct verdict_line line[VERDICT_LINES];
	unsigned int nr;
	unsigned int left_out;	/* number of lines beyond VERDICT_LINES */
};

/*
 * Reads the evidence. Statements whose evidence is missing are left out;
 * without symbols few remain. Fails only with ERR_INTERRUPTED and
 * ERR_NO_MEMORY. *ret is large.
 */
struct err *verdict_read(struct xen *x, struct verdict *ret) ERR_MUST_CHECK;

/*
 * Adds other problems of the host: deadlocks, an RCU stall, an exhausted heap,
 * zombie domains, leaked grants, vcpus that are not queued, starved vcpus, lost
 * events, interrupt storms; or, if there are none, one statement that nothing
 * stands out. Slow: walks all locks, domains and queues. Without types, or the
 * memory of a running host, adds one statement that the host was not examined.
 * On a running host only heap, domains, locks that do not move, waits, devices
 * and interrupts are examined, since the others change between two reads. task
 * reads the threads behind devices, and may be NULL. Fails like verdict_read().
 */
struct err *verdict_troubles(struct xen *x, pv_task_fn *task,
			     struct verdict *v) ERR_MUST_CHECK;

#endif
