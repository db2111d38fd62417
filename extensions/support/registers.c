/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "registers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "xen/model/guest/guest_symbols.h"

/* Kind of place, member, title, help; in the order of the text */
#define REGISTERS(X) \
	X(REG, rip, "RIP", "instruction pointer") \
	X(REG, rsp, "RSP", "stack pointer") \
	X(REG, rflags, "RFLAGS", "flags") \
	X(REG, rax, "RAX", "general register") \
	X(REG, rbx, "RBX", "general register") \
	X(REG, rcx, "RCX", "general register") \
	X(REG, rdx, "RDX", "general register") \
	X(REG, rsi, "RSI", "general register") \
	X(REG, rdi, "RDI", "general register") \
	X(REG, rbp, "RBP", "general register, frame pointer in builds that use one") \
	X(REG, r8, "R8", "general register") \
	X(REG, r9, "R9", "general register") \
	X(REG, r10, "R10", "general register") \
	X(REG, r11, "R11", "general register") \
	X(REG, r12, "R12", "general register") \
	X(REG, r13, "R13", "general register") \
	X(REG, r14, "R14", "general register") \
	X(REG, r15, "R15", "general register") \
	X(SHORT, cs, "CS", "code segment selector") \
	X(SHORT, ss, "SS", "stack segment selector") \
	X(SHORT, entry_vector, "VECTOR", "vector of the exception or interrupt; 0100: syscall") \
	X(SHORT, error_code, "ERROR", "error code of the exception") \
	X(CONTROL, cr0, "CR0", "control register: modes of the processor") \
	X(CONTROL, cr2, "CR2", "control register: address of the latest page fault") \
	X(CONTROL, cr3, "CR3", "control register: machine address of the page table, for an HVM guest its physical address") \
	X(CONTROL, cr4, "CR4", "control register: extensions in use") \
	X(CONTROL, efer, "EFER", "extended feature enable register") \
	X(CONTROL, fs_base, "FSBASE", "base address of FS") \
	X(CONTROL, gs_base, "GSBASE", "base address of GS")

#define PLACE_REG(name)		offsetof(struct regs, name), 16
#define PLACE_SHORT(name)	offsetof(struct regs, name), 4
#define PLACE_CONTROL(name) \
	sizeof(struct regs) + offsetof(struct control_regs, name), 16

#define SHOWN(kind, name, title, help) { #name, title, PLACE_##kind(name) },
static const struct shown {
	const char *key, *title;
	size_t at;		/* members in both structures */
	int digits;
} shown[] = { REGISTERS(SHOWN) };

