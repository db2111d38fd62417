/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall that a guest is in, by its registers. */
#ifndef XEN_MODEL_HYPERCALL_NUMBER_H
#define XEN_MODEL_HYPERCALL_NUMBER_H

#include "xen/model/xen.h"

/* Name of a hypercall, as its function without "do_"; NULL: no number of one. */
const char *hypercall_name(uint64_t number);

/*
 * Name of the hypercall whose number is in rax of the guest's registers at va
 * (struct cpu_user_regs), until it returns; NULL if that is no number of one,
 * or cannot be read.
 */
const char *hypercall_in(struct xen *x, uint64_t va);

#endif
