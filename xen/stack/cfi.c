/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfi.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <inttypes.h>
#include <stdlib.h>

#include "xen/symbols/dwarf_begin.h"
#include "xen/symbols/elf_names.h"
#include "cfi_check.h"

#define OPS_MAX		64	/* maximum number of operations of one expression */
#define STACK_MAX	16	/* maximum number of values on its stack */

struct cfi {
	Dwarf *dwarf;
	Dwarf_CFI *cfi;		/* owned by dwarf */
};

/* Inputs of an expression: the callee's registers, and memory. */
struct place {
	const struct cpu_state *state;
	uint64_t cfa;
	bool has_cfa;
	cfi_read_fn read;
	void *ctx;
};

struct values {
	uint64_t v[STACK_MAX];
	unsigned int nr;
	bool bad;		/* too many, or too few */
};

struct err *cfi_create(Elf *elf, struct cfi **ret)
{
	struct cfi *c = calloc(1, sizeof(*c));
	const uint8_t *bytes;
	struct err *e = NULL;
	size_t len = 0;

	if (!c)
		return err_nomem();
	e = dwarf_begin_checked(elf, &c->dwarf);
	if (e && err_reason(e) == ERR_NO_TYPE) {
		err_free(e);
		e = NULL;
	}
	if (c->dwarf)
		e = elf_debug_section(elf, "debug_frame", &bytes, &len);
	if (!e && len)
		e = cfi_check(bytes, len);
	c->cfi = !e && len ? dwarf_getcfi(c->dwarf) : NULL;
	if (!e && !c->cfi)
		e = err_new(ERR_NOT_FOUND, "the image has no .debug_frame");
	if (e) {
		cfi_destroy(c);
		return e;
	}
	*ret = c;
	return NULL;
}

void cfi_destroy(struct cfi *c)
{
	if (!c)
		return;
	if (c->dwarf)
		dwarf_end(c->dwarf);
	free(c);
}

static void push(struct values *s, uint64_t v)
{
	if (s->nr == STACK_MAX)
		s->bad = true;
	else
		s->v[s->nr++] = v;
}

static uint64_t pop(struct values *s)
{
	if (!s->nr) {
		s->bad = true;
		return 0;
	}
	return s->v[--s->nr];
}

static struct err *unknown_register(unsigned int reg)
{
	return err_new(ERR_NOT_FOUND, "unknown DWARF register %u", reg);
}

static struct err *push_register(struct values *s, const struct place *p,
				 uint64_t reg, int64_t offset)
{
	if (!state_has(p->state, reg))
		return unknown_register(reg);
	push(s, p->state->r[reg] + offset);
	return NULL;
}

/* Binary operations; false for other operations. */
static bool operate_two(struct values *s, uint8_t atom)
{
	uint64_t b, a;

	if (atom != DW_OP_plus && atom != DW_OP_minus && atom != DW_OP_and &&
	    atom != DW_OP_or && atom != DW_OP_xor && atom != DW_OP_shl &&
	    atom != DW_OP_shr && atom != DW_OP_ge)
		return false;
	b = pop(s);
	a = pop(s);
	switch (atom) {
	case DW_OP_plus: push(s, a + b); break;
	case DW_OP_minus: push(s, a - b); break;
	case DW_OP_and: push(s, a & b); break;
	case DW_OP_or: push(s, a | b); break;
	case DW_OP_xor: push(s, a ^ b); break;
	case DW_OP_shl: push(s, b < 64 ? a << b : 0); break;
	case DW_OP_shr: push(s, b < 64 ? a >> b : 0); break;
	default: push(s, (int64_t)a >= (int64_t)b); break;
	}
	return true;
}

/* Constants and copies; false for other operations. */
static bool operate_constant(struct values *s, const Dwarf_Op *op)
{
	uint64_t v;

	switch (op->atom) {
	case DW_OP_lit0 ... DW_OP_lit31:
		push(s, op->atom - DW_OP_lit0);
		return true;
	case DW_OP_const1u: case DW_OP_const1s: case DW_OP_const2u:
	case DW_OP_const2s: case DW_OP_const4u: case DW_OP_const4s:
	case DW_OP_const8u: case DW_OP_const8s: case DW_OP_constu:
	case DW_OP_consts: case DW_OP_addr:
		push(s, op->number);
		return true;
	case DW_OP_dup:
		v = pop(s);
		push(s, v);
		push(s, v);
		return true;
	case DW_OP_drop:
		pop(s);
		return true;
	case DW_OP_nop:
		return true;
	}
	return false;
}

static struct err *operate(struct values *s, const struct place *p,
			   const Dwarf_Op *op)
{
	uint64_t v;

	switch (op->atom) {
	case DW_OP_breg0 ... DW_OP_breg31:
		return push_register(s, p, op->atom - DW_OP_breg0, op->number);
	case DW_OP_bregx:
		return push_register(s, p, op->number, op->number2);
	case DW_OP_call_frame_cfa:
		if (!p->has_cfa)
			return err_new(ERR_CORRUPT, "the CFA in .debug_frame refers to itself");
		push(s, p->cfa);
		return NULL;
	case DW_OP_plus_uconst:
		push(s, pop(s) + op->number);
		return NULL;
	case DW_OP_deref:
		ERR_TRY(p->read(p->ctx, pop(s), &v));
		push(s, v);
		return NULL;
	}
	if (!operate_two(s, op->atom) && !operate_constant(s, op))
		return err_new(ERR_UNSUPPORTED, "unsupported DWARF operation %#x in .debug_frame",
			       op->atom);
	return NULL;
}

