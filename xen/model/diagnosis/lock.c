/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock_plan.h"

#include <inttypes.h>
#include <string.h>

#include "xen/base/array.h"

#define RELEASE(major, minor) ((major) << 8 | (minor))

struct fields {
	struct value head, tail;	/* 16-bit tickets, 4.6+ */
	struct value raw;		/* <= 0: held; up to 4.5 */
	struct value recurse_cpu, recurse_cnt, debug_cpu;
	struct value cnts;		/* 4.7+ */
	struct value old;		/* bit 31: writer, else readers; up to 4.6 */
	struct value percpu_owner;	/* va of the readers' per-cpu variable */
};

#define F(member, path) FIELD(struct fields, member, path)

static const struct field spin_fields[] FIELD_TABLE = {
	F(head, "spinlock_t.tickets.head"),
	F(tail, "spinlock_t.tickets.tail"),
	F(raw, "spinlock_t.raw.lock"),
	F(recurse_cpu, "spinlock_t.recurse_cpu"),
	F(recurse_cnt, "spinlock_t.recurse_cnt"),
	F(debug_cpu, "spinlock_t.debug.cpu"),
};

static const struct field rspin_fields[] FIELD_TABLE = {
	F(head, "rspinlock_t.tickets.head"),
	F(tail, "rspinlock_t.tickets.tail"),
	F(recurse_cpu, "rspinlock_t.recurse_cpu"),
	F(recurse_cnt, "rspinlock_t.recurse_cnt"),
	F(debug_cpu, "rspinlock_t.debug.cpu"),
};

static const struct field rw_fields[] FIELD_TABLE = {
	F(cnts, "rwlock_t.cnts.counter"),
	F(old, "rwlock_t.lock"),
};

static const struct field percpu_fields[] FIELD_TABLE = {
	F(cnts, "percpu_rwlock_t.rwlock.cnts.counter"),
	F(percpu_owner, "percpu_rwlock_t.percpu_owner"),
};

static const struct record_type records[] = {
	[LOCK_IS_SPIN] = RECORD_TYPE("spinlock_t", spin_fields),
	[LOCK_IS_RSPIN] = RECORD_TYPE("rspinlock_t", rspin_fields),
	[LOCK_IS_RW] = RECORD_TYPE("rwlock_t", rw_fields),
	[LOCK_IS_PERCPU_RW] = RECORD_TYPE("percpu_rwlock_t", percpu_fields),
};

/* Macros of include/xen/rwlock.h, which DWARF does not contain. */
static const struct rw_layout {
	uint16_t since;
	uint8_t reader_shift;
	uint32_t mask, locked, waiting, pcpu;	/* pcpu 0: no holder */
} rw_layouts[] = {
	{ RELEASE(4, 7), 8, 0xff, 0xff, 1, 0 },
	{ RELEASE(4, 14), 14, 3 << 12, 3 << 12, 1 << 12, 0xfff },
	{ RELEASE(4, 19), 16, 3 << 14, 3 << 14, 1 << 14, 0x3fff },
};

static const struct rw_layout *rw_layout(const struct xen *x)
{
	const struct rw_layout *l = &rw_layouts[0];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rw_layouts); i++)
		if (rw_layouts[i].since <= RELEASE(x->id.major, x->id.minor))
			l = &rw_layouts[i];
	return l;
}

const char *lock_kind_name(enum lock_kind kind)
{
	static const char *const names[] = {
		"spin", "recursive spin", "rw", "percpu rw",
	};

	return kind < ARRAY_SIZE(names) ? names[kind] : "?";
}

uint64_t lock_size(struct xen *x, enum lock_kind kind)
{
	static const struct field types[] FIELD_TABLE = {
		[LOCK_IS_SPIN] = FIELD_PLACE("spinlock_t"),
		[LOCK_IS_RSPIN] = FIELD_PLACE("rspinlock_t"),
		[LOCK_IS_RW] = FIELD_PLACE("rwlock_t"),
		[LOCK_IS_PERCPU_RW] = FIELD_PLACE("percpu_rwlock_t"),
	};
	struct place whole = { .size = 0 };

	err_free(record_place(x->records, &types[kind], &whole));
	return whole.size;
}

