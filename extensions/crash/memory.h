/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_CRASH_MEMORY_H
#define EXT_CRASH_MEMORY_H

#include "xen/memory/memory.h"

/* Machine memory of the dump, read by crash's own reader: any format that crash opens. */
struct err *dump_memory_create(struct memory **ret) ERR_MUST_CHECK;

#endif
