/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_entry.h"

#include "xen/base/array.h"
#include "xen/stack/unwind.h"

static const struct value unknown = { .state = VALUE_NO_FIELD };

/*
 * Reads the registers of the code that the exception of the crash (NMI, machine check,
 * double fault) interrupted: it has a stack of its own and saved them at its end. QEMU's
 * notes have them without an exception. False if neither is the case.
 */
static bool read_interrupted(struct xen *x, const struct pcpu *p, struct regs *ret)
{
	const struct unwinder u = { .space = x->space };
	struct stack stack;
	struct entry entry;
	struct err *e;

	stack_geometry(x->space, p->stack, p->cpu_info, p->tss, &stack);
	if (!stack_has(&stack, p->note->regs.rsp))
		return false;
	if (stack_page(&stack, p->note->regs.rsp)->kind == STACK_PRIMARY) {
		regs_from_note(&p->note->regs, ret);
		return true;
	}
	e = entry_read(unwind_read, (void *)&u,
		       stack_limit(&stack, p->note->regs.rsp) - ENTRY_SIZE, &entry);
	if (!e)
		regs_from_entry(&entry, ret);
	err_free(e);
	return !e;
}

/* used: bytes of guest_cpu_user_regs that are not written yet */
static void complete_general(uint64_t used, struct regs *now, struct regs *regs)
{
	for (unsigned int i = 0; i < ENTRY_GENERAL; i++) {
		struct value *from = regs_at(now, entry_general[i]);
		struct value *to = regs_at(regs, entry_general[i]);

		if (8 * i < used)
			*to = *from;
		else if (!used && value_ok(from) && value_ok(to) && value_of(to) != value_of(from))
			to->unproved = true;
	}
}

/* The vector and the words that the processor pushes. */
static void complete_pushed(uint64_t used, struct regs *regs)
{
	const struct {
		struct value *v;
		uint64_t offset;
	} pushed[] = {
		{ &regs->entry_vector, ENTRY_ERROR }, { &regs->error_code, ENTRY_ERROR },
		{ &regs->rip, ENTRY_RIP }, { &regs->cs, ENTRY_CS },
		{ &regs->rflags, ENTRY_RFLAGS }, { &regs->rsp, ENTRY_RSP },
		{ &regs->ss, ENTRY_SS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pushed); i++)
		if (pushed[i].offset < used)
			*pushed[i].v = unknown;
	/* the processor clears the vector beside its error code; the stub has yet to set it */
	if (used == ENTRY_ERROR && !value_of(&regs->entry_vector))
		regs->entry_vector = unknown;
	/* the stub of system calls pushes these itself; it keeps rax in the place of ss */
	if (used > ENTRY_RIP)
		regs->rax = regs->ss = unknown;
}

void guest_entry_complete(struct xen *x, const struct pcpu *p, struct regs *regs)
{
	struct regs now;
	uint64_t used;

	if (!p->note || !p->guest_regs || !read_interrupted(x, p, &now) ||
	    value_of(&now.cs) != XEN_CS)
		return;
	used = value_of(&now.rsp) - p->guest_regs;
	if (used > ENTRY_SIZE)
		return;
	complete_general(used, &now, regs);
	complete_pushed(used, regs);
}
