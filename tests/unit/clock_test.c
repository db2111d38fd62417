/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks of the pcpus, and of the host. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/host/now.h"
#include "xen/model/pcpu/clock.h"

static struct fixture fix;

static int setup(void **state)
{
	(void)state;
	fixture_create_from(&fix, "tests/unit/clock_fixture/clock.c", 420, 64);
	fix.xen.nr_cpus = 2;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_destroy(&fix);
	return 0;
}

static void test_time(void **state)
{
	struct clock c;
	int64_t ns;

	(void)state;
	assert_ok(clock_read(&fix.xen, 0, &c));
	assert_true(clock_ns(&c, 1000000 + 2000, &ns));
	assert_int_equal(ns, 5000000 + 1000);
	assert_true(clock_ns(&c, 0, &ns));
	assert_int_equal(ns, 5000000 - 500000);
	c.khz.raw = 0;
	assert_false(clock_ns(&c, 0, &ns));
}

static void test_scale(void **state)
{
	struct clock c;

	(void)state;
	assert_ok(clock_read(&fix.xen, 0, &c));
	assert_int_equal(clock_scale_khz(&c), 2000000);
	assert_ok(clock_read(&fix.xen, 1, &c));
	assert_int_equal(value_of(&c.master), 5000200);
	assert_int_equal(clock_scale_khz(&c), 4000000);
	/* invalid parameters give no frequency */
	c.shift.raw = 32;
	assert_int_equal(clock_scale_khz(&c), 0);
	c.shift.raw = -32;
	assert_int_equal(clock_scale_khz(&c), 0);
	c.shift.raw = c.mul_frac.raw = 0;
	assert_int_equal(clock_scale_khz(&c), 0);
}

static void test_key(void **state)
{
	struct clock_spread ns = CLOCK_SPREAD_NONE, ticks = CLOCK_SPREAD_NONE;
	struct clock c;

	(void)state;
	for (unsigned int cpu = 0; cpu < 2; cpu++) {
		assert_ok(clock_read(&fix.xen, cpu, &c));
		clock_spread_add(&ns, &c.key_stime);
		clock_spread_add(&ticks, &c.key_tsc);
	}
	assert_int_equal(ns.largest - ns.least, 300);
	assert_int_equal(ticks.largest - ticks.least, 700);
	/* a pcpu that started after the key counts as not measured */
	c.key_stime.raw = 0;
	clock_spread_add(&ns, &c.key_stime);
	assert_int_equal(ns.largest - ns.least, 300);
}

static void test_platform(void **state)
{
	uint64_t va = fixture_va(&fix, "plt_src");
	struct clock_platform p;

	(void)state;
	assert_ok(clock_platform_read(&fix.xen, &p));
	assert_string_equal(p.name, "HPET");
	assert_int_equal(value_of(&p.frequency), 100000000);
	fixture_poke(&fix, va, "platform_timesource.name", 0x1000);
	assert_err(clock_platform_read(&fix.xen, &p), ERR_BAD_POINTER, "plt_src.name");
}

/* Without vcpus: the latest calibration. */
static void test_now(void **state)
{
	struct value now;
	struct clock c;

	(void)state;
	assert_ok(clock_read(&fix.xen, 0, &c));
	assert_ok(now_read(&fix.xen, &now));
	assert_int_equal(now.state, VALUE_OK);
	assert_true(value_of(&now) >= value_of(&c.stime));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_platform),
		cmocka_unit_test(test_now),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
