/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step.h"

#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"

#define CALL_MAX	8	/* bytes of the longest call instruction */

#define CALL_REL32	0xe8	/* followed by four bytes */

/*
 * Calls through a register or memory, as they end before a return address: the
 * distance of the opcode 0xff, and the required ModRM byte. Prefixes (REX,
 * notrack) precede the opcode and are ignored.
 */
static const struct {
	uint8_t length, mask, value;
} calls[] = {
	{ 2, 0xf8, 0xd0 },	/* call *%reg */
	{ 2, 0xf8, 0x10 },	/* call *(%reg) */
	{ 3, 0xf8, 0x50 },	/* call *d8(%reg) */
	{ 3, 0xff, 0x14 },	/* call *(sib) */
	{ 4, 0xff, 0x54 },	/* call *d8(sib) */
	{ 6, 0xf8, 0x90 },	/* call *d32(%reg) */
	{ 6, 0xff, 0x15 },	/* call *d32(%rip) */
	{ 7, 0xff, 0x94 },	/* call *d32(sib) */
	{ 7, 0xff, 0x14 },	/* call *table(,%reg,8) */
};

/* Calls through a register, in builds that hide them from speculation. */
#define THUNK "__x86_indirect_thunk"

/* Returns in such builds: functions jump there at their end. */
#define RETURN_THUNK "__x86_return_thunk"

static bool same_function(const struct unwinder *u, uint64_t target, uint64_t pc)
{
	const struct symbol *sym, *callee;
	uint64_t offset;

	sym = symbols_by_addr(u->symbols, target, &offset);
	callee = symbols_by_addr(u->symbols, pc, NULL);
	if (!sym || !callee)
		return true;
	return (sym->addr == callee->addr && !offset) ||
	       !strcmp(callee->name, RETURN_THUNK) ||
	       !strncmp(sym->name, THUNK, strlen(THUNK));
}

/* Finds the call instruction that ends at va; fits if its target is the function of pc. */
static enum call_fit fit_call(const struct unwinder *u, uint64_t va, uint64_t pc)
{
	uint8_t code[CALL_MAX];
	int32_t distance;
	unsigned int i;
	struct err *e;

	if (!unwind_is_code(u, va - 1) || !unwind_is_code(u, va - CALL_MAX))
		return CALL_NONE;
	e = space_read(u->space, va - CALL_MAX, code, sizeof(code));
	if (e) {
		/* code missing from the dump: accept the word */
		bool excluded = err_reason(e) == ERR_EXCLUDED ||
				err_reason(e) == ERR_NOT_IN_DUMP;

		err_free(e);
		return excluded ? CALL_OTHER : CALL_NONE;
	}
	if (code[CALL_MAX - 5] == CALL_REL32) {
		distance = (int32_t)get_le32(code + CALL_MAX - 4);
		if (unwind_is_code(u, va + distance))
			return same_function(u, va + distance, pc) ? CALL_FITS :
								     CALL_OTHER;
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		const uint8_t *at = code + CALL_MAX - calls[i].length;

		if (at[0] == 0xff && (at[1] & calls[i].mask) == calls[i].value)
			return CALL_FITS;
	}
	return CALL_NONE;
}

static bool read_word(const struct unwinder *u, uint64_t va, uint64_t *ret)
{
	struct err *e;

	if (va % 8 || !stack_has(&u->stack, va))
		return false;
	e = unwind_read((void *)u, va, ret);
	err_free(e);
	return !e;
}

/* Number of bytes of a function in which its frame pointer may be set up. */
#define PROLOGUE_MAX 4096

enum prologue { PROLOGUE_NONE, PROLOGUE_PUSHED, PROLOGUE_DONE };

/* True if the frame is already removed: after pop %rbp, before the return. */
static bool is_epilogue(const uint8_t *code, uint64_t offset)
{
	return offset && code[offset - 1] == 0x5d &&
	       (code[offset] == 0xc3 || code[offset] == 0xe9);
}

/*
 * State of the frame pointer at pc. Most functions set it up first, others only
 * before they require a frame.
 */
