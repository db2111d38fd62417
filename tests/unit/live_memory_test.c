/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads of a running hypervisor's memory, and their failures. */
#include "made_live_memory.h"

#include "xen/model/memory_source.h"

static void check_reads(enum live_method m)
{
	uint64_t v;

	ok(live_memory_open(x, &ops, &facts, m));
	assert_true(xen_reads_memory(x));
	assert_true(xen_is_running(x));
	/*
	 * hypercalls continue to be used for operations that memory_source
	 * lacks, and for guests
	 */
	assert_ptr_equal(x->source->domains_next, memory_source.domains_next);
	assert_ptr_not_equal(x->source->guest_read, memory_source.guest_read);
	assert_non_null(x->source->press_key);
	assert_non_null(x->source->console_read_new);
	ok(xen_variable(x, "xen_phys_start", &v));
	assert_int_equal(v, PHYS);
	assert_string_equal(memory_name(x->memory), live_method_name(m));
	ok(live_memory_close(x));
	assert_int_equal(fake.closed, fake.opened);
	assert_false(xen_reads_memory(x));
	bad(memory_read(x->memory, PHYS, &v, sizeof(v)), ERR_UNSUPPORTED, "not accessible on a running host");
}

static void test_reads(void **state)
{
	(void)state;
	check_reads(LIVE_METHOD_COPY);
	facts.minor = 13;
	check_reads(LIVE_METHOD_IDLE);
	fake.phys_start = 0;
	xen_close(x);
	x = open_live(SYMBOLS);
	check_reads(LIVE_METHOD_COPY);
	assert_int_equal(fake.opened, 3);
}

/* Frames that are not RAM are refused for every caller. */
static void test_only_ram(void **state)
{
	uint64_t v;

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	ok(memory_read(x->memory, 0xff000, &v, sizeof(v)));
	fake.reads = 0;
	bad(memory_read(x->memory, 0x100000, &v, sizeof(v)), ERR_REFUSED, "is not RAM");
	bad(memory_read(x->memory, 0x1ff000, &v, sizeof(v)), ERR_REFUSED, "is not RAM");
	bad(memory_read(x->memory, RAM, &v, sizeof(v)), ERR_REFUSED, "is not RAM");
	bad(memory_read(x->memory, ~0UL - 7, &v, sizeof(v)), ERR_REFUSED, "is not RAM");
	assert_int_equal(fake.reads, 0);
}

/* Random reads request one page, sequential reads more and more. */
static void test_ahead(void **state)
{
	static unsigned char buf[1 << 20];

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	xen_refresh(x);
	fake.reads = fake.pages = 0;
	ok(memory_read(x->memory, 0x300000, buf, 1));
	ok(memory_read(x->memory, 0x380000, buf, 1));
	assert_int_equal(fake.pages, 2);
	ok(memory_read(x->memory, 0x400000, buf, sizeof(buf)));
	assert_memory_equal(buf, ram + 0x400000, sizeof(buf));
	assert_true(fake.reads < 2 + 24);
	assert_int_equal(fake.pages, 2 + 256);
}

/* Cached data is used only within one command. */
static void test_refresh(void **state)
{
	uint64_t v, va = VIRT + WORD_AT;

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	put(PHYS + WORD_AT, 1);
	xen_refresh(x);
	ok(space_read_u64(x->space, va, &v));
	put(PHYS + WORD_AT, 2);
	ok(space_read_u64(x->space, va, &v));
	assert_int_equal(v, 1);
	xen_refresh(x);
	ok(space_read_u64(x->space, va, &v));
	assert_int_equal(v, 2);
	/* a page table that changed is read again */
	put(PHYS + 0x3000, (PHYS + (2 << 20)) | P | PSE);
	put(PHYS + (2 << 20) + WORD_AT, 3);
	xen_refresh(x);
	ok(space_read_u64(x->space, va, &v));
	assert_int_equal(v, 3);
}

static void expect_failure(enum err_reason reason, const char *text,
			   unsigned int closed)
{
	struct memory *memory = x->memory;
	struct space *space = x->space;

	bad(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY), reason, text);
	assert_int_equal(fake.closed, closed);
	assert_ptr_equal(x->memory, memory);
	assert_ptr_equal(x->space, space);
	assert_false(xen_reads_memory(x));
}

/* After any failure all mappings are undone, and hypercalls are used as before. */
static void test_failures(void **state)
{
	(void)state;
	fake.open_error = -ENOMEM;
	expect_failure(ERR_IO, "the third step", 0);
	fake.open_error = 0;
	fake.read_error = -ETIMEDOUT;
	expect_failure(ERR_MISMATCH, "no xen_phys_start below", 1);
	fake.read_error = 0;
	put(PHYS + BASE_AT, PHYS + 1);
	expect_failure(ERR_MISMATCH, "no xen_phys_start below", 2);
	put(PHYS + BASE_AT, PHYS);
	ram[PHYS + NOTE_AT + 16]++;
	expect_failure(ERR_MISMATCH, "another build-id", 3);
	put(PHYS + 0x3000, 0);
	expect_failure(ERR_NOT_FOUND, "build-id", 4);
}

/* A frame with a memory error is never read, also not together with others. */
static void test_broken(void **state)
{
	static unsigned char buf[1 << 20];
	uint64_t v;

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	xen_refresh(x);
	fake.broken = 0x405;
	bad(memory_read(x->memory, 0x405008, &v, sizeof(v)), ERR_REFUSED, "memory error");
	bad(memory_read(x->memory, 0x400000, buf, sizeof(buf)), ERR_REFUSED, "405000 is in a frame with a memory error");
	ok(memory_read(x->memory, 0x406000, buf, 0x10000));
	assert_memory_equal(buf, ram + 0x406000, 0x10000);
	fake.sound_error = -EPERM;
	fake.reads = 0;
	bad(memory_read(x->memory, 0x500000, &v, sizeof(v)), ERR_IO, "checking its frame for memory errors");
	assert_int_equal(fake.reads, 0);
}

/* A failed cleanup is reported; hypercalls remain in use. */
static void test_close_fails(void **state)
{
	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	fake.close_error = -EBUSY;
	bad(live_memory_close(x), ERR_IO, "its watchdog tries again");
	assert_int_equal(fake.closed, 1);
	assert_false(xen_reads_memory(x));
	ok(live_memory_close(x));
	fake.close_error = 0;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	ok(live_memory_close(x));
}

static void test_read_fails(void **state)
{
	uint64_t v;

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	xen_refresh(x);
	fake.read_error = -ETIMEDOUT;
	bad(memory_read(x->memory, PHYS, &v, sizeof(v)), ERR_IO, "copied by a helper domain");
	fake.read_error = 0;
	ok(memory_read(x->memory, PHYS, &v, sizeof(v)));
	interrupt_pending = 1;
	xen_refresh(x);
	bad(memory_read(x->memory, PHYS, &v, sizeof(v)), ERR_INTERRUPTED, "interrupted");
	interrupt_pending = 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_reads), TEST(test_only_ram), TEST(test_ahead),
		TEST(test_refresh), TEST(test_failures), TEST(test_read_fails),
		TEST(test_broken), TEST(test_close_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
