/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash's own declarations. Only this folder includes them; members of crash's
 * structures are used as little as possible, and only after abi_check() has
 * verified their sizes.
 *
 * defs.h of crash 7.1.3 or later is required. The Makefile looks for it, for
 * declarations added after 7.1.3 and defines a HAVE_ macro for each one found;
 * CRASH_FEATURES in it lists the features that require them.
 */
#ifndef EXT_CRASH_CRASH_H
#define EXT_CRASH_CRASH_H

/* included by defs.h only since 8.0.6 */
#include <stdbool.h>

#include <defs.h>

#ifndef HAVE_LIST_PAIR
/* The older name, with the same members. */
#define list_pair radix_tree_pair
#endif

/* Flags of kernels that 7.1.3 does not support */
#ifndef HAVE_5LEVEL
#undef VM_5LEVEL
#define VM_5LEVEL 0
#endif
#ifndef HAVE_RELOC
#undef RANDOMIZED
#define RANDOMIZED 0
#endif

#endif
