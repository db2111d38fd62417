/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "regs.h"

#include <string.h>

#include "xen/stack/entry.h"

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
