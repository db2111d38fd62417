/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the stack of a pcpu, 32 KiB: the upper 8 are the primary stack with
 * struct cpu_info at the top; the lower pages are stacks of exceptions (IST).
 */
#ifndef XEN_STACK_GEOMETRY_H
#define XEN_STACK_GEOMETRY_H

#include "xen/address/space.h"
#include "xen/base/error.h"

/* STACK_ORDER, PRIMARY_STACK_SIZE: asm/config.h, 4.4 to master; bytes */
#define STACK_SIZE		0x8000UL
#define STACK_PAGE		0x1000UL
#define STACK_PAGES		(STACK_SIZE / STACK_PAGE)

enum stack_kind {
	STACK_UNKNOWN,		/* the order of the IST pages is unknown */
	STACK_PRIMARY,
	STACK_IST,
	STACK_NONE,		/* guard, shadow stack, trampoline: not a stack */
};

/* Use of one page. */
struct stack_page {
	const char *name;	/* "primary", "NMI" ... */
	enum stack_kind kind;
};

struct stack {
	uint64_t base;		/* va of the lowest byte */
	uint64_t cpu_info;	/* va of struct cpu_info */
	/*
	 * va of guest_cpu_user_regs: the upper end of the primary stack, and the
	 * registers of the guest if the pcpu was entered from one.
	 */
	uint64_t bottom;
	const struct stack_page *page;	/* array of STACK_PAGES */
};

/*
 * Finds the task state segment in the per-cpu variable at va: at its start, or
 * after the table of shadow stacks (struct tss_page, 4.14+). 0 if neither
 * points to the stack at base.
 */
uint64_t stack_find_tss(struct space *s, uint64_t base, uint64_t va);

/*
 * Fills *ret. tss: va of the pcpu's task state segment, whose IST pointers
 * determine the order of the pages; unknown if tss is 0 or unreadable.
 */
void stack_geometry(struct space *s, uint64_t base, uint64_t cpu_info,
		    uint64_t tss, struct stack *ret);

bool stack_has(const struct stack *s, uint64_t va);
/* Returns the page of va, which must be on the stack. */
const struct stack_page *stack_page(const struct stack *s, uint64_t va);
/*
 * Returns the end (exclusive) of the words that may be part of a call chain
 * whose stack pointer is sp: the registers saved by the entry, or those of the
 * guest.
 */
uint64_t stack_limit(const struct stack *s, uint64_t sp);

/* struct cpu_info, found without types. */
struct cpu_info_found {
	uint64_t va;
	uint64_t current_vcpu;	/* va */
};

/*
 * Finds struct cpu_info of a pcpu without types: rsp0 of the task state segment,
 * at va tss, points just above the saved registers on the primary stack; the
 * pcpu's number and per-cpu offset must follow there. ERR_NOT_FOUND.
 */
struct err *stack_find_cpu_info(struct space *s, uint64_t base, uint64_t tss,
				unsigned int cpu, uint64_t per_cpu_offset,
				struct cpu_info_found *ret) ERR_MUST_CHECK;

#endif
