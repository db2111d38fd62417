/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk up a stack that is made here: whole, damaged, and without sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "xen/stack/unwind.h"
#include "xen/symbols/map.h"

#define RAM		(8UL << 20)
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

static unsigned char ram[RAM];
static uint64_t absent;			/* maddr of a page the dump lacks */
static struct memory *memory;
static struct space *space;
static struct symbols *symbols;
static struct trace trace;

static struct err *ram_read(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	if (maddr >= RAM || (absent && maddr == absent))
		return err_new(ERR_NOT_IN_DUMP, "%lx is not in the dump",
			       (unsigned long)maddr);
	memcpy(page, ram + maddr, XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops ram_ops = { .name = "ram", .read_page = ram_read };

static void put64(uint64_t va, uint64_t v)
{
	memcpy(ram + (va - DIRECT), &v, 8);
}

static void put_code(uint64_t va, const void *code, size_t len)
{
	memcpy(ram + PHYS + (va - VIRT), code, len);
}

/* call rel32 that returns to ret */
static void put_call(uint64_t ret, uint64_t target)
{
	unsigned char code[5] = { 0xe8 };
	int32_t distance = target - ret;

	memcpy(code + 1, &distance, 4);
	put_code(ret - 5, code, 5);
}

static void set_entry(uint64_t table, uint64_t va, unsigned int level, uint64_t e)
{
	unsigned int shift = 12 + 9 * (level - 1);

	memcpy(ram + table + (va >> shift & 511) * 8, &e, 8);
}

static void make_symbols(void)
{
	char path[] = "/tmp/crash-xen-map.XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	const struct {
		uint64_t va;
		const char *name;
	} list[] = { { LOW, "low" }, { MIDDLE, "middle" }, { HIGH, "high" },
		     { ENTRY, "entry" }, { TEXT_END, "_etext" } };
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		fprintf(f, "%lx T %s\n", (unsigned long)list[i].va, list[i].name);
	fclose(f);
	assert_null(symbols_from_map(path, &symbols));
	unlink(path);
}

/* Reading keeps pages; what was put since is seen after this. */
static void open_memory(void)
{
	struct space_params params = { .virt_start = VIRT, .phys_start = PHYS,
				       .root = ROOT };

	assert_null(memory_create(&ram_ops, NULL, &memory));
	assert_null(space_create(memory, &params, &space));
}

static void close_memory(void)
{
	space_destroy(space);
	memory_destroy(memory);
}

static void reopen_memory(void)
{
	close_memory();
	open_memory();
}

static int setup(void **state)
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

static int teardown(void **state)
{
	(void)state;
	symbols_destroy(symbols);
	close_memory();
	return 0;
}

static struct unwinder make_unwinder(void)
{
	static const struct code_range code = { LOW, TEXT_END };
	struct unwinder u = { .space = space, .symbols = symbols, .code = &code,
			      .nr_code = 1, .methods = USE_ALL };

	/* as in 4.14 and later: IST1 ends the second page */
	put64(TSS + 0x24, BASE + 2 * STACK_PAGE);
	stack_geometry(space, BASE, BOTTOM, TSS, &u.stack);
	return u;
}

static void walk(uint64_t pc, uint64_t sp)
{
	struct cpu_state s = { .known = 0 };
	struct unwinder u;

	reopen_memory();
	u = make_unwinder();
	state_set(&s, X64_RIP, pc);
	state_set(&s, X64_RSP, sp);
	assert_null(unwind(&u, &s, &trace));
}

static void assert_frame(unsigned int n, enum frame_found found, uint64_t pc,
			 uint64_t sp)
{
	assert_true(n < trace.nr);
	assert_int_equal(trace.frame[n].found, found);
	assert_int_equal(trace.frame[n].pc, pc);
	assert_int_equal(trace.frame[n].sp, sp);
}

/* cpu_user_regs at va, of Xen's own code */
static void put_entry(uint64_t va, uint64_t rip, uint64_t rsp, uint32_t vector)
{
	put64(va + 15 * 8, (uint64_t)vector << 32);
	put64(va + 16 * 8, rip);
	put64(va + 17 * 8, XEN_CS);
	put64(va + 18 * 8, 0x202);
	put64(va + 19 * 8, rsp);
	put64(va + 20 * 8, XEN_DS);
}

static void follows_calls(void **state)
{
	uint64_t sp = BOTTOM - 0x100;

	(void)state;
	put64(sp, MIDDLE_RET);
	/* a word that is code, but behind no call, and one behind another's */
	put64(sp + 0x10, HIGH + 0x10);
	put64(sp + 0x18, ENTRY_RET);
	put64(sp + 0x20, HIGH_RET);
	put64(BOTTOM - 8, ENTRY_RET);
	walk(LOW + 4, sp);
	assert_int_equal(trace.nr, 4);
	assert_int_equal(trace.end, END_BOTTOM);
	assert_frame(0, FOUND_REGISTERS, LOW + 4, sp);
	assert_frame(1, FOUND_CALL, MIDDLE_RET, sp + 8);
	assert_frame(2, FOUND_SCAN, HIGH_RET, sp + 0x28);
	assert_frame(3, FOUND_SCAN, ENTRY_RET, BOTTOM);
	assert_string_equal(trace.frame[0].stack, "primary");
	assert_false(trace.frame[0].is_return);
	assert_true(trace.frame[1].is_return);
}

static void takes_calls_through_registers(void **state)
{
	uint64_t sp = BOTTOM - 0x40;

	(void)state;
	put64(sp + 8, HIGH_RET_REG);
	walk(LOW + 4, sp);
	assert_int_equal(trace.nr, 2);
	assert_frame(1, FOUND_SCAN, HIGH_RET_REG, sp + 16);
}

/* Of functions that end by jumping to others only some call is to be found. */
static void takes_other_calls_last(void **state)
{
	uint64_t sp = BOTTOM - 0x40;

	(void)state;
	put64(sp + 8, ENTRY_RET);
	walk(LOW + 4, sp);
	assert_int_equal(trace.nr, 2);
	assert_frame(1, FOUND_SCAN, ENTRY_RET, sp + 16);
}

static void crosses_exceptions(void **state)
{
	uint64_t regs = BOTTOM - 0x200, sp = regs - 8;

	(void)state;
	assert_int_equal(regs % 16, 8);
	put64(sp, ENTRY_RET);
	put_entry(regs, MIDDLE + 0x10, regs + ENTRY_SIZE + 0x10, 14);
	put64(regs + ENTRY_SIZE + 0x10, HIGH_RET);
	put64(BOTTOM - 8, ENTRY_RET);
	walk(HIGH + 8, sp);
	assert_int_equal(trace.nr, 6);
	assert_frame(1, FOUND_CALL, ENTRY_RET, regs);
	assert_int_equal(trace.frame[2].kind, FRAME_ENTRY);
	assert_int_equal(trace.frame[2].entry.vector, 14);
	assert_frame(3, FOUND_ENTRY, MIDDLE + 0x10, regs + ENTRY_SIZE + 0x10);
	assert_frame(4, FOUND_CALL, HIGH_RET, regs + ENTRY_SIZE + 0x18);
	assert_int_equal(trace.end, END_BOTTOM);
}

static uint64_t ist_end(unsigned int page)
{
	return BASE + (page + 1) * STACK_PAGE;
}

static void crosses_exception_stacks(void **state)
{
	uint64_t nmi = ist_end(2) - ENTRY_SIZE, mce = ist_end(1) - ENTRY_SIZE;

	(void)state;
	/* a machine check in an NMI in the primary stack */
	put_entry(mce, HIGH + 4, nmi - 0x40, 18);
	put_entry(nmi, MIDDLE + 4, BOTTOM - 8, 2);
	put64(nmi - 8, ENTRY_RET);
	put64(BOTTOM - 8, HIGH_RET);
	walk(ENTRY + 4, mce);
	assert_string_equal(trace.frame[0].stack, "machine check");
	assert_int_equal(trace.frame[1].kind, FRAME_ENTRY);
	assert_frame(2, FOUND_ENTRY, HIGH + 4, nmi - 0x40);
	assert_string_equal(trace.frame[2].stack, "NMI");
	assert_frame(3, FOUND_SCAN, ENTRY_RET, nmi);
	assert_int_equal(trace.frame[4].kind, FRAME_ENTRY);
	assert_frame(5, FOUND_ENTRY, MIDDLE + 4, BOTTOM - 8);
	assert_frame(6, FOUND_CALL, HIGH_RET, BOTTOM);
	assert_int_equal(trace.end, END_BOTTOM);
}

static void ends_at_a_guest(void **state)
{
	uint64_t nmi = ist_end(2) - ENTRY_SIZE;

	(void)state;
	put_entry(nmi, 0x401000, 0x7ffc0000, 2);
	put64(nmi + 17 * 8, 0x33);
	put64(nmi + 20 * 8, 0x2b);
	walk(ENTRY + 4, nmi);
	assert_int_equal(trace.end, END_GUEST);
	assert_int_equal(trace.guest.state.r[X64_RIP], 0x401000);
	assert_int_equal(trace.guest.cs, 0x33);
}

static void loops_end(void **state)
{
	uint64_t nmi = ist_end(2) - ENTRY_SIZE, mce = ist_end(1) - ENTRY_SIZE;

	(void)state;
	/* two stacks that each say they interrupted the other */
	put_entry(mce, ENTRY + 4, nmi, 18);
	put_entry(nmi, ENTRY + 4, mce, 2);
	walk(ENTRY + 4, mce);
	assert_int_equal(trace.end, END_BROKEN);
	assert_non_null(strstr(trace.why, "lead back"));
	/* one that interrupted itself */
	put_entry(mce, ENTRY + 4, mce - 0x100, 18);
	walk(ENTRY + 4, mce);
	assert_int_equal(trace.end, END_BROKEN);
	assert_non_null(strstr(trace.why, "lead back"));
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	walk(LOW + 4, BOTTOM - 0x100);
	assert_int_equal(trace.end, END_BROKEN);
	assert_int_equal(trace.nr, 1);
	assert_non_null(strstr(trace.why, "no caller found"));
	walk(LOW + 4, 0x1000);
	assert_int_equal(trace.end, END_BROKEN);
	assert_non_null(strstr(trace.why, "on no stack"));
	walk(LOW + 4, BOTTOM - 0x101);
	assert_int_equal(trace.end, END_BROKEN);
	absent = 0x608000 + 7 * STACK_PAGE;
	walk(LOW + 4, BOTTOM - 0x100);
	assert_int_equal(trace.end, END_BROKEN);
	assert_non_null(strstr(trace.why, "not in the dump"));
	absent = 0x608000 + 6 * STACK_PAGE;
	walk(LOW + 4, BOTTOM - 0x100);
	assert_non_null(strstr(trace.why, "no caller found"));
}

static void enters_an_overflown_stack(void **state)
{
	(void)state;
	put64(BASE + 6 * STACK_PAGE + 0x20, HIGH_RET);
	put64(BOTTOM - 8, ENTRY_RET);
	walk(MIDDLE + 4, BASE + 6 * STACK_PAGE - 0x18);
	assert_frame(1, FOUND_SCAN, HIGH_RET, BASE + 6 * STACK_PAGE + 0x28);
	assert_frame(2, FOUND_SCAN, ENTRY_RET, BOTTOM);
}

static void wild_jumps_return(void **state)
{
	uint64_t sp = BOTTOM - 0x20;

	(void)state;
	put64(sp, HIGH_RET_REG);
	put64(BOTTOM - 8, ENTRY_RET);
	walk(0xdeadbeef, sp);
	assert_frame(1, FOUND_CALL, HIGH_RET_REG, sp + 8);
	assert_frame(2, FOUND_SCAN, ENTRY_RET, BOTTOM);
}

/* push %rbp; mov %rsp,%rbp, as builds with frame pointers begin functions */
static void follows_frame_pointers(void **state)
{
	static const unsigned char setup_code[] = { 0x55, 0x48, 0x89, 0xe5 };
	uint64_t regs = BOTTOM - 0x200, sp = regs - 0x100;
	struct unwinder u = make_unwinder();
	struct cpu_state s = { .known = 0 };

	(void)state;
	put_code(MIDDLE, setup_code, 4);
	put_code(HIGH + 2, setup_code, 4);
	/* middle, called by high, called by entry, which marks its registers */
	put64(sp + 0x20, sp + 0x60);
	put64(sp + 0x28, HIGH_RET);
	put64(sp + 0x60, ~(regs + ENTRY_RBP));
	put64(sp + 0x68, ENTRY_RET);
	put_entry(regs, MIDDLE + 1, BOTTOM - 0x40, 14);
	put64(BOTTOM - 0x40, 0);	/* rbp is just pushed */
	put64(BOTTOM - 0x38, HIGH_RET);
	u.methods = USE_POINTERS;
	state_set(&s, X64_RIP, MIDDLE + 0x10);
	state_set(&s, X64_RSP, sp);
	state_set(&s, X64_RBP, sp + 0x20);
	assert_null(unwind(&u, &s, &trace));
	assert_frame(1, FOUND_POINTER, HIGH_RET, sp + 0x30);
	assert_frame(2, FOUND_POINTER, ENTRY_RET, sp + 0x70);
	assert_int_equal(trace.frame[3].kind, FRAME_ENTRY);
	assert_int_equal(trace.frame[3].entry.va, regs);
	assert_frame(4, FOUND_ENTRY, MIDDLE + 1, BOTTOM - 0x40);
	assert_frame(5, FOUND_POINTER, HIGH_RET, BOTTOM - 0x30);
	assert_int_equal(trace.end, END_BROKEN);
}

/* All words that are code, as Xen prints without frame pointers. */
static void shows_words(void **state)
{
	uint64_t sp = BOTTOM - 0x40;
	struct unwinder u = make_unwinder();
	struct cpu_state s = { .known = 0 };

	(void)state;
	put64(sp + 8, HIGH + 1);
	put64(sp + 0x18, MIDDLE);
	u.methods = USE_WORDS;
	state_set(&s, X64_RIP, LOW);
	state_set(&s, X64_RSP, sp);
	assert_null(unwind(&u, &s, &trace));
	assert_int_equal(trace.nr, 3);
	assert_frame(1, FOUND_WORD, HIGH + 1, sp + 16);
	assert_frame(2, FOUND_WORD, MIDDLE, sp + 0x20);
	assert_int_equal(trace.end, END_BOTTOM);
}

static void reads_what_was_moved(void **state)
{
	uint64_t sp = BOTTOM - 0x40, copy = DIRECT + 0x10000;
	struct unwinder u = make_unwinder();
	struct cpu_state s = { .known = 0 };

	(void)state;
	put64(copy, MIDDLE_RET);
	put64(copy + 0x38, HIGH_RET);
	u.moved_start = sp;
	u.moved_end = BOTTOM;
	u.moved_to = copy;
	state_set(&s, X64_RIP, LOW);
	state_set(&s, X64_RSP, sp);
	assert_null(unwind(&u, &s, &trace));
	assert_frame(1, FOUND_CALL, MIDDLE_RET, sp + 8);
	assert_frame(2, FOUND_SCAN, HIGH_RET, BOTTOM);
}

#ifndef __has_feature
#define __has_feature(f) 0
#endif

/* A damaged stack must not take longer; sanitizers have their price. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define WALK_US_MAX 200000
#else
#define WALK_US_MAX 10000
#endif

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

/* Words of all kinds that could mislead, at random. */
static uint64_t random_word(void)
{
	switch (rand() % 8) {
	case 0: return LOW + rand() % (TEXT_END - LOW);
	case 1: return MIDDLE_RET;
	case 2: return HIGH_RET;
	case 3: return BASE + (rand() % STACK_SIZE & ~7UL);
	case 4: return ~(BASE + rand() % STACK_SIZE);
	case 5: return XEN_CS;
	case 6: return 0x202;
	default: return (uint64_t)rand() << 32 | rand();
	}
}

static void random_stacks_end(void **state)
{
	uint64_t va, worst = 0, began;
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		srand(i);
		for (va = BASE; va < BASE + STACK_SIZE; va += 8)
			put64(va, random_word());
		reopen_memory();
		began = now_us();
		walk(random_word(), BASE + (rand() % STACK_SIZE & ~7UL));
		if (now_us() - began > worst)
			worst = now_us() - began;
		assert_true(trace.nr >= 1 && trace.nr <= TRACE_MAX);
	}
	print_message("the longest walk took %lu us\n", (unsigned long)worst);
	assert_true(worst < WALK_US_MAX);
}