static void set_holder(struct xen *x, struct lock *l, const struct value *pcpu)
{
	if (value_ok(pcpu) && value_of(pcpu) < x->nr_cpus)
		l->holder = value_of(pcpu);
}

/*
 * SPIN_LOCK_UNLOCKED sets recurse_cpu to all ones, and a recursive holder
 * increments a counter (include/xen/spinlock.h): a lock of zeros was never
 * initialised.
 */
static bool is_uninitialised(const struct fields *f)
{
	return !value_of(&f->raw) && value_ok(&f->recurse_cpu) &&
	       !value_of(&f->recurse_cpu) && value_ok(&f->recurse_cnt) &&
	       !value_of(&f->recurse_cnt);
}

bool lock_has_no_waiter(struct xen *x, uint64_t va)
{
	struct fields f;
	struct err *e;

	if (!x->records)
		return false;
	e = record_read(x->records, x->space, &records[LOCK_IS_SPIN], va, &f);
	if (e) {
		err_free(e);
		return false;
	}
	return value_ok(&f.head) && value_ok(&f.tail) &&
	       (value_of(&f.head) || value_of(&f.tail)) &&
	       (uint16_t)(value_of(&f.tail) - value_of(&f.head)) <= 1;
}

static void from_tickets(struct xen *x, const struct fields *f, struct lock *l)
{
	if (value_ok(&f->head) && value_ok(&f->tail)) {
		uint16_t taken = value_of(&f->tail) - value_of(&f->head);

		l->has_tickets = true;
		l->head = value_of(&f->head);
		l->held = taken;
		l->waiting = taken ? taken - 1 : 0;
		/* one ticket per pcpu and context: task, softirq, irq, NMI */
		l->odd = taken > 4 * x->nr_cpus;
	} else if (value_ok(&f->raw)) {
		l->held = (int64_t)value_of(&f->raw) <= 0 && !is_uninitialised(f);
	}
	if (!l->held)
		return;
	set_holder(x, l, &f->debug_cpu);
	if (value_ok(&f->recurse_cnt) && value_of(&f->recurse_cnt)) {
		l->recursion = value_of(&f->recurse_cnt);
		set_holder(x, l, &f->recurse_cpu);
	}
}

static void from_counts(struct xen *x, const struct fields *f, struct lock *l)
{
	const struct rw_layout *rw = rw_layout(x);
	uint32_t v = value_of(&f->cnts);

	if (value_ok(&f->cnts)) {
		l->held = (v & rw->mask) == rw->locked;
		l->waiting = (v & rw->mask) == rw->waiting;
		l->readers = v >> rw->reader_shift;
		if (l->held && rw->pcpu && (v & rw->pcpu) < x->nr_cpus)
			l->holder = v & rw->pcpu;
	} else if (value_ok(&f->old)) {
		l->held = value_of(&f->old) >> 31 & 1;
		l->readers = value_of(&f->old) & 0x7fffffff;
	}
	l->odd = l->readers > 4 * x->nr_cpus;
}

/* Finds the pcpus whose copy of a per-cpu variable, at base, points to the lock. */
static void readers_by(struct xen *x, uint64_t base, struct lock *l)
{
	uint64_t offsets, offset, lock;
	unsigned int cpu;
	struct err *e;

	e = xen_symbol(x, "__per_cpu_offset", &offsets);
	for (cpu = 0; !e && cpu < x->nr_cpus && cpu < CPUMASK_MAX; cpu++) {
		e = space_read_u64(x->space, offsets + 8ULL * cpu, &offset);
		if (e || space_region(x->space, base + offset)->id == REGION_NONE)
			continue;
		e = space_read_u64(x->space, base + offset, &lock);
		if (!e && lock == l->va) {
			l->readers++;
			l->reading.bits[cpu / 64] |= 1ULL << cpu % 64;
		}
	}
	l->reading.nr = x->nr_cpus;
	err_free(e);
}

