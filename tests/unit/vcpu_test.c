/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/model_fixture/shapes.h"

#include "xen/base/array.h"
#include "xen/model/domain/vcpu.h"
#include "xen/model/host/now.h"
#include "xen/model/words.h"

static const struct shape shapes[] = {
	{ 404, 256 }, { 405, 64 }, { 408, 256 }, { 411, 128 }, { 413, 256 },
	{ 417, 64 }, { 418, 256 }, { 423, 16384 },
};

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/model_fixture/model.c", shapes,
		      ARRAY_SIZE(shapes));
	return 0;
}

static struct vcpu vcpu(struct fixture *f, unsigned int domid, unsigned int id)
{
	struct domain d = domain(f, domid);
	struct vcpu v;

	assert_ok(vcpu_find(&f->xen, &d, id, &v));
	return v;
}

/* Walks a domain's vcpus: ids as text, errors as "!reason". */
static const char *walk(struct fixture *f, const struct domain *d)
{
	static char text[256];
	unsigned int n = 0, steps = 0;
	struct vcpus w;
	struct vcpu v;
	struct err *e;

	text[0] = '\0';
	assert_ok(vcpus_start(&w, &f->xen, d));
	for (;;) {
		assert_true(++steps < 100);
		e = vcpus_next(&w, &v);
		if (e) {
			n += sprintf(text + n, "!%s ", err_mark(err_reason(e)));
			err_free(e);
		} else if (w.done) {
			return text;
		} else {
			n += sprintf(text + n, "%u ", (unsigned int)value_of(&v.vcpu_id));
		}
	}
}

static void test_walk(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct domain d = domain(f, 0);

		assert_string_equal(walk(f, &d), "0 1 ");
		/* vcpus 1 and 3 were never made */
		d = domain(f, 300);
		assert_string_equal(walk(f, &d), "0 2 ");
		d = domain(f, DOMID_IDLE);
		assert_string_equal(walk(f, &d), "0 1 ");
		d = domain(f, DOMID_IO);
		assert_string_equal(walk(f, &d), "");
	}
}

static void test_members(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct vcpu v = vcpu(f, 0, 1);

		assert_int_equal(v.va, fixture_va(f, "d0v1"));
		assert_int_equal(value_of(&v.domain), fixture_va(f, "dom0"));
		assert_int_equal(value_of(&v.processor), 1);
		assert_int_equal(value_of(&v.runstate), RUNSTATE_BLOCKED);
		assert_int_equal(value_of(&v.state_entry_time), 5000);
		assert_int_equal(value_of(&v.time[RUNSTATE_RUNNING]), 1001);
		assert_int_equal(value_of(&v.time[RUNSTATE_RUNNABLE]), 20);
		assert_int_equal(value_of(&v.time[RUNSTATE_BLOCKED]), 30);
		assert_int_equal(value_of(&v.time[RUNSTATE_OFFLINE]), 40);
		assert_int_equal(value_of(&v.poll_evtchn), 7);
		assert_int_equal(value_of(&v.sched_priv),
				 fixture_va(f, "scheduler_private"));
		assert_int_equal(value_of(&v.cr3), 0x333000);
		assert_int_equal(value_of(&v.guest_table), 0x222);
		assert_int_equal(value_of(&v.guest_table_user), 0x111);
		/* signed members remain negative */
		v = vcpu(f, 300, 2);
		assert_true((int64_t)value_of(&v.poll_evtchn) == -1);
	}
}

/* No vcpu changed its state later; a corrupt time does not count. */
static void test_now(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct vcpu v = vcpu(f, 0, 1);
		struct value now;

		assert_ok(now_read(&f->xen, &now));
		assert_int_equal(value_of(&now), 5000);
		fixture_poke(f, v.va, "vcpu.runstate.state_entry_time", -1);
		assert_ok(now_read(&f->xen, &now));
		assert_int_equal(value_of(&now), 5000);	/* kept */
		xen_forget(&f->xen);
		assert_ok(now_read(&f->xen, &now));
		assert_true(value_of(&now) <= 5000);
		fixture_poke(f, v.va, "vcpu.runstate.state_entry_time", 7000);
		xen_forget(&f->xen);
		assert_ok(now_read(&f->xen, &now));
		assert_int_equal(value_of(&now), 7000);
		fixture_poke(f, v.va, "vcpu.runstate.state_entry_time", 5000);
		xen_forget(&f->xen);
	}
}

