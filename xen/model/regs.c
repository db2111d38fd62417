/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "regs.h"

#include <stddef.h>
#include <string.h>

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

void regs_from_entry(const struct entry *e, struct regs *ret)
{
	const struct {
		struct value *to;
		uint64_t from;
	} others[] = {
		{ &ret->rflags, e->rflags }, { &ret->cs, e->cs }, { &ret->ss, e->ss },
		{ &ret->entry_vector, e->vector }, { &ret->error_code, e->error_code },
	};
	unsigned int i;

	memset(ret, 0, sizeof(*ret));
	ret->va = e->va;
	for (i = 0; i < X64_NR; i++)
		*regs_at(ret, i) = (struct value){
			.raw = e->state.r[i],
			.state = state_has(&e->state, i) ? VALUE_OK : VALUE_NO_FIELD,
		};
	/*
	 * Vector and error code are unknown if only the words pushed by the
	 * processor exist.
	 */
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (i < 3 || e->vector != ENTRY_UNKNOWN)
			*others[i].to = value_from(others[i].from, false);
}

void regs_from_note(const struct note_regs *n, struct regs *ret)
{
	const struct {
		struct value *to;
		uint64_t from;
	} copy[] = {
		{ &ret->rax, n->rax }, { &ret->rbx, n->rbx }, { &ret->rcx, n->rcx },
		{ &ret->rdx, n->rdx }, { &ret->rsi, n->rsi }, { &ret->rdi, n->rdi },
		{ &ret->rbp, n->rbp }, { &ret->rsp, n->rsp }, { &ret->r8, n->r8 },
		{ &ret->r9, n->r9 }, { &ret->r10, n->r10 }, { &ret->r11, n->r11 },
		{ &ret->r12, n->r12 }, { &ret->r13, n->r13 }, { &ret->r14, n->r14 },
		{ &ret->r15, n->r15 }, { &ret->rip, n->rip },
		{ &ret->rflags, n->rflags }, { &ret->cs, n->cs }, { &ret->ss, n->ss },
	};
	size_t i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < sizeof(copy) / sizeof(copy[0]); i++)
		*copy[i].to = (struct value){ .raw = copy[i].from, .state = VALUE_OK };
}
