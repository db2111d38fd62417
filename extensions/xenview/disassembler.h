/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENVIEW_DISASSEMBLER_H
#define XENVIEW_DISASSEMBLER_H

#include "extensions/support/session.h"

/*
 * Prints code of the hypervisor in AT&T syntax, a line for each instruction as
 * gdb's x/i, targets with their symbols. A byte that begins no instruction is
 * "(bad)". The code is read from memory, so what was patched there shows.
 * Without HAVE_CAPSTONE the function does not exist.
 */
struct err *disassemble(struct session *s, const struct code *code,
			FILE *fp) ERR_MUST_CHECK;

#endif
