/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits of vcpus that the credit scheduler explains: queue, weight, cap, runner. */
#include "tests/unit/model_fixture/shapes.h"
#include "tests/unit/troubles_text.h"

#include "xen/base/array.h"
#include "xen/model/diagnosis/waits.h"

#define SECOND 1000000000ULL

/* Vcpus and units of the fixture */
enum { D0V0, D0V1, D1V0, D1V1, D2V0 };

static const struct shape shapes[] = { { 404, 64 }, { 412, 64 }, { 420, 64 } };
static uint8_t fresh[3][sizeof(fix[0].image)];

static int setup(void **state)
{
	unsigned int i = 0;

	(void)state;
	shapes_create("tests/unit/sched_fixture/sched_credit.c", shapes, ARRAY_SIZE(shapes));
	for_each_shape(f)
		memcpy(fresh[i++], f->image, sizeof(f->image));
	return 0;
}

static int restore(void **state)
{
	unsigned int i = 0;

	(void)state;
	for_each_shape(f) {
		memcpy(f->image, fresh[i++], sizeof(f->image));
		memory_flush(f->xen.memory);
	}
	return 0;
}

static uint64_t element(struct fixture *f, const char *array, const char *type, unsigned int n)
{
	const struct field field = FIELD_PLACE(type);
	struct place size;

	assert_ok(record_place(f->xen.records, &field, &size));
	return fixture_va(f, array) + n * size.size;
}

static void set_vcpu(struct fixture *f, unsigned int n, const char *path, uint64_t v)
{
	fixture_poke(f, element(f, "vcpus", "vcpu", n), path, v);
	xen_forget(&f->xen);
}

static void set_unit(struct fixture *f, unsigned int n, const char *member, uint64_t v)
{
	const char *type = f->version >= 413 ? "csched_unit" : "csched_vcpu";
	char path[64];

	snprintf(path, sizeof(path), "%s.%s", type, member);
	fixture_poke(f, element(f, "svc", type, n), path, v);
}

/* The first wait of that name as "WHO waits for WHAT, of HOLDER: BECAUSE", or "". */
static const char *wait_of(struct fixture *f, const char *who)
{
	static char text[512];
	struct waits waits;

	text[0] = '\0';
	assert_ok(waits_read(&f->xen, NULL, NULL, &waits));
	for (unsigned int i = 0; i < waits.nr && !*text; i++) {
		const struct wait *w = &waits.at[i];

		if (!strcmp(w->who, who))
			snprintf(text, sizeof(text), "%s: %s waits for %s, of %s: %s",
				 wait_kind_name(w->kind), w->who, w->what, w->holder, w->because);
	}
	waits_release(&waits);
	return text;
}

/* pcpu 0 runs d0v0; d0v1 and d1v0 are in its queue, in this order. */
static void test_queue(void **state)
{
	(void)state;
	for_each_shape(f) {
		assert_string_equal(wait_of(f, "d0v1"), "pcpu: d0v1 waits for pcpu 0, of : "
				    "number 1 in its run queue, cap 50 percent of a pcpu");
		assert_string_equal(wait_of(f, "d1v0"), "pcpu: d1v0 waits for pcpu 0, of : "
				    "number 2 in its run queue, cap 50 percent of a pcpu");
		set_unit(f, D1V0, "sdom", fixture_va(f, "sdom_small"));
		assert_string_equal(wait_of(f, "d1v0"), "pcpu: d1v0 waits for pcpu 0, of : "
				    "number 2 in its run queue, weight 64 where others have 256");
		/* runnable, but on no queue */
		set_vcpu(f, D2V0, "vcpu.runstate.state", 1);
		set_vcpu(f, D2V0, "vcpu.pause_flags", 0);
		assert_string_equal(wait_of(f, "d2v0"), "pcpu: d2v0 waits for pcpu 1, of : "
				    "sleeps, cap 50 percent of a pcpu");
		assert_string_equal(wait_of(f, "d0v0"), "");
		assert_string_equal(wait_of(f, "d1v1"), "");
	}
}

/*
 * Of a running host the queues and pcpus were read before the vcpu, which slept or
 * ran then: neither explains its wait.
 */
