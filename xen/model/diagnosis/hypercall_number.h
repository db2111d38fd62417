/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall that a guest executes, determined by its registers. */
#ifndef XEN_MODEL_HYPERCALL_NUMBER_H
#define XEN_MODEL_HYPERCALL_NUMBER_H

#include "xen/model/xen.h"

/*
 * Name of a hypercall, that of its function without "do_"; NULL: no hypercall
 * has this number.
 */
const char *hypercall_name(uint64_t number);

/*
 * Name of the hypercall whose number is in rax of the guest's registers at va
 * (struct cpu_user_regs), until it returns; NULL if no hypercall has that
 * number, or it cannot be read.
 */
const char *hypercall_in(struct xen *x, uint64_t va);

#endif
