/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that waits for the end of this one, by exit or by signal, and undoes
 * its changes to the host.
 */
#ifndef LIVE_WATCHDOG_H
#define LIVE_WATCHDOG_H

#include <sys/types.h>

struct watchdog {
	int fd;		/* the kernel closes it when the process ends */
	pid_t pid;
};

/*
 * end(arg) runs in the other process, which must not use handles of libraries
 * that were opened here; memory that is shared stays so. Call it before the first
 * change to undo. Returns 0 or a negative errno.
 */
int watchdog_start(struct watchdog *w, void (*end)(const void *arg),
		   const void *arg);
/*
 * Ends the process without calling end(); the changes are undone already. Takes a
 * second if it is stopped. Without this call it stays until this process ends.
 */
void watchdog_stop(struct watchdog *w);

#endif
