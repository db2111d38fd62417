/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timer.h"

#include <inttypes.h>
#include <string.h>

/* Limit; the heap's size is a u16, and the list may have more timers. */
#define LIST_MAX	(1U << 20)

#define TABLE(m, path) FIELD(struct timers, m, "timers." path)

static const struct field table_fields[] FIELD_TABLE = {
	TABLE(heap, "heap"),
	TABLE(list, "list"),
	TABLE(running, "running"),
	FIELD_AT(struct timers, inactive_at, "timers.inactive"),
};

#define F(m, path) FIELD(struct timer, m, "timer." path)

static const struct field timer_fields[] FIELD_TABLE = {
	F(expires, "expires"),
	F(function, "function"),
	F(data, "data"),
	F(cpu, "cpu"),
	F(status, "status"),
	F(heap_offset, "heap_offset"),
};

const struct record_type timers_record =
	RECORD_TYPE("timers", table_fields);
const struct record_type timer_record = RECORD_TYPE("timer", timer_fields);

/* Index 0 of the heap contains its size and its limit. */
static struct err *read_heap(struct timers *w)
{
	uint16_t head[2];

	if (!value_ok(&w->heap))
		return err_new(ERR_NO_TYPE, "no heap");
	ERR_TRY(xen_check_pointer(w->x, value_of(&w->heap), 8, "heap"));
	ERR_TRY(space_read(w->x->space, value_of(&w->heap), head, sizeof(head)));
	if (head[0] > head[1])
		return err_new(ERR_CORRUPT, "invalid size of the heap: %u, the limit is %u",
			       head[0], head[1]);
	w->size = head[0];
	w->limit = head[1];
	return NULL;
}

static struct err *start(struct timers *w)
{
	struct xen *x = w->x;
	uint64_t deadline;
	struct err *e;

	ERR_TRY(xen_percpu(x, "timers", w->cpu, &w->va));
	ERR_TRY(record_read(x->records, x->space, &timers_record, w->va, w));
	e = xen_percpu(x, "timer_deadline", w->cpu, &deadline);
	if (!e)
		e = space_read_u64(x->space, deadline, &w->deadline);
	err_free(e);
	return read_heap(w);
}

struct err *timers_start(struct timers *w, struct xen *x, unsigned int cpu,
			 bool inactive)
{
	struct timers new;

	memset(&new, 0, sizeof(new));
	new.x = x;
	new.cpu = cpu;
	new.inactive = inactive;
	new.where = TIMER_IN_HEAP;
	new.next = 1;
	ERR_TRY(err_prefix(start(&new), "timers of pcpu %u", cpu));
	*w = new;
	return NULL;
}

/* Compares a timer's members with the place where it was found. */
static struct err *check(const struct timers *w, const struct timer *t,
			 unsigned int place)
{
	if (value_ok(&t->status) && value_of(&t->status) != t->where)
		return err_new(ERR_CORRUPT, "is in the %s, but its status is %s",
			       timer_status_name(t->where),
			       timer_status_name(value_of(&t->status)));
	if (value_ok(&t->cpu) && value_of(&t->cpu) != w->cpu)
		return err_new(ERR_CORRUPT, "belongs to pcpu %" PRIu64, value_of(&t->cpu));
	if (place && value_ok(&t->heap_offset) &&
	    (uint32_t)value_of(&t->heap_offset) != place)
		return err_new(ERR_CORRUPT, "is at index %u, but its heap_offset is %u", place,
			       (uint32_t)value_of(&t->heap_offset));
	return NULL;
}

static struct err *read_timer(struct timers *w, uint64_t va,
			      unsigned int place, struct timer *ret)
{
	struct timer t;

	memset(&t, 0, sizeof(t));
	ERR_TRY(xen_check_pointer(w->x, va, 8, "timer"));
	ERR_TRY(record_read(w->x->records, w->x->space, &timer_record, va, &t));
	t.va = va;
	t.where = w->where;
	t.running = value_ok(&w->running) && value_of(&w->running) == va;
	ERR_TRY(err_prefix(check(w, &t, place), "timer at %" PRIx64, va));
	*ret = t;
	return NULL;
}

/* Fails when a timer expires before its parent in the heap. */
static struct err *check_heap(struct timers *w, unsigned int place,
			      const struct timer *t)
{
	struct timer above;
	struct err *e;
	uint64_t va;

	if (place < 2)
		return NULL;
	ERR_TRY(space_read_u64(w->x->space, value_of(&w->heap) + 8ULL * (place / 2), &va));
	e = read_timer(w, va, 0, &above);
	if (e) {
		/* already reported when the parent was visited */
		err_free(e);
		return NULL;
	}
	if ((int64_t)value_of(&above.expires) > (int64_t)value_of(&t->expires))
		return err_new(ERR_CORRUPT, "timer at %" PRIx64
			       " expires before its parent in the heap, at %"
			       PRIx64, t->va, va);
	return NULL;
}

static struct err *next_of_heap(struct timers *w, struct timer *ret)
{
	unsigned int place = w->next++;
	struct timer t;
	uint64_t va;

	ERR_TRY(space_read_u64(w->x->space, value_of(&w->heap) + 8ULL * place, &va));
	ERR_TRY(read_timer(w, va, place, &t));
	ERR_TRY(check_heap(w, place, &t));
	*ret = t;
	return NULL;
}

/* Proceeds to the next of the three places, and starts its chain. */
static struct err *next_where(struct timers *w)
{
	struct place m;

	if (w->where == TIMER_IN_HEAP) {
		w->where = TIMER_IN_LIST;
		w->link = 0;
		chain_start(&w->chain, w->x, 0, 0, LIST_MAX, "list of timers");
		if (!value_ok(&w->list))
			return NULL;
		ERR_TRY(record_resolve(w->x->records, "timer.list_next", &m));
		chain_start(&w->chain, w->x, value_of(&w->list), m.offset, LIST_MAX,
			    "list of timers");
		return NULL;
	}
	w->where = TIMER_INACTIVE;
	chain_start(&w->chain, w->x, 0, 0, LIST_MAX, "inactive timers");
	if (!value_ok(&w->inactive_at) || !w->inactive)
		return NULL;
	ERR_TRY(record_resolve(w->x->records, "timer.inactive", &m));
	w->link = m.offset;
	chain_start_ring(&w->chain, w->x, value_of(&w->inactive_at), LIST_MAX,
			 "inactive timers");
	return NULL;
}

static struct err *next(struct timers *w, struct timer *ret)
{
	uint64_t va;

	ERR_TRY(interrupt_check());
	if (w->where == TIMER_IN_HEAP && w->next <= w->size)
		return next_of_heap(w, ret);
	if (w->where == TIMER_IN_HEAP)
		ERR_TRY(next_where(w));
	ERR_TRY(chain_next(&w->chain, &va));
	if (!va && w->where == TIMER_IN_LIST) {
		ERR_TRY(next_where(w));
		ERR_TRY(chain_next(&w->chain, &va));
	}
	if (va)
		return read_timer(w, va - w->link, 0, ret);
	memset(ret, 0, sizeof(*ret));
	return NULL;
}

struct err *timers_next(struct timers *w, struct timer *ret)
{
	return err_prefix(next(w, ret), "pcpu %u", w->cpu);
}

const char *timer_status_name(uint64_t status)
{
	static const char *const names[] = {
		"invalid", "inactive", "killed", "heap", "list",
	};

	return status < sizeof(names) / sizeof(names[0]) ? names[status] : "?";
}
