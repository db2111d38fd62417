/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "backtrace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/chain.h"
#include "xen/model/regs.h"

/* struct virtual_region (include/xen/virtual_region.h, 4.7+) */
struct code_region {
	struct value start, end;	/* va */
};

static const struct field code_fields[] FIELD_TABLE = {
	FIELD(struct code_region, start,
	      "struct virtual_region.text_start | struct virtual_region.start"),
	FIELD(struct code_region, end,
	      "struct virtual_region.text_end | struct virtual_region.end"),
};

static const struct record_type code_record =
	RECORD_TYPE("virtual_region", code_fields);

static void add_code(struct backtrace *b, uint64_t start, uint64_t end)
{
	if (start < end && b->nr_code < BACKTRACE_CODE_MAX)
		b->code[b->nr_code++] = (struct code_range){ start, end };
}

static void add_section(struct backtrace *b, const char *first, const char *behind)
{
	uint64_t start, end;
	struct err *e = xen_symbol(b->x, first, &start);

	if (!e)
		e = xen_symbol(b->x, behind, &end);
	if (!e)
		add_code(b, start, end);
	err_free(e);
}

/* Init text is freed after boot (enum system_state). */
static bool is_booting(struct xen *x)
{
	static const struct field states[] FIELD_TABLE = {
		FIELD_PLACE("enum system_state=SYS_STATE_early_boot"),
		FIELD_PLACE("enum system_state=SYS_STATE_boot"),
		FIELD_PLACE("enum system_state=SYS_STATE_smp_boot"),
	};
	struct place place;
	uint64_t state;
	struct err *e = xen_variable(x, "system_state", &state);

	for (size_t i = 0; !e && i < ARRAY_SIZE(states); i++) {
		e = record_place(x->records, &states[i], &place);
		if (!e && place.offset == state)
			return true;
	}
	err_free(e);
	return false;
}

/* Text of livepatches (common/virtual_region.c). */
static struct err *add_livepatches(struct backtrace *b)
{
	struct code_region r;
	struct chain chain;
	uint64_t head, va;

	if (!records_known(b->x->records))
		return NULL;
	ERR_TRY(xen_symbol(b->x, "virtual_region_list", &head));
	chain_start_ring(&chain, b->x, head, BACKTRACE_CODE_MAX,
			 "virtual_region_list");
	for (;;) {
		/* the list_head is the first member */
		ERR_TRY(chain_next(&chain, &va));
		if (!va)
			return NULL;
		ERR_TRY(record_read(b->x->records, b->x->space, &code_record, va, &r));
		if (value_ok(&r.start) && value_ok(&r.end))
			add_code(b, value_of(&r.start), value_of(&r.end));
	}
}

struct err *backtrace_create(struct xen *x, struct backtrace **ret)
{
	struct backtrace *b = calloc(1, sizeof(*b));

	if (!b)
		return err_nomem();
	b->x = x;
	b->methods = USE_ALL;
	add_section(b, "_stext", "_etext");
	if (is_booting(x))
		add_section(b, "_sinittext", "_einittext");
	/* an unreadable list affects only frames in livepatches */
	err_free(add_livepatches(b));
	if (!b->nr_code) {
		free(b);
		return err_new(ERR_NO_SYMBOL, "no symbols _stext and _etext");
	}
	if (!x->cfi && x->image && x->image->elf && x->image->has_debug_frame)
		err_free(cfi_create(x->image->elf, &x->cfi));
	b->cfi = x->cfi;
	*ret = b;
	return NULL;
}

void backtrace_destroy(struct backtrace *b)
{
	free(b);
}

static struct unwinder make_unwinder(const struct backtrace *b)
{
	return (struct unwinder){
		.space = b->x->space, .symbols = b->x->symbols, .cfi = b->cfi,
		.code = b->code, .nr_code = b->nr_code, .methods = b->methods,
	};
}

/*
 * dom0 writes the notes in the order in which Xen listed the pcpus; if that is
 * not the order of the ids, the stack pointer identifies the pcpu.
 */