static enum prologue prologue_at(const struct unwinder *u, uint64_t pc)
{
	/* push %rbp; mov %rsp,%rbp */
	static const uint8_t setup[] = { 0x55, 0x48, 0x89, 0xe5 };
	uint8_t code[PROLOGUE_MAX], *at;
	const struct symbol *sym;
	uint64_t offset;
	struct err *e;

	sym = symbols_by_addr(u->symbols, pc, &offset);
	if (!sym)
		return PROLOGUE_NONE;
	if (offset > sizeof(code) - 3)
		offset = sizeof(code) - 3;
	e = space_read(u->space, sym->addr, code, offset + 3);
	if (e) {
		err_free(e);
		return PROLOGUE_NONE;
	}
	at = memmem(code, offset + 3, setup, sizeof(setup));
	if (!at || (size_t)(at - code) >= offset || is_epilogue(code, offset))
		return PROLOGUE_NONE;
	return (size_t)(at - code) + sizeof(setup) > offset ? PROLOGUE_PUSHED :
							     PROLOGUE_DONE;
}

/* Finds the caller by its saved rbp at va and the return address above it. */
static bool take_frame(const struct unwinder *u, const struct cpu_state *in,
		       uint64_t va, struct cpu_state *out)
{
	/* the places of other saved registers are unknown */
	struct cpu_state s = { .known = 0 };
	uint64_t rbp, pc;

	if (!read_word(u, va, &rbp) || !read_word(u, va + 8, &pc) ||
	    fit_call(u, pc, in->r[X64_RIP]) == CALL_NONE)
		return false;
	state_set(&s, X64_RBP, rbp);
	state_set(&s, X64_RSP, va + 16);
	state_set(&s, X64_RIP, pc);
	*out = s;
	return true;
}

bool step_pointer(const struct unwinder *u, const struct cpu_state *in,
		  bool is_return, struct cpu_state *out)
{
	uint64_t sp = in->r[X64_RSP];

	switch (prologue_at(u, in->r[X64_RIP] - is_return)) {
	case PROLOGUE_PUSHED:
		return take_frame(u, in, sp, out);
	case PROLOGUE_DONE:
		return state_has(in, X64_RBP) && in->r[X64_RBP] >= sp &&
		       take_frame(u, in, in->r[X64_RBP], out);
	default:
		return false;
	}
}

bool step_chain(const struct unwinder *u, const struct cpu_state *in,
		struct cpu_state *out)
{
	uint64_t rbp = in->r[X64_RBP], next, marked;

	if (!state_has(in, X64_RBP) || rbp < in->r[X64_RSP] ||
	    !take_frame(u, in, rbp, out) ||
	    prologue_at(u, out->r[X64_RIP] - 1) != PROLOGUE_DONE)
		return false;
	next = out->r[X64_RBP];
	marked = ~next;		/* inverted pointer to the registers of an exception */
	return (next > rbp && stack_has(&u->stack, next)) ||
	       (marked > rbp && stack_has(&u->stack, marked));
}

enum call_fit step_fit(const struct unwinder *u, const struct cpu_state *in,
		       bool is_return, uint64_t va)
{
	uint64_t word;

	if (!read_word(u, va, &word))
		return CALL_NONE;
	return fit_call(u, word, in->r[X64_RIP] - is_return);
}

bool step_word(const struct unwinder *u, const struct cpu_state *in, uint64_t va,
	       struct cpu_state *out)
{
	/* functions in between may have saved other registers */
	struct cpu_state s = { .known = 0 };
	uint64_t pc;

	if (!read_word(u, va, &pc) || !unwind_is_code(u, pc))
		return false;
	/* at the top of the stack: return address of a function that saved nothing */
	if (va == in->r[X64_RSP] && state_has(in, X64_RBP))
		state_set(&s, X64_RBP, in->r[X64_RBP]);
	state_set(&s, X64_RSP, va + 8);
	state_set(&s, X64_RIP, pc);
	*out = s;
	return true;
}
