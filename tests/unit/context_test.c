/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of a vcpu, by its place: running, loaded, switched to and from, saved. */
#include "tests/unit/host_fixture/host.h"

#include "xen/base/array.h"
#include "xen/model/domain/context.h"
#include "xen/stack/entry.h"
#include "xen/stack/geometry.h"

static struct context context_of(unsigned int domid, const struct vcpu *v)
{
	struct context c;
	struct domain d;

	assert_ok(domain_find(&fix.xen, domid, &d));
	assert_ok(context_read(&fix.xen, &d, v, &c));
	return c;
}

static struct context read_context(unsigned int domid, const char *vcpu)
{
	struct vcpu v;

	assert_ok(vcpu_read(&fix.xen, host_va(&fix, vcpu), &v));
	return context_of(domid, &v);
}

static void set_current(unsigned int cpu, const char *current, const char *loaded)
{
	char stack[] = "stack0";
	uint64_t loaded_va = fixture_va(&fix, "per_cpu__curr_vcpu") + cpu * HOST_PERCPU;

	stack[5] += cpu;
	host_poke(&fix, fixture_va(&fix, stack) + 0x8000 - 232,
		  "struct cpu_info.current_vcpu", host_va(&fix, current));
	host_poke(&fix, loaded_va, NULL, host_va(&fix, loaded));
}

static void check_text(const struct context *c, const char *expected)
{
	char text[64];

	assert_string_equal(context_text(c, text, sizeof(text)), expected);
}