static const struct note_regs *note_of(const struct xen *x, const struct pcpu *p,
				       const struct stack *stack)
{
	unsigned int i;

	if (p->note && (stack_has(stack, p->note->regs.rsp) || pcpu_in_guest(p)))
		return &p->note->regs;
	for (i = 0; x->notes && i < x->notes->nr_pcpus; i++)
		if (x->notes->pcpu[i].has_regs &&
		    stack_has(stack, x->notes->pcpu[i].regs.rsp))
			return &x->notes->pcpu[i].regs;
	return p->note ? &p->note->regs : NULL;
}

/* True if the trace is complete and contains no guessed frame. */
static bool is_sound(const struct trace *t)
{
	unsigned int i;

	if (t->end == END_BROKEN || t->end == END_LIMIT || t->nr < 2)
		return false;
	for (i = 0; i < t->nr; i++)
		if (t->frame[i].found >= FOUND_CALL)
			return false;
	return true;
}

/*
 * For an unknown stack pointer: starts at the lowest word of the stack that
 * begins a valid chain. The stack below the true pointer holds stale frames, so
 * the innermost frames may be stale.
 */
static struct err *search(struct backtrace *b, struct unwinder *u,
			  struct trace *ret, enum trace_start *start)
{
	uint64_t va, word;

	for (va = u->stack.base; va < u->stack.bottom; va += 8) {
		struct cpu_state s = { .known = 0 };
		struct err *e;

		if (stack_page(&u->stack, va)->kind != STACK_PRIMARY)
			continue;
		e = space_read_u64(b->x->space, va, &word);
		if (e || !unwind_is_code(u, word)) {
			err_free(e);
			continue;
		}
		state_set(&s, X64_RIP, word);
		state_set(&s, X64_RSP, va + 8);
		/*
		 * builds with frame pointers push that of the caller below the
		 * return address
		 */
		e = space_read_u64(b->x->space, va - 8, &word);
		if (!e && word > va && word < u->stack.bottom)
			state_set(&s, X64_RBP, word);
		err_free(e);
		ERR_TRY(unwind(u, &s, ret));
		if (is_sound(ret)) {
			ret->frame[0].found = FOUND_SCAN;
			ret->frame[0].is_return = true;
			*start = START_SEARCH;
			return NULL;
		}
	}
	ret->nr = 0;
	*start = START_NONE;
	return NULL;
}

struct err *backtrace_pcpu(struct backtrace *b, const struct pcpu *p,
			   struct trace *ret, enum trace_start *start)
{
	struct unwinder u = make_unwinder(b);
	const struct note_regs *note;
	struct cpu_state state;

	stack_geometry(b->x->space, p->stack, p->cpu_info, p->tss, &u.stack);
	note = note_of(b->x, p, &u.stack);
	ret->nr = 0;
	ret->end = END_BOTTOM;
	if (!note)
		return search(b, &u, ret, start);
	*start = pcpu_in_guest(p) ? START_GUEST : START_NOTE;
	if (*start == START_GUEST)
		return NULL;
	state_from_note(note, &state);
	return unwind(&u, &state, ret);
}

/* ---- sleeping vcpus (common/wait.c) ---- */

/*
 * Number of bytes of stack that Xen can save; a vcpu with more on its stack
 * cannot sleep.
 */
#define SLEEP_MAX	4096

struct waitqueue {
	struct value esp, stack;
};

static const struct field wait_fields[] FIELD_TABLE = {
	FIELD(struct waitqueue, esp, "struct waitqueue_vcpu.esp"),
	FIELD(struct waitqueue, stack, "struct waitqueue_vcpu.stack"),
};

static const struct record_type wait_record =
	RECORD_TYPE("waitqueue_vcpu", wait_fields);

/*
 * Registers that __prepare_to_wait() pushes before it copies the stack: with
 * the resume address on top (before XSA-422's rework), or without.
 */
static const uint8_t pushed_old[] = { X64_R15, X64_R14, X64_R13, X64_R12, X64_R11,
				      X64_R10, X64_R9, X64_R8, X64_RBP, X64_RDX,
				      X64_RBX, X64_RAX };
