/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables found without their symbols: a generated Xen 4.4 with two pcpus,
 * whose symbol table contains only functions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "assert_err.h"
#include "xen/base/array.h"
#include "xen/model/host/console_ring.h"
#include "xen/model/memory_source.h"
#include "xen/model/variables.h"
#include "xen/symbols/build.h"

#define RAM		(8UL << 20)
#include "made_ram.h"

#define PHYS		0x200000UL	/* of the image */
#define VIRT		0xffff82d080000000UL
#define DIRECT		0xffff830000000000UL

/* places in the image */
#define ETEXT		(VIRT + 0x200000)
#define TIMER_FN	(VIRT + 0x1234f0)
#define DATA		(VIRT + 0x240000)
#define PERCPU		(VIRT + 0x280080)
#define STACK0		(VIRT + 0x300000)
/* places in the heap */
#define STACK1		(DIRECT + 0x108000)
#define AREA1		(DIRECT + 0x118000)	/* per-cpu area of pcpu 1 */
#define VCPU		(DIRECT + 0x20000)	/* of dom0 */
#define IDLE0		(DIRECT + 0x22000)
#define IDLE1		(DIRECT + 0x23000)
#define DOM0		(DIRECT + 0x30000)
#define IDLE		(DIRECT + 0x31000)	/* the idle domain */
#define RING		(DIRECT + 0x40000)
#define OTHER		(DIRECT + 0x60000)

#define INFO_SIZE	232		/* struct cpu_info of 4.4 */
#define DOMAIN_ID	0		/* OFFSET(domain.domain_id) */

/* offsets in the per-cpu area */
#define SCHEDULE	0x100
#define CURR_VCPU	0x180
#define TSS		0x200

static struct note_pcpu note[2];
static struct notes notes;
static struct xen x;
static struct symbols *text, *found;

static void put64(uint64_t va, uint64_t v)
{
	uint64_t at = va >= DIRECT ? va - DIRECT : va - VIRT + PHYS;

	assert_true(at + 8 <= RAM);
	memcpy(ram + at, &v, 8);
}

static void put_text(uint64_t va, const char *s, size_t len)
{
	memcpy(ram + (va - DIRECT), s, len);
}

static void put_vcpu(uint64_t va, uint32_t id, uint64_t domain, uint16_t domid)
{
	put64(va, id);
	put64(va + 16, domain);
	put64(domain + DOMAIN_ID, domid);
}

static void put_pcpu(unsigned int cpu, uint64_t stack, uint64_t vcpu,
		     uint64_t loaded, uint64_t offset)
{
	uint64_t info = stack + 0x8000 - INFO_SIZE, area = PERCPU + offset;

	note[cpu].has_regs = true;
	note[cpu].regs.rsp = stack + 0x7a00 - 0x6000 * cpu;
	put64(info + 200, cpu);
	put64(info + 208, vcpu);
	put64(info + 216, offset);
	put64(area + SCHEDULE, area + SCHEDULE + 8);
	put64(area + SCHEDULE + 16, vcpu);
	put64(area + SCHEDULE + 56, TIMER_FN);
	put64(area + CURR_VCPU, loaded);
	put64(area + TSS + 4, info + 168);
	put64(DATA + 0x100 + 8 * cpu, stack);
	put64(DATA + 0x200 + 8 * cpu, offset);
	put64(DATA + 0x300 + 8 * cpu, cpu ? IDLE1 : IDLE0);
}

/* pcpu 0 runs d0v0; pcpu 1 idles, with its registers still loaded. */
static int setup(void **state)
{
	struct space_params params = {
		.virt_start = VIRT, .phys_start = PHYS, .root = RAM,
	};
	struct symbol sym[] = {
		{ .addr = ETEXT, .name = "_etext", .type = 'T' },
		{ .addr = TIMER_FN, .name = "s_timer_fn", .type = 't' },
	};
	unsigned int i;

	(void)state;
	memset(ram, 0, sizeof(ram));
	memset(note, 0, sizeof(note));
	put_vcpu(VCPU, 0, DOM0, 0);
	put_vcpu(IDLE0, 0, IDLE, 0x7fff);
	put_vcpu(IDLE1, 1, IDLE, 0x7fff);
	put_pcpu(0, STACK0, VCPU, VCPU, 0);
	put_pcpu(1, STACK1, IDLE1, VCPU, AREA1 - PERCPU);
	for (i = 2; i < 8; i++)
		put64(DATA + 0x200 + 8 * i, 0x8000000000000000UL - PERCPU);
	notes = (struct notes){ .pcpu = note, .nr_pcpus = 2, .vmcoreinfo_xen =
		"SYMBOL(domain_list)=ffff82d080240010\nSYMBOL(pgd_l4)=ffff82d080241000\n"
		"OFFSET(domain.domain_id)=0\n" };
	x = (struct xen){ .notes = &notes, .source = &memory_source, .nr_cpus = 2 };
	assert_ok(memory_create(&ram_ops, NULL, &x.memory));
	assert_ok(space_create(x.memory, &params, &x.space));
	assert_ok(symbols_create(&text));
	for (i = 0; i < ARRAY_SIZE(sym); i++)
		assert_ok(symbols_add(text, &sym[i], RANK_TYPED_GLOBAL, NULL));
	assert_ok(symbols_finish(text));
	x.symbols = text;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	symbols_destroy(text);
	space_destroy(x.space);
	memory_destroy(x.memory);
	return 0;
}

