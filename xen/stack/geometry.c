/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "geometry.h"

#include <inttypes.h>

#include "xen/base/array.h"
#include "entry.h"

/* Defined by the architecture: members of the 64-bit task state segment. */
#define TSS_RSP0	0x04
#define TSS_IST1	0x24

/* Order of the pages (asm/current.h, arch/x86/cpu/common.c); the lowest page first. */
static const struct stack_page pages_new[STACK_PAGES] = {
	{ "IST shadow stacks", STACK_NONE },
	{ "machine check", STACK_IST },
	{ "NMI", STACK_IST },
	{ "debug", STACK_IST },
	{ "double fault", STACK_IST },
	{ "guard", STACK_NONE },
	{ "primary", STACK_PRIMARY },
	{ "primary", STACK_PRIMARY },
};

/* The debug exception has a stack since XSA-260; before, the page was a trampoline. */
static const struct stack_page pages_old[STACK_PAGES] = {
	{ "double fault", STACK_IST },
	{ "NMI", STACK_IST },
	{ "machine check", STACK_IST },
	{ "debug", STACK_IST },
	{ "unused", STACK_NONE },
	{ "guard", STACK_NONE },
	{ "primary", STACK_PRIMARY },
	{ "primary", STACK_PRIMARY },
};

static const struct stack_page pages_unknown[STACK_PAGES] = {
	{ "page 0", STACK_UNKNOWN },
	{ "page 1", STACK_UNKNOWN },
	{ "page 2", STACK_UNKNOWN },
	{ "page 3", STACK_UNKNOWN },
	{ "page 4", STACK_UNKNOWN },
	{ "guard", STACK_NONE },
	{ "primary", STACK_PRIMARY },
	{ "primary", STACK_PRIMARY },
};

/* Known orders, by the page whose end IST1 points to. */
static const struct {
	unsigned int ist1_page;
	const struct stack_page *page;
} orders[] = {
	{ 1, pages_new },	/* 4.14 and later: machine check is IST 1 */
	{ 0, pages_old },	/* 4.4 to 4.13: double fault is IST 1 */
};

/*
 * sizeof(struct cpu_user_regs), the first member of cpu_info: with es to gs up to
 * 4.20; without them, and with the words pushed by FRED, from 4.21 on.
 */
static const uint64_t regs_sizes[] = { 200, 168, 184 };

/* Offset of the segment in struct tss_page. */
static const uint64_t tss_offsets[] = { 0x40, 0 };

/* The stack pointer with which the processor enters Xen, if it is on the stack. */
static bool read_rsp0(struct space *s, uint64_t base, uint64_t tss, uint64_t *ret)
{
	struct err *e = space_read_u64(s, tss + TSS_RSP0, ret);

	err_free(e);
	return !e && *ret > base && *ret - base <= STACK_SIZE && *ret % 8 == 0;
}

uint64_t stack_find_tss(struct space *s, uint64_t base, uint64_t va)
{
	uint64_t rsp0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tss_offsets); i++)
		if (read_rsp0(s, base, va + tss_offsets[i], &rsp0))
			return va + tss_offsets[i];
	return 0;
}

void stack_geometry(struct space *s, uint64_t base, uint64_t cpu_info,
		    uint64_t tss, struct stack *ret)
{
	uint64_t ist1 = 0;
	unsigned int i;

	*ret = (struct stack){ .base = base, .cpu_info = cpu_info,
			       .bottom = cpu_info, .page = pages_unknown };
	if (!tss)
		return;
	err_free(space_read_u64(s, tss + TSS_IST1, &ist1));
	for (i = 0; i < ARRAY_SIZE(orders); i++)
		if (ist1 > base && ist1 - base <= STACK_SIZE &&
		    (ist1 - 1 - base) / STACK_PAGE == orders[i].ist1_page)
			ret->page = orders[i].page;
}

bool stack_has(const struct stack *s, uint64_t va)
{
	return va >= s->base && va - s->base < STACK_SIZE;
}

const struct stack_page *stack_page(const struct stack *s, uint64_t va)
{
	return &s->page[(va - s->base) / STACK_PAGE % STACK_PAGES];
}

uint64_t stack_limit(const struct stack *s, uint64_t sp)
{
	/* a stack pointer at the end of a page belongs to that stack, which is empty */
	if (stack_page(s, sp)->kind == STACK_PRIMARY)
		return s->bottom;
	return (sp & ~(STACK_PAGE - 1)) + STACK_PAGE;
}

/*
 * A struct vcpu is a page of its own in the direct map (alloc_vcpu_struct(),
 * arch/x86/domain.c, 4.4 to master).
 */
static bool may_be_vcpu(struct space *s, uint64_t va)
{
	return va % STACK_PAGE == 0 && space_region(s, va)->id == REGION_DIRECTMAP;
}

struct err *stack_find_cpu_info(struct space *s, uint64_t base, uint64_t tss,
				unsigned int cpu, uint64_t per_cpu_offset,
				struct cpu_info_found *ret)
{
	uint64_t rsp0, va, id, current_vcpu, offset;
	unsigned int i;

	if (!tss || !read_rsp0(s, base, tss, &rsp0))
		return err_new(ERR_NOT_FOUND,
			       "pcpu %u: no task state segment points to its stack", cpu);
	va = rsp0 - ENTRY_SIZE;
	for (i = 0; i < ARRAY_SIZE(regs_sizes); i++) {
		uint64_t rest = va + regs_sizes[i];

		if (va < base || rest + 24 > base + STACK_SIZE || va % 8)
			break;
		ERR_TRY(space_read_u64(s, rest, &id));
		ERR_TRY(space_read_u64(s, rest + 8, &current_vcpu));
		ERR_TRY(space_read_u64(s, rest + 16, &offset));
		/* on pcpu 0 both numbers are 0, like much other memory */
		if ((uint32_t)id != cpu || offset != per_cpu_offset ||
		    !may_be_vcpu(s, current_vcpu))
			continue;
		ret->va = va;
		ret->current_vcpu = current_vcpu;
		return NULL;
	}
	return err_new(ERR_NOT_FOUND,
		       "no struct cpu_info of pcpu %u at the top of the stack at %" PRIx64,
		       cpu, base);
}
