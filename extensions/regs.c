/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "regs.h"

#include "cells.h"

#define REG(name, heading) { #name, heading, offsetof(struct regs, name) }

static const struct {
	const char *key, *title;
	size_t at;
} shown[] = {
	REG(rip, "RIP"), REG(rflags, "RFLAGS"), REG(cs, "CS"), REG(ss, "SS"),
	REG(rsp, "RSP"), REG(rbp, "RBP"), REG(rax, "RAX"), REG(rbx, "RBX"),
	REG(rcx, "RCX"), REG(rdx, "RDX"), REG(rsi, "RSI"), REG(rdi, "RDI"),
	REG(r8, "R8"), REG(r9, "R9"), REG(r10, "R10"), REG(r11, "R11"),
	REG(r12, "R12"), REG(r13, "R13"), REG(r14, "R14"), REG(r15, "R15"),
	REG(entry_vector, "VECTOR"), REG(error_code, "ERROR"),
};

#define NR_SHOWN (sizeof(shown) / sizeof(shown[0]))

void regs_show(struct session *s, struct out *o, const char *key,
	       const char *where, const struct regs *regs)
{
	static struct column columns[NR_SHOWN + 2];
	char text[160];
	size_t i;

	columns[0] = (struct column){ .key = "where", .title = "REGISTERS" };
	columns[1] = (struct column){ .key = "symbol", .title = "AT" };
	for (i = 0; i < NR_SHOWN; i++)
		columns[i + 2] = (struct column){ .key = shown[i].key,
						  .title = shown[i].title };
	out_card(o, key, columns, NR_SHOWN + 2);
	out_str(o, where);
	cell_text(o, regs->rip.state == VALUE_OK ?
		  symbols_describe(s->xen->symbols, regs->rip.u, text, sizeof(text)) :
		  "");
	for (i = 0; i < NR_SHOWN; i++)
		cell_hex(o, (const void *)((const char *)regs + shown[i].at));
	out_end(o);
}
