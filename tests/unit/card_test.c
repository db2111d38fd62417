/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of cards. Each number of a domain is that of its own member: all of
 * them differ.
 */
#include "tests/unit/model_fixture/fixture.h"

#include "extensions/support/command.h"

static struct fixture fix;

static void test_pages(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	static const struct {
		const char *path;
		uint64_t v;
	} members[] = {
		{ "domain.tot_pages", 1001 }, { "domain.max_pages", 1002 },
		{ "domain.outstanding_pages", 1003 }, { "domain.xenheap_pages", 1004 },
		{ "domain.shr_pages.counter", 1005 }, { "domain.paged_pages.counter", 1006 },
	};
	struct session s = { .front = &front, .xen = &fix.xen };
	char *argv[] = { "dom", "1", "-j", NULL }, *text;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		fixture_poke(&fix, fixture_va(&fix, "dom1"), members[i].path, members[i].v);
	assert_true(command_run(&s, 3, argv, fp));
	fclose(fp);
	if (!strstr(text, "\"tot_pages\": 1001, \"max_pages\": 1002, \"outstanding_pages\": 1003, "
		    "\"xenheap_pages\": 1004, \"extra_pages\": null, \"shr_pages\": 1005, "
		    "\"paged_pages\": 1006, "))
		fail_msg("other figures in: %s", text);
	free(text);
}

/* Up to 4.10 a mask of the one pcpu that holds the state of a vcpu. */
static void test_dirty(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	static struct fixture old;
	struct session s = { .front = &front, .xen = &old.xen };
	char *argv[] = { "vcpu", "0:0", NULL }, *text;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	fixture_create_from(&old, "tests/unit/model_fixture/model.c", 404, 64);
	assert_true(command_run(&s, 2, argv, fp));
	fclose(fp);
	if (!strstr(text, "DIRTY PCPU: 1\n"))
		fail_msg("another pcpu in: %s", text);
	free(text);
	fixture_destroy(&old);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages), cmocka_unit_test(test_dirty),
	};

	return fixture_run_tests(&fix, "tests/unit/model_fixture/model.c", 414, 256, tests);
}
