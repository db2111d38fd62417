/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that waits for the end of this one, by exit or by signal, and undoes
 * its changes to the host.
 */
#ifndef LIVE_WATCHDOG_H
#define LIVE_WATCHDOG_H

#include <sys/types.h>

struct watchdog {
	int fd;		/* closed by the kernel when the process ends */
	pid_t pid;
};

/*
 * Starts the process. end(arg) runs in it and must not use handles of libraries
 * opened in this process; shared memory remains shared. Called before the first
 * change that has to be undone. Returns 0 or a negative errno.
 */
int watchdog_start(struct watchdog *w, void (*end)(const void *arg),
		   const void *arg);
/*
 * Ends the watchdog without calling end(), after the changes were undone. Takes
 * a second if the watchdog is stopped. Without this call the watchdog remains
 * until this process ends.
 */
void watchdog_stop(struct watchdog *w);

#endif
