/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "xen/base/array.h"
#include "step.h"

/* Scanning reads words repeatedly: a copy of the stack's pages. */
struct stack_copy {
	uint64_t word[STACK_PAGES][STACK_PAGE / 8];
	bool has[STACK_PAGES];
};

/* Words of debug=y builds below the registers of a guest in a hypercall, up to 4.7 */
#define SHADOW_SIZE	16
#define HYPERCALLS_MAX	64	/* NR_hypercalls */
#define SYSCALL_LENGTH	2	/* length in bytes, equal to that of int $0x82 */

/* State of the walk. */
struct climb {
	const struct unwinder *u;
	struct trace *t;
	struct cpu_state state;
	bool is_return;
	enum frame_found found;
	/*
	 * A bit for each stack that was left through an exception: a return to
	 * such a stack would be a loop. Within a stack the pointer only rises,
	 * so every walk ends.
	 */
	uint32_t left;
	bool overflown;		/* the stack overflowed: words there are not its own */
};

const char *frame_found_name(enum frame_found f)
{
	static const char *const names[NR_FOUND] = {
		[FOUND_REGISTERS] = "registers",
		[FOUND_ENTRY] = "saved registers",
		[FOUND_CFI] = "cfi",
		[FOUND_POINTER] = "frame pointer",
		[FOUND_CALL] = "top of stack",
		[FOUND_SCAN] = "scan",
		[FOUND_WORD] = "word",
	};

	return f < NR_FOUND ? names[f] : "?";
}

bool unwind_is_code(const struct unwinder *u, uint64_t va)
{
	unsigned int i;

	for (i = 0; i < u->nr_code; i++)
		if (va >= u->code[i].start && va < u->code[i].end)
			return true;
	return false;
}

static struct err *read_copied(const struct unwinder *u, uint64_t va, uint64_t *ret)
{
	uint64_t offset = va - u->stack.base;
	unsigned int page = offset / STACK_PAGE;

	if (!u->copy->has[page])
		ERR_TRY(space_read(u->space, va & ~(STACK_PAGE - 1),
				   u->copy->word[page], STACK_PAGE));
	u->copy->has[page] = true;
	*ret = u->copy->word[page][offset % STACK_PAGE / 8];
	return NULL;
}

struct err *unwind_read(void *ctx, uint64_t va, uint64_t *ret)
{
	const struct unwinder *u = ctx;

	if (va >= u->moved_start && va < u->moved_end)
		va += u->moved_to - u->moved_start;
	else if (u->copy && va % 8 == 0 && stack_has(&u->stack, va))
		return read_copied(u, va, ret);
	return space_read_u64(u->space, va, ret);
}

static void ERR_PRINTF(2, 3) end_broken(struct climb *w, const char *fmt, ...)
{
	va_list ap;

	w->t->end = END_BROKEN;
	va_start(ap, fmt);
	vsnprintf(w->t->why, sizeof(w->t->why), fmt, ap);
	va_end(ap);
}

static bool on_stack(const struct climb *w, uint64_t va)
{
	return stack_has(&w->u->stack, va) &&
	       stack_page(&w->u->stack, va)->kind != STACK_NONE;
}

/*
 * Returns the number of the stack that contains va; the pages of the primary
 * stack are one.
 */
static unsigned int stack_number(const struct climb *w, uint64_t va)
{
	const struct stack *s = &w->u->stack;

	return stack_page(s, va)->kind == STACK_PRIMARY ?
	       STACK_PAGES : (va - s->base) / STACK_PAGE;
}

static struct frame *add_frame(struct climb *w, enum frame_kind kind)
{
	struct trace *t = w->t;
	struct frame *f;

	if (t->nr == TRACE_MAX) {
		t->end = END_LIMIT;
		return NULL;
	}
	f = &t->frame[t->nr++];
	*f = (struct frame){ .kind = kind, .found = w->found, .state = w->state,
			     .pc = w->state.r[X64_RIP],
			     .sp = w->state.r[X64_RSP], .is_return = w->is_return };
	if (on_stack(w, f->sp))
		f->stack = stack_page(&w->u->stack, f->sp)->name;
	return f;
}

/* Takes a step that leads up on the same stack, into code. */
static bool accept(struct climb *w, const struct cpu_state *up, uint64_t limit,
		   enum frame_found found)
{
	uint64_t sp = up->r[X64_RSP];

	if (sp <= w->state.r[X64_RSP] || sp > limit || sp % 8 ||
	    !unwind_is_code(w->u, up->r[X64_RIP]))
		return false;
	w->state = *up;
	/* any address in code may also be a pointer to a function */
	w->is_return = found != FOUND_WORD;
	w->found = found;
	return true;
}

