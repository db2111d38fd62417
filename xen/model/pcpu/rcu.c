/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rcu.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/model/words.h"

#define CALLBACKS_MAX	(1U << 20)

/* The state, and the members that are needed only to read it. */
struct ctrl {
	struct rcu_state s;
	struct value cpumask, idle_cpumask;	/* va of the sets */
};

static const struct field ctrl_fields[] FIELD_TABLE = {
	FIELD(struct ctrl, s.cur, "rcu_ctrlblk.cur"),
	FIELD(struct ctrl, s.completed, "rcu_ctrlblk.completed"),
	FIELD(struct ctrl, s.next_pending, "rcu_ctrlblk.next_pending"),
	FIELD_AT(struct ctrl, cpumask, "rcu_ctrlblk.cpumask.bits"),
	FIELD_AT(struct ctrl, idle_cpumask, "rcu_ctrlblk.idle_cpumask.bits"),
};

const struct record_type rcu_state_record = RECORD_TYPE("rcu_ctrlblk",
							ctrl_fields);

#define F(m, path) FIELD(struct rcu_pcpu, m, "rcu_data." path)

static const struct field pcpu_fields[] FIELD_TABLE = {
	F(quiescbatch, "quiescbatch"),
	F(qs_pending, "qs_pending"),
	F(batch, "batch"),
	F(qlen, "qlen"),
	F(list[RCU_NEXT], "nxtlist"),
	F(list[RCU_CURRENT], "curlist"),
	F(list[RCU_DONE], "donelist"),
	F(idle_timer_active, "idle_timer_active"),
	F(process_callbacks, "process_callbacks"),
	F(barrier_active, "barrier_active"),
};

const struct record_type rcu_pcpu_record = RECORD_TYPE("rcu_data", pcpu_fields);

static const struct field callback_fields[] FIELD_TABLE = {
	FIELD(struct rcu_callback, function, "rcu_head.func"),
};

static const struct record_type callback_record = RECORD_TYPE("rcu_head",
							      callback_fields);

struct err *rcu_state_read(struct xen *x, struct rcu_state *ret)
{
	struct ctrl c;
	uint64_t va;

	memset(&c, 0, sizeof(c));
	ERR_TRY(xen_symbol(x, "rcu_ctrlblk", &va));
	ERR_TRY(record_read(x->records, x->space, &rcu_state_record, va, &c));
	if (!value_ok(&c.cpumask))
		return err_new(ERR_NO_TYPE, "no rcu_ctrlblk.cpumask");
	ERR_TRY(cpumask_read(x, value_of(&c.cpumask), x->nr_cpus, &c.s.waits_for));
	if (value_ok(&c.idle_cpumask))
		ERR_TRY(cpumask_read(x, value_of(&c.idle_cpumask), x->nr_cpus,
				     &c.s.idle));
	c.s.active = value_ok(&c.s.cur) &&
		     value_ok(&c.s.completed) &&
		     value_of(&c.s.cur) != value_of(&c.s.completed);
	*ret = c.s;
	return NULL;
}

/* A separate counter; VALUE_NO_FIELD in builds that lack it. */
static void read_readers(struct xen *x, struct rcu_pcpu *p)
{
	uint32_t count;
	uint64_t va;
	struct err *e = xen_percpu(x, "rcu_lock_cnt", p->id, &va);

	if (!e) {
		e = space_read(x->space, va, &count, sizeof(count));
		p->readers = (struct value){
			.raw = e ? 0 : count,
			.state = e ? VALUE_UNREADABLE : VALUE_OK,
			.why = e ? err_reason(e) : 0,
		};
	}
	err_free(e);
}

struct err *rcu_pcpu_read(struct xen *x, const struct rcu_state *state,
			  unsigned int cpu, struct rcu_pcpu *ret)
{
	struct rcu_pcpu p = { .id = cpu };

	ERR_TRY(xen_percpu(x, "rcu_data", cpu, &p.va));
	ERR_TRY(err_prefix(record_read(x->records, x->space, &rcu_pcpu_record,
				       p.va, &p), "pcpu %u", cpu));
	read_readers(x, &p);
	p.holds_up = state->active && cpumask_has(&state->waits_for, cpu);
	p.idle = cpumask_has(&state->idle, cpu);
	*ret = p;
	return NULL;
}

const char *rcu_list_name(enum rcu_list list)
{
	static const char *const names[] = { "next", "current", "done" };

	return list < RCU_LISTS ? names[list] : "?";
}

const char *rcu_wants_text(const struct rcu_state *state,
			   const struct rcu_pcpu *p, bool softirq, char *buf,
			   size_t size)
{
	char word[64];

	buf[0] = '\0';
	if (!p->holds_up)
		return buf;
	if (value_ok(&p->quiescbatch) && value_of(&p->quiescbatch) != value_of(&state->cur)) {
		snprintf(word, sizeof(word), "has not seen batch %" PRId64,
			 (int64_t)value_of(&state->cur));
		words_add(buf, size, word);
	} else if (value_ok(&p->qs_pending)) {
		words_add(buf, size, value_of(&p->qs_pending) ? "has seen it, no quiescent state yet" :
						       "has passed, not yet cleared");
	}
	if (softirq)
		words_add(buf, size, "softirq RCU pending");
	if (value_ok(&p->readers) && value_of(&p->readers)) {
		snprintf(word, sizeof(word), "inside %" PRIu64 " rcu_read_lock()",
			 value_of(&p->readers));
		words_add(buf, size, word);
	}
	return buf;
}

void rcu_callbacks_start(struct chain *c, struct xen *x,
			 const struct rcu_pcpu *p, enum rcu_list list)
{
	const struct value *first = &p->list[list];
	struct place next = { .offset = 0 };

	/* without the type, reading the first callback fails with the reason */
	err_free(record_resolve(x->records, "rcu_head.next", &next));
	chain_start(c, x, value_ok(first) ? value_of(first) : 0, next.offset,
		    CALLBACKS_MAX, rcu_list_name(list));
}

struct err *rcu_callbacks_next(struct chain *c, struct rcu_callback *ret)
{
	struct rcu_callback r = { .va = 0 };

	ERR_TRY(chain_next(c, &r.va));
	if (r.va)
		ERR_TRY(record_read(c->x->records, c->x->space, &callback_record,
				    r.va, &r));
	*ret = r;
	return NULL;
}
