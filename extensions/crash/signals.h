/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals during a command of xen.so: ^C and a closed pipe set interrupt_pending.
 * crash's own handlers would jump to the prompt, through frames of the core.
 */
#ifndef EXT_CRASH_SIGNALS_H
#define EXT_CRASH_SIGNALS_H

#include <stdbool.h>

/*
 * Clears interrupt_pending and installs the handlers; has no effect if they are
 * installed.
 */
void signals_enter(void);
/* Restores crash's handlers. Returns false if they were in place already. */
bool signals_leave(void);

#endif
