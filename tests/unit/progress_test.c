/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Progress on a terminal: a simulated clock, a real pseudo terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/progress.h"

#define STEPS 200

/* ms between two reads of the clock */
static int64_t now_ms, pace_ms;

/* Replaces the function of the C library. */
int clock_gettime(clockid_t id, struct timespec *t)
{
	assert_int_equal(id, CLOCK_MONOTONIC);
	now_ms += pace_ms;
	*t = (struct timespec){ now_ms / 1000, now_ms % 1000 * 1000000 };
	return 0;
}

/* Output of a command with the given number of steps, for each kind of standard error. */
static char *shown(int to, int from, int64_t pace, uint64_t total)
{
	static char text[STEPS * 64];
	int saved = dup(STDERR_FILENO);
	struct progress p;
	struct pollfd end = { .fd = from, .events = POLLIN };
	size_t length = 0;
	ssize_t n;

	pace_ms = pace;
	assert_return_code(dup2(to, STDERR_FILENO), 0);
	progress_start(&p, "frame table");
	for (unsigned int i = 1; i <= STEPS; i++)
		progress_step(&p, total * i / STEPS, total);
	progress_end(&p);
	assert_return_code(dup2(saved, STDERR_FILENO), 0);
	close(saved);
	/* a terminal delivers written text with a delay */
	while (poll(&end, 1, 200) > 0 && length < sizeof(text) - 1) {
		n = read(from, text + length, sizeof(text) - 1 - length);
		if (n <= 0)
			break;
		length += n;
	}
	text[length] = '\0';
	return text;
}

static char *shown_on_terminal(int64_t pace, uint64_t total)
{
	int terminal, master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	char *text;

	assert_return_code(master, 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_return_code(terminal, 0);
	text = shown(terminal, master, pace, total);
	close(terminal);
	close(master);
	return text;
}

static void test_quick(void **state)
{
	(void)state;
	assert_string_equal(shown_on_terminal(9, 1000000), "");
}

/* A walk of 20 s: shown after two seconds, five times a second, never backwards, and erased at its end */
static void test_slow(void **state)
{
	unsigned int done, last = 0, lines = 0;
	char *text = shown_on_terminal(100, 1000000);
	char *line = strtok(text, "\r");

	(void)state;
	for (; line && sscanf(line, "frame table: %u of 100 done ", &done) == 1;
	     line = strtok(NULL, "\r")) {
		if (!lines)
			assert_int_equal(done, 10);
		assert_true(done >= last);
		last = done;
		lines++;
	}
	assert_in_range(lines, 85, 95);
	assert_int_equal(last, 100);
	assert_non_null(line);
	assert_string_equal(line, "\033[K");
}

static void test_large(void **state)
{
	(void)state;
	/* as many frames as pdx have bits: the product with 100 would overflow */
	assert_non_null(strstr(shown_on_terminal(100, UINT64_MAX / STEPS), ": 50 of 100 done"));
	assert_string_equal(shown_on_terminal(100, 0), "");
}

static void test_no_terminal(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_string_equal(shown(ends[1], ends[0], 100, 1000000), "");
	close(ends[0]);
	close(ends[1]);
}

/* A download: seconds until the size is known */
static void test_download(void **state)
{
	struct pollfd end = { .events = POLLIN };
	int terminal, master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	int saved = dup(STDERR_FILENO);
	struct progress p;
	char text[512] = "";
	size_t len = 0;
	ssize_t n;

	(void)state;
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_return_code(dup2(terminal, STDERR_FILENO), 0);
	pace_ms = 1500;
	progress_start(&p, "file");
	progress_download(&p, 7, 0);
	progress_download(&p, 8, 0);
	progress_download(&p, 30, 60);
	progress_end(&p);
	assert_return_code(dup2(saved, STDERR_FILENO), 0);
	close(saved);
	end.fd = master;
	/* a terminal delivers the text in parts */
	while (len < sizeof(text) - 1 && !strstr(text, "\033[K") && poll(&end, 1, 10000) == 1) {
		n = read(master, text + len, sizeof(text) - 1 - len);
		assert_true(n > 0);
		len += n;
	}
	assert_string_equal(text, "\rfile: waiting, 3 s \rfile: 50 of 100 done \r\033[K");
	close(terminal);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quick),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_no_terminal),
		cmocka_unit_test(test_download),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
