/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_CRASH_GDB_H
#define EXT_CRASH_GDB_H

#include <stdio.h>

#include "xen/base/error.h"

struct session;

/* Runs a command of crash's gdb, with output to out. */
struct err *gdb_run(const char *command, FILE *out) ERR_MUST_CHECK;
/* Add the attached image to gdb's symbols, and remove it. */
struct err *gdb_add_image(struct session *s) ERR_MUST_CHECK;
void gdb_remove_image(struct session *s);
/* Frees the bookkeeping without calling gdb, which is gone when crash exits. */
void gdb_forget_image(void);

#endif
