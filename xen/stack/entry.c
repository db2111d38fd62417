/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "entry.h"

#include <string.h>

#include "xen/base/array.h"

#define RFLAGS_ONE	(1UL << 1)	/* bits that are always set */
#define RFLAGS_NEVER	(~0UL << 22 | 1UL << 3 | 1UL << 5 | 1UL << 15)

const uint8_t entry_general[ENTRY_GENERAL] = {
	X64_R15, X64_R14, X64_R13, X64_R12, X64_RBP, X64_RBX, X64_R11, X64_R10,
	X64_R9, X64_R8, X64_RAX, X64_RCX, X64_RDX, X64_RSI, X64_RDI,
};

/* Words above the registers. */
enum { AT_VECTOR = 15, AT_RIP, AT_CS, AT_RFLAGS, AT_RSP, AT_SS, NR_WORDS };

static const struct {
	const char *name;
	bool error_code;
} vectors[] = {
	[0] = { "divide error", false },
	[1] = { "debug", false },
	[2] = { "NMI", false },
	[3] = { "breakpoint", false },
	[4] = { "overflow", false },
	[5] = { "bound range", false },
	[6] = { "invalid opcode", false },
	[7] = { "device not available", false },
	[8] = { "double fault", true },
	[9] = { "coprocessor overrun", false },
	[10] = { "invalid TSS", true },
	[11] = { "segment not present", true },
	[12] = { "stack fault", true },
	[13] = { "general protection", true },
	[14] = { "page fault", true },
	[15] = { "spurious interrupt", false },
	[16] = { "x87 error", false },
	[17] = { "alignment check", true },
	[18] = { "machine check", false },
	[19] = { "SIMD error", false },
	[20] = { "virtualisation exception", false },
	[21] = { "control protection", true },
	[29] = { "VMM communication", true },
	[30] = { "security exception", true },
};

#define NR_VECTORS ARRAY_SIZE(vectors)

#define REGS_PARTIAL	0x10000U
#define REGS_DIRTY	0x20000U

static bool has_flags(uint32_t word)
{
	return (word & ~(REGS_PARTIAL | REGS_DIRTY)) <= ENTRY_SYSCALL;
}

bool entry_is_partial(uint32_t word)
{
	return has_flags(word) && word & REGS_PARTIAL;
}

uint32_t entry_vector(uint32_t word)
{
	return has_flags(word) ? word & ~(REGS_PARTIAL | REGS_DIRTY) : word;
}

struct err *entry_read(entry_read_fn read, void *ctx, uint64_t va,
		       struct entry *ret)
{
	struct entry e = { .va = va };
	uint64_t word[NR_WORDS];
	unsigned int i;

	_Static_assert(sizeof(word) == ENTRY_SIZE, "cpu_user_regs");
	for (i = 0; i < NR_WORDS; i++)
		ERR_TRY(read(ctx, va + 8 * i, &word[i]));
	for (i = 0; i < ENTRY_GENERAL; i++)
		state_set(&e.state, entry_general[i], word[i]);
	state_set(&e.state, X64_RIP, word[AT_RIP]);
	state_set(&e.state, X64_RSP, word[AT_RSP]);
	e.error_code = word[AT_VECTOR];
	e.vector = entry_vector(word[AT_VECTOR] >> 32);
	if (entry_is_partial(word[AT_VECTOR] >> 32))
		e.state.known &= ~(1U << X64_R12 | 1U << X64_R13 | 1U << X64_R14 | 1U << X64_R15);
	e.cs = word[AT_CS];
	e.ss = word[AT_SS];
	e.rflags = word[AT_RFLAGS];
	*ret = e;
	return NULL;
}

bool entry_read_hardware(entry_read_fn read, void *ctx, uint64_t va,
			 struct entry *ret)
{
	struct entry e = { .va = va, .vector = ENTRY_UNKNOWN };
	uint64_t word[NR_WORDS - AT_RIP], top = va + sizeof(word);
	unsigned int i;

	for (i = 0; i < NR_WORDS - AT_RIP; i++) {
		struct err *error = read(ctx, va + 8 * i, &word[i]);

		err_free(error);
		if (error)
			return false;
	}
	if (top % 16 || word[AT_RSP - AT_RIP] - top > 8)
		return false;
	state_set(&e.state, X64_RIP, word[0]);
	state_set(&e.state, X64_RSP, word[AT_RSP - AT_RIP]);
	e.cs = word[AT_CS - AT_RIP];
	e.ss = word[AT_SS - AT_RIP];
	e.rflags = word[AT_RFLAGS - AT_RIP];
	*ret = e;
	return true;
}

static bool rflags_fit(uint64_t v)
{
	return (v & RFLAGS_ONE) && !(v & RFLAGS_NEVER);
}

bool entry_is_from_xen(const struct entry *e)
{
	/* ss is null after the processor changed the stack */
	return e->cs == XEN_CS && (e->ss == XEN_DS || !e->ss) &&
	       rflags_fit(e->rflags);
}

bool entry_is_from_guest(const struct entry *e)
{
	return (e->cs & 3) && (e->ss & 3) && rflags_fit(e->rflags);
}

const char *vector_name(unsigned int vector)
{
	return vector < NR_VECTORS ? vectors[vector].name : NULL;
}

bool vector_has_error(unsigned int vector)
{
	return vector < NR_VECTORS && vectors[vector].error_code;
}
