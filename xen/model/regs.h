/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_REGS_H
#define XEN_MODEL_REGS_H

#include "xen.h"

/*
 * struct cpu_user_regs (public/arch-x86/xen-x86_64.h; asm/cpu-user-regs.h from
 * 4.21): what an entry into the hypervisor saved.
 */
struct regs {
	uint64_t va;
	struct value rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp,
		     r8, r9, r10, r11, r12, r13, r14, r15,
		     rip, rflags, cs, ss, entry_vector, error_code;
};

struct err *regs_read(struct xen *x, uint64_t va,
		      struct regs *ret) ERR_MUST_CHECK;
/* The same values out of a crash note; the last two are not in there. */
void regs_from_note(const struct note_regs *note, struct regs *ret);

#endif
