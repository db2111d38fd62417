/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a pcpu was doing when the host died, out of its trace. */
#ifndef XEN_MODEL_VERDICT_TRACE_H
#define XEN_MODEL_VERDICT_TRACE_H

#include "backtrace.h"
#include "death.h"

struct pcpu_story {
	unsigned int pcpu;
	bool lost;		/* saved no registers */
	bool crashed;		/* it executed the crash kernel */
	bool dying;		/* it was on its way to do so, too late */
	enum death kind;	/* by the functions it went through */
	const char *via;	/* of these the one that tells, or NULL */
	const char *how;	/* of a key: who pressed it; or NULL */
	/* What it did before it was stopped or died; 0: nothing in Xen */
	uint64_t pc;		/* va */
	bool is_return;
	uint64_t sp, outer;	/* va; outer: the function around pc, or 0 */
	bool overflow;		/* sp is where no stack is any more */
	unsigned int vector;	/* of the exception that tore it out of there */
	uint32_t error_code;
	uint64_t entry;		/* va of the registers saved then; 0: none */
	bool irqs_off;		/* interrupts were off there */
	const char *spins;	/* "waits for a spinlock", or NULL */
	uint64_t caller;	/* va of who waits */
	struct cpu_state spin_regs;	/* of the function that waits */
	const char *inside;	/* exception it was in the middle of, or NULL */
	const char *work;	/* "in a hypercall" ...; or NULL */
	char hypercall[64];	/* its name; or "" */
	bool from_guest;	/* torn out of a guest, not out of Xen */
	char current[32];	/* vcpu; "" when it is the idle one or not known */
	bool idle;		/* current is the idle vcpu */
};

/* Fails when there is no such pcpu, or its stack cannot be had. */
struct err *pcpu_story(struct backtrace *b, const struct pcpu *p,
		       struct pcpu_story *ret) ERR_MUST_CHECK;

#endif
