/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_CRASH_IRQ_H
#define EXT_CRASH_IRQ_H

#include "xen/base/error.h"

/* Implements the operation dom0_irq of struct front_end (extensions/support/session.h). */
struct err *dom0_irq(unsigned int port, unsigned int *irq, char *action,
		     size_t size) ERR_MUST_CHECK;

/* Implements the operation dom0_irq_count. */
struct err *dom0_irq_count(unsigned int irq, uint64_t *count) ERR_MUST_CHECK;

#endif
