/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk up a generated stack. */
#include "made_stack.h"

static void follows_calls(void **state)
{
	uint64_t sp = BOTTOM - 0x100;

	(void)state;
	put64(sp, MIDDLE_RET);
	/*
	 * an address in code, but not after a call, and one after a call of
	 * another function
	 */
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

/* For functions that end with a jump to others only some call is found. */
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

/* Flags beside the vector, 4.4 and 4.5: r12 to r15 are what was there before. */
static void entries_are_partial(void **state)
{
	static const struct {
		uint32_t word, vector;
		bool r12;
	} words[] = {
		{ 0x10100, 0x100, false }, { 0x20080, 0x80, true }, { 0x30100, 0x100, false },
		{ 0x100, 0x100, true }, { 0x1beef, 0x1beef, true },
	};
	uint64_t nmi = ist_end(2) - ENTRY_SIZE;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		put_entry(nmi, 0x401000, 0x7ffc0000, words[i].word);
		put64(nmi + 17 * 8, 0x33);
		put64(nmi + 20 * 8, 0x2b);
		walk(ENTRY + 4, nmi);
		assert_int_equal(trace.end, END_GUEST);
		assert_int_equal(trace.guest.vector, words[i].vector);
		for (unsigned int r = X64_R12; r <= X64_R15; r++)
			assert_int_equal(state_has(&trace.guest.state, r), words[i].r12);
		assert_true(state_has(&trace.guest.state, X64_RBP));
		assert_true(state_has(&trace.guest.state, X64_R11));
	}
}

static void walk_with_shadow(uint64_t rip, uint64_t number)
{
	put64(BOTTOM - 0x10, rip);
	put64(BOTTOM - 8, number);
	walk(LOW + 4, BOTTOM - 0x20);
}

