/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consistency checks of the schedulers' state. */
#include "sched_kind.h"

#include <inttypes.h>

#include "xen/model/host/now.h"

/*
 * Time, in ns, after which a vcpu is in its runstate for good: Xen changes it at
 * the start of a switch, which takes microseconds.
 */
#define SETTLED 1000000000

/* True for a unit that may be runnable although it neither runs nor is queued. */
static bool may_be_nowhere(const struct sched *s, const struct sched_unit *u)
{
	const struct sched_kind *kind = s->pools.at[u->pool].kind;

	if (u->idle || u->place != SCHED_OUT || !kind || !kind->find_queues ||
	    s->pools.at[u->pool].incomplete)
		return true;
	if (value_ok(&u->is_running) && value_of(&u->is_running))
		return true;	/* about to leave a pcpu */
	return value_ok(&u->flags) && value_of(&u->flags) & kind->in_transit;
}

static struct err *check_unit(struct sched *s, const struct sched_unit *u)
{
	char text[SCHED_UNIT_TEXT];

	if (u->pool == SCHED_NONE)
		return NULL;
	sched_unit_text(u, text);
	if (u->priv && value_ok(&u->back) && value_of(&u->back) != u->va)
		ERR_TRY(sched_problem(s, "%s: its scheduler's data at %" PRIx64
				      " belong to %" PRIx64 ", not to %" PRIx64,
				      text, u->priv, value_of(&u->back), u->va));
	if (u->runnable && !may_be_nowhere(s, u))
		ERR_TRY(sched_problem(s, "%s is runnable, but neither runs nor is on a queue: it was being woken up, or is lost",
				      text));
	if (!u->runnable && !u->idle && u->place == SCHED_WAITS &&
	    u->queue != SCHED_NONE && s->queues.at[u->queue].ordered)
		ERR_TRY(sched_problem(s, "%s is on %s, but is not runnable", text,
				      s->queues.at[u->queue].name));
	return NULL;
}

/* Compares the queue that contains a unit with the one recorded in the unit's data. */
static struct err *check_place(struct sched *s, const struct sched_unit *u)
{
	const struct sched_queue *q = &s->queues.at[u->queue];
	enum sched_id id = s->pools.at[q->pool].kind->id;
	char text[SCHED_UNIT_TEXT];

	sched_unit_text(u, text);
	if (id == SCHED_CREDIT && value_ok(&u->pcpu) &&
	    value_of(&u->pcpu) != (uint64_t)q->number)
		return sched_problem(s, "%s is assigned to pcpu %" PRIu64
				     ", but waits on pcpu %" PRId64, text,
				     value_of(&u->pcpu), q->number);
	if (id == SCHED_CREDIT2 && q->place == SCHED_WAITS &&
	    value_ok(&u->rqd) && value_of(&u->rqd) != q->va)
		return sched_problem(s, "%s is assigned to the run queue at %" PRIx64
				     ", but waits on that at %" PRIx64, text,
				     value_of(&u->rqd), q->va);
	return NULL;
}

/* False until credit sorts a queue, which it does at the tick after priorities change. */
static bool order_is_due(const struct sched *s, const struct sched_queue *q)
{
	const struct sched_pool *p = &s->pools.at[q->pool];

	if (!q->ordered || !p->kind->in_order)
		return false;
	return !value_ok(&q->sorted) || !value_ok(&p->sort) ||
	       value_of(&q->sorted) == value_of(&p->sort);
}

/* Checks two adjacent units of a listing. */
static struct err *check_order(struct sched *s, const struct sched_unit *a,
			       const struct sched_unit *b)
{
	const struct sched_queue *q = &s->queues.at[b->queue];
	char first[SCHED_UNIT_TEXT], second[SCHED_UNIT_TEXT];

	if (a->queue != b->queue || !order_is_due(s, q) ||
	    s->pools.at[q->pool].kind->in_order(a, b))
		return NULL;
	return sched_problem(s, "%s stands before %s on %s, which is out of order",
			     sched_unit_text(a, first),
			     sched_unit_text(b, second), q->name);
}

static struct err *check_pcpu(struct sched *s, const struct sched_pcpu *p)
{
	const struct sched_unit *u;
	char text[SCHED_UNIT_TEXT];

