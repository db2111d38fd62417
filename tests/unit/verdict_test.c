/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict of a dump in which only the console can be read. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/diagnosis/verdict.h"
#include "xen/model/source.h"

static const char *console_text;

static struct err *read_console(struct xen *x, char **text, size_t *len)
{
	(void)x;
	*len = strlen(console_text);
	*text = strdup(console_text);
	return *text ? NULL : err_nomem();
}

static const struct source_ops console_source = { .console_read = read_console };

static struct fixture fix;

static void check(const char *console, int pcpu, const char *expected)
{
	struct xen x = { .space = fix.xen.space, .memory = fix.xen.memory,
			 .source = &console_source };
	struct verdict *v = malloc(sizeof(*v));

	assert_non_null(v);
	console_text = console;
	assert_ok(records_create(NO_PLACES, &x.records));
	assert_ok(verdict_read(&x, v));
	if (!strstr(v->text, expected))
		fail_msg("no \"%s\" in: %s", expected, v->text);
	assert_int_equal(v->pcpu, pcpu);
	assert_false(v->unproved);
	records_destroy(x.records);
	free(v);
}

#define FAULT(code, address)						\
	"(XEN) Panic on CPU 3:\n"					\
	"(XEN) FATAL PAGE FAULT\n"					\
	"(XEN) [error_code=" code "]\n"					\
	"(XEN) Faulting linear address: " address "\n"			\
	"(XEN) Executing kexec image on cpu2\n"

static void test_page_fault(void **state)
{
	(void)state;
	check(FAULT("0000", "0000000000000010"), 2,
	      "read of 0000000000000010 (null pointer), not mapped");
	check(FAULT("0002", "0000000000000010"), 2,
	      "write to 0000000000000010 (null pointer), not mapped");
	check(FAULT("0010", "0000123400000000"), 2,
	      "instruction fetch from 0000123400000000 (not the hypervisor's), not mapped");
	check(FAULT("0003", "0000000000000010"), 2, "write to 0000000000000010 (null pointer), protection violation");
	check(FAULT("0008", "0000000000000010"), 2, "reserved bits set in a page table entry");
}

/* The pcpu that executed the crash kernel, or, without one, that of the panic. */
static void test_pcpu(void **state)
{
	(void)state;
	check("(XEN) Panic on CPU 3:\n(XEN) FATAL TRAP: vector = 13\n(XEN) Executing kexec image on cpu2\n",
	      2, "on pcpu 2");
	check("(XEN) Panic on CPU 3:\n(XEN) FATAL TRAP: vector = 13\n", 3, "on pcpu 3");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page_fault),
		cmocka_unit_test(test_pcpu),
	};

	return fixture_run_tests(&fix, "tests/unit/model_fixture/model.c", 420, 256, tests);
}
