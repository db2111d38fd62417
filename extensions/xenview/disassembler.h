/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENVIEW_DISASSEMBLER_H
#define XENVIEW_DISASSEMBLER_H

#include "extensions/support/session.h"

/*
 * Prints code of the hypervisor in AT&T syntax, a line for each instruction as
 * gdb's x/i, targets with their symbols. A byte that does not begin an
 * instruction is "(bad)". The code is read from memory, and thus includes
 * run-time patches. The function is declared only with HAVE_CAPSTONE.
 */
struct err *disassemble(struct session *s, const struct code *code,
			FILE *fp) ERR_MUST_CHECK;

#endif
