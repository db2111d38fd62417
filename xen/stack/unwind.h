/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks up a hypervisor stack, from given registers to the guest or to the
 * bottom, across exceptions and their stacks. Each frame says how it was found.
 */
#ifndef XEN_STACK_UNWIND_H
#define XEN_STACK_UNWIND_H

#include "xen/symbols/symbols.h"
#include "cfi.h"
#include "entry.h"
#include "geometry.h"
#include "state.h"

#define TRACE_MAX 192	/* frames */

/* How a frame was found; from the surest to the least sure. */
enum frame_found {
	FOUND_REGISTERS,	/* the registers the walk began with */
	FOUND_ENTRY,		/* registers an exception or interrupt saved */
	FOUND_CFI,		/* .debug_frame */
	FOUND_POINTER,		/* frame pointer */
	FOUND_CALL,		/* on top of the stack, behind a call */
	FOUND_SCAN,		/* the next word that is behind a call */
	FOUND_WORD,		/* any word that is an address of code */
	NR_FOUND
};

enum frame_kind {
	FRAME_CODE,
	/*
	 * The registers an exception or interrupt saved; the frame before it
	 * is the handler, the one behind it what was interrupted.
	 */
	FRAME_ENTRY,
};

struct frame {
	enum frame_kind kind;
	enum frame_found found;
	uint64_t pc;
	uint64_t sp;		/* the stack pointer at pc; of an entry its va */
	bool is_return;		/* pc is a return address */
	const char *stack;	/* name of the stack it is on; NULL: on none */
	struct cpu_state state;	/* registers that are known in the frame */
	struct entry entry;	/* FRAME_ENTRY */
};

/* Why the walk ended. */
enum trace_end {
	END_BOTTOM,		/* the bottom of the primary stack */
	END_GUEST,		/* an entry from a guest: its registers follow */
	END_BROKEN,		/* what came next makes no sense: trace->why */
	END_LIMIT,		/* TRACE_MAX frames */
};

struct trace {
	struct frame frame[TRACE_MAX];
	unsigned int nr;
	enum trace_end end;
	struct entry guest;	/* END_GUEST */
	char why[200];		/* END_BROKEN, in words */
};

/* Addresses where code is; end exclusive. */
struct code_range {
	uint64_t start, end;
};

/* Ways of finding the caller, in the order they are tried. */
#define USE_CFI		(1U << 0)
#define USE_POINTERS	(1U << 1)
#define USE_TOP		(1U << 2)	/* FOUND_CALL */
#define USE_SCAN	(1U << 3)	/* FOUND_SCAN */
#define USE_WORDS	(1U << 4)	/* nothing but FOUND_WORD, as Xen does */
#define USE_ALL		(USE_CFI | USE_POINTERS | USE_TOP | USE_SCAN)

struct stack_copy;

/* What the walk needs to know; nothing is owned. */
struct unwinder {
	struct space *space;
	const struct symbols *symbols;
	struct cfi *cfi;		/* or NULL */
	const struct code_range *code;
	unsigned int nr_code;
	struct stack stack;
	/* These bytes of the stack were moved elsewhere (waitqueues). */
	uint64_t moved_start, moved_end, moved_to;	/* va */
	unsigned int methods;		/* USE_* */
	struct stack_copy *copy;	/* unwind()'s own; NULL */
};

/*
 * Walks from *start, whose rip and rsp must be known. Whatever is on the stack
 * becomes the trace and its end; fails only by ERR_INTERRUPTED.
 */
struct err *unwind(const struct unwinder *u, const struct cpu_state *start,
		   struct trace *ret) ERR_MUST_CHECK;

/* "cfi", "frame pointer" ... */
const char *frame_found_name(enum frame_found f);

/* Whether va is in code. */
bool unwind_is_code(const struct unwinder *u, uint64_t va);

/* Reads a word of the stack, be it moved. ctx is a const struct unwinder. */
struct err *unwind_read(void *ctx, uint64_t va, uint64_t *ret) ERR_MUST_CHECK;

#endif