static const uint8_t pushed_new[] = { X64_R15, X64_R14, X64_R13, X64_R12,
				      X64_RBP, X64_RBX };

/* rep movsb; mov %rsp,%rsi: followed by the pops */
static const uint8_t resume_code[] = { 0xf3, 0xa4, 0x48, 0x89, 0xe6 };
#define POPS_SIZE 10

/* The address after the pops of the saved registers. */
static struct err *resume_address(struct backtrace *b, uint64_t *ret)
{
	const struct symbol *sym;
	uint8_t code[1024], *at;
	size_t size;

	ERR_TRY(symbols_by_name(b->x->symbols, "__prepare_to_wait", &sym));
	size = sym->size && sym->size < sizeof(code) ? sym->size : sizeof(code);
	ERR_TRY(space_read(b->x->space, sym->addr, code, size));
	at = memmem(code, size, resume_code, sizeof(resume_code));
	if (!at)
		return err_new(ERR_CORRUPT, "no known code sequence in __prepare_to_wait");
	*ret = sym->addr + (at - code) + sizeof(resume_code) + POPS_SIZE;
	return NULL;
}

/* Returns the registers after the pops of those that __prepare_to_wait() pushed. */
static struct err *sleeping_state(struct backtrace *b, const struct unwinder *u,
				  uint64_t esp, struct cpu_state *ret)
{
	const uint8_t *pushed = pushed_old;
	unsigned int nr = sizeof(pushed_old), i;
	struct cpu_state s = { .known = 0 };
	uint64_t word, pc;

	ERR_TRY(unwind_read((void *)u, esp, &pc));
	if (unwind_is_code(u, pc)) {
		esp += 8;
	} else {
		pushed = pushed_new;
		nr = sizeof(pushed_new);
		ERR_TRY(resume_address(b, &pc));
	}
	for (i = 0; i < nr; i++) {
		ERR_TRY(unwind_read((void *)u, esp + 8 * i, &word));
		state_set(&s, pushed[i], word);
	}
	state_set(&s, X64_RSP, esp + 8 * nr);
	state_set(&s, X64_RIP, pc);
	*ret = s;
	return NULL;
}

bool backtrace_is_asleep(const struct vcpu *v)
{
	return value_ok(&v->wait_esp) && value_of(&v->wait_esp);
}

struct err *backtrace_asleep(struct backtrace *b, const struct vcpu *v,
			     struct trace *ret)
{
	struct unwinder u = make_unwinder(b);
	struct cpu_state state;
	struct waitqueue w;
	struct place type;

	ERR_TRY(record_read(b->x->records, b->x->space, &wait_record,
			    value_of(&v->waitqueue), &w));
	if (!value_ok(&w.esp) || !value_ok(&w.stack))
		return err_new(ERR_NO_TYPE, "no waitqueue_vcpu.esp and waitqueue_vcpu.stack in this build");
	ERR_TRY(xen_check_pointer(b->x, value_of(&w.esp), 8, "stack pointer of a waitqueue"));
	ERR_TRY(xen_check_pointer(b->x, value_of(&w.stack), 16, "saved stack"));
	ERR_TRY(record_resolve(b->x->records, "struct cpu_info", &type));
	stack_geometry(b->x->space, value_of(&w.esp) & ~(STACK_SIZE - 1),
		       (value_of(&w.esp) | (STACK_SIZE - 1)) + 1 - type.size, 0, &u.stack);
	u.moved_start = value_of(&w.esp);
	u.moved_end = u.stack.bottom;
	u.moved_to = value_of(&w.stack);
	if (value_of(&w.esp) >= u.stack.bottom || u.stack.bottom - value_of(&w.esp) > SLEEP_MAX)
		return err_new(ERR_CORRUPT,
			       "stack pointer %" PRIx64 " of the waitqueue is not on a stack",
			       value_of(&w.esp));
	ERR_TRY(sleeping_state(b, &u, value_of(&w.esp), &state));
	return unwind(&u, &state, ret);
}