static void test_missing_members(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct vcpu v = vcpu(f, 0, 0);
		unsigned int n = f->version;

		assert_int_equal(v.dirty_cpu.state,
				 n >= 411 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(v.dirty_cpumask.state,
				 n < 411 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(v.sched_unit.state,
				 n >= 413 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(v.soft_affinity.state,
				 n >= 405 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(v.controller_pause_count.state,
				 n >= 405 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(v.vm_event_pause_count.state, VALUE_OK);
	}
}

static void test_affinity(void **state)
{
	char text[CPUMASK_TEXT];
	struct cpumask m;

	(void)state;
	for_each_shape(f) {
		struct vcpu v = vcpu(f, 0, 0);

		assert_int_equal(v.hard_affinity.state, VALUE_OK);
		assert_ok(cpumask_read(&f->xen, value_of(&v.hard_affinity), 2, &m));
		assert_string_equal(cpumask_text(&m, text, sizeof(text)), "1");
		if (v.soft_affinity.state != VALUE_OK)
			continue;
		assert_ok(cpumask_read(&f->xen, value_of(&v.soft_affinity), 2, &m));
		assert_string_equal(cpumask_text(&m, text, sizeof(text)), "all");
	}
}

static void check_state(struct fixture *f, unsigned int domid, unsigned int id,
			const char *letters, const char *pause)
{
	struct vcpu v = vcpu(f, domid, id);
	char state[4], text[128];

	assert_string_equal(vcpu_state_text(&v, state), letters);
	assert_string_equal(vcpu_pause_text(&v, text, sizeof(text)), pause);
}

static void test_states(void **state)
{
	(void)state;
	for_each_shape(f) {
		check_state(f, 0, 0, "r--", "");
		check_state(f, 0, 1, "-b-", "blocked");
		check_state(f, 1, 0, "--p",
			    "down, mem_paging, paused 2 times, for shutdown");
		check_state(f, 2, 0, "---", "asleep in a wait queue");
		check_state(f, 300, 2, "-b-", "blocked, blocked_in_xen, bit 40");
	}
}

static void test_runstates(void **state)
{
	(void)state;
	assert_string_equal(runstate_name(RUNSTATE_RUNNABLE), "runnable");
	assert_string_equal(runstate_short(RUNSTATE_RUNNABLE), "RN");
	assert_string_equal(runstate_name(4), "?");
	assert_string_equal(runstate_short(UINT64_MAX), "??");
}

static void test_upcall(void **state)
{
	bool pending = false, masked = true;

	(void)state;
	for_each_shape(f) {
		struct vcpu v = vcpu(f, 0, 0);

		assert_ok(vcpu_upcall(&f->xen, &v, &pending, &masked));
		assert_true(pending);
		assert_false(masked);
		v.vcpu_info.raw = 0;
		assert_err(vcpu_upcall(&f->xen, &v, &pending, &masked),
			   ERR_BAD_POINTER, "vcpu_info is null");
		v.vcpu_info.state = VALUE_NO_FIELD;
		assert_err(vcpu_upcall(&f->xen, &v, &pending, &masked),
			   ERR_NO_TYPE, "no vcpu_info");
	}
}

static void test_find(void **state)
{
	struct domain d = domain(newest, 300);
	struct vcpu v = { .va = 42 };

	(void)state;
	assert_err(vcpu_find(&newest->xen, &d, 1, &v), ERR_NOT_FOUND,
		   "domain 300 has no vcpu 1");
	assert_err(vcpu_find(&newest->xen, &d, 4, &v), ERR_NOT_FOUND,
		   "max_vcpus is 4");
	assert_err(vcpu_find(&newest->xen, &d, UINT64_MAX, &v), ERR_NOT_FOUND, "");
	assert_int_equal(v.va, 42);
}

static void test_read_refuses(void **state)
{
	uint64_t va = fixture_va(newest, "d1v0");
	struct vcpu v = { .va = 42 };

	(void)state;
	assert_err(vcpu_read(&newest->xen, 0, &v), ERR_BAD_POINTER, "null");
	assert_err(vcpu_read(&newest->xen, va + 4, &v), ERR_BAD_POINTER,
		   "not aligned");
	assert_err(vcpu_read(&newest->xen, 0x8000, &v), ERR_BAD_POINTER,
		   "not Xen's");
	fixture_poke(newest, va, "vcpu.vcpu_id", (uint32_t)-2);
	assert_err(vcpu_read(&newest->xen, va, &v), ERR_CORRUPT, "-2");
	fixture_poke(newest, va, "vcpu.vcpu_id", 0);
	fixture_poke(newest, va, "vcpu.domain", va);
	assert_err(vcpu_read(&newest->xen, va, &v), ERR_BAD_POINTER, "not a vcpu");
	fixture_poke(newest, va, "vcpu.domain", fixture_va(newest, "dom1"));
	assert_int_equal(v.va, 42);
}

static void test_damaged_array(void **state)
{
	uint64_t array = fixture_va(newest, "d3_vcpus");
	struct domain d = domain(newest, 300);

	(void)state;
	fixture_poke(newest, array, NULL, fixture_va(newest, "d3v2"));
	assert_string_equal(walk(newest, &d), "!<corrupt> 2 ");
	fixture_poke(newest, array, NULL, fixture_va(newest, "d0v0"));
	assert_string_equal(walk(newest, &d), "!<corrupt> 2 ");
	fixture_poke(newest, array, NULL, 0xdead);
	assert_string_equal(walk(newest, &d), "!<bad pointer> 2 ");
	fixture_poke(newest, array, NULL, fixture_va(newest, "d3v0"));
	assert_string_equal(walk(newest, &d), "0 2 ");

	/* an array that cannot be read is reported once, not for each vcpu */
	d.vcpu.raw = fixture_va(newest, "lonely");
	d.max_vcpus.raw = 500;
	fixture_exclude(newest, value_of(&d.vcpu));
	assert_string_equal(walk(newest, &d), "!<excluded> ");
	fixture_exclude(newest, 0);
}

static void test_start_refuses(void **state)
{
	struct domain d = domain(newest, 0);
	struct vcpus w;

	(void)state;
	d.max_vcpus.raw = VCPUS_MAX + 1;
	assert_err(vcpus_start(&w, &newest->xen, &d), ERR_CORRUPT, "more than");
	d.max_vcpus.raw = 1;
	d.vcpu.raw = 1;
	assert_err(vcpus_start(&w, &newest->xen, &d), ERR_BAD_POINTER,
		   "vcpu array");
	d.vcpu.state = VALUE_NO_FIELD;
	assert_err(vcpus_start(&w, &newest->xen, &d), ERR_NO_TYPE, "vcpu array");
}

static void test_interrupted(void **state)
{
	struct domain d = domain(newest, 0);
	struct vcpus w;
	struct vcpu v;

	(void)state;
	assert_ok(vcpus_start(&w, &newest->xen, &d));
	interrupt_pending = 1;
	assert_err(vcpus_next(&w, &v), ERR_INTERRUPTED, "");
	interrupt_pending = 0;
}

/* ---- sets and words ---- */

static const char *set_text(unsigned int nr, uint64_t low, uint64_t high,
			    char *buf, size_t size)
{
	struct cpumask m = { .nr = nr, .bits = { low, high } };

	return cpumask_text(&m, buf, size);
}

static void test_set_text(void **state)
{
	char b[CPUMASK_TEXT];

	(void)state;
	assert_string_equal(set_text(8, 0, 0, b, sizeof(b)), "none");
	assert_string_equal(set_text(0, 0, 0, b, sizeof(b)), "none");
	assert_string_equal(set_text(8, 0xff, 0, b, sizeof(b)), "all");
	assert_string_equal(set_text(8, 0x7f, 0, b, sizeof(b)), "0-6");
	assert_string_equal(set_text(8, 0x8d, 0, b, sizeof(b)), "0,2-3,7");
	assert_string_equal(set_text(128, 1UL << 63, 1, b, sizeof(b)), "63-64");
	assert_string_equal(set_text(128, 0, 1UL << 63, b, sizeof(b)), "127");
	assert_string_equal(set_text(128, 0x5555555555555555, 0, b, 16),
			    "0,2,4,6,8,10...");
	assert_string_equal(set_text(64, 2, 0, b, 5), "1");
	assert_string_equal(set_text(64, 10, 0, b, 5), "1...");
}

static void test_set_read(void **state)
{
	struct cpumask m = { .nr = 1234 };
	uint64_t va = fixture_va(newest, "lonely");

	(void)state;
	assert_err(cpumask_read(&newest->xen, va, CPUMASK_MAX + 1, &m),
		   ERR_CORRUPT, "8193");
	assert_err(cpumask_read(&newest->xen, 0x1000, 2, &m), ERR_BAD_POINTER, "");
	assert_int_equal(m.nr, 1234);
	fixture_poke(newest, va, NULL, ~0UL);
	assert_ok(cpumask_read(&newest->xen, va, 3, &m));
	assert_true(cpumask_has(&m, 2));
	assert_false(cpumask_has(&m, 3));
	assert_false(cpumask_has(&m, 100000));
	assert_int_equal(m.bits[0], 7);
	fixture_poke(newest, va, NULL, 1);
}

static void test_words(void **state)
{
	static const char *const names[] = { "one", "two" };
	char b[16] = "";

	(void)state;
	words_add_bits(b, sizeof(b), 3, names, 2);
	assert_string_equal(b, "one, two");
	/* names that do not fit become one mark, and no text follows it */
	words_add(b, sizeof(b), "three and more");
	assert_string_equal(b, "one, two ...");
	words_add(b, sizeof(b), "x");
	assert_string_equal(b, "one, two ...");
	b[0] = '\0';
	words_add_bits(b, sizeof(b), 1ULL << 63, names, 2);
	assert_string_equal(b, "bit 63");
	b[0] = '\0';
	words_add(b, 3, "four");
	assert_string_equal(b, "");
}

/* RUNSTATE_* of public/vcpu.h */
static void test_runstate_names(void **state)
{
	static const char *const names[] = { "running", "runnable", "blocked", "offline" };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(runstate_name(i), names[i]);
	assert_string_equal(runstate_name(4), "?");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runstate_names),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_now),
		cmocka_unit_test(test_missing_members),
		cmocka_unit_test(test_affinity),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_runstates),
		cmocka_unit_test(test_upcall),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_read_refuses),
		cmocka_unit_test(test_damaged_array),
		cmocka_unit_test(test_start_refuses),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_set_text),
		cmocka_unit_test(test_set_read),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
