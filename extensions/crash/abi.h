/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_CRASH_ABI_H
#define EXT_CRASH_ABI_H

#include "xen/base/error.h"

/*
 * Returns NULL if the running crash has the structures that xen.so was built
 * with, else ERR_MISMATCH.
 */
struct err *abi_check(void) ERR_MUST_CHECK;

#endif