static void ends_at_the_limit(void **state)
{
	uint64_t va;

	(void)state;
	for (va = BASE + 6 * STACK_PAGE; va < BOTTOM; va += 8)
		put64(va, HIGH_RET_REG);
	walk(LOW, BASE + 6 * STACK_PAGE);
	assert_int_equal(trace.end, END_LIMIT);
	assert_int_equal(trace.nr, TRACE_MAX);
}

static void is_interrupted(void **state)
{
	struct unwinder u = make_unwinder();
	struct cpu_state s = { .known = 0 };
	struct err *e;

	(void)state;
	interrupt_pending = 1;
	e = unwind(&u, &s, &trace);
	interrupt_pending = 0;
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_INTERRUPTED);
	err_free(e);
}

static void knows_the_orders_of_pages(void **state)
{
	struct stack s;

	(void)state;
	put64(TSS + 0x24, BASE + 2 * STACK_PAGE);
	stack_geometry(space, BASE, BOTTOM, TSS, &s);
	assert_string_equal(stack_page(&s, BASE + 0x4008)->name, "double fault");
	assert_int_equal(stack_page(&s, BASE + 0x5008)->kind, STACK_NONE);
	assert_int_equal(stack_limit(&s, BASE + 0x2010), BASE + 0x3000);
	assert_int_equal(stack_limit(&s, BASE + 0x6010), BOTTOM);
	put64(TSS + 0x24, BASE + STACK_PAGE);
	reopen_memory();
	stack_geometry(space, BASE, BOTTOM, TSS, &s);
	assert_string_equal(stack_page(&s, BASE + 0x8)->name, "double fault");
	stack_geometry(space, BASE, BOTTOM, 0, &s);
	assert_int_equal(stack_page(&s, BASE + 0x8)->kind, STACK_UNKNOWN);
}