#define COLUMN(kind, name, heading, meaning) \
	{ .key = #name, .title = heading, .help = meaning },
const struct column register_columns[] = {
	{ .key = "where", .title = "REGISTERS",
	  .help = "source of the set: pcpu or vcpu, and the place from which it is read" },
	{ .key = "symbol", .title = "AT",
	  .help = "symbol of the address in RIP" },
	REGISTERS(COLUMN)
};

/* Registers in each line of the text */
static const uint8_t lines[] = { 3, 3, 3, 3, 3, 3, 4, 3, 2, 2 };

struct both {
	struct regs regs;
	struct control_regs control;
};

_Static_assert(offsetof(struct both, control) == sizeof(struct regs), "struct both");

static const struct value *value_shown(const struct both *b, const struct shown *r)
{
	return (const void *)((const char *)b + r->at);
}

/*
 * Reduces "0000000000000246 RAX: 0000..." to the text after the title of the
 * first register
 */
static void line_text(const struct both *b, unsigned int first, unsigned int nr,
		      char *buf, size_t size)
{
	bool all = provenance_unproved();
	unsigned int i;
	size_t n = 0;

	for (i = first; i < first + nr && n < size; i++) {
		const struct value *v = value_shown(b, &shown[i]);
		char text[20] = "-";

		if (value_ok(v))
			snprintf(text, sizeof(text), "%0*" PRIx64, shown[i].digits, value_of(v));
		else if (v->state == VALUE_UNREADABLE)
			snprintf(text, sizeof(text), "%s", err_mark(v->why));
		if (i > first)
			n += snprintf(buf + n, size - n, "%*s%s: ", all || v->unproved ? 8 : 9,
				      shown[i].title, all || v->unproved ? "~" : "");
		if (n < size)
			n += snprintf(buf + n, size - n, "%-*s", shown[i].digits, text);
	}
	/* without blanks at the end of the line */
	n = strlen(buf);
	while (n && buf[n - 1] == ' ')
		buf[--n] = '\0';
}

/* Lines without any value are omitted. */
static bool line_has_any(const struct both *b, unsigned int first, unsigned int nr)
{
	unsigned int i;

	for (i = first; i < first + nr; i++)
		if (value_shown(b, &shown[i])->state != VALUE_NO_FIELD)
			return true;
	return false;
}

static void show(struct out *o, const char *key, const char *where, const char *at,
		 const struct both *b)
{
	struct column columns[2 + ARRAY_SIZE(shown) + ARRAY_SIZE(lines)];
	unsigned int i, first, nr = 0;
	char text[160];

	columns[nr++] = (struct column){ .key = "where", .title = "REGISTERS" };
	/* text shows the lines with a value, JSON all registers */
	columns[nr++] = (struct column){ .key = "symbol", .title = *at ? "AT" : NULL };
	for (i = first = 0; i < ARRAY_SIZE(lines); first += lines[i++])
		if (line_has_any(b, first, lines[i]))
			columns[nr++] = (struct column){ .title = shown[first].title };
	for (i = 0; i < ARRAY_SIZE(shown); i++)
		columns[nr++] = (struct column){ .key = shown[i].key };
	out_card(o, key, columns, nr);
	out_str(o, where);
	cell_text(o, at);
	for (i = first = 0; i < ARRAY_SIZE(lines); first += lines[i++]) {
		if (!line_has_any(b, first, lines[i]))
			continue;
		line_text(b, first, lines[i], text, sizeof(text));
		out_str(o, text);
	}
	for (i = 0; i < ARRAY_SIZE(shown); i++)
		cell_hex(o, value_shown(b, &shown[i]));
	out_end(o);
}

void regs_show(struct session *s, struct out *o, const char *key,
	       const char *where, const struct regs *regs)
{
	struct both b = { .regs = *regs };
	char text[160] = "";

	if (value_ok(&regs->rip))
		symbols_describe(s->xen->symbols, value_of(&regs->rip), text, sizeof(text));
	show(o, key, where, text, &b);
}

void regs_show_guest(struct out *o, const char *key, const char *where,
		     const struct regs *regs,
		     const struct control_regs *control, const char *at)
{
	struct both b = { .regs = *regs, .control = *control };

	show(o, key, where, at, &b);
}

const char *entry_text(unsigned int vector, unsigned int error_code, char *buf,
		       size_t size)
{
	unsigned int v = vector & 0xff;
	const char *name = vector_name(v);

	if (vector == ENTRY_UNKNOWN)
		snprintf(buf, size, "exception or interrupt");
	else if (vector & ENTRY_SYSCALL)
		snprintf(buf, size, "syscall");
	else if (name && vector_has_error(v))
		snprintf(buf, size, "%s, error %04x", name, error_code);
	else if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "interrupt 0x%02x", v);
	return buf;
}

bool session_has_kernel(const struct session *s, const struct domain *d)
{
	if (!s->front->kernel_symbol)
		return false;
	if (s->kernel_domid)
		return value_of(&d->domain_id) == s->kernel_domid;
	return domain_is_hardware(s->xen, d);
}

/* Symbols of the front end's kernel have precedence. */
const char *guest_address_text(struct session *s, const struct domain *d,
			       uint64_t va, char *buf, size_t size)
{
	const char *name = NULL;
	struct guest *g;
	uint64_t offset;

	buf[0] = '\0';
	if (session_has_kernel(s, d))
		name = s->front->kernel_symbol(va, &offset);
	if (name) {
		snprintf(buf, size, "%s+0x%" PRIx64, name, offset);
		return buf;
	}
	g = guest_known(s->xen, d);
	return g ? guest_symbol_text(g, va, buf, size) : buf;
}
