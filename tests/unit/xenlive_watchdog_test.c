/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watchdog: it acts at the end of the process and at no other time, and
 * ends on request, even while it is stopped.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "extensions/live/watchdog.h"

/* Shared with the watchdogs. */
static volatile struct {
	int ended;
} *seen;

static void end(const void *arg)
{
	(void)arg;
	seen->ended++;
}

static int setup(void **state)
{
	(void)state;
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(seen != MAP_FAILED);
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static bool wait_for_end(void)
{
	double start = now();

	while (!seen->ended && now() - start < 30)
		usleep(10000);
	return seen->ended;
}

/* Runs session() in a separate process and returns its exit status. */
static int run(void (*session)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		session();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void dies(void)
{
	struct watchdog w;

	if (watchdog_start(&w, end, NULL))
		_exit(1);
	raise(SIGKILL);
}

static void test_killed(void **state)
{
	(void)state;
	assert_int_equal(WTERMSIG(run(dies)), SIGKILL);
	assert_true(wait_for_end());
}

/* Without standard files the pipe would get their numbers, which the watchdog replaces. */
static void no_standard_files(void)
{
	struct watchdog w;
	int fd;

	for (fd = 0; fd < 3; fd++)
		close(fd);
	if (watchdog_start(&w, end, NULL))
		_exit(1);
	usleep(500000);
	if (seen->ended || w.fd < 3)
		_exit(2);
	watchdog_stop(&w);
	usleep(100000);
	_exit(seen->ended ? 3 : 0);
}

static void test_low_files(void **state)
{
	(void)state;
	assert_int_equal(WEXITSTATUS(run(no_standard_files)), 0);
}

static void test_stopped(void **state)
{
	struct watchdog w;
	double start;

	(void)state;
	assert_int_equal(watchdog_start(&w, end, NULL), 0);
	assert_int_equal(kill(w.pid, SIGSTOP), 0);
	start = now();
	/* ends a test that hangs */
	alarm(60);
	watchdog_stop(&w);
	alarm(0);
	assert_true(now() - start < 30);
	assert_int_equal(kill(w.pid, 0), -1);
	assert_int_equal(seen->ended, 0);
}

/* Killed before, and already collected by another process. */
static void test_gone(void **state)
{
	struct watchdog w;

	(void)state;
	assert_int_equal(watchdog_start(&w, end, NULL), 0);
	kill(w.pid, SIGKILL);
	assert_int_equal(waitpid(w.pid, NULL, 0), w.pid);
	watchdog_stop(&w);
	assert_int_equal(seen->ended, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(test_killed), TEST(test_low_files),
		TEST(test_stopped), TEST(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
