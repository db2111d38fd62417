/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where things are on the stack of a pcpu: 32 KiB, of which the upper 8 are
 * the stack proper with struct cpu_info at its very top, and the lower pages
 * are for exceptions that need a stack of their own (IST).
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
	STACK_UNKNOWN,		/* the order of the IST pages is not known */
	STACK_PRIMARY,
	STACK_IST,
	STACK_NONE,		/* guard, shadow stack, trampoline: no stack */
};

/* What one page of it is for. */
struct stack_page {
	const char *name;	/* "primary", "NMI" ... */
	enum stack_kind kind;
};

struct stack {
	uint64_t base;		/* va of the lowest byte */
	uint64_t cpu_info;	/* va of struct cpu_info */
	/*
	 * va of guest_cpu_user_regs: where the stack proper begins, and the
	 * registers of the guest are, if the pcpu came from one.
	 */
	uint64_t bottom;
	const struct stack_page *page;	/* STACK_PAGES of them */
};

/*
 * The task state segment in the per-cpu variable at va: it begins there, or
 * behind the table of shadow stacks (struct tss_page, 4.14+). 0 when none of
 * both leads to the stack at base.
 */
uint64_t stack_find_tss(struct space *s, uint64_t base, uint64_t va);

/*
 * Fills *ret. tss: va of the pcpu's task state segment, whose IST pointers
 * tell the order of the pages; 0 or an unreadable one leaves it unknown.
 */
void stack_geometry(struct space *s, uint64_t base, uint64_t cpu_info,
		    uint64_t tss, struct stack *ret);

bool stack_has(const struct stack *s, uint64_t va);
/* The page va is on; va must be on the stack. */
const struct stack_page *stack_page(const struct stack *s, uint64_t va);
/*
 * The end (exclusive) of the words that may be part of a call chain which has
 * its stack pointer at sp: the entry's registers, or those of the guest.
 */
uint64_t stack_limit(const struct stack *s, uint64_t sp);

/* struct cpu_info, found without types. */
struct cpu_info_found {
	uint64_t va;
	uint64_t current_vcpu;	/* va */
};

/*
 * Finds struct cpu_info of a pcpu: the processor enters the primary stack
 * behind the registers it saves there (rsp0 of the task state segment, at va
 * tss), and what is there must be the pcpu's number and its per-cpu offset.
 * ERR_NOT_FOUND.
 */
struct err *stack_find_cpu_info(struct space *s, uint64_t base, uint64_t tss,
				unsigned int cpu, uint64_t per_cpu_offset,
				struct cpu_info_found *ret) ERR_MUST_CHECK;

#endif
