/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tiny hypervisor for the tests of unwinding: four functions that call one
 * another, and the stack of a pcpu, in 8 MiB of memory.
 */
#ifndef TESTS_MADE_STACK_H
#define TESTS_MADE_STACK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "xen/base/array.h"
#include "xen/stack/unwind.h"
#include "xen/symbols/map.h"

#define RAM		(8UL << 20)
#include "made_ram.h"

#define ROOT		0x1000UL
#define PHYS		0x200000UL	/* of the image */
#define VIRT		0xffff82d040000000UL
#define DIRECT		0xffff830000000000UL
#define TSS		(DIRECT + 0x7000)
#define BASE		(DIRECT + 0x608000)	/* of the stack */
#define INFO_SIZE	0x108
#define BOTTOM		(BASE + STACK_SIZE - INFO_SIZE)

/* Functions, and the addresses that calls in them return to. */
#define LOW		(VIRT + 0x1000)
#define MIDDLE		(VIRT + 0x1100)
#define HIGH		(VIRT + 0x1200)
#define ENTRY		(VIRT + 0x1300)
#define TEXT_END	(VIRT + 0x1400)
#define MIDDLE_RET	(MIDDLE + 0x25)	/* calls low */
#define HIGH_RET	(HIGH + 0x35)	/* calls middle */
#define HIGH_RET_REG	(HIGH + 0x52)	/* calls through a register */
#define ENTRY_RET	(ENTRY + 0x45)	/* calls high */

static struct memory *memory;
static struct space *space;
static struct symbols *symbols;
static struct trace trace;

static inline void put64(uint64_t va, uint64_t v)
{
	memcpy(ram + (va - DIRECT), &v, 8);
}

static inline void put_code(uint64_t va, const void *code, size_t len)
{
	memcpy(ram + PHYS + (va - VIRT), code, len);
}

/* call rel32 that returns to ret */
static inline void put_call(uint64_t ret, uint64_t target)
{
	unsigned char code[5] = { 0xe8 };
	int32_t distance = target - ret;

	memcpy(code + 1, &distance, 4);
	put_code(ret - 5, code, 5);
}

static inline void set_entry(uint64_t table, uint64_t va, unsigned int level, uint64_t e)
{
	unsigned int shift = 12 + 9 * (level - 1);

	memcpy(ram + table + (va >> shift & 511) * 8, &e, 8);
}

static inline void make_symbols(void)
{
	char path[] = "/tmp/crash-xen-map.XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	const struct {
		uint64_t va;
		const char *name;
	} list[] = { { LOW, "low" }, { MIDDLE, "middle" }, { HIGH, "high" },
		     { ENTRY, "entry" }, { TEXT_END, "_etext" } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(list); i++)
		fprintf(f, "%lx T %s\n", (unsigned long)list[i].va, list[i].name);
	fclose(f);
	assert_null(symbols_from_map(path, &symbols));
	unlink(path);
}

/* Reads are cached: drops the cache after a change. */
static inline void open_memory(void)
{
	struct space_params params = { .virt_start = VIRT, .phys_start = PHYS,
				       .root = ROOT };

	assert_null(memory_create(&ram_ops, NULL, &memory));
	assert_null(space_create(memory, &params, &space));
}

static inline void close_memory(void)
{
	space_destroy(space);
	memory_destroy(memory);
}

static inline void reopen_memory(void)
{
	close_memory();
	open_memory();
}

static inline int setup(void **state)
{
	int i;

	(void)state;
	memset(ram, 0, sizeof(ram));
	absent = 0;
	set_entry(ROOT, VIRT, 4, 0x2001);
	set_entry(0x2000, VIRT, 3, 0x3001);
	set_entry(0x3000, VIRT, 2, PHYS | 0x81);
	set_entry(ROOT, DIRECT, 4, 0x4001);
	set_entry(0x4000, DIRECT, 3, 0x5001);
	for (i = 0; i < 4; i++)
		set_entry(0x5000, DIRECT + (2UL << 20) * i, 2, (2UL << 20) * i | 0x81);
	put_call(MIDDLE_RET, LOW);
	put_call(HIGH_RET, MIDDLE);
	put_call(ENTRY_RET, HIGH);
	put_code(HIGH_RET_REG - 2, "\xff\xd0", 2);
	open_memory();
	make_symbols();
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	symbols_destroy(symbols);
	close_memory();
	return 0;
}

static inline struct unwinder make_unwinder(void)
{
	static const struct code_range code = { LOW, TEXT_END };
	struct unwinder u = { .space = space, .symbols = symbols, .code = &code,
			      .nr_code = 1, .methods = USE_ALL };

	/* as in 4.14 and later: IST1 ends the second page */
	put64(TSS + 0x24, BASE + 2 * STACK_PAGE);
	stack_geometry(space, BASE, BOTTOM, TSS, &u.stack);
	return u;
}

/* rbp: 0 if unknown */
static inline void walk_from(uint64_t pc, uint64_t sp, uint64_t rbp)
{
	struct cpu_state s = { .known = 0 };
	struct unwinder u;

	reopen_memory();
	u = make_unwinder();
	state_set(&s, X64_RIP, pc);
	state_set(&s, X64_RSP, sp);
	if (rbp)
		state_set(&s, X64_RBP, rbp);
	assert_null(unwind(&u, &s, &trace));
}

static inline void walk(uint64_t pc, uint64_t sp)
{
	walk_from(pc, sp, 0);
}

static inline void assert_frame(unsigned int n, enum frame_found found, uint64_t pc,
			 uint64_t sp)
{
	assert_true(n < trace.nr);
	assert_int_equal(trace.frame[n].found, found);
	assert_int_equal(trace.frame[n].pc, pc);
	assert_int_equal(trace.frame[n].sp, sp);
}

/* cpu_user_regs at va, of Xen's own code */
static inline void put_entry(uint64_t va, uint64_t rip, uint64_t rsp, uint32_t vector)
{
	put64(va + 15 * 8, (uint64_t)vector << 32);
	put64(va + 16 * 8, rip);
	put64(va + 17 * 8, XEN_CS);
	put64(va + 18 * 8, 0x202);
	put64(va + 19 * 8, rsp);
	put64(va + 20 * 8, XEN_DS);
}

static inline uint64_t ist_end(unsigned int page)
{
	return BASE + (page + 1) * STACK_PAGE;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
