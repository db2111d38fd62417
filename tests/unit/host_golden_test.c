/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands on the host of host_fixture, each with its whole JSON. All values in
 * it differ, so that swapped values are detected.
 *
 * With HOST_GOLDEN=FILE the outputs are written there instead; they have to be
 * compared with host.c before the file is used.
 */
#include "tests/unit/host_fixture/host.h"
#include "tests/unit/golden.h"

#include "extensions/support/command.h"

#define GOLDEN "tests/unit/host_fixture/golden.expect"

static char *warning;		/* of an image that was loaded by force */

static struct err *run(struct fixture *f, const char *request, FILE *fp)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .xen = &f->xen, .image_warning = warning };
	char words[80], *argv[10] = { NULL }, *save = NULL, *word;
	int argc = 0;

	snprintf(words, sizeof(words), "%s -j", request);
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	command_run(&s, argc, argv, fp);
	return NULL;
}

static void write_one(const char *request, const char *expected, void *arg)
{
	char *text = golden_answer(&fix, run, request);

	(void)expected;
	fprintf(arg, "== %s\n%s", request, text);
	free(text);
}

static void test_golden(void **state)
{
	char *text = golden_load(GOLDEN);
	FILE *fp = getenv("HOST_GOLDEN") ? fopen(getenv("HOST_GOLDEN"), "w") : NULL;

	(void)state;
	if (fp) {
		golden_each(text, write_one, fp);
		fclose(fp);
	} else {
		golden_run(&fix, GOLDEN, run);
	}
	free(text);
}

/* Locks are sorted by address, which differs by compiler. */
static void test_locks(void **state)
{
	static const char *const held[] = {
		"d0v1.virq_lock", "d1.domain_lock", "d1 p2m.lock",
		"d1 grant table.lock", "irq 1.lock", "pcpu 0 schedule_lock",
	};
	char *text = golden_answer(&fix, run, "locks");

	(void)state;
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		char part[160];

		snprintf(part, sizeof(part), "\"kind\": \"spin\", \"name\": \"%s\", \"state\": \"held\"",
			 held[i]);
		if (!strstr(text, part))
			fail_msg("no %s in: %s", part, text);
	}
	assert_null(strstr(text, "d0v0.virq_lock"));
	assert_null(strstr(text, "irq 2.lock"));
	assert_null(strstr(text, "pcpu 1 schedule_lock"));
	assert_non_null(strstr(text, "48 locks examined: 12 held, 0 waited for"));
	free(text);
}

/* Of an image loaded by force everything may be wrong, also what requires no symbols. */
static void test_forced(void **state)
{
	static const char *const requests[] = { "xen", "sys", "doms", "report", "files" };
	char text[] = "WARNING: by force";

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		bool is_host = strcmp(requests[i], "files");
		char *answer;

		warning = text;
		answer = golden_answer(&fix, run, requests[i]);
		warning = NULL;
		if (!strstr(answer, "\"WARNING: by force\"") == is_host)
			fail_msg("%s: %s", requests[i], answer);
		if (!i && !strstr(answer, "\"proof\": \"WARNING: by force\""))
			fail_msg("%s", answer);
		free(answer);
	}
}

/* A vcpu that never ran has registers of zeros: no "divide error". */
static void test_never_ran(void **state)
{
	char *text;

	(void)state;
	host_keep();
	host_poke(&fix, fixture_va(&fix, "d0v2"), "vcpu.runstate.time[0]", 0);
	host_poke(&fix, fixture_va(&fix, "d0v2"), "vcpu.arch.user_regs.entry_vector", 0);
	memory_flush(fix.xen.memory);
	text = golden_answer(&fix, run, "bt -v 0:2");
	host_restore();
	if (!strstr(text, "\"d0v2, which never ran\""))
		fail_msg("%s", text);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_forced),
		cmocka_unit_test(test_never_ran),
	};

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