/*
 * True if registers saved by an exception may be at va. Those of a guest are at
 * the upper end of the primary stack, or of an exception's stack.
 */
static bool find_entry(struct climb *w, uint64_t va, uint64_t limit,
		       struct entry *ret)
{
	uint64_t cs;
	struct err *e;

	/* the processor aligns what it pushes to 16 bytes */
	if (va % 16 != 8 || va + ENTRY_SIZE > limit)
		return false;
	/* most words are not registers: one read excludes these */
	e = unwind_read((void *)w->u, va + ENTRY_CS, &cs);
	if (e || !((uint16_t)cs == XEN_CS || cs & 3)) {
		err_free(e);
		return false;
	}
	e = entry_read(unwind_read, (void *)w->u, va, ret);
	err_free(e);
	if (e)
		return false;
	return entry_is_from_xen(ret) ||
	       (entry_is_from_guest(ret) && limit != w->u->stack.bottom);
}

/* Continues in the code that an exception interrupted. */
static bool cross_entry(struct climb *w, const struct entry *entry)
{
	uint64_t sp = entry->state.r[X64_RSP];
	unsigned int from = stack_number(w, entry->va), to;
	struct frame *f;

	if (entry_is_from_guest(entry)) {
		w->t->end = END_GUEST;
		w->t->guest = *entry;
		return false;
	}
	w->state = entry->state;
	w->is_return = false;
	w->found = FOUND_ENTRY;
	f = add_frame(w, FRAME_ENTRY);
	if (!f)
		return false;
	f->entry = *entry;
	f->sp = entry->va;
	f->stack = stack_page(&w->u->stack, entry->va)->name;
	if (!stack_has(&w->u->stack, sp))
		return true;	/* next_frame() reports the error */
	to = stack_number(w, sp);
	if (to != from)
		w->left |= 1U << from;
	if (w->left >> to & 1 ||
	    (to == from && sp < entry->va + (entry->vector == ENTRY_UNKNOWN ?
					     HARDWARE_SIZE : ENTRY_SIZE))) {
		end_broken(w, "loop: the registers saved at %" PRIx64
			   " point back to %" PRIx64, entry->va, sp);
		return false;
	}
	return true;
}

/*
 * Entry code calls its handlers with the stack pointer at the registers it
 * saved; debug builds also leave the inverted address of the saved rbp in rbp.
 */
static bool entry_here(struct climb *w, uint64_t limit, struct entry *ret)
{
	uint64_t marked = ~w->state.r[X64_RBP] - ENTRY_RBP;

	if (find_entry(w, w->state.r[X64_RSP], limit, ret))
		return true;
	return state_has(&w->state, X64_RBP) && marked >= w->state.r[X64_RSP] &&
	       marked < limit && find_entry(w, marked, limit, ret);
}

enum progress { STEP_NO, STEP_YES, STEP_END };

static enum progress try_cfi(struct climb *w, uint64_t limit)
{
	struct cpu_state up;
	struct err *e;

	if (!(w->u->methods & USE_CFI) || !w->u->cfi)
		return STEP_NO;
	e = cfi_step(w->u->cfi, &w->state, w->is_return, unwind_read,
		     (void *)w->u, &up);
	if (e) {
		err_free(e);
		return STEP_NO;
	}
	/* a function entered by a jump from an empty stack has no return address */
	if (up.r[X64_RSP] == limit + 8 && limit == w->u->stack.bottom) {
		w->t->end = END_BOTTOM;
		return STEP_END;
	}
	return accept(w, &up, limit, FOUND_CFI) ? STEP_YES : STEP_NO;
}

static enum progress try_entry(struct climb *w, uint64_t limit)
{
	struct entry entry;

	if (w->u->methods & USE_WORDS || !entry_here(w, limit, &entry))
		return STEP_NO;
	return cross_entry(w, &entry) ? STEP_YES : STEP_END;
}

/*
 * In entry code the registers are not saved yet, or already restored; the words
 * pushed by the processor are there.
 */
static enum progress try_hardware(struct climb *w, uint64_t limit)
{
	uint64_t rbp = w->state.r[X64_RBP], va;
	bool has_rbp = state_has(&w->state, X64_RBP);
	struct entry entry;

	if (w->u->methods & USE_WORDS || w->is_return ||
	    (w->u->cfi && cfi_covers(w->u->cfi, w->state.r[X64_RIP])))
		return STEP_NO;
	for (va = w->state.r[X64_RSP];
	     va - w->state.r[X64_RSP] <= ENTRY_RIP && va + HARDWARE_SIZE <= limit; va += 8) {
		if (!entry_read_hardware(unwind_read, (void *)w->u, va, &entry) ||
		    !entry_is_from_xen(&entry))
			continue;
		if (has_rbp && rbp >= entry.state.r[X64_RSP] && on_stack(w, rbp))
			state_set(&entry.state, X64_RBP, rbp);
		return cross_entry(w, &entry) ? STEP_YES : STEP_END;
	}
	return STEP_NO;
}

