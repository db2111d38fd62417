/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Interval of a check of the parent: other processes may have inherited the pipe's end. */
#define LOOK_MS		1000
#define FILES_MAX	1024

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
		if (fd < 3 && null >= 0)
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

int watchdog_start(struct watchdog *w, void (*end)(const void *arg),
		   const void *arg)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0) {
		int rc = -errno;

		close(ends[0]);
		close(ends[1]);
		return rc;
	}
	if (!pid) {
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

void watchdog_stop(struct watchdog *w)
{
	/* the watchdog may have been killed */
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	ssize_t n = write(w->fd, "", 1);

	(void)n;
	signal(SIGPIPE, old);
	close(w->fd);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
