/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasks of dom0's kernel by name, and the counters of blkback's threads. */
#ifndef EXT_CRASH_THREAD_H
#define EXT_CRASH_THREAD_H

struct pv_task;

/*
 * Fills ret for the first task with that name, of which Linux keeps 15
 * characters; leaves ret unchanged if there is none, and in a session that is
 * not complete.
 */
void dom0_thread(const char *name, struct pv_task *ret);

#endif