static enum progress try_pointer(struct climb *w, uint64_t limit)
{
	struct cpu_state up;

	return w->u->methods & USE_POINTERS &&
	       step_pointer(w->u, &w->state, w->is_return, &up) &&
	       accept(w, &up, limit, FOUND_POINTER) ? STEP_YES : STEP_NO;
}

/*
 * The function at pc saved no registers, or is unknown: its return address is
 * at the top of the stack. The function that filled the crash note has
 * returned, and its caller called others: any call is accepted.
 */
static enum progress try_call(struct climb *w, uint64_t limit)
{
	enum call_fit fit = w->found == FOUND_REGISTERS ? CALL_OTHER : CALL_FITS;
	uint64_t sp = w->state.r[X64_RSP];
	struct cpu_state up;

	return w->u->methods & USE_TOP && sp < limit && !w->overflown &&
	       step_fit(w->u, &w->state, w->is_return, sp) >= fit &&
	       step_word(w->u, &w->state, sp, &up) &&
	       accept(w, &up, limit, FOUND_CALL) ? STEP_YES : STEP_NO;
}

/* An exception found by a scan must have interrupted code, or a jump to a bad address. */
static bool entry_is_likely(const struct climb *w, const struct entry *e)
{
	return entry_is_from_guest(e) || unwind_is_code(w->u, e->state.r[X64_RIP]) ||
	       (e->vector == ENTRY_PAGE_FAULT && e->error_code & ENTRY_FETCH);
}

/* Scans upwards to the first return address or saved registers. */
static enum progress scan_up(struct climb *w, uint64_t end, uint64_t limit,
			     enum call_fit fit, enum frame_found found)
{
	struct cpu_state up;
	struct entry entry;
	uint64_t va;

	for (va = w->state.r[X64_RSP]; va < end; va += 8) {
		if (find_entry(w, va, limit, &entry) && entry_is_likely(w, &entry))
			return cross_entry(w, &entry) ? STEP_YES : STEP_END;
		if (step_fit(w->u, &w->state, w->is_return, va) >= fit &&
		    step_word(w->u, &w->state, va, &up) &&
		    accept(w, &up, limit, found))
			return STEP_YES;
	}
	return STEP_NO;
}

/*
 * In a function without a frame rbp is that of a caller that has one: the
 * return address of the function called there is below it, and the chain starts
 * at it.
 */
static enum progress try_chain(struct climb *w, uint64_t limit)
{
	uint64_t rbp = w->state.r[X64_RBP];
	struct cpu_state up;
	enum progress p;

	if (!(w->u->methods & USE_POINTERS) || w->u->methods & USE_WORDS ||
	    !step_chain(w->u, &w->state, &up))
		return STEP_NO;
	if (w->u->methods & USE_SCAN && !w->overflown) {
		p = scan_up(w, rbp, limit, CALL_FITS, FOUND_SCAN);
		if (p == STEP_YES && w->found == FOUND_SCAN)
			state_set(&w->state, X64_RBP, rbp);
		if (p != STEP_NO)
			return p;
	}
	return accept(w, &up, limit, FOUND_POINTER) ? STEP_YES : STEP_NO;
}

/*
 * Searches for calls of this function first, then any call, since functions may end
 * with a jump to another function.
 */
static enum progress try_scan(struct climb *w, uint64_t limit)
{
	enum progress p = STEP_NO;

	if (w->u->methods & USE_WORDS)
		return scan_up(w, limit, limit, CALL_NONE, FOUND_WORD);
	if (!(w->u->methods & USE_SCAN))
		return STEP_NO;
	if (unwind_is_code(w->u, w->state.r[X64_RIP] - w->is_return))
		p = scan_up(w, limit, limit, CALL_FITS, FOUND_SCAN);
	return p == STEP_NO ? scan_up(w, limit, limit, CALL_OTHER, FOUND_SCAN) : p;
}

/*
 * The pointer of a stack that overflowed is in the guard page, or at its end;
 * the content of the stack starts above it.
 */
static void leave_guard(struct climb *w)
{
	const struct stack *s = &w->u->stack;
	uint64_t *sp = &w->state.r[X64_RSP];

	w->overflown = false;
	if (!stack_has(s, *sp))
		return;
	if (stack_page(s, *sp)->kind == STACK_NONE)
		*sp = (*sp & ~(STACK_PAGE - 1)) + STACK_PAGE;
	else if (w->found != FOUND_ENTRY || *sp % STACK_PAGE ||
		 stack_page(s, *sp - 1)->kind != STACK_NONE)
		return;
	w->overflown = true;
	w->state.known &= 1U << X64_RSP | 1U << X64_RIP | 1U << X64_RBP;
}

