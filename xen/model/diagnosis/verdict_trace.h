/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Activity of a pcpu at the crash, derived from its trace. */
#ifndef XEN_MODEL_VERDICT_TRACE_H
#define XEN_MODEL_VERDICT_TRACE_H

#include "backtrace.h"
#include "death.h"

/* The kind of thing that a pcpu waits for in a loop. */
enum spin_kind {
	SPIN_SPINLOCK,		/* to take it */
	SPIN_LOCK,		/* another kind, or until one is free */
	SPIN_PCPUS,		/* other pcpus, or a vcpu */
};

struct pcpu_activity {
	unsigned int pcpu;
	bool lost;		/* no saved registers */
	bool crashed;		/* executed the crash kernel */
	bool dying;		/* was in a crash path, but did not execute the crash kernel */
	enum death kind;	/* determined by the functions in the trace */
	const char *via;	/* the function that determined kind, or NULL */
	const char *how;	/* origin of a debug key, or NULL */
	/* place at which it stopped or crashed; 0: not in Xen */
	uint64_t pc;		/* va */
	bool is_return;
	uint64_t sp, outer;	/* va; outer: in the caller of pc, or 0 */
	bool overflow;		/* sp is below the stack */
	unsigned int vector;	/* vector of the exception that interrupted it there */
	uint32_t error_code;
	uint64_t entry;		/* va of the registers saved by that exception; 0: none */
	bool irqs_off;		/* interrupts were disabled there */
	const char *spins;	/* "waits for a spinlock", or NULL */
	enum spin_kind spin_kind;	/* of spins */
	uint64_t caller;	/* va in the function that called the wait */
	struct cpu_state spin_regs;	/* of the function that waits */
	const char *inside;	/* exception that it was handling, or NULL */
	const char *work;	/* "in a hypercall" ...; or NULL */
	char hypercall[64];	/* its name; or "" */
	bool from_guest;	/* a guest was interrupted, not Xen */
	uint64_t vcpu;		/* va of its current vcpu; 0: unknown */
	char current[32];	/* its name; "" if idle or unknown */
	bool idle;		/* current is the idle vcpu */
	bool away;		/* in a guest, or halted: it cannot hold a spinlock */
};

/* Fails if the stack of the pcpu cannot be read. */
struct err *pcpu_activity(struct backtrace *b, const struct pcpu *p,
		       struct pcpu_activity *ret) ERR_MUST_CHECK;

#endif
