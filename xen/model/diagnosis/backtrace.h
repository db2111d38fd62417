/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call traces of pcpus, and of vcpus asleep inside the hypervisor. */
#ifndef XEN_MODEL_BACKTRACE_H
#define XEN_MODEL_BACKTRACE_H

#include "xen/stack/unwind.h"
#include "xen/model/pcpu/pcpu.h"
#include "xen/model/domain/vcpu.h"

/* Text of Xen, of init during boot, and of livepatches. */
#define BACKTRACE_CODE_MAX 256

/* Data shared by all traces of one hypervisor. */
struct backtrace {
	struct xen *x;
	struct cfi *cfi;		/* owned by x; NULL: no .debug_frame */
	struct code_range code[BACKTRACE_CODE_MAX];
	unsigned int nr_code;
	unsigned int methods;		/* USE_*; initially USE_ALL */
};

/* Source of the registers at the start of a trace. */
enum trace_start {
	START_NOTE,		/* the crash note of the pcpu */
	START_GUEST,		/* the note has guest registers; no frame of the hypervisor */
	START_SEARCH,		/* no note; the deepest chain on the stack */
	START_SLEEP,		/* the stack saved in the waitqueue */
	START_NONE,		/* no registers and no chain */
};

/* Requires symbols. On success, release with backtrace_destroy(). */
struct err *backtrace_create(struct xen *x,
			     struct backtrace **ret) ERR_MUST_CHECK;
void backtrace_destroy(struct backtrace *b);

/*
 * Reads the trace of a pcpu. With START_NONE and START_GUEST it is empty. *ret
 * is large (struct trace).
 */
struct err *backtrace_pcpu(struct backtrace *b, const struct pcpu *p,
			   struct trace *ret,
			   enum trace_start *start) ERR_MUST_CHECK;

/* True if a vcpu sleeps in a waitqueue, with a saved copy of its stack. */
bool backtrace_is_asleep(const struct vcpu *v);
struct err *backtrace_asleep(struct backtrace *b, const struct vcpu *v,
			     struct trace *ret) ERR_MUST_CHECK;

#endif
