/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock_wait.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* Registers that may hold a function's lock argument, the likeliest first. */
static const struct {
	enum x64_reg reg;
	const char *name;
} places[] = {
	{ X64_RDI, "rdi" }, { X64_RBX, "rbx" }, { X64_RBP, "rbp" },
	{ X64_R12, "r12" }, { X64_R13, "r13" }, { X64_R14, "r14" },
	{ X64_R15, "r15" }, { X64_RSI, "rsi" }, { X64_RDX, "rdx" },
	{ X64_RCX, "rcx" }, { X64_RAX, "rax" }, { X64_R8, "r8" },
	{ X64_R9, "r9" },
};

static bool is_for_lock(const struct pcpu_activity *s)
{
	return s->spins && s->spin_kind != SPIN_PCPUS;
}

/* A pcpu that does not wait. s: its activity; NULL: unknown. */
static void see_other(struct backtrace *b, unsigned int cpu,
		      const struct pcpu_activity *s, struct lock_suspects *ret)
{
	if ((s && s->away) || ret->nr++)
		return;
	ret->first = cpu;
	if (!s || s->lost || !s->pc)
		return;
	symbols_describe(b->x->symbols, s->pc, ret->where, sizeof(ret->where));
	ret->irqs_off = s->irqs_off;
	ret->flushes = s->spins && s->spin_kind == SPIN_PCPUS && !s->irqs_off;
}

/* Sets w->what to NULL if the pcpu does not wait for a lock. */
static struct err *read_wait(struct backtrace *b, unsigned int cpu,
			     struct lock_wait *w, struct lock_suspects *suspects)
{
	struct pcpu_activity s;
	struct pcpu p;
	struct err *e;

	memset(w, 0, sizeof(*w));
	ERR_TRY(interrupt_check());
	ERR_TRY(pcpu_read(b->x, cpu, &p));
	e = pcpu_activity(b, &p, &s);
	if (e || !is_for_lock(&s)) {
		see_other(b, cpu, e ? NULL : &s, suspects);
		return e;
	}
	w->pcpu = cpu;
	w->what = s.spins;
	w->spin_kind = s.spin_kind;
	w->caller = s.caller;
	w->irqs_off = s.irqs_off;
	w->regs = s.spin_regs;
	w->holder = LOCK_NO_PCPU;
	return NULL;
}

struct err *lock_waits_read(struct xen *x, struct lock_waits *ret)
{
	struct lock_waits w = { .nr = 0 };
	struct backtrace *b;
	struct err *e;

	ERR_TRY(backtrace_create(x, &b));
	w.at = calloc(x->nr_cpus ? x->nr_cpus : 1, sizeof(*w.at));
	e = w.at ? NULL : err_nomem();
	for (unsigned int cpu = 0; !e && cpu < x->nr_cpus; cpu++) {
		e = read_wait(b, cpu, &w.at[w.nr], &w.suspects);
		if (err_is_final(e))
			break;
		w.nr += !e && w.at[w.nr].what;
		err_free(e);	/* the pcpu is absent, or its stack is unreadable */
		e = NULL;
	}
	backtrace_destroy(b);
	if (e)
		lock_waits_release(&w);
	*ret = w;
	return e;
}

void lock_waits_release(struct lock_waits *w)
{
	free(w->at);
	w->at = NULL;
	w->nr = 0;
}

void lock_waits_see(struct lock_waits *waits, const struct lock *lock,
		    uint64_t size)
{
	for (unsigned int n = 0; n < waits->nr; n++) {
		struct lock_wait *w = &waits->at[n];

		for (size_t i = 0; !w->lock && i < ARRAY_SIZE(places); i++) {
			uint64_t v = w->regs.r[places[i].reg];

			if (!state_has(&w->regs, places[i].reg) ||
			    v < lock->va || v - lock->va >= size)
				continue;
			w->lock = lock->va;
			w->kind = lock->kind;
			w->holder = lock->holder;
			w->reading = lock->reading;
			snprintf(w->name, sizeof(w->name), "%s", lock->name);
			snprintf(w->by, sizeof(w->by), "%s", places[i].name);
		}
	}
}

