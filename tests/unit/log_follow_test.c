/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "xen log -f" on a generated running host: text added to the ring is escaped,
 * and ^C ends it.
 */
#include "made_live.h"

#include <signal.h>
#include <sys/time.h>

#include "xen/base/budget.h"
#include "extensions/support/command.h"

static char *text;
static size_t len;
static bool asked;

/* Presses a key whose name is ESC; ^C follows once the text was printed. */
static void tick(int sig)
{
	(void)sig;
	if (!asked)
		fake.pressed = '\x1b';
	else if (*(volatile size_t *)&len)
		interrupt_pending = 1;
	asked = true;
}

static void test_follow(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .xen = x };
	char *argv[] = { "log", "-f", NULL };
	const struct itimerval often = { { 0, 50000 }, { 0, 50000 } }, never = { { 0, 0 }, { 0, 0 } };
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	assert_non_null(fp);
	signal(SIGALRM, tick);
	setitimer(ITIMER_REAL, &often, NULL);
	command_run(&s, 2, argv, fp);
	setitimer(ITIMER_REAL, &never, NULL);
	interrupt_pending = 0;
	fclose(fp);
	assert_string_equal(text, "(XEN) late\n(XEN) '\\x1b' pressed -> x\n(XEN) y\n");
	free(text);
}

/* So is the reason why a session has no hypervisor, which names files and text of the dump. */
static void test_banner(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .why_no_xen = "\x1b[2J/a\xe2\x80\xae: unknown\x07" };
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	assert_non_null(fp);
	session_banner(&s, fp);
	fclose(fp);
	assert_string_equal(text, "xen: \\x1b[2J/a\\xe2\\x80\\xae: unknown\\x07\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_follow, setup, teardown),
		cmocka_unit_test(test_banner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
