/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks that are damaged or random: every walk ends soon, with a reason. */
#include "made_stack.h"

#include <time.h>

#include "xen/base/array.h"

/* Seconds after which a walk counts as endless, even on a busy machine. */
#define ENDLESS 120

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

/* Random words of all kinds that could mislead the walk. */
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

static uint64_t zero_word(uint64_t va)
{
	(void)va;
	return 0;
}

static uint64_t ones_word(uint64_t va)
{
	(void)va;
	return ~0UL;
}

/* Each frame pointer points to itself, or to the one below. */
static uint64_t loop_word(uint64_t va)
{
	return va % 16 ? HIGH_RET : va - (va % 32 ? 16 : 0);
}

/* Every frame continues, one after the other. */
static uint64_t chain_word(uint64_t va)
{
	return va % 16 ? HIGH_RET : va + 16;
}

static uint64_t unmapped_word(uint64_t va)
{
	return va % 16 ? HIGH_RET : DIRECT + RAM + va % 4096;
}

static uint64_t not_canonical_word(uint64_t va)
{
	return 0xdead000000000000UL + va;
}

static uint64_t return_word(uint64_t va)
{
	(void)va;
	return HIGH_RET_REG;
}

static uint64_t any_word(uint64_t va)
{
	(void)va;
	return random_word();
}

static const struct {
	const char *name;
	uint64_t (*word)(uint64_t va);
	unsigned int times;
	bool no_caller;		/* no word in it is a possible return address */
} fillings[] = {
	{ "zeros", zero_word, 8, true },
	{ "ones", ones_word, 8, true },
	{ "not canonical", not_canonical_word, 8, true },
	{ "frames in a loop", loop_word, 8, false },
	{ "frames in a chain", chain_word, 8, false },
	{ "frames that lead to unmapped memory", unmapped_word, 8, false },
	{ "return addresses", return_word, 8, false },
	{ "noise", any_word, 300, false },
};

/* The walk starts at every page of the stack, and in many functions. */
static void walk_filled(unsigned int n, unsigned int time)
{
	static const uint64_t functions[] = { LOW, MIDDLE_RET, HIGH + 8, 0, ~0UL };
	uint64_t sp = BASE + time % STACK_PAGES * STACK_PAGE + (rand() % STACK_PAGE & ~7UL);
	uint64_t pc = functions[rand() % 5];

	walk_from(pc, sp, fillings[n].word(sp));
	assert_true(trace.nr >= 1 && trace.nr <= TRACE_MAX);
	assert_int_equal(*trace.why != '\0', trace.end == END_BROKEN);
	if (fillings[n].no_caller && sp < BOTTOM) {
		assert_int_equal(trace.end, END_BROKEN);
		assert_int_equal(trace.nr, 1);
	}
}

static void damaged_stacks_end(void **state)
{
	/* push %rbp; mov %rsp,%rbp: functions with frames give the most false return addresses */
	static const unsigned char frame[] = { 0x55, 0x48, 0x89, 0xe5 };
	uint64_t va, worst, began;
	unsigned int n, time;

	(void)state;
	alarm(ENDLESS);
	put_code(LOW, frame, 4);
	put_code(MIDDLE, frame, 4);
	put_code(HIGH, frame, 4);
	for (n = 0; n < ARRAY_SIZE(fillings); n++) {
		worst = 0;
		for (time = 0; time < fillings[n].times; time++) {
			srand(time);
			for (va = BASE; va < BASE + STACK_SIZE; va += 8)
				put64(va, fillings[n].word(va));
			began = now_us();
			walk_filled(n, time);
			if (now_us() - began > worst)
				worst = now_us() - began;
		}
		/* a measurement for scripts/bench */
		print_message("%s: the longest walk took %lu us\n", fillings[n].name,
			      (unsigned long)worst);
	}
	alarm(0);
}

static void loops_end(void **state)
{
	uint64_t nmi = ist_end(2) - ENTRY_SIZE, mce = ist_end(1) - ENTRY_SIZE;

	(void)state;
	/* two stacks, each of which is marked as interrupted by the other */
	put_entry(mce, ENTRY + 4, nmi, 18);
	put_entry(nmi, ENTRY + 4, mce, 2);
	walk(ENTRY + 4, mce);
	assert_int_equal(trace.end, END_BROKEN);
	assert_non_null(strstr(trace.why, "point back"));
	/* one that interrupted itself */
	put_entry(mce, ENTRY + 4, mce - 0x100, 18);
	walk(ENTRY + 4, mce);
	assert_int_equal(trace.end, END_BROKEN);
	assert_non_null(strstr(trace.why, "point back"));
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
	assert_non_null(strstr(trace.why, "not on a stack"));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(damaged_stacks_end), T(loops_end), T(says_what_is_wrong),
		T(ends_at_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