/*
 * Evaluates an expression. is_value: the result is the value itself
 * (DW_OP_stack_value ends it), not the address of it.
 */
static struct err *evaluate(const struct place *p, const Dwarf_Op *ops, size_t nr,
			    uint64_t *ret, bool *is_value)
{
	struct values s = { .nr = 0 };
	size_t i;

	*is_value = false;
	if (nr > OPS_MAX)
		return err_new(ERR_CORRUPT, "too many operations in an expression: %zu", nr);
	for (i = 0; i < nr; i++) {
		if (ops[i].atom == DW_OP_stack_value) {
			*is_value = true;
			break;
		}
		ERR_TRY(operate(&s, p, &ops[i]));
	}
	if (s.bad || !s.nr)
		return err_new(ERR_CORRUPT, "invalid expression in .debug_frame");
	*ret = s.v[s.nr - 1];
	return NULL;
}

/* DW_OP_regN: the register is saved in another one. */
static bool is_in_register(const Dwarf_Op *op, unsigned int *reg)
{
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		*reg = op->atom - DW_OP_reg0;
	else if (op->atom == DW_OP_regx)
		*reg = op->number;
	else
		return false;
	return true;
}

/*
 * True if a register without a rule, or with the rule "same value" (ops is
 * NULL), has the caller's value. rbx is preserved by the ABI and rax is not;
 * the default rules of libdw 0.188 have the two swapped
 * (backends/x86_64_cfi.c).
 */
static bool is_preserved(unsigned int reg, const Dwarf_Op *ops)
{
	return reg == X64_RBX || (!ops && reg != X64_RAX);
}

/* Computes one register of the caller; unknown without a rule. */
static struct err *caller_register(Dwarf_Frame *frame, const struct place *p,
				   unsigned int reg, struct cpu_state *caller)
{
	Dwarf_Op mem[3], *ops;
	unsigned int other;
	bool is_value;
	uint64_t v;
	size_t nr;

	if (dwarf_frame_register(frame, reg, mem, &ops, &nr))
		return err_new(ERR_CORRUPT, ".debug_frame: %s", dwarf_errmsg(-1));
	if (!nr) {
		/* unchanged by the callee, or lost in it */
		if (is_preserved(reg, ops) && state_has(p->state, reg))
			state_set(caller, reg, p->state->r[reg]);
		return NULL;
	}
	if (is_in_register(ops, &other)) {
		if (state_has(p->state, other))
			state_set(caller, reg, p->state->r[other]);
		return NULL;
	}
	ERR_TRY(evaluate(p, ops, nr, &v, &is_value));
	if (!is_value)
		ERR_TRY(p->read(p->ctx, v, &v));
	state_set(caller, reg, v);
	return NULL;
}

static struct err *frame_step(Dwarf_Frame *frame, struct place *p,
			      struct cpu_state *caller)
{
	unsigned int reg;
	bool is_value;
	Dwarf_Op *ops;
	size_t nr;

	if (dwarf_frame_cfa(frame, &ops, &nr) || !nr)
		return err_new(ERR_NOT_FOUND, "no CFA in .debug_frame");
	ERR_TRY(evaluate(p, ops, nr, &p->cfa, &is_value));
	p->has_cfa = true;
	for (reg = 0; reg < X64_NR; reg++) {
		struct err *e = caller_register(frame, p, reg, caller);

		/* the return address is required, other registers may be unknown */
		if (e && reg == X64_RIP)
			return e;
		err_free(e);
	}
	/* as in the ABI: the CFA is the caller's rsp */
	state_set(caller, X64_RSP, p->cfa);
	if (!state_has(caller, X64_RIP))
		return err_new(ERR_NOT_FOUND, "no caller, by .debug_frame");
	return NULL;
}

struct err *cfi_step(struct cfi *c, const struct cpu_state *callee, bool is_return,
		     cfi_read_fn read, void *ctx, struct cpu_state *caller)
{
	struct place p = { .state = callee, .read = read, .ctx = ctx };
	struct cpu_state up = { .known = 0 };
	Dwarf_Frame *frame;
	struct err *e;

	if (dwarf_cfi_addrframe(c->cfi, callee->r[X64_RIP] - is_return, &frame))
		return err_new(ERR_NOT_FOUND, "%" PRIx64 ": not in .debug_frame",
			       callee->r[X64_RIP]);
	e = frame_step(frame, &p, &up);
	free(frame);
	if (!e)
		*caller = up;
	return e;
}

bool cfi_covers(struct cfi *c, uint64_t va)
{
	Dwarf_Frame *frame;

	if (dwarf_cfi_addrframe(c->cfi, va, &frame))
		return false;
	free(frame);
	return true;
}
