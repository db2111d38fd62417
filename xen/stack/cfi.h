/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call frame information: how to get from a function's registers to those of
 * its caller, as the compiler wrote it down in .debug_frame. libdw reads it.
 *
 * libdw's own unwinder (dwfl) is not used: where there is no information, as
 * in Xen's entry code, it follows rbp without a word, and it cannot be asked
 * for a single step. Here every step has to say how it was made.
 */
#ifndef XEN_STACK_CFI_H
#define XEN_STACK_CFI_H

#include <libelf.h>

#include "xen/base/error.h"
#include "state.h"

struct cfi;

/*
 * The information in an ELF image, which must live as long. ERR_NOT_FOUND when
 * it has no .debug_frame.
 */
struct err *cfi_create(Elf *elf, struct cfi **ret) ERR_MUST_CHECK;
void cfi_destroy(struct cfi *c);

/* Reads 8 bytes at va of the stack. */
typedef struct err *(*cfi_read_fn)(void *ctx, uint64_t va, uint64_t *ret);

/*
 * One step up. is_return: rip is a return address, so that the call before it
 * is what counts. ERR_NOT_FOUND when nothing is said of this address, errors
 * of read when the stack cannot be read. callee and caller may be the same.
 */
struct err *cfi_step(struct cfi *c, const struct cpu_state *callee,
		     bool is_return, cfi_read_fn read, void *ctx,
		     struct cpu_state *caller) ERR_MUST_CHECK;

/* Whether there is information for an address. */
bool cfi_covers(struct cfi *c, uint64_t va);

#endif