/*
 * Functions that Xen jumps to after resetting the stack (switch_stack_and_jump()
 * of asm/current.h, start-up code): they have no caller.
 */
static const char *const roots[] = {
	"idle_loop", "init_done", "start_secondary", "__start_xen",
};

static bool is_root(const struct climb *w)
{
	const struct symbol *sym;
	unsigned int i;

	sym = symbols_by_addr(w->u->symbols, w->state.r[X64_RIP] - w->is_return,
			      NULL);
	for (i = 0; sym && i < ARRAY_SIZE(roots); i++)
		if (!strcmp(sym->name, roots[i]))
			return true;
	return false;
}

/*
 * Up to 4.7 the hypercall entries of builds with debug=y keep the guest's rip and the
 * number of the hypercall below its registers (x86_64/entry.S, SHADOW_BYTES). A
 * hypercall that is to be continued has rip set back to its syscall instruction.
 */
static bool is_hypercall_shadow(const struct climb *w, uint64_t limit)
{
	uint64_t sp = w->state.r[X64_RSP], rip, number;
	struct entry guest;
	struct err *e;

	if (limit != w->u->stack.bottom || sp + SHADOW_SIZE != limit)
		return false;
	e = unwind_read((void *)w->u, sp, &rip);
	if (!e)
		e = unwind_read((void *)w->u, sp + 8, &number);
	if (!e)
		e = entry_read(unwind_read, (void *)w->u, limit, &guest);
	if (e) {
		err_free(e);
		return false;
	}
	return entry_is_from_guest(&guest) && number < HYPERCALLS_MAX &&
	       (rip == guest.state.r[X64_RIP] ||
		rip == guest.state.r[X64_RIP] + SYSCALL_LENGTH);
}

/* End of the walk: the bottom of the stack, or the reason why no caller is found. */
static void end_at(struct climb *w, uint64_t limit)
{
	uint64_t sp = w->state.r[X64_RSP], word;
	struct err *e = unwind_read((void *)w->u, sp, &word);

	if (e) {
		end_broken(w, "%s", err_text(e));
		err_free(e);
	} else if (limit == w->u->stack.bottom &&
		   (w->u->methods & USE_WORDS || is_root(w) ||
		    is_hypercall_shadow(w, limit))) {
		w->t->end = END_BOTTOM;
	} else {
		end_broken(w, "no caller found between %" PRIx64 " and %" PRIx64,
			   sp, limit);
	}
}

/* Finds the next frame; false at the end of the walk. */
static bool next_frame(struct climb *w)
{
	static enum progress (*const ways[])(struct climb *, uint64_t) = {
		try_cfi, try_entry, try_hardware, try_pointer, try_call, try_chain,
		try_scan,
	};
	uint64_t limit;
	unsigned int i;

	leave_guard(w);
	if (!on_stack(w, w->state.r[X64_RSP]) || w->state.r[X64_RSP] % 8) {
		end_broken(w, "the stack pointer %" PRIx64 " is not on a stack of this pcpu",
			   w->state.r[X64_RSP]);
		return false;
	}
	limit = stack_limit(&w->u->stack, w->state.r[X64_RSP]);
	if (w->state.r[X64_RSP] >= limit) {
		w->t->end = END_BOTTOM;
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		enum progress p;

		/* rip is not in code: scan the stack */
		if (ways[i] != try_call && ways[i] != try_chain &&
		    ways[i] != try_scan && !unwind_is_code(w->u, w->state.r[X64_RIP] - w->is_return))
			continue;
		p = ways[i](w, limit);
		if (p != STEP_NO)
			return p == STEP_YES;
	}
	end_at(w, limit);
	return false;
}

struct err *unwind(const struct unwinder *u, const struct cpu_state *start,
		   struct trace *ret)
{
	struct unwinder copying = *u;
	struct climb w = { .u = &copying, .t = ret, .state = *start,
			   .found = FOUND_REGISTERS };
	struct stack_copy copy;

	memset(copy.has, 0, sizeof(copy.has));
	copying.copy = &copy;
	ret->nr = 0;
	ret->end = END_BOTTOM;
	ret->why[0] = '\0';
	do {
		ERR_TRY(interrupt_check());
		/* interrupted code starts a new frame, not that of the entry */
		if (!add_frame(&w, FRAME_CODE))
			break;
	} while (next_frame(&w));
	return NULL;
}
