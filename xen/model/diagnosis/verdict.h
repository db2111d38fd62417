/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the host died: what the console, the traces of the pcpus, the crash notes
 * and Xen's variables say, each statement with what it rests on.
 */
#ifndef XEN_MODEL_VERDICT_H
#define XEN_MODEL_VERDICT_H

#include "death.h"
#include "xen/model/xen.h"

struct verdict_line {
	const char *about;	/* "death", "pcpu", "function", "for" ... */
	char text[320];
	char evidence[256];
	bool sure;		/* false: the text says what is doubtful */
};

#define VERDICT_LINES 24

struct verdict {
	enum death kind;
	int pcpu;		/* that died first; -1: not known */
	char text[480];		/* all in one sentence */
	struct verdict_line line[VERDICT_LINES];
	unsigned int nr;
	unsigned int left_out;	/* lines that had no place any more */
};

/*
 * Judges. What cannot be had costs the statements that rest on it: without
 * symbols hardly anything is left. Fails only by ERR_INTERRUPTED and without
 * memory. *ret is large.
 */
struct err *verdict_read(struct xen *x, struct verdict *ret) ERR_MUST_CHECK;

/*
 * Adds what is wrong with the host besides: deadlocks, a stuck grace period of
 * RCU, an exhausted heap, domains that cannot die, leaked grants, vcpus on no
 * queue. It walks all locks, domains and queues, which takes its time. Nothing
 * is said of a running host, and without types. Fails like verdict_read().
 */
struct err *verdict_troubles(struct xen *x, struct verdict *v) ERR_MUST_CHECK;

#endif
