/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of a running host by hypercalls: the available parts, and the
 * others listed as not read.
 */
#include "made_live.h"

#include "report_forms.h"
#include "json_check.h"

static void test_running(void **state)
{
	struct session s = { .front = &front, .xen = x, .collect = command_collect };
	struct report *r;
	char *text;
	uint64_t v;

	(void)state;
	bad(memory_read(x->memory, 0x1000, &v, sizeof(v)), ERR_UNSUPPORTED);
	ok(report_create(&s, false, &r));
	assert_string_equal(r->signature.kind, "none");
	text = print(r, report_text);
	expect(text, "VERDICT: the host is running\n");
	expect(text, "--- Domains ---");
	expect(text, "--- Not read, and why ---");
	expect(text, "bt, locks, waits, rcu, softirqs, timers, clocks, irqs, pci, grants, kernel, trace, notes:\n      hypervisor memory is not accessible on a running host");
	free(text);
	text = print(r, report_json);
	assert_true(json_valid(text, strlen(text)));
	free(text);
	text = print(r, report_html);
	expect(text, "<h1>the host is running</h1>");
	free(text);
	report_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_running, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
