/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps to callers by .debug_frame: each kind of rule and operation, and corrupt ones. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/base/array.h"
#include "xen/stack/cfi.h"

static struct fixture fix;
static struct cfi *cfi;
static struct cpu_state state;	/* before each step */
static uint64_t hole;		/* address on the stack that cannot be read */

#define WORD(va) ((va) + 0x100000)

static struct err *read_word(void *ctx, uint64_t va, uint64_t *ret)
{
	assert_ptr_equal(ctx, &fix);
	if (va == hole)
		return err_new(ERR_EXCLUDED, "left out");
	*ret = WORD(va);
	return NULL;
}

static int setup(void **unused)
{
	(void)unused;
	fixture_create_from(&fix, "tests/unit/cfi_fixture/cfi.c", 420, 64);
	assert_ok(cfi_create(fix.elf, &cfi));
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	cfi_destroy(cfi);
	fixture_destroy(&fix);
	return 0;
}

static int reset(void **unused)
{
	(void)unused;
	memset(&state, 0, sizeof(state));
	hole = ~0UL;
	state_set(&state, X64_RSP, 0x5000);
	state_set(&state, X64_RAX, 0xa);
	state_set(&state, X64_RBX, 0x30);
	state_set(&state, X64_RCX, 0x7);
	state_set(&state, X64_R12, 0xc12);
	state_set(&state, X64_R13, 0xc13);
	state_set(&state, X64_R14, 0xc14);
	return 0;
}

static struct err *step(const char *function, unsigned int offset, bool is_return,
			struct cpu_state *caller)
{
	state_set(&state, X64_RIP, fixture_va(&fix, function) + offset);
	return cfi_step(cfi, &state, is_return, read_word, &fix, caller);
}

static void test_offsets(void **unused)
{
	struct cpu_state up;

	(void)unused;
	/* before the push, and after it */
	assert_ok(step("pushes", 0, false, &up));
	assert_int_equal(up.r[X64_RSP], 0x5008);
	assert_int_equal(up.r[X64_RIP], WORD(0x5000));
	assert_int_equal(up.r[X64_RBX], 0x30);
	/* the ABI preserves neither of these registers */
	assert_false(state_has(&up, X64_RAX));
	assert_false(state_has(&up, X64_RCX));
	assert_ok(step("pushes", 1, false, &up));
	assert_int_equal(up.r[X64_RSP], 0x5010);
	assert_int_equal(up.r[X64_RIP], WORD(0x5008));
	assert_int_equal(up.r[X64_RBX], WORD(0x5000));
	assert_int_equal(up.r[X64_R12], 0xc12);
	/* a return address belongs to the instruction before it */
	assert_ok(step("pushes", 1, true, &up));
	assert_int_equal(up.r[X64_RSP], 0x5008);
	assert_ok(step("behind", 0, true, &up));
	assert_int_equal(up.r[X64_RSP], 0x5010);
	assert_int_equal(up.r[X64_RBX], WORD(0x5000));
	assert_err(step("behind", 0, false, &up), ERR_NOT_FOUND, "not in .debug_frame");
	assert_true(cfi_covers(cfi, fixture_va(&fix, "pushes")));
	assert_false(cfi_covers(cfi, fixture_va(&fix, "behind")));
}

static void test_in_place(void **unused)
{
	(void)unused;
	assert_ok(step("pushes", 1, false, &state));
	assert_int_equal(state.r[X64_RSP], 0x5010);
	assert_int_equal(state.r[X64_RBX], WORD(0x5000));
}

static void test_registers(void **unused)
{
	struct cpu_state up;

	(void)unused;
	assert_ok(step("in_register", 0, false, &up));
	assert_int_equal(up.r[X64_RBX], 0xc12);
	assert_false(state_has(&up, X64_R13));
	assert_int_equal(up.r[X64_R14], 0xc14);
	/* r9, in which rbp is saved, is unknown */
	assert_false(state_has(&up, X64_RBP));
	assert_ok(step("in_memory", 0, false, &up));
	assert_int_equal(up.r[X64_RSP], 0x5008);
	assert_int_equal(up.r[X64_RBX], WORD(0x5008 - 24));
	assert_int_equal(up.r[X64_RBP], 0x5008 - 32);
	assert_int_equal(up.r[X64_R15], 0x32);
}

