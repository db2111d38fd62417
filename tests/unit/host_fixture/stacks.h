/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of the pcpus of host.c, built from the innermost function on. */
#ifndef HOST_FIXTURE_STACKS_H
#define HOST_FIXTURE_STACKS_H

#include "tests/unit/host_fixture/host.h"

#include "xen/base/array.h"
#include "xen/model/diagnosis/verdict.h"
#include "xen/stack/geometry.h"

#define FLAGS_ON	0x202
#define FLAGS_OFF	0x002

static struct note_pcpu pcpus[2];
static struct notes notes = { .pcpu = pcpus, .nr_pcpus = 2 };
static uint64_t top[2];		/* the next word of each stack */
static uint64_t saved[2];	/* registers of the last exception */

static inline void put(unsigned int cpu, uint64_t word)
{
	host_poke(&fix, top[cpu], NULL, word);
	top[cpu] += 8;
}

/* Sets a pcpu whose note was saved in this function. */
static inline void stopped_in(unsigned int cpu, const char *function)
{
	const char *stack = cpu ? "stack1" : "stack0";

	memset(fix.image + (fixture_va(&fix, stack) - FIXTURE_BASE), 0, 0x7f00);
	top[cpu] = host_va(&fix, stack) + 0x7000;
	pcpus[cpu] = (struct note_pcpu){ .has_regs = true, .regs = {
		.rip = fixture_va(&fix, function) + 4, .rsp = top[cpu],
		.cs = 0xe008, .rflags = FLAGS_OFF } };
}

static inline void called_by(unsigned int cpu, const char *function)
{
	put(cpu, fixture_va(&fix, function) + HOST_RETURN);
}

/* Adds an exception that interrupted a function; its stack pointer is sp; 0: above. */
static inline void interrupted(unsigned int cpu, unsigned int vector, uint32_t code,
			const char *function, uint64_t rflags, uint64_t sp)
{
	uint64_t words[21] = { 0 };

	if (top[cpu] % 16 != 8)
		put(cpu, 0);
	words[15] = (uint64_t)vector << 32 | code;
	words[16] = fixture_va(&fix, function) + 4;
	words[17] = 0xe008;
	words[18] = rflags;
	words[19] = sp ? sp : top[cpu] + sizeof(words);
	words[20] = 0xe010;
	saved[cpu] = top[cpu];
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		put(cpu, words[i]);
}

/* Setup of each test: the memory as it was kept, notes without registers */
static inline int stacks_setup(void **state)
{
	host_setup(state);
	memset(pcpus, 0, sizeof(pcpus));
	notes.has_crash_info = false;
	fix.xen.notes = &notes;
	return 0;
}

#define STACKS_TEST(f) cmocka_unit_test_setup(f, stacks_setup)

/* Reads what was poked since. */
static inline void read_verdict_again(struct verdict *v)
{
	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
	assert_ok(verdict_read(&fix.xen, v));
}

#endif
