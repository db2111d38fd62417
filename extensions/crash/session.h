/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one session of this crash process. */
#ifndef EXT_CRASH_SESSION_H
#define EXT_CRASH_SESSION_H

#include <stdbool.h>

struct session;

struct session *crash_session(void);
/*
 * Finds the hypervisor, installs the hooks and prints the banner, or why no
 * hypervisor was found.
 */
void crash_session_open(void);
/* Restores crash. unloading: true if crash and its gdb continue. */
void crash_session_close(bool unloading);

#endif