static void test_running(void **state)
{
	(void)state;
	for_each_shape(f) {
		const struct source_ops *before = f->xen.source;
		struct source_ops running = *before;

		set_vcpu(f, D2V0, "vcpu.runstate.state", 1);
		set_vcpu(f, D2V0, "vcpu.pause_flags", 0);
		set_vcpu(f, D0V0, "vcpu.runstate.state", 1);
		running.is_running = true;
		f->xen.source = &running;
		assert_string_equal(wait_of(f, "d2v0"), "pcpu: d2v0 waits for pcpu 1, of : "
				    "cap 50 percent of a pcpu");
		assert_string_equal(wait_of(f, "d0v0"), "pcpu: d0v0 waits for pcpu 0, of : "
				    "cap 50 percent of a pcpu");
		assert_string_equal(wait_of(f, "d1v0"), "pcpu: d1v0 waits for pcpu 0, of : "
				    "number 2 in its run queue, cap 50 percent of a pcpu");
		f->xen.source = before;
	}
}

/* A vcpu that credit parked, and one that the toolstack paused in addition. */
static void park(struct fixture *f, unsigned int n, uint64_t since)
{
	set_vcpu(f, n, "vcpu.runstate.state", 3);
	set_vcpu(f, n, "vcpu.pause_flags", 0);
	set_vcpu(f, n, "vcpu.pause_count.counter", 1);
	set_vcpu(f, n, "vcpu.runstate.state_entry_time", since);
	set_vcpu(f, n, "vcpu.runstate.time[3]", 3 * SECOND);
	set_unit(f, n, "flags", 1);
}

static void test_parked(void **state)
{
	(void)state;
	for_each_shape(f) {
		park(f, D2V0, 7 * SECOND);
		assert_string_equal(wait_of(f, "d2v0"),
				    "cap: d2v0 waits for its cap of 50 percent of a pcpu, of scheduler: "
				    "parked until it gains credit, offline 3.000 s before");
		/* offline, but not parked by credit */
		set_unit(f, D2V0, "flags", 8);
		assert_string_equal(wait_of(f, "d2v0"), "");
	}
}

static void expect(struct fixture *f, const char *part, bool is)
{
	const char *text = troubles_text(&f->xen);

	if (!strstr(text, part) == is)
		fail_msg("%u: %s \"%s\" in:\n%s", f->version, is ? "no" : "", part, text);
}

/* The cap of a guest is reported after 10 s, that of dom0 after a tenth of one. */
static void test_verdict(void **state)
{
	(void)state;
	for_each_shape(f) {
		set_vcpu(f, D0V0, "vcpu.runstate.state_entry_time", 18 * SECOND);
		park(f, D2V0, 7 * SECOND);
		expect(f, "d2v0 is held back by its cap of 50 percent of a pcpu, for 11.000 s or more "
		       "[runstate and state_entry_time; parked until it gains credit, offline 3.000 s before]\n", true);
		expect(f, "d0v1 is starved: it waited 18.000 s or more for pcpu 0 "
		       "[runstate and state_entry_time; number 1 in its run queue, cap 50 percent of a pcpu]\n", true);
		expect(f, "scheduler: ", false);
		park(f, D2V0, 9 * SECOND);
		expect(f, "d2v0", false);
		/* of dom0, still in the queue */
		park(f, D0V1, 18 * SECOND - SECOND / 5);
		expect(f, "d0v1 is held back by its cap of 50 percent of a pcpu, for 0.200 s or more", true);
		expect(f, "scheduler: d0v1 is", true);
		park(f, D0V1, 18 * SECOND - SECOND / 20);
		expect(f, "d0v1 is held back", false);
		/* time offline counts while the domain is held back by a cap */
		set_vcpu(f, D0V1, "vcpu.runstate.time[0]", 2 * SECOND);
		set_vcpu(f, D0V1, "vcpu.runstate.time[1]", 3 * SECOND);
		set_vcpu(f, D0V1, "vcpu.runstate.time[3]", 15 * SECOND);
		expect(f, "dom0 was slow: d0v1 got a pcpu for 10 % of the 20.0 s that it could have used one? "
		       "[runstate: running 2.0 s, runnable 3.0 s, offline 15.0 s]\n", true);
		set_unit(f, D0V1, "flags", 0);
		expect(f, "dom0 was slow", false);
	}
}

/* Queues that contradict the units: the statements are not sure. */
static void test_contradiction(void **state)
{
	(void)state;
	for_each_shape(f) {
		set_vcpu(f, D2V0, "vcpu.runstate.state", 1);
		set_vcpu(f, D2V0, "vcpu.pause_flags", 0);
		expect(f, "scheduler: d2v0 is runnable, but neither runs nor is on a queue: "
		       "it was being woken up, or is lost? [its queues]\n", true);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, restore)
	const struct CMUnitTest tests[] = {
		TEST(test_queue), TEST(test_running), TEST(test_parked), TEST(test_verdict), TEST(test_contradiction),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