/* A hypercall in a debug=y build of 4.4 to 4.7: rip and rax of the guest are below its registers. */
static void ends_at_the_shadow_of_a_hypercall(void **state)
{
	(void)state;
	put64(BOTTOM - 0x18, ENTRY_RET);
	put_entry(BOTTOM, 0xffffffff8100140a, 0xffffffff82003e10, 0x100);
	put64(BOTTOM + 17 * 8, 0xe033);
	put64(BOTTOM + 20 * 8, 0xe02b);
	walk_with_shadow(0xffffffff8100140a, 29);
	assert_int_equal(trace.nr, 2);
	assert_frame(1, FOUND_SCAN, ENTRY_RET, BOTTOM - 0x10);
	assert_int_equal(trace.end, END_BOTTOM);
	/* to be continued */
	walk_with_shadow(0xffffffff8100140c, 63);
	assert_int_equal(trace.end, END_BOTTOM);
	/* another rip; not a hypercall number */
	walk_with_shadow(0xffffffff8100140b, 29);
	assert_int_equal(trace.end, END_BROKEN);
	walk_with_shadow(0xffffffff8100140a, 64);
	assert_int_equal(trace.end, END_BROKEN);
	/* at another place */
	put64(BOTTOM - 0x20, ENTRY_RET);
	put64(BOTTOM - 0x18, 0xffffffff8100140a);
	put64(BOTTOM - 0x10, 29);
	put64(BOTTOM - 8, 0);
	walk(LOW + 4, BOTTOM - 0x28);
	assert_int_equal(trace.end, END_BROKEN);
	/* registers of Xen's own code */
	put64(BOTTOM - 0x20, 0);
	put64(BOTTOM - 0x18, ENTRY_RET);
	put_entry(BOTTOM, HIGH + 4, BOTTOM + 0xf8, 0x100);
	walk_with_shadow(HIGH + 4, 29);
	assert_int_equal(trace.end, END_BROKEN);
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

/* push %rbp; mov %rsp,%rbp, the beginning of functions in builds with frame pointers */
static const unsigned char setup_code[] = { 0x55, 0x48, 0x89, 0xe5 };

/*
 * Words below rbp belong to other functions then, but the frames from there on
 * are valid.
 */
static void follows_frames_of_an_overflown_stack(void **state)
{
	uint64_t start = BASE + 6 * STACK_PAGE, rbp = BOTTOM - 0x100;

	(void)state;
	put_code(MIDDLE, setup_code, 4);
	put_code(HIGH, setup_code, 4);
	put_code(ENTRY, setup_code, 4);
	put64(start, MIDDLE_RET);
	put64(start + 0x20, MIDDLE_RET);
	put64(rbp, rbp + 0x40);
	put64(rbp + 8, HIGH_RET);
	put64(rbp + 0x48, ENTRY_RET);
	walk_from(LOW, start - 0x18, rbp);
	assert_frame(1, FOUND_POINTER, HIGH_RET, rbp + 16);
	assert_frame(2, FOUND_POINTER, ENTRY_RET, rbp + 0x50);
	/* a pointer that does not lead to a chain is not used */
	put64(rbp, 0x1234);
	walk_from(LOW, start - 0x18, rbp);
	assert_frame(1, FOUND_SCAN, MIDDLE_RET, start + 8);
}

/* The words pushed by the processor, before the exception's entry saved registers. */
static void put_hardware(uint64_t va, uint64_t rip, uint64_t rsp)
{
	put64(va, rip);
	put64(va + 8, XEN_CS);
	put64(va + 16, 0x202);
	put64(va + 24, rsp);
	put64(va + 32, XEN_DS);
}

static void crosses_entries_that_saved_nothing(void **state)
{
	uint64_t va = BOTTOM - 0x100 - 8;

	(void)state;
	assert_int_equal((va + HARDWARE_SIZE) % 16, 8);
	va -= 8;
	put_hardware(va, MIDDLE + 4, va + HARDWARE_SIZE + 8);
	put64(va + HARDWARE_SIZE + 8, HIGH_RET);
	put64(BOTTOM - 8, ENTRY_RET);
	/* after an error code, a vector and some registers */
	walk(ENTRY, va - 0x28);
	assert_int_equal(trace.nr, 5);
	assert_int_equal(trace.frame[1].kind, FRAME_ENTRY);
	assert_int_equal(trace.frame[1].entry.vector, ENTRY_UNKNOWN);
	assert_false(state_has(&trace.frame[1].entry.state, X64_RAX));
	assert_frame(2, FOUND_ENTRY, MIDDLE + 4, va + HARDWARE_SIZE + 8);
	assert_frame(3, FOUND_CALL, HIGH_RET, va + HARDWARE_SIZE + 16);
	/* the call is not at the required place */
	put_hardware(va, MIDDLE + 4, va + HARDWARE_SIZE + 0x20);
	walk(ENTRY, va - 0x28);
	assert_int_equal(trace.frame[1].kind, FRAME_CODE);
	assert_frame(1, FOUND_SCAN, HIGH_RET, va + HARDWARE_SIZE + 16);
}

/* After pop %rbp the caller's return address is at the top of the stack. */
static void leaves_functions_at_their_end(void **state)
{
	static const unsigned char end_code[] = { 0x5d, 0xc3 };
	uint64_t sp = BOTTOM - 0x100;

	(void)state;
	put_code(MIDDLE, setup_code, 4);
	put_code(MIDDLE + 0x60, end_code, 2);
	put_code(HIGH, setup_code, 4);
	put64(sp, HIGH_RET);
	put64(sp + 0x40, sp + 0x60);
	put64(sp + 0x48, ENTRY_RET);
	walk_from(MIDDLE + 0x61, sp, sp + 0x40);
	assert_frame(1, FOUND_CALL, HIGH_RET, sp + 8);
	assert_frame(2, FOUND_POINTER, ENTRY_RET, sp + 0x50);
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

static void follows_frame_pointers(void **state)
{
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
	put64(BOTTOM - 0x40, 0);	/* just after push %rbp */
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

/* All words that are code, like Xen's output without frame pointers. */
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
	/* the segment after a table, as in 4.14 and later */
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

/*
 * Xen 4.21 and later: 184 bytes of registers. On pcpu 0 the offset is 0, like
 * xen_cr3, so that the words after 200 bytes match, too.
 */
static void finds_cpu_info_of_pcpu_0(void **state)
{
	struct cpu_info_found found;

	(void)state;
	put64(TSS + 4, BOTTOM + ENTRY_SIZE);
	put64(BOTTOM + 184, 0);
	put64(BOTTOM + 192, DIRECT + 0x9000);
	put64(BOTTOM + 200, 0);
	put64(BOTTOM + 208, 0xabc);
	put64(BOTTOM + 216, 0);
	assert_null(stack_find_cpu_info(space, BASE, TSS, 0, 0, &found));
	assert_int_equal(found.va, BOTTOM);
	assert_int_equal(found.current_vcpu, DIRECT + 0x9000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(finds_cpu_info_of_pcpu_0), T(follows_calls), T(takes_calls_through_registers),
		T(takes_other_calls_last), T(crosses_exceptions),
		T(crosses_exception_stacks), T(ends_at_a_guest), T(entries_are_partial),
		T(ends_at_the_shadow_of_a_hypercall),
		T(enters_an_overflown_stack), T(follows_frames_of_an_overflown_stack),
		T(crosses_entries_that_saved_nothing), T(leaves_functions_at_their_end),
		T(wild_jumps_return), T(follows_frame_pointers), T(shows_words),
		T(reads_what_was_moved),
		T(is_interrupted), T(knows_the_orders_of_pages), T(finds_cpu_info),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