static bool is_spinlock(const struct lock_wait *w)
{
	if (!w->lock)
		return w->spin_kind == SPIN_SPINLOCK;
	return w->kind == LOCK_IS_SPIN || w->kind == LOCK_IS_RSPIN;
}

const char *lock_holder_text(const struct lock_waits *w, const struct lock_wait *wait,
			     unsigned int *holder, char *buf, size_t size)
{
	const struct lock_suspects *s = &w->suspects;

	*holder = LOCK_NO_PCPU;
	buf[0] = '\0';
	if (!is_spinlock(wait) || wait->holder != LOCK_NO_PCPU || s->nr > 1)
		return buf;
	if (!s->nr) {
		snprintf(buf, size, "no other pcpu is in the hypervisor: it was not released, or a pcpu that waits holds it");
		return buf;
	}
	/*
	 * A lock that is taken with interrupts disabled is held with interrupts
	 * disabled: the other pcpu waits for this one, not this one for it.
	 */
	if (wait->irqs_off && s->flushes) {
		snprintf(buf, size, "it was not released, or a pcpu that waits holds it: pcpu %u%s%s waits for other pcpus, interrupts enabled",
			 s->first, *s->where ? " in " : "", s->where);
		return buf;
	}
	*holder = s->first;
	snprintf(buf, size, "pcpu %u is the only other one in the hypervisor%s%s%s", s->first,
		 *s->where ? ", in " : "", s->where,
		 s->irqs_off ? ", interrupts disabled" : "");
	return buf;
}

/*
 * True if v's pcpu holds the lock that w waits for. A writer that waits for a
 * per-cpu rw lock already holds the inner lock, and waits only for readers.
 */
static bool holds_for(const struct lock_wait *w, const struct lock_wait *v)
{
	if (!w->lock)
		return false;
	if (w->kind == LOCK_IS_PERCPU_RW)
		return cpumask_has(&w->reading, v->pcpu) ||
		       (w->holder == v->pcpu && w->pcpu != v->pcpu);
	return w->holder == v->pcpu;
}

/*
 * Depth-first search for a cycle through first, along later entries only, so
 * that each cycle is found once. done marks dead ends.
 */
static unsigned int circle_from(const struct lock_waits *w, unsigned int first,
				unsigned int *at, bool *done)
{
	unsigned int depth = 1, next;

	memset(done, 0, w->nr * sizeof(*done));
	at[0] = first;
	done[first] = true;
	while (depth) {
		const struct lock_wait *here = &w->at[at[depth - 1]];

		if (holds_for(here, &w->at[first]))
			return depth;
		for (next = first; next < w->nr; next++)
			if (!done[next] && holds_for(here, &w->at[next]))
				break;
		if (next < w->nr) {
			done[next] = true;
			at[depth++] = next;
		} else {
			depth--;
		}
	}
	return 0;
}

unsigned int lock_waits_circle(const struct lock_waits *w, unsigned int n,
			       unsigned int *at)
{
	bool *done = calloc(w->nr ? w->nr : 1, sizeof(*done));
	unsigned int nr = 0;

	for (unsigned int first = 0; done && first < w->nr; first++) {
		nr = circle_from(w, first, at, done);
		if (nr && !n--)
			break;
		nr = 0;
	}
	free(done);
	return nr;
}

const char *lock_circle_text(const struct lock_waits *w, const unsigned int *at,
			     unsigned int nr, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < nr && len < size; i++) {
		const struct lock_wait *this = &w->at[at[i]];

		len += snprintf(buf + len, size - len,
				"%spcpu %u waits for %s (%" PRIx64 "), held by pcpu %u",
				i ? "; " : "", this->pcpu, this->name, this->lock,
				w->at[at[(i + 1) % nr]].pcpu);
	}
	return buf;
}
