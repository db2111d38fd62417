/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_GUEST_SYMBOLS_H
#define XEN_MODEL_GUEST_SYMBOLS_H

#include "guest.h"

/*
 * The symbol table in a guest's Linux kernel, without modules; kept in g.
 * ERR_NOT_FOUND if VMCOREINFO does not list kallsyms (it does since Linux 6.0).
 */
struct err *guest_symbols(struct guest *g,
			  const struct symbols **ret) ERR_MUST_CHECK;

/*
 * "name+0x12" of an address of the kernel, or "" if it has no symbol or the
 * table cannot be read; returns buf.
 */
const char *guest_symbol_text(struct guest *g, uint64_t va, char *buf,
			      size_t size);

#endif
