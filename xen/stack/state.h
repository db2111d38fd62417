/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers at one moment, as far as they are known. The numbers are those of
 * DWARF (System V ABI for x86_64, figure 3.36).
 */
#ifndef XEN_STACK_STATE_H
#define XEN_STACK_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum x64_reg {
	X64_RAX, X64_RDX, X64_RCX, X64_RBX, X64_RSI, X64_RDI, X64_RBP, X64_RSP,
	X64_R8, X64_R9, X64_R10, X64_R11, X64_R12, X64_R13, X64_R14, X64_R15,
	X64_RIP, X64_NR
};

struct cpu_state {
	uint64_t r[X64_NR];
	uint32_t known;		/* a bit for each enum x64_reg */
};

static inline bool state_has(const struct cpu_state *s, unsigned int reg)
{
	return reg < X64_NR && (s->known >> reg & 1);
}

static inline void state_set(struct cpu_state *s, unsigned int reg, uint64_t v)
{
	s->r[reg] = v;
	s->known |= 1U << reg;
}

#endif
