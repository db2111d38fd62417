/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall that follows from the registers of a guest. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/diagnosis/hypercall_number.h"

static void test_number(void **state)
{
	static struct fixture fix;
	uint64_t va;

	(void)state;
	fixture_create_from(&fix, "tests/unit/model_fixture/model.c", 404, 64);
	va = fixture_va(&fix, "lonely");
	fixture_poke(&fix, va + 72, NULL, 36);
	fixture_poke(&fix, va + 80, NULL, 29);
	fixture_poke(&fix, va + 88, NULL, 35);
	assert_string_equal(hypercall_in(&fix.xen, va), "sched_op");
	fixture_poke(&fix, va + 80, NULL, 11);
	assert_null(hypercall_in(&fix.xen, va));
	fixture_poke(&fix, va + 80, NULL, -38UL);
	assert_null(hypercall_in(&fix.xen, va));
	fixture_exclude(&fix, va);
	assert_null(hypercall_in(&fix.xen, va));
	fixture_destroy(&fix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