static void find(void)
{
	symbols_destroy(found);
	found = NULL;
	memory_flush(x.memory);
	assert_ok(variables_find(&x, &found));
}

static uint64_t at(const char *name)
{
	const struct symbol *sym = found ? symbols_next_match(found, name, NULL) : NULL;

	return sym ? sym->addr : 0;
}

static void test_all(void **state)
{
	(void)state;
	find();
	assert_int_equal(at("domain_list"), 0xffff82d080240010);
	assert_int_equal(at("idle_pg_table"), 0xffff82d080241000);
	assert_int_equal(at("stack_base"), DATA + 0x100);
	assert_int_equal(at("__per_cpu_offset"), DATA + 0x200);
	assert_int_equal(at("__per_cpu_start"), PERCPU);
	assert_int_equal(at("idle_vcpu"), DATA + 0x300);
	assert_int_equal(at("per_cpu__init_tss"), PERCPU + TSS);
	assert_int_equal(at("per_cpu__schedule_data"), PERCPU + SCHEDULE);
	assert_int_equal(at("per_cpu__curr_vcpu"), PERCPU + CURR_VCPU);
	symbols_destroy(found);
	found = NULL;
}

/* Two places with the same content: neither is used. */
static void test_ambiguous(void **state)
{
	(void)state;
	put64(DATA + 0x1100, STACK0);
	put64(DATA + 0x1108, STACK1);
	put64(PERCPU + 0x300, VCPU);
	put64(AREA1 + 0x300, IDLE1);
	find();
	assert_int_equal(at("stack_base"), 0);
	assert_int_equal(at("per_cpu__curr_vcpu"), 0);
	assert_int_equal(at("__per_cpu_offset"), DATA + 0x200);
	symbols_destroy(found);
	found = NULL;
}

/* A pcpu without registers, or with registers outside of Xen, matches anything. */
static void test_lost(void **state)
{
	(void)state;
	note[1].has_regs = false;
	put64(PERCPU + 0x300, VCPU);
	find();
	assert_int_equal(at("__per_cpu_offset"), DATA + 0x200);
	assert_int_equal(at("per_cpu__init_tss"), PERCPU + TSS);
	/* one pcpu is not sufficient to distinguish these */
	assert_int_equal(at("per_cpu__curr_vcpu"), 0);
	note[0].regs.rsp = 0xffff888000001000;
	find();
	assert_int_equal(at("domain_list"), 0xffff82d080240010);
	assert_int_equal(at("stack_base"), 0);
	symbols_destroy(found);
	found = NULL;
}

/* A stack without struct cpu_info of that pcpu. */
static void test_no_cpu_info(void **state)
{
	(void)state;
	put64(STACK1 + 0x8000 - INFO_SIZE + 200, 7);
	find();
	assert_int_equal(at("domain_list"), 0xffff82d080240010);
	assert_int_equal(at("__per_cpu_offset"), 0);
	assert_int_equal(at("stack_base"), 0);
	symbols_destroy(found);
	found = NULL;
	notes.vmcoreinfo_xen = NULL;
	find();
	assert_null(found);
}

/* Of 2048 pcpus only the last is known: each place of an array differs there alone. */
static void test_many_pcpus(void **state)
{
	enum { NR = 2048 };
	static struct note_pcpu many[NR];
	const uint64_t start = ETEXT, near = start + 8 * 20000, far = start + 8 * 60000;

	(void)state;
	many[NR - 1] = note[1];
	put64(STACK1 + 0x8000 - INFO_SIZE + 200, NR - 1);
	put64(DATA + 0x100 + 8, 0);
	put64(near + 8 * (NR - 1), STACK1);
	notes.pcpu = many;
	notes.nr_pcpus = NR;
	find();
	assert_int_equal(at("stack_base"), near);
	/* beyond the limit of comparisons nothing is found */
	put64(near + 8 * (NR - 1), 0);
	put64(far + 8 * (NR - 1), STACK1);
	find();
	assert_int_equal(at("stack_base"), 0);
	symbols_destroy(found);
	found = NULL;
}

