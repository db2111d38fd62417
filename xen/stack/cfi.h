/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call frame information: the rules from a function's registers to those of its
 * caller, written by the compiler into .debug_frame and read by libdw.
 *
 * libdw's own unwinder (dwfl) is not used: without information, as in Xen's
 * entry code, it silently follows rbp, and it has no single steps. Here the
 * method of every step is recorded.
 */
#ifndef XEN_STACK_CFI_H
#define XEN_STACK_CFI_H

#include <libelf.h>

#include "xen/base/error.h"
#include "state.h"

struct cfi;

/*
 * Opens the information of an ELF image, which must outlive it. ERR_NOT_FOUND
 * without .debug_frame.
 */
struct err *cfi_create(Elf *elf, struct cfi **ret) ERR_MUST_CHECK;
void cfi_destroy(struct cfi *c);

/* Reads 8 bytes at va of the stack. */
typedef struct err *(*cfi_read_fn)(void *ctx, uint64_t va, uint64_t *ret);

/*
 * Computes the registers of the caller. is_return: rip is a return address, so
 * the rule for the call before it applies. ERR_NOT_FOUND without a rule for the
 * address, errors of read for the stack. callee and caller may point to the
 * same struct.
 */
struct err *cfi_step(struct cfi *c, const struct cpu_state *callee,
		     bool is_return, cfi_read_fn read, void *ctx,
		     struct cpu_state *caller) ERR_MUST_CHECK;

/* True if there is information for an address. */
bool cfi_covers(struct cfi *c, uint64_t va);

#endif
