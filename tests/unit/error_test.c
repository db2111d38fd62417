/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors: which of them end a walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xen/base/array.h"
#include "xen/base/error.h"

static void test_drop(void **state)
{
	static const struct {
		enum err_reason reason;
		bool final;
	} cases[] = {
		{ ERR_INTERRUPTED, true }, { ERR_NO_MEMORY, true },
		{ ERR_NOT_FOUND, false }, { ERR_CORRUPT, false }, { ERR_IO, false },
	};
	size_t i;

	(void)state;
	assert_false(err_is_final(NULL));
	assert_null(err_drop(NULL));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err *e = err_new(cases[i].reason, "domain %d", 3), *left;

		assert_int_equal(err_is_final(e), cases[i].final);
		left = err_drop(e);
		assert_ptr_equal(left, cases[i].final ? e : NULL);
		err_free(left);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_drop) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
