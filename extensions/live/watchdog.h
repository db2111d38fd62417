/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process of its own that waits for the end of this one, however it comes,
 * and takes back what it made.
 */
#ifndef LIVE_WATCHDOG_H
#define LIVE_WATCHDOG_H

#include <sys/types.h>

struct watchdog {
	int fd;		/* closed by the kernel when we end */
	pid_t pid;
};

/*
 * end(arg) runs in the other process, where no handle of a library that was
 * opened here may be used. To be called before anything is made that must not
 * stay. 0, or a negative errno.
 */
int watchdog_start(struct watchdog *w, void (*end)(const void *arg),
		   const void *arg);
/* All is taken back already: ends without calling end(). */
void watchdog_stop(struct watchdog *w);

#endif
