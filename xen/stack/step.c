/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step.h"

#include <string.h>

#define CALL_MAX	8	/* bytes of the longest call looked for */

/*
 * Calls as they end before a return address: opcode at a distance, and what
 * its ModRM byte must be (mask, value). Prefixes (REX, notrack) stand before
 * and do not matter.
 */
static const struct {
	uint8_t length, opcode, mask, value;
} calls[] = {
	{ 5, 0xe8, 0, 0 },		/* call rel32 */
	{ 2, 0xff, 0xf8, 0xd0 },	/* call *%reg */
	{ 2, 0xff, 0xf8, 0x10 },	/* call *(%reg) */
	{ 3, 0xff, 0xf8, 0x50 },	/* call *d8(%reg) */
	{ 3, 0xff, 0xff, 0x14 },	/* call *(sib) */
	{ 4, 0xff, 0xff, 0x54 },	/* call *d8(sib) */
	{ 6, 0xff, 0xf8, 0x90 },	/* call *d32(%reg) */
	{ 6, 0xff, 0xff, 0x15 },	/* call *d32(%rip) */
	{ 7, 0xff, 0xff, 0x94 },	/* call *d32(sib), call *table(,%reg,8) */
	{ 7, 0xff, 0xff, 0x14 },
};

/* Whether an instruction that calls ends at va. */
static bool is_behind_call(const struct unwinder *u, uint64_t va)
{
	uint8_t code[CALL_MAX];
	unsigned int i;
	struct err *e;

	if (!unwind_is_code(u, va - 1) || !unwind_is_code(u, va - CALL_MAX))
		return false;
	e = space_read(u->space, va - CALL_MAX, code, sizeof(code));
	if (e) {
		/* a dump may lack code; then the word has to do */
		bool excluded = err_reason(e) == ERR_EXCLUDED ||
				err_reason(e) == ERR_NOT_IN_DUMP;

		err_free(e);
		return excluded;
	}
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const uint8_t *at = code + CALL_MAX - calls[i].length;

		if (at[0] == calls[i].opcode &&
		    (at[1] & calls[i].mask) == calls[i].value)
			return true;
	}
	return false;
}

/* The registers a called function must keep; the others are lost in a call. */
static void call_kept(const struct cpu_state *in, struct cpu_state *out)
{
	static const uint8_t kept[] = { X64_RBX, X64_RBP, X64_R12, X64_R13,
					X64_R14, X64_R15 };
	struct cpu_state s = { .known = 0 };
	unsigned int i;

	for (i = 0; i < sizeof(kept); i++)
		if (state_has(in, kept[i]))
			state_set(&s, kept[i], in->r[kept[i]]);
	*out = s;
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

/* push %rbp; mov %rsp,%rbp, behind endbr64 where there is one */
#define PROLOGUE_MAX 8

enum prologue { PROLOGUE_NONE, PROLOGUE_BEFORE, PROLOGUE_PUSHED, PROLOGUE_DONE };

/* How far the function at pc has set up its frame pointer. */
static enum prologue prologue_at(const struct unwinder *u, uint64_t pc)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	/* both encodings of the mov */
	static const uint8_t push_mov[2][4] = { { 0x55, 0x48, 0x89, 0xe5 },
						{ 0x55, 0x48, 0x8b, 0xec } };
	uint8_t code[PROLOGUE_MAX];
	uint64_t offset, skip = 0;
	const struct symbol *sym;
	struct err *e;

	sym = symbols_by_addr(u->symbols, pc, &offset);
	if (!sym)
		return PROLOGUE_NONE;
	e = space_read(u->space, sym->addr, code, sizeof(code));
	if (e) {
		err_free(e);
		return PROLOGUE_NONE;
	}
	/* what is no endbr64 any more became a nop of the same length */
	if (!memcmp(code, endbr, sizeof(endbr)) ||
	    (code[0] == 0x0f && code[1] == 0x1f && code[2] == 0x40) ||
	    (code[0] == 0x66 && code[1] == 0x0f && code[2] == 0x1f))
		skip = sizeof(endbr);
	if (memcmp(code + skip, push_mov[0], 4) && memcmp(code + skip, push_mov[1], 4))
		return PROLOGUE_NONE;
	if (offset <= skip)
		return PROLOGUE_BEFORE;
	return offset < skip + 4 ? PROLOGUE_PUSHED : PROLOGUE_DONE;
}

/* The caller, whose saved rbp is at va and its return address behind. */
static bool take_frame(const struct unwinder *u, uint64_t va,
		       struct cpu_state *out)
{
	uint64_t rbp, pc;
	struct cpu_state s;

	if (!read_word(u, va, &rbp) || !read_word(u, va + 8, &pc) ||
	    !is_behind_call(u, pc))
		return false;
	/* what else the function saved, and where, is not known */
	s.known = 0;
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
	case PROLOGUE_BEFORE:
		return step_call(u, in, out);
	case PROLOGUE_PUSHED:
		return take_frame(u, sp, out);
	case PROLOGUE_DONE:
		return state_has(in, X64_RBP) && in->r[X64_RBP] >= sp &&
		       take_frame(u, in->r[X64_RBP], out);
	default:
		return false;
	}
}

static bool take_return(const struct unwinder *u, const struct cpu_state *in,
			uint64_t va, bool check_call, struct cpu_state *out)
{
	struct cpu_state s;
	uint64_t pc;

	if (!read_word(u, va, &pc) || !unwind_is_code(u, pc) ||
	    (check_call && !is_behind_call(u, pc)))
		return false;
	call_kept(in, &s);
	state_set(&s, X64_RSP, va + 8);
	state_set(&s, X64_RIP, pc);
	*out = s;
	return true;
}

bool step_call(const struct unwinder *u, const struct cpu_state *in,
	       struct cpu_state *out)
{
	return take_return(u, in, in->r[X64_RSP], true, out);
}

bool step_word(const struct unwinder *u, const struct cpu_state *in, uint64_t va,
	       bool behind_call, struct cpu_state *out)
{
	if (!take_return(u, in, va, behind_call, out))
		return false;
	/* what was jumped over may have saved any of the others */
	out->known &= 1U << X64_RSP | 1U << X64_RIP;
	return true;
}
