/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "regs.h"

#include <stddef.h>

#include "xen/base/array.h"

#define REG(name) FIELD(struct regs, name, "struct cpu_user_regs." #name)

static const struct field fields[] FIELD_TABLE = {
	REG(rax), REG(rbx), REG(rcx), REG(rdx), REG(rsi), REG(rdi), REG(rbp),
	REG(rsp), REG(r8), REG(r9), REG(r10), REG(r11), REG(r12), REG(r13),
	REG(r14), REG(r15), REG(rip), REG(rflags), REG(cs), REG(ss),
	REG(entry_vector), REG(error_code),
};

static const struct record_type regs_type = RECORD_TYPE("registers", fields);

struct err *regs_read(struct xen *x, uint64_t va, struct regs *ret)
{
	struct value *v = &ret->entry_vector;
	uint32_t word;

	ret->va = va;
	ERR_TRY(record_read(x->records, x->space, &regs_type, va, ret));
	if (v->state != VALUE_OK)
		return NULL;
	word = v->raw;
	v->raw = entry_vector(word);
	if (entry_is_partial(word))
		ret->r12 = ret->r13 = ret->r14 = ret->r15 =
			(struct value){ .state = VALUE_NO_FIELD, .unproved = v->unproved };
	return NULL;
}

#define AT(name, NAME) [X64_##NAME] = offsetof(struct regs, name)

static const size_t offsets[X64_NR] = {
	AT(rax, RAX), AT(rdx, RDX), AT(rcx, RCX), AT(rbx, RBX), AT(rsi, RSI), AT(rdi, RDI),
	AT(rbp, RBP), AT(rsp, RSP), AT(r8, R8), AT(r9, R9), AT(r10, R10), AT(r11, R11),
	AT(r12, R12), AT(r13, R13), AT(r14, R14), AT(r15, R15), AT(rip, RIP),
};

struct value *regs_at(struct regs *regs, enum x64_reg reg)
{
	return (struct value *)((char *)regs + offsets[reg]);
}

static void copy_state(const struct cpu_state *s, struct regs *ret)
{
	for (unsigned int i = 0; i < X64_NR; i++)
		*regs_at(ret, i) = (struct value){
			.raw = s->r[i],
			.state = state_has(s, i) ? VALUE_OK : VALUE_NO_FIELD,
		};
}

void regs_from_entry(const struct entry *e, struct regs *ret)
{
	*ret = (struct regs){
		.va = e->va, .rflags = value_from(e->rflags, false),
		.cs = value_from(e->cs, false), .ss = value_from(e->ss, false),
	};
	copy_state(&e->state, ret);
	/* unknown if only the words pushed by the processor exist */
	if (e->vector != ENTRY_UNKNOWN) {
		ret->entry_vector = value_from(e->vector, false);
		ret->error_code = value_from(e->error_code, false);
	}
}

void state_from_note(const struct note_regs *n, struct cpu_state *ret)
{
	const struct {
		enum x64_reg reg;
		uint64_t v;
	} copy[] = {
		{ X64_RAX, n->rax }, { X64_RBX, n->rbx }, { X64_RCX, n->rcx },
		{ X64_RDX, n->rdx }, { X64_RSI, n->rsi }, { X64_RDI, n->rdi },
		{ X64_RBP, n->rbp }, { X64_RSP, n->rsp }, { X64_R8, n->r8 },
		{ X64_R9, n->r9 }, { X64_R10, n->r10 }, { X64_R11, n->r11 },
		{ X64_R12, n->r12 }, { X64_R13, n->r13 }, { X64_R14, n->r14 },
		{ X64_R15, n->r15 }, { X64_RIP, n->rip },
	};
	unsigned int i;

	ret->known = 0;
	for (i = 0; i < ARRAY_SIZE(copy); i++)
		state_set(ret, copy[i].reg, copy[i].v);
}

void regs_from_note(const struct note_regs *n, struct regs *ret)
{
	struct cpu_state state;

	*ret = (struct regs){
		.rflags = value_from(n->rflags, false),
		.cs = value_from(n->cs, false), .ss = value_from(n->ss, false),
	};
	state_from_note(n, &state);
	copy_state(&state, ret);
}
