/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call traces of pcpus, and of vcpus that sleep inside the hypervisor. */
#ifndef XEN_MODEL_BACKTRACE_H
#define XEN_MODEL_BACKTRACE_H

#include "xen/stack/unwind.h"
#include "xen/model/pcpu/pcpu.h"
#include "xen/model/domain/vcpu.h"

/* Xen's text, its init text while it boots, and livepatches. */
#define BACKTRACE_CODE_MAX 256

/* What all traces of one hypervisor share. */
struct backtrace {
	struct xen *x;
	struct cfi *cfi;		/* NULL: the image has none */
	struct code_range code[BACKTRACE_CODE_MAX];
	unsigned int nr_code;
	unsigned int methods;		/* USE_*; USE_ALL at first */
};

/* Where the registers are from that a trace begins with. */
enum trace_start {
	START_NOTE,		/* what the pcpu saved when the host died */
	START_GUEST,		/* the note is of the guest: no hypervisor frame */
	START_SEARCH,		/* it saved none; the deepest chain on its stack */
	START_SLEEP,		/* the waitqueue */
	START_NONE,		/* nothing to begin with */
};

/* Needs symbols. Must be destroyed when NULL was returned. */
struct err *backtrace_create(struct xen *x,
			     struct backtrace **ret) ERR_MUST_CHECK;
void backtrace_destroy(struct backtrace *b);

/*
 * The trace of a pcpu. With START_NONE and START_GUEST it is empty. *ret is
 * large (struct trace).
 */
struct err *backtrace_pcpu(struct backtrace *b, const struct pcpu *p,
			   struct trace *ret,
			   enum trace_start *start) ERR_MUST_CHECK;

/* Whether a vcpu sleeps in a waitqueue, with its stack put aside. */
bool backtrace_is_asleep(const struct vcpu *v);
struct err *backtrace_asleep(struct backtrace *b, const struct vcpu *v,
			     struct trace *ret) ERR_MUST_CHECK;

#endif
