/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_STACK_CFI_CHECK_H
#define XEN_STACK_CFI_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

/*
 * Checks a .debug_frame before libdw executes it, which allocates memory up to the
 * largest number of a register, for each state that is remembered. ERR_CORRUPT for
 * numbers beyond those of x86, entries longer than compilers write, and for forms that
 * are not written for x86 and are not understood here.
 */
struct err *cfi_check(const uint8_t *bytes, size_t len) ERR_MUST_CHECK;

#endif