/* ---- the heap ---- */

#define HEAP		(DATA + 0x800)		/* _heap[64] */
#define LISTS		(VIRT + 0x2a0000)	/* of the first node */
#define LISTS1		(DIRECT + 0x70000)	/* of the second one */
#define FRAME(n)	(0xffff82e000000000UL + 32 * (n))
#define LIST(zone, order) (16 * (19 * (zone) + (order)))

static void put_list(uint64_t lists, size_t list, uint64_t first, uint64_t last)
{
	put64(lists + list, first);
	put64(lists + list + 8, last);
}

static bool has_heap(void)
{
	const struct symbol *sym = NULL;

	find();
	sym = symbols_next_match(found, "_heap", NULL);
	if (!sym)
		return false;
	assert_int_equal(sym->addr, HEAP);
	assert_int_equal(sym->size, 64 * 8);
	assert_ok(symbols_by_name(found, "page_alloc.c#_heap", &sym));
	return true;
}

static void test_heap(void **state)
{
	(void)state;
	put64(HEAP, LISTS);
	put_list(LISTS, LIST(15, 8), FRAME(0x7e00), FRAME(0x7e00));
	/* one list with pages is not sufficient */
	assert_false(has_heap());
	put_list(LISTS, LIST(40, 18), FRAME(0x8000), FRAME(0x9000));
	assert_true(has_heap());
	/* another node, in separate memory */
	put64(HEAP + 8, LISTS1);
	assert_false(has_heap());
	put_list(LISTS1, LIST(16, 0), FRAME(0x10000), FRAME(0x10008));
	put_list(LISTS1, LIST(17, 3), FRAME(0x20000), FRAME(0x20000));
	assert_true(has_heap());
	/* a list without its last page, or with a wrong one */
	put_list(LISTS, LIST(40, 18), FRAME(0x8000), 0);
	assert_false(has_heap());
	put_list(LISTS, LIST(40, 18), FRAME(0x8000), FRAME(0x9000) + 4);
	assert_false(has_heap());
	put_list(LISTS, LIST(40, 18), FRAME(0x8000), DIRECT + 0x9000);
	assert_false(has_heap());
	put_list(LISTS, LIST(40, 18), FRAME(0x8000), FRAME(0x9000));
	/* two such arrays: neither is used */
	put64(HEAP + 0x1000, LISTS);
	assert_false(has_heap());
	symbols_destroy(found);
	found = NULL;
}

/* ---- the console ring ---- */

/* 32 bytes, so that whole lines fill a ring */
#define LINE "(XEN) a line of text in a ring.\n"
#define LINE_LEN (sizeof(LINE) - 1)

static void test_ring(void **state)
{
	struct ring r;
	size_t i;

	(void)state;
	memory_flush(x.memory);
	assert_err(ring_by_text(&x, &r), ERR_NOT_FOUND, "no messages of Xen");
	put64(DATA + 0x40, RING);
	put_text(RING, LINE LINE LINE, 3 * LINE_LEN);
	memory_flush(x.memory);
	assert_ok(ring_by_text(&x, &r));
	assert_int_equal(r.va, RING);
	assert_int_equal(r.start, 0);
	assert_int_equal(r.end, 3 * LINE_LEN);
	/* full: the oldest line is truncated */
	for (i = 0; i < 0x4000; i++)
		ram[RING - DIRECT + (100 + i) % 0x4000] = LINE[i % LINE_LEN];
	for (i = 0; i < 6; i++)
		ram[RING - DIRECT + 100 + i] = 'x';
	memory_flush(x.memory);
	assert_ok(ring_by_text(&x, &r));
	assert_int_equal(r.size, 0x4000);
	assert_int_equal(r.start, 100);
	assert_int_equal(r.end, 100 + 0x4000);
	/* its size is near its pointer */
	put64(DATA + 0x20, 0x8000);
	memory_flush(x.memory);
	assert_ok(ring_by_text(&x, &r));
	assert_int_equal(r.size, 0x8000);
	assert_int_equal(r.end, 0x4000);
	/* two pages of text */
	put64(DATA + 0x800, OTHER);
	put_text(OTHER, "\n" LINE, 1 + LINE_LEN);
	memory_flush(x.memory);
	assert_err(ring_by_text(&x, &r), ERR_CORRUPT, "and at");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ambiguous, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_cpu_info, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_pcpus, setup, teardown),
		cmocka_unit_test_setup_teardown(test_heap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ring, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
