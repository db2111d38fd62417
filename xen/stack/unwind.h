/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks up a hypervisor stack, from given registers to the guest or to the bottom,
 * across exceptions and their stacks. The method is recorded in each frame.
 */
#ifndef XEN_STACK_UNWIND_H
#define XEN_STACK_UNWIND_H

#include "xen/symbols/symbols.h"
#include "cfi.h"
#include "entry.h"
#include "geometry.h"
#include "state.h"

#define TRACE_MAX 192	/* maximum number of frames */

/* Methods by which a frame was found; most reliable first. */
enum frame_found {
	FOUND_REGISTERS,	/* the registers the walk began with */
	FOUND_ENTRY,		/* registers an exception or interrupt saved */
	FOUND_CFI,		/* .debug_frame */
	FOUND_POINTER,		/* frame pointer */
	FOUND_CALL,		/* top of the stack, after a call */
	FOUND_SCAN,		/* next word that is after a call */
	FOUND_WORD,		/* any word that is an address of code */
	NR_FOUND
};

enum frame_kind {
	FRAME_CODE,
	/*
	 * Registers saved by an exception or interrupt; the frame before it is
	 * the handler, the frame after it the interrupted code.
	 */
	FRAME_ENTRY,
};

struct frame {
	enum frame_kind kind;
	enum frame_found found;
	uint64_t pc;
	uint64_t sp;		/* the stack pointer at pc; va of the registers of an entry */
	bool is_return;		/* pc is a return address */
	const char *stack;	/* name of the stack that contains sp; NULL: none */
	struct cpu_state state;	/* registers that are known in the frame */
	struct entry entry;	/* of FRAME_ENTRY */
};

/* End of the walk. */
enum trace_end {
	END_BOTTOM,		/* the bottom of the primary stack */
	END_GUEST,		/* an entry from a guest: its registers follow */
	END_BROKEN,		/* no plausible caller: trace->why */
	END_LIMIT,		/* TRACE_MAX frames */
};

struct trace {
	struct frame frame[TRACE_MAX];
	unsigned int nr;
	enum trace_end end;
	struct entry guest;	/* for END_GUEST */
	char why[200];		/* reason of END_BROKEN */
};

/* Addresses of code; end exclusive. */
struct code_range {
	uint64_t start, end;
};

/* Methods of finding the caller, in the order they are tried. */
#define USE_CFI		(1U << 0)
#define USE_POINTERS	(1U << 1)
#define USE_TOP		(1U << 2)	/* FOUND_CALL */
#define USE_SCAN	(1U << 3)	/* FOUND_SCAN */
#define USE_WORDS	(1U << 4)	/* only FOUND_WORD, as in Xen's own traces */
#define USE_ALL		(USE_CFI | USE_POINTERS | USE_TOP | USE_SCAN)

struct stack_copy;

/* Inputs of a walk; not owned. */
struct unwinder {
	struct space *space;
	const struct symbols *symbols;
	struct cfi *cfi;		/* or NULL */
	const struct code_range *code;
	unsigned int nr_code;
	struct stack stack;
	/* Relocated bytes of the stack (waitqueues). */
	uint64_t moved_start, moved_end, moved_to;	/* va */
	unsigned int methods;		/* USE_* */
	struct stack_copy *copy;	/* private to unwind(); NULL */
};

/*
 * Walks from *start, whose rip and rsp must be known. Corrupt content of the
 * stack ends the trace; fails only with ERR_INTERRUPTED.
 */
struct err *unwind(const struct unwinder *u, const struct cpu_state *start,
		   struct trace *ret) ERR_MUST_CHECK;

/* "cfi", "frame pointer" ... */
const char *frame_found_name(enum frame_found f);

/* True if va is in code. */
bool unwind_is_code(const struct unwinder *u, uint64_t va);

/* Reads a word of the stack; follows a relocated stack. ctx: const struct unwinder */
struct err *unwind_read(void *ctx, uint64_t va, uint64_t *ret) ERR_MUST_CHECK;

#endif