	if (p->unit == SCHED_NONE) {
		if (value_ok(&p->curr))
			return sched_problem(s, "pcpu %u runs %" PRIx64
					     ", which is not a vcpu", p->id,
					     value_of(&p->curr));
		return NULL;
	}
	u = &s->units.at[p->unit];
	sched_unit_text(u, text);
	if (p->pool != SCHED_NONE && u->pool != SCHED_NONE && !u->idle &&
	    p->pool != u->pool)
		ERR_TRY(sched_problem(s, "pcpu %u runs %s of another cpupool",
				      p->id, text));
	/* all pcpus of a resource have the same master */
	if (value_ok(&u->pcpu) && value_of(&u->pcpu) != p->id &&
	    (!value_ok(&p->master) || value_of(&p->master) != value_of(&u->pcpu)))
		ERR_TRY(sched_problem(s, "pcpu %u runs %s, which is assigned to pcpu %"
				      PRIu64, p->id, text, value_of(&u->pcpu)));
	return NULL;
}

/* ---- the vcpus of units of one: runstate, is_running and the pcpus' current_vcpu ---- */

static const struct sched_pcpu *pcpu_at(const struct sched *s, uint64_t id)
{
	for (unsigned int i = 0; i < s->pcpus.nr; i++)
		if (s->pcpus.at[i].id == id)
			return &s->pcpus.at[i];
	return NULL;
}

/*
 * context_switch() makes a vcpu current after it sets is_running, and clears
 * that after it made another one current: a current vcpu has it at any time.
 */
static struct err *check_current(struct sched *s, const struct sched_unit *u,
				 const struct sched_pcpu *p, const char *text)
{
	if (value_ok(&u->vcpu_is_running) && !value_of(&u->vcpu_is_running))
		return sched_problem(s, "%s is the current vcpu of pcpu %u, but its is_running is 0",
				     text, p->id);
	return NULL;
}

/* A vcpu that has been in its runstate for long: ns. */
static struct err *check_settled(struct sched *s, const struct sched_unit *u,
				 const struct sched_pcpu *p, uint64_t ns)
{
	bool is_current = p->current_vcpu == u->vcpu;
	char text[SCHED_UNIT_TEXT];

	sched_unit_text(u, text);
	if (u->runstate == RUNSTATE_RUNNING && !is_current)
		return sched_problem(s, "%s has been running for %.3f s by its runstate, but is not the current vcpu of its pcpu %u",
				     text, ns / 1e9, p->id);
	if (u->runstate != RUNSTATE_RUNNING && is_current)
		return sched_problem(s, "%s is the current vcpu of pcpu %u, but has been %s for %.3f s by its runstate",
				     text, p->id, runstate_name(u->runstate), ns / 1e9);
	if (u->runstate != RUNSTATE_RUNNING && value_ok(&u->vcpu_is_running) &&
	    value_of(&u->vcpu_is_running))
		return sched_problem(s, "%s has been %s for %.3f s by its runstate, but its is_running is 1",
				     text, runstate_name(u->runstate), ns / 1e9);
	return NULL;
}

static struct err *check_vcpu(struct sched *s, const struct sched_unit *u,
			      const struct value *now)
{
	const struct sched_pcpu *p = value_ok(&u->processor) ?
				     pcpu_at(s, value_of(&u->processor)) : NULL;
	char text[SCHED_UNIT_TEXT];

	if (u->idle || u->nr_vcpus != 1 || !p || !p->current_vcpu)
		return NULL;
	if (p->current_vcpu == u->vcpu)
		ERR_TRY(check_current(s, u, p, sched_unit_text(u, text)));
	if (u->runstate > RUNSTATE_OFFLINE || !value_ok(now) || !value_ok(&u->since) ||
	    value_of(&u->since) > value_of(now) ||
	    value_of(now) - value_of(&u->since) < SETTLED)
		return NULL;
	return check_settled(s, u, p, value_of(now) - value_of(&u->since));
}

struct err *sched_check(struct sched *s)
{
	const struct sched_unit *last = NULL;
	struct value now = { .state = VALUE_NO_FIELD };

	if (!xen_is_running(s->x))
		ERR_TRY(now_read(s->x, &now));

	for (unsigned int i = 0; i < s->pcpus.nr; i++)
		ERR_TRY(check_pcpu(s, &s->pcpus.at[i]));
	for (unsigned int i = 0; i < s->units.nr; i++) {
		const struct sched_unit *u = &s->units.at[s->shown[i]];

		ERR_TRY(check_unit(s, u));
		ERR_TRY(check_vcpu(s, u, &now));
		if (u->queue == SCHED_NONE)
			continue;
		ERR_TRY(check_place(s, u));
		if (last)
			ERR_TRY(check_order(s, last, u));
		last = u;
	}
	return NULL;
}