static void finds_cpu_info(void **state)
{
	struct cpu_info_found found;
	struct err *e;

	(void)state;
	/* the segment behind a table, as in 4.14 and later */
	put64(TSS + 0x40 + 4, BOTTOM + ENTRY_SIZE);
	put64(BOTTOM + 200, 3);
	put64(BOTTOM + 208, DIRECT + 0x9000);
	put64(BOTTOM + 216, 0x123000);
	assert_int_equal(stack_find_tss(space, BASE, TSS), TSS + 0x40);
	assert_null(stack_find_cpu_info(space, BASE, TSS + 0x40, 3, 0x123000, &found));
	assert_int_equal(found.va, BOTTOM);
	assert_int_equal(found.current_vcpu, DIRECT + 0x9000);
	e = stack_find_cpu_info(space, BASE, TSS + 0x40, 4, 0x123000, &found);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	err_free(e);
	assert_int_equal(stack_find_tss(space, BASE - STACK_SIZE, TSS), 0);
	e = stack_find_cpu_info(space, BASE, 0, 3, 0x123000, &found);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	err_free(e);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(follows_calls), T(takes_calls_through_registers),
		T(takes_other_calls_last), T(crosses_exceptions),
		T(crosses_exception_stacks), T(ends_at_a_guest), T(loops_end),
		T(says_what_is_wrong), T(enters_an_overflown_stack),
		T(wild_jumps_return), T(follows_frame_pointers), T(shows_words),
		T(reads_what_was_moved), T(random_stacks_end), T(ends_at_the_limit),
		T(is_interrupted), T(knows_the_orders_of_pages), T(finds_cpu_info),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
