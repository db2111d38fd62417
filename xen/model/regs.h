/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_REGS_H
#define XEN_MODEL_REGS_H

#include "xen/stack/entry.h"
#include "xen.h"

/*
 * Registers saved by an entry into the hypervisor: struct cpu_user_regs
 * (public/arch-x86/xen-x86_64.h; asm/cpu-user-regs.h from 4.21).
 */
struct regs {
	uint64_t va;			/* 0: the registers are not in memory */
	struct value rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp,
		     r8, r9, r10, r11, r12, r13, r14, r15,
		     rip, rflags, cs, ss, entry_vector, error_code;
};

/* r12 to r15 are VALUE_NO_FIELD where the entry did not save them (up to 4.5). */
struct err *regs_read(struct xen *x, uint64_t va,
		      struct regs *ret) ERR_MUST_CHECK;
struct value *regs_at(struct regs *regs, enum x64_reg reg);
/* Copies registers saved by an entry; those that are not known are VALUE_NO_FIELD. */
void regs_from_entry(const struct entry *e, struct regs *ret);
/* Copies a crash note, which lacks entry_vector and error_code. */
void state_from_note(const struct note_regs *note, struct cpu_state *ret);
void regs_from_note(const struct note_regs *note, struct regs *ret);

#endif
