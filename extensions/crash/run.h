/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_CRASH_RUN_H
#define EXT_CRASH_RUN_H

struct session;

/* Runs a command of xen.so like command_run(), with output to crash's fp. */
void run_command(struct session *s, int argc, char **argv);

#endif
