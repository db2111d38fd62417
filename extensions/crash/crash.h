/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash's own declarations. Only this folder includes them; members of crash's
 * structures are touched as little as possible, and only after abi_check()
 * found their sizes to be those compiled in.
 */
#ifndef EXT_CRASH_CRASH_H
#define EXT_CRASH_CRASH_H

#include <defs.h>

#endif
