/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_GUEST_SYMBOLS_H
#define XEN_MODEL_GUEST_SYMBOLS_H

#include "guest.h"

/*
 * Reads the symbol table of a guest's Linux kernel, without modules; it is kept
 * in g. ERR_NOT_FOUND if VMCOREINFO does not contain the addresses of kallsyms
 * (it does since Linux 6.0).
 */
struct err *guest_symbols(struct guest *g,
			  const struct symbols **ret) ERR_MUST_CHECK;

/* Finds the address of one symbol; if the table was not read before, only this symbol is kept of it. */
struct err *guest_symbol(struct guest *g, const char *name, uint64_t *va) ERR_MUST_CHECK;

/*
 * Formats an address of the kernel as "name+0x12", or "" if it has no symbol or
 * the table cannot be read; returns buf.
 */
const char *guest_symbol_text(struct guest *g, uint64_t va, char *buf,
			      size_t size);

#endif
