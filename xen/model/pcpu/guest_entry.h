/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PV guest's entry into the hypervisor, stopped by the crash before it saved the guest's registers. */
#ifndef XEN_MODEL_GUEST_ENTRY_H
#define XEN_MODEL_GUEST_ENTRY_H

#include "xen/model/regs.h"
#include "pcpu.h"

/*
 * regs: those in guest_cpu_user_regs of a pcpu. An entry saves them from the highest
 * address to the lowest (SAVE_ALL, asm/asm_defns.h, 4.4 to master). If the stack pointer
 * of the code that the crash's exception interrupted is within them, those below it are
 * of an earlier entry, and are replaced by the processor's, or by VALUE_NO_FIELD where
 * it has them no more. At their lowest address some may still not be saved: those that
 * differ from the processor's become unproved.
 */
void guest_entry_complete(struct xen *x, const struct pcpu *p, struct regs *regs);

#endif