/*
 * A reader sets a per-cpu variable to the address of the lock. Debug builds
 * store the variable's address in the lock; otherwise it is one of the two of
 * 4.7 to master (DEFINE_PERCPU_RWLOCK_GLOBAL).
 */
static void read_percpu_readers(struct xen *x, const struct fields *f,
				struct lock *l)
{
	static const char *const variables[] = {
		"per_cpu__grant_rwlock", "per_cpu__p2m_percpu_rwlock",
	};
	uint64_t base;
	unsigned int i;

	if (value_ok(&f->percpu_owner)) {
		if (value_of(&f->percpu_owner))
			readers_by(x, value_of(&f->percpu_owner), l);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(variables); i++) {
		struct err *e = xen_symbol(x, variables[i], &base);

		if (!e)
			readers_by(x, base, l);
		err_free(e);
	}
}

bool lock_type_kind(const char *type, enum lock_kind *kind)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(records); i++) {
		if (!strcmp(type, records[i].name)) {
			*kind = i;
			return true;
		}
	}
	return false;
}

struct err *lock_show(struct lock_walk *w, enum lock_kind kind, uint64_t va,
		      const char *name)
{
	struct lock lock = { .va = va, .kind = kind, .name = name,
			     .holder = LOCK_NO_PCPU };
	struct fields f = { 0 };
	struct err *e = record_read(w->x->records, w->x->space, &records[kind],
				    va, &f);

	w->seen++;
	if (e) {
		w->lost(w->arg, err_prefix(e, "%s", name));
		return NULL;
	}
	switch (kind) {
	case LOCK_IS_SPIN:
	case LOCK_IS_RSPIN:
		from_tickets(w->x, &f, &lock);
		break;
	case LOCK_IS_PERCPU_RW:
		from_counts(w->x, &f, &lock);
		read_percpu_readers(w->x, &f, &lock);
		break;
	case LOCK_IS_RW:
		from_counts(w->x, &f, &lock);
		break;
	}
	return w->fn(w->arg, &lock);
}

/* ---- variables ---- */

#define PERCPU "per_cpu__"

static struct err *locks_of_percpu(struct lock_walk *w,
				   const struct lock_plan *plan, const char *name)
{
	char full[LOCK_NAME_SIZE];
	unsigned int cpu;
	uint64_t va;

	for (cpu = 0; cpu < w->x->nr_cpus; cpu++) {
		struct err *e = xen_percpu(w->x, name + strlen(PERCPU), cpu, &va);

		if (e) {
			err_free(e);	/* pcpu without per-cpu area */
			continue;
		}
		snprintf(full, sizeof(full), "pcpu %u %s", cpu,
			 name + strlen(PERCPU));
		ERR_TRY(lock_plan_show(w, plan, va, full));
	}
	return NULL;
}

static struct err *locks_of_symbol(struct lock_walk *w, const struct symbol *sym)
{
	char name[LOCK_NAME_SIZE];
	struct lock_plan plan;
	struct type t;
	struct err *e;

	if (!strchr("bBdDrR", sym->type) || (sym->size && sym->size < sizeof(uint16_t)))
		return NULL;
	symbol_full_name(sym, name, sizeof(name));
	e = types_variable(w->x->types, name, &t);
	if (e) {
		err_free(e);
		return NULL;
	}
	ERR_TRY(lock_plan_make(w, &t, name, &plan));
	if (!strncmp(sym->name, PERCPU, strlen(PERCPU)))
		e = locks_of_percpu(w, &plan, sym->name);
	else
		e = lock_plan_show(w, &plan, sym->addr, name);
	lock_plan_release(&plan);
	return e;
}

struct err *locks_of_variables(struct lock_walk *w)
{
	const struct symbol *sym;
	size_t i;

	if (!w->x->types)
		return NULL;
	for (i = 0; (sym = symbols_nth(w->x->symbols, i)); i++) {
		if (!(i & 0xff))
			ERR_TRY(interrupt_check());
		ERR_TRY(locks_of_symbol(w, sym));
	}
	return NULL;
}