/* REGS(n) of host.c */
static void check_regs(const struct context *c, unsigned int n)
{
	const struct regs *r = &c->regs;
	const struct {
		const struct value *v;
		uint64_t expected;
	} all[] = {
		{ &r->r15, 0x100 }, { &r->r14, 0x200 }, { &r->r13, 0x300 },
		{ &r->r12, 0x400 }, { &r->rbp, 0x500 }, { &r->rbx, 0x600 },
		{ &r->r11, 0x700 }, { &r->r10, 0x800 }, { &r->r9, 0x900 },
		{ &r->r8, 0xa00 }, { &r->rax, 0xb00 }, { &r->rcx, 0xc00 },
		{ &r->rdx, 0xd00 }, { &r->rsi, 0xe00 }, { &r->rdi, 0xf00 },
		{ &r->rip, 0x1000 }, { &r->rsp, 0x2000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		assert_true(value_ok(all[i].v));
		assert_int_equal(value_of(all[i].v), all[i].expected + n);
	}
	assert_int_equal(value_of(&r->rflags), 0x202);
}

/* Xen 4.4 and 4.5 do not save r12 to r15 in a hypercall, and note that in the vector. */
static void test_partial(void **state)
{
	static const char vector[] = "stack_area.info.guest_cpu_user_regs.entry_vector";
	struct context c;

	(void)state;
	host_poke(&fix, host_va(&fix, "stack0"), vector, 0x10100);
	c = read_context(0, "d0v0");
	assert_int_equal(value_of(&c.regs.entry_vector), 0x100);
	assert_false(value_ok(&c.regs.r12));
	assert_false(value_ok(&c.regs.r13));
	assert_false(value_ok(&c.regs.r14));
	assert_false(value_ok(&c.regs.r15));
	assert_int_equal(value_of(&c.regs.rbp), 0x540);
	assert_int_equal(value_of(&c.regs.r11), 0x740);
	host_poke(&fix, host_va(&fix, "stack0"), vector, 0x60);
}

static void test_running(void **state)
{
	struct context c = read_context(0, "d0v0");

	(void)state;
	assert_int_equal(c.place, PLACE_RUNNING);
	assert_int_equal(c.pcpu.id, 0);
	check_text(&c, "running on pcpu 0");
	check_regs(&c, 0x40);
	assert_int_equal(c.regs.va, fixture_va(&fix, "stack0") + HOST_DIRECT + 0x8000 - 232);
	assert_int_equal(value_of(&c.regs.cs), 0xe033);
	assert_int_equal(value_of(&c.regs.entry_vector), 0x60);
	assert_int_equal(value_of(&c.regs.error_code), 0x50);
	assert_int_equal(value_of(&c.control.cr0), 0x80050033);
	assert_int_equal(value_of(&c.control.cr2), 0x44000);
	assert_int_equal(value_of(&c.control.cr3), 0x222000);
	assert_int_equal(value_of(&c.control.cr4), 0x2660);
	assert_string_equal(c.control_from, "struct vcpu");
	/* only in the processor */
	assert_false(value_ok(&c.control.fs_base));
	assert_false(value_ok(&c.control.gs_base));
}

static void test_lazy(void **state)
{
	struct context c = read_context(0, "d0v1");

	(void)state;
	assert_int_equal(c.place, PLACE_LAZY);
	check_text(&c, "descheduled, still loaded on pcpu 1");
	check_regs(&c, 0x50);
	assert_int_equal(value_of(&c.control.cr2), 0x44001);
	assert_false(value_ok(&c.control.fs_base));
}

static void test_saved(void **state)
{
	struct context c = read_context(0, "d0v2");

	(void)state;
	assert_int_equal(c.place, PLACE_SAVED);
	check_text(&c, "descheduled");
	check_regs(&c, 2);
	assert_int_equal(value_of(&c.control.fs_base), 0xf5002);
	assert_int_equal(value_of(&c.control.gs_base), 0x65002);
	assert_int_equal(value_of(&c.control.cr3), 0x224000);
}

/*
 * current is exchanged first, the registers later: those of d0v2 are still in
 * its structure.
 */
static void test_switching(void **state)
{
	struct context c;

	(void)state;
	set_current(1, "d0v2", "d0v1");
	c = read_context(0, "d0v2");
	assert_int_equal(c.place, PLACE_SWITCH_TO);
	check_text(&c, "being switched to pcpu 1");
	check_regs(&c, 2);
	assert_false(value_ok(&c.control.fs_base));
	c = read_context(0, "d0v1");
	assert_int_equal(c.place, PLACE_SWITCH_FROM);
	check_text(&c, "being switched away from pcpu 1");
	check_regs(&c, 0x50);
	set_current(1, "idle1", "d0v1");
}

/* If the variable curr_vcpu is not available, the vcpu refers to its pcpu. */
static void test_loaded_by_vcpu(void **state)
{
	uint64_t at = fixture_va(&fix, "per_cpu__curr_vcpu");
	uint64_t mask = fixture_va(&fix, "stack1") + 0x100;
	struct vcpu running, lazy;
	struct context c;
	unsigned int i;

	(void)state;
	assert_ok(vcpu_read(&fix.xen, host_va(&fix, "d0v0"), &running));
	assert_ok(vcpu_read(&fix.xen, host_va(&fix, "d0v1"), &lazy));
	host_poke(&fix, at, NULL, 0);
	host_poke(&fix, at + HOST_PERCPU, NULL, 0);
	host_poke(&fix, mask, NULL, 1);
	host_poke(&fix, mask + 8, NULL, 2);
	for (i = 0; i < 2; i++) {
		running.dirty_cpu = i ? (struct value){ .state = VALUE_NO_FIELD } :
					value_from(0, false);
		running.dirty_cpumask = value_from(mask, false);
		c = context_of(0, &running);
		assert_int_equal(c.place, PLACE_RUNNING);
		check_regs(&c, 0x40);
		lazy.dirty_cpu = i ? (struct value){ .state = VALUE_NO_FIELD } :
				     value_from(1, false);
		lazy.dirty_cpumask = value_from(mask + 8, false);
		c = context_of(0, &lazy);
		assert_int_equal(c.place, PLACE_LAZY);
		check_regs(&c, 0x50);
	}
	lazy.dirty_cpu = value_from(~0U, false);
	c = context_of(0, &lazy);
	assert_int_equal(c.place, PLACE_SAVED);
	host_poke(&fix, at, NULL, host_va(&fix, "d0v0"));
	set_current(1, "idle1", "d0v1");
}

static void test_idle(void **state)
{
	struct context c = read_context(DOMID_IDLE, "idle1");

	(void)state;
	assert_int_equal(c.place, PLACE_IDLE);
	check_text(&c, "idle vcpu of pcpu 1");
	assert_int_equal(c.regs.va, 0);
}

static void test_lost_and_notes(void **state)
{
	struct note_pcpu pcpus[2] = { { .has_regs = false }, { .has_regs = true } };
	struct notes notes = { .pcpu = pcpus, .nr_pcpus = 2 };
	struct context c;

	(void)state;
	fix.xen.notes = &notes;
	c = read_context(0, "d0v0");
	assert_int_equal(c.place, PLACE_LOST);
	check_text(&c, "running on lost pcpu 0");
	check_regs(&c, 0x40);
	/* QEMU's note of a pcpu that ran the guest is newer than the stack */
	pcpus[0] = (struct note_pcpu){
		.has_regs = true, .regs = { .rip = 0x77, .rax = 0x78, .cs = 0x33, .ss = 0x2b },
	};
	c = read_context(0, "d0v0");
	assert_int_equal(c.place, PLACE_RUNNING);
	assert_int_equal(value_of(&c.regs.rip), 0x77);
	assert_int_equal(value_of(&c.regs.rax), 0x78);
	assert_int_equal(value_of(&c.regs.ss), 0x2b);
	/* a note with registers of the hypervisor is not */
	pcpus[0].regs.cs = 0xe008;
	c = read_context(0, "d0v0");
	check_regs(&c, 0x40);
	fix.xen.notes = NULL;
}

/* An NMI that stopped pcpu 0: its stack has the registers of the interrupted stub. */
static void interrupt_stub(struct note_pcpu *note, uint64_t used)
{
	uint64_t base = fixture_va(&fix, "stack0");
	uint64_t regs = base + 0x8000 - 232, nmi = base + 0x3000 - ENTRY_SIZE;

	for (unsigned int i = 0; i < ENTRY_GENERAL; i++)
		host_poke(&fix, nmi + 8 * i, NULL, 0xaa00 + i);
	host_poke(&fix, nmi + ENTRY_RIP, NULL, 0xffff82d040200000);
	host_poke(&fix, nmi + ENTRY_CS, NULL, XEN_CS);
	host_poke(&fix, nmi + ENTRY_RSP, NULL, regs + HOST_DIRECT + used);
	*note = (struct note_pcpu){
		.has_regs = true,
		.regs = { .rsp = base + HOST_DIRECT + 0x2f00, .cs = XEN_CS },
	};
	memory_flush(fix.xen.memory);
}

/* The processor's registers below "used", those of the stack (REGS(0x40)) above. */
static void check_entry(uint64_t used)
{
	struct context c = read_context(0, "d0v0");
	struct value *rip = &c.regs.rip, *rax = regs_at(&c.regs, X64_RAX);

	assert_int_equal(c.place, PLACE_RUNNING);
	for (unsigned int i = 0; i < ENTRY_GENERAL; i++) {
		struct value *v = regs_at(&c.regs, entry_general[i]);

		if (v == rax && used > ENTRY_RIP) {
			assert_false(value_ok(v));
			continue;
		}
		assert_true(value_ok(v));
		assert_int_equal(value_of(v), 8 * i < used ? 0xaa00 + i : 0x140 + 0x100 * i);
		/* the stub has reached the lowest register, perhaps before saving them */
		assert_int_equal(v->unproved, !used);
	}
	assert_int_equal(value_ok(rip), used <= ENTRY_RIP);
	if (value_ok(rip))
		assert_int_equal(value_of(rip), 0x1040);
	assert_int_equal(value_ok(&c.regs.rsp), used <= ENTRY_RSP);
	assert_int_equal(value_ok(&c.regs.ss), used <= ENTRY_RIP);
	assert_int_equal(value_ok(&c.regs.error_code), used <= ENTRY_ERROR);
}

static void test_entering(void **state)
{
	static const char vector[] = "stack_area.info.guest_cpu_user_regs.entry_vector";
	static const uint64_t used[] = { 0, 8, 64, ENTRY_ERROR, ENTRY_RIP, ENTRY_RSP, ENTRY_SIZE };
	uint64_t stack = host_va(&fix, "stack0");
	struct note_pcpu pcpus[2] = { { .has_regs = false }, { .has_regs = false } };
	struct notes notes = { .pcpu = pcpus, .nr_pcpus = 2 };
	struct context c;

	(void)state;
	fix.xen.notes = &notes;
	for (size_t i = 0; i < ARRAY_SIZE(used); i++) {
		interrupt_stub(&pcpus[0], used[i]);
		check_entry(used[i]);
	}
	/* the processor pushed its error code; the vector is there once the stub wrote it */
	interrupt_stub(&pcpus[0], ENTRY_ERROR);
	c = read_context(0, "d0v0");
	assert_int_equal(value_of(&c.regs.entry_vector), 0x60);
	host_poke(&fix, stack, vector, 0);
	c = read_context(0, "d0v0");
	assert_false(value_ok(&c.regs.entry_vector));
	assert_int_equal(value_of(&c.regs.error_code), 0x50);
	host_poke(&fix, stack, vector, 0x60);
	/* the stack pointer is elsewhere, or not Xen's */
	interrupt_stub(&pcpus[0], ENTRY_SIZE + 8);
	c = read_context(0, "d0v0");
	check_regs(&c, 0x40);
	interrupt_stub(&pcpus[0], -8UL);
	c = read_context(0, "d0v0");
	check_regs(&c, 0x40);
	interrupt_stub(&pcpus[0], 64);
	host_poke(&fix, fixture_va(&fix, "stack0") + 0x3000 - ENTRY_SIZE + ENTRY_CS, NULL, 0x33);
	memory_flush(fix.xen.memory);
	c = read_context(0, "d0v0");
	check_regs(&c, 0x40);
	/* QEMU's note has the registers of the stub itself */
	pcpus[0].regs = (struct note_regs){ .cs = XEN_CS, .rsp = stack + 0x8000 - 232 + 16,
					    .r15 = 0xaa00, .r14 = 0xaa01 };
	check_entry(16);
	fix.xen.notes = NULL;
}

static void test_svm(void **state)
{
	struct context c = read_context(1, "d1v0");

	(void)state;
	assert_int_equal(c.place, PLACE_SAVED);
	check_regs(&c, 3);
	assert_string_equal(c.control_from, "VMCB");
	assert_int_equal(value_of(&c.control.cr0), 0x80000011);
	assert_int_equal(value_of(&c.control.cr2), 0xaaa4);
	assert_int_equal(value_of(&c.control.cr3), 0xaaa5000);
	assert_int_equal(value_of(&c.control.cr4), 0x6f0);
	assert_int_equal(value_of(&c.control.efer), 0xd01);
	assert_int_equal(value_of(&c.control.fs_base), 0xbbb2);
	assert_int_equal(value_of(&c.control.gs_base), 0xbbb3);
	assert_int_equal(value_of(&c.regs.cs), 0x10);
	assert_int_equal(value_of(&c.regs.ss), 0x18);
	assert_false(value_ok(&c.regs.entry_vector));
	assert_false(value_ok(&c.regs.error_code));
}

/* After an exit rax is the VMCB's address until the guest's registers have been copied. */
static void test_svm_exit(void **state)
{
	uint64_t rax = fixture_va(&fix, "stack1") + 0x8000 - 232;
	struct context c;

	(void)state;
	set_current(1, "d1v0", "d1v0");
	c = read_context(1, "d1v0");
	assert_int_equal(c.place, PLACE_RUNNING);
	check_regs(&c, 0x50);
	host_poke(&fix, rax, "struct cpu_user_regs.rax", 0x7777000);
	c = read_context(1, "d1v0");
	assert_int_equal(value_of(&c.regs.rax), 0xaaa1);
	assert_int_equal(value_of(&c.regs.rip), 0xaaa2);
	assert_int_equal(value_of(&c.regs.rsp), 0xaaa3);
	assert_int_equal(value_of(&c.regs.rflags), 0x246);
	assert_int_equal(value_of(&c.regs.rbx), 0x650);
	host_poke(&fix, rax, "struct cpu_user_regs.rax", 0xb50);
	set_current(1, "idle1", "d0v1");
}

static void test_vmx(void **state)
{
	uint64_t funcs = fixture_va(&fix, "hvm_funcs"), name;
	struct context c;

	(void)state;
	assert_ok(space_read_u64(fix.xen.space, funcs, &name));
	host_poke(&fix, funcs, NULL, name + 1);	/* not "SVM" */
	c = read_context(1, "d1v0");
	assert_string_equal(c.control_from, "struct vcpu");
	assert_int_equal(value_of(&c.control.cr2), 0xcc2);
	assert_int_equal(value_of(&c.control.cr3), 0xcc3000);
	assert_int_equal(value_of(&c.control.cr4), 0x6f0);
	assert_false(value_ok(&c.control.fs_base));
	assert_false(value_ok(&c.regs.cs));
	host_poke(&fix, funcs, NULL, name);
}

static void test_names(void **state)
{
	char name[VCPU_NAME];
	struct pcpu p;

	(void)state;
	assert_string_equal(vcpu_name_at(&fix.xen, host_va(&fix, "d0v2"), name), "d0v2");
	assert_string_equal(vcpu_name_at(&fix.xen, host_va(&fix, "idle1"), name), "d[IDLE]v1");
	assert_string_equal(vcpu_name_at(&fix.xen, 0x1234, name), "?");
	assert_ok(pcpu_read(&fix.xen, 1, &p));
	assert_ok(vcpu_name_on(&fix.xen, &p, name));
	assert_string_equal(name, "d[IDLE]v1");
}

/* ---- pcpus ---- */

static void test_pcpu(void **state)
{
	struct cpu_info_found found;
	struct pcpu p;

	(void)state;
	assert_ok(pcpu_read(&fix.xen, 1, &p));
	assert_true(p.online);
	assert_int_equal(p.stack, host_va(&fix, "stack1"));
	assert_int_equal(p.cpu_info, p.stack + 0x8000 - 232);
	assert_int_equal(p.guest_regs, p.cpu_info);
	assert_int_equal(value_of(&p.processor_id), 1);
	assert_int_equal(value_of(&p.current_vcpu), host_va(&fix, "idle1"));
	assert_int_equal(p.curr_vcpu, host_va(&fix, "d0v1"));
	assert_int_equal(p.idle_vcpu, host_va(&fix, "idle1"));
	assert_int_equal(p.tss, fixture_va(&fix, "percpu_areas") + HOST_PERCPU + 0x40);
	assert_string_equal(pcpu_state_text(&p), "online");
	assert_ok(pcpu_find_info(&fix.xen, &p, &found));
	assert_int_equal(found.va, p.cpu_info);
	assert_int_equal(found.current_vcpu, value_of(&p.current_vcpu));
	assert_err(pcpu_read(&fix.xen, 2, &p), ERR_NOT_FOUND, "no pcpu 2");
}

/* Without types cpu_info is found by its contents. */
static void test_pcpu_without_types(void **state)
{
	struct records *records = fix.xen.records;
	struct pcpu p;

	(void)state;
	assert_ok(records_create(NO_PLACES, &fix.xen.records));
	assert_ok(pcpu_read(&fix.xen, 0, &p));
	assert_int_equal(p.cpu_info, host_va(&fix, "stack0") + 0x8000 - 232);
	assert_int_equal(value_of(&p.current_vcpu), host_va(&fix, "d0v0"));
	records_destroy(fix.xen.records);
	fix.xen.records = records;
}

static void test_pcpu_states(void **state)
{
	struct note_pcpu pcpus[2] = { { .has_regs = true }, { .has_regs = false } };
	struct notes notes = { .pcpu = pcpus, .nr_pcpus = 2 };
	uint64_t map = fixture_va(&fix, "cpu_online_map"), base = fixture_va(&fix, "stack_base");
	struct pcpu p;

	(void)state;
	fix.xen.notes = &notes;
	host_poke(&fix, map, NULL, 2);
	assert_ok(pcpu_read(&fix.xen, 0, &p));
	assert_string_equal(pcpu_state_text(&p), "saved");
	assert_ok(pcpu_read(&fix.xen, 1, &p));
	assert_string_equal(pcpu_state_text(&p), "lost");
	host_poke(&fix, map, NULL, 0);
	assert_ok(pcpu_read(&fix.xen, 1, &p));
	assert_string_equal(pcpu_state_text(&p), "offline");
	/* The order of QEMU's notes is its own: the task register identifies the pcpu */
	pcpus[0].tss = p.tss;
	notes.from_qemu = true;
	assert_ok(pcpu_read(&fix.xen, 1, &p));
	assert_ptr_equal(p.note, &pcpus[0]);
	fix.xen.notes = NULL;
	host_poke(&fix, map, NULL, 3);
	host_poke(&fix, base + 8, NULL, 0);
	assert_err(pcpu_read(&fix.xen, 1, &p), ERR_NOT_FOUND, "pcpu 1 has no stack");
	host_poke(&fix, base + 8, NULL, host_va(&fix, "stack1"));
}

/* The order of the pages changed with 4.14; IST1 identifies the order. */
static void test_stack_pages(void **state)
{
	uint64_t ist1 = fixture_va(&fix, "percpu_areas") + 0x40 + 0x24, old;
	struct stack stack;
	struct pcpu p;

	(void)state;
	assert_ok(pcpu_read(&fix.xen, 0, &p));
	stack_geometry(fix.xen.space, p.stack, p.cpu_info, p.tss, &stack);
	assert_string_equal(stack_page(&stack, p.stack + 0x1000)->name, "machine check");
	assert_int_equal(stack_limit(&stack, p.stack + 0x1800), p.stack + 0x2000);
	assert_int_equal(stack_limit(&stack, p.stack + 0x6800), p.cpu_info);
	assert_ok(space_read_u64(fix.xen.space, ist1, &old));
	assert_int_equal(old, p.stack + 0x2000);
	host_poke(&fix, ist1, NULL, p.stack + 0x1000);
	stack_geometry(fix.xen.space, p.stack, p.cpu_info, p.tss, &stack);
	assert_string_equal(stack_page(&stack, p.stack)->name, "double fault");
	assert_string_equal(stack_page(&stack, p.stack + 0x2000)->name, "machine check");
	host_poke(&fix, ist1, NULL, 0);
	stack_geometry(fix.xen.space, p.stack, p.cpu_info, p.tss, &stack);
	assert_string_equal(stack_page(&stack, p.stack)->name, "page 0");
	host_poke(&fix, ist1, NULL, old);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_running), cmocka_unit_test(test_partial),
		cmocka_unit_test(test_lazy),
		cmocka_unit_test(test_saved),
		cmocka_unit_test(test_switching),
		cmocka_unit_test(test_loaded_by_vcpu),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_lost_and_notes),
		cmocka_unit_test(test_entering),
		cmocka_unit_test(test_svm),
		cmocka_unit_test(test_svm_exit),
		cmocka_unit_test(test_vmx),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_pcpu),
		cmocka_unit_test(test_pcpu_without_types),
		cmocka_unit_test(test_pcpu_states),
		cmocka_unit_test(test_stack_pages),
	};

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