/*
 * A word that cannot be read affects its register; without the return address
 * the step fails.
 */
static void test_unreadable(void **unused)
{
	struct cpu_state up;

	(void)unused;
	hole = 0x5000;
	assert_ok(step("pushes", 1, false, &up));
	assert_false(state_has(&up, X64_RBX));
	assert_int_equal(up.r[X64_RIP], WORD(0x5008));
	memset(&up, 0x55, sizeof(up));
	hole = 0x5008;
	assert_err(step("pushes", 1, false, &up), ERR_EXCLUDED, "left out");
	assert_int_equal(up.r[X64_RSP], 0x5555555555555555);
	assert_err(step("outermost", 0, false, &up), ERR_NOT_FOUND, "no caller");
}

static void test_operations(void **unused)
{
	static const struct {
		const char *function;
		uint64_t cfa;
	} cases[] = {
		{ "plus", 0x5030 }, { "minus", 0x4fd0 }, { "and_", 0x0008 },
		{ "or_", 0x503d }, { "xor_", 0x5050 }, { "shl", 0x6000 },
		{ "shr", 0x500 }, { "shl_all", 0x5000 }, { "shr_all", 0x5000 },
		{ "greater", 1 }, { "less", 0x5000 }, { "uconst", 0x5106 },
		{ "deref", WORD(0x5008) }, { "dup", 0xa006 }, { "drop", 0x5005 },
		{ "bregx", 0x5006 }, { "const2", 0x1234 }, { "const4", 0x12345678 },
		{ "const8", 0x0102030405060708 }, { "constu", 0x105 }, { "deep", 1 },
		{ "longest", 1 },
	};
	struct cpu_state up;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err *e = step(cases[i].function, 0, false, &up);

		if (e || up.r[X64_RSP] != cases[i].cfa)
			fail_msg("%s: %s, %lx", cases[i].function, e ? err_text(e) : "",
				 (unsigned long)up.r[X64_RSP]);
		assert_int_equal(up.r[X64_RIP], WORD(cases[i].cfa - 8));
	}
	/* 8 bytes more from the second byte on */
	assert_ok(step("linkage", 1, false, &up));
	assert_int_equal(up.r[X64_RSP], 0x5008);
	assert_ok(step("linkage", 2, false, &up));
	assert_int_equal(up.r[X64_RSP], 0x5010);
}

static void test_broken(void **unused)
{
	static const struct {
		const char *function, *text;
		enum err_reason reason;
	} cases[] = {
		{ "itself", "the CFA in .debug_frame refers to itself", ERR_CORRUPT },
		{ "too_few", "invalid expression in .debug_frame", ERR_CORRUPT },
		{ "nothing_left", "invalid expression in .debug_frame", ERR_CORRUPT },
		{ "too_deep", "invalid expression in .debug_frame", ERR_CORRUPT },
		{ "too_long", "too many operations in an expression: 65", ERR_CORRUPT },
		{ "unknown", "unknown DWARF register 1", ERR_NOT_FOUND },
		{ "multiplies", "unsupported DWARF operation 0x1e in .debug_frame", ERR_UNSUPPORTED },
	};
	struct cpu_state up;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_err(step(cases[i].function, 0, false, &up), cases[i].reason, cases[i].text);
}

static void test_none(void **unused)
{
	struct cfi *none = NULL;
	struct fixture other;

	(void)unused;
	fixture_create_from(&other, "tests/unit/io_fixture/ring.c", 420, 64);
	assert_err(cfi_create(other.elf, &none), ERR_NOT_FOUND, "no .debug_frame");
	assert_null(none);
	fixture_destroy(&other);
	cfi_destroy(NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, reset)
	static const struct CMUnitTest tests[] = {
		TEST(test_offsets), TEST(test_in_place), TEST(test_registers),
		TEST(test_unreadable), TEST(test_operations), TEST(test_broken),
		TEST(test_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
