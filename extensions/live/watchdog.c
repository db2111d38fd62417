/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Interval of checks of the parent: other processes may have inherited the end
 * of the pipe.
 */
#define LOOK_MS		1000
#define FILES_MAX	1024
/* The standard files of the session may be closed: the pipe must not use their numbers. */
#define FIRST_FILE	3

/* Time for the watchdog to end, which it does at once unless it is stopped (SIGSTOP). */
#define PATIENCE_MS	1000

/* Closes the files of the session and leaves its terminal. */
static void leave_session(int keep)
{
	sigset_t all;
	int fd, null;

	setsid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	prctl(PR_SET_NAME, "xen-watchdog");
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (fd = 0; fd < FILES_MAX; fd++) {
		if (fd < FIRST_FILE && null >= 0)
			dup2(null, fd);
		else if (fd != keep)
			close(fd);
	}
}

/* Returns true if the parent ended without watchdog_stop(). */
static bool wait_for_end(int fd, pid_t parent)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char word;

	for (;;) {
		int n = poll(&p, 1, LOOK_MS);

		if (n > 0)
			return read(fd, &word, 1) != 1;
		if (getppid() != parent)
			return true;
	}
}

/* Creates a pipe whose ends are not standard files. */
static int open_pipe(int ends[2])
{
	int pair[2], rc = 0, i;

	if (pipe2(pair, O_CLOEXEC))
		return -errno;
	ends[0] = ends[1] = -1;
	for (i = 0; i < 2; i++) {
		ends[i] = fcntl(pair[i], F_DUPFD_CLOEXEC, FIRST_FILE);
		if (ends[i] < 0 && !rc)
			rc = -errno;
	}
	close(pair[0]);
	close(pair[1]);
	for (i = 0; i < 2 && rc; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	return rc;
}

int watchdog_start(struct watchdog *w, void (*end)(const void *arg),
		   const void *arg)
{
	pid_t parent = getpid(), pid;
	int ends[2], failed = open_pipe(ends);

	if (failed)
		return failed;
	pid = fork();
	if (pid < 0) {
		int rc = -errno;

		close(ends[0]);
		close(ends[1]);
		return rc;
	}
	if (!pid) {
		close(ends[1]);
		leave_session(ends[0]);
		if (wait_for_end(ends[0], parent))
			end(arg);
		_exit(0);
	}
	close(ends[0]);
	w->fd = ends[1];
	w->pid = pid;
	return 0;
}

/* Waits for the end of the watchdog; false if it did not end in time. */
static bool wait_for_exit(pid_t pid)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	int left = PATIENCE_MS / 10;

	for (;;) {
		pid_t done = waitpid(pid, NULL, WNOHANG);

		/* ECHILD: already collected by another process */
		if (done == pid || (done < 0 && errno != EINTR))
			return true;
		if (!left--)
			return false;
		nanosleep(&nap, NULL);
	}
}

void watchdog_stop(struct watchdog *w)
{
	/* the watchdog may have been killed */
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	ssize_t n = write(w->fd, "", 1);

	(void)n;
	signal(SIGPIPE, old);
	close(w->fd);
	if (wait_for_exit(w->pid))
		return;
	/* SIGKILL also ends a stopped process */
	kill(w->pid, SIGKILL);
	wait_for_exit(w->pid);
}
