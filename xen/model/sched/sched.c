/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched_kind.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/domain/domain.h"
#include "xen/model/memory_source.h"
#include "xen/model/pcpu/pcpu.h"
#include "xen/model/text.h"

/* Limit; ids of cpupools are assigned one by one and are far below. */
#define POOLS_MAX	CPUMASK_MAX
#define SLOTS_MAX	4096	/* limit; ARINC653_MAX_DOMAINS_PER_SCHEDULE is 64 */

#define POOL(m, path) FIELD(struct sched_pool, m, path)
#define POOL_AT(m, path) FIELD_AT(struct sched_pool, m, path)

static const struct field pool_fields[] FIELD_TABLE = {
	POOL(id, "cpupool.cpupool_id"),
	POOL(nr_domains, "cpupool.n_dom"),
	POOL(gran, "cpupool.gran"),
	POOL(gran_pcpus, "cpupool.sched_gran"),
	POOL_AT(cpus, "cpupool.cpu_valid[0].bits"),
	POOL(sched, "cpupool.sched"),
	POOL(sched_id, "cpupool.sched->ops->sched_id | cpupool.sched->sched_id"),
	POOL(data, "cpupool.sched->sched_data"),
	POOL(name_va, "cpupool.sched->ops->name | cpupool.sched->name"),
	POOL(opt_name_va, "cpupool.sched->ops->opt_name | "
			  "cpupool.sched->opt_name"),
};

#define PCPU(m, path) FIELD(struct sched_pcpu, m, path)

static const struct field pcpu_fields[] FIELD_TABLE = {
	PCPU(scheduler, "sched_resource.scheduler"),
	PCPU(priv, "sched_resource.sched_priv | schedule_data.sched_priv"),
	PCPU(curr, "sched_resource.curr | schedule_data.curr"),
	PCPU(master, "sched_resource.master_cpu"),
	PCPU(lock, "sched_resource.schedule_lock | schedule_data.schedule_lock"),
};

#define SLOT(m, path) FIELD(struct sched_slot, m, path)

static const struct field slot_fields[] FIELD_TABLE = {
	FIELD_AT(struct sched_slot, handle, "sched_entry_s.dom_handle"),
	SLOT(unit_id, "sched_entry_s.unit_id | sched_entry_s.vcpu_id"),
	SLOT(runtime, "sched_entry_s.runtime"),
	SLOT(unit, "sched_entry_s.unit | sched_entry_s.vc"),
};

const struct record_type sched_pool_record = RECORD_TYPE("cpupool", pool_fields);
const struct record_type sched_pcpu_record =
	RECORD_TYPE("scheduling resource", pcpu_fields);
static const struct record_type slot_record =
	RECORD_TYPE("sched_entry_s", slot_fields);

/* ---- pools ---- */

static struct err *add_pool(struct sched *s, uint64_t va)
{
	struct xen *x = s->x;
	struct sched_pool *p;

	ERR_TRY(xen_check_pointer(x, va, 8, "cpupool"));
	p = SCHED_ADD(&s->pools);
	if (!p)
		return err_nomem();
	p->va = va;
	ERR_TRY(record_read(x->records, x->space, &sched_pool_record, va, p));
	err_free(text_read(x, &p->name_va, p->name, sizeof(p->name)));
	err_free(text_read(x, &p->opt_name_va, p->opt_name, sizeof(p->opt_name)));
	if (value_ok(&p->cpus))
		ERR_TRY(err_prefix(cpumask_read(x, value_of(&p->cpus), x->nr_cpus,
						&p->mask), "cpupool's pcpus"));
	if (!value_ok(&p->sched_id))
		return err_new(ERR_BAD_POINTER, "cpupool at %" PRIx64
			       ": its scheduler cannot be read", va);
	p->kind = sched_kind_find(value_of(&p->sched_id));
	if (!p->kind)
		return err_new(ERR_UNSUPPORTED, "cpupool at %" PRIx64
			       ": unknown scheduler %" PRIu64,
			       va, value_of(&p->sched_id));
	if (!value_ok(&p->data))
		return NULL;
	ERR_TRY(err_prefix(xen_check_pointer(x, value_of(&p->data), 8, "sched_data"),
			   "cpupool at %" PRIx64, va));
	return record_read(x->records, x->space, p->kind->pool, value_of(&p->data), p);
}

/*
 * Finds cpupool 0, the first of the chain, through a domain that is in it; 0 if
 * there is none.
 */
static struct err *pool_of_domain(struct xen *x, uint64_t *ret)
{
	struct domains walk;
	struct domain d;

	*ret = 0;
	ERR_TRY(domains_start(&walk, x, false));
	for (;;) {
		ERR_TRY(domains_next(&walk, &d));
		if (walk.done)
			return NULL;
		if (!value_ok(&d.cpupool) || !value_ok(&d.cpupool_id) ||
		    value_of(&d.cpupool_id))
			continue;
		*ret = value_of(&d.cpupool);
		return NULL;
	}
}

/* Without variables, 4.4 to 4.9 do not show the head of the chain (variables.h). */
static struct err *first_pool(struct xen *x, uint64_t *ret)
{
	uint64_t head;
	struct err *e = xen_symbol(x, "cpupool_list", &head);

	if (!e)
		return space_read_u64(x->space, head, ret);
	if (err_reason(e) == ERR_NO_SYMBOL) {
		struct err *other = pool_of_domain(x, ret);

		if (!other && *ret) {
			err_free(e);
			return NULL;
		}
		err_free(other);
	}
	return e;
}

/* A ring of list_heads from 4.15 on, a chain of pointers before. */
static struct err *pools_start(struct sched *s, struct chain *c,
			       uint64_t *offset)
{
	uint64_t head, first;
	struct place list;
	struct err *e;

	e = record_resolve(s->x->records, "cpupool.list", &list);
	if (!e) {
		ERR_TRY(xen_symbol(s->x, "cpupool_list", &head));
		chain_start_ring(c, s->x, head, POOLS_MAX, "list of cpupools");
		*offset = list.offset;
		return NULL;
	}
	err_free(e);
	ERR_TRY(first_pool(s->x, &first));
	ERR_TRY(record_resolve(s->x->records, "cpupool.next", &list));
	chain_start(c, s->x, first, list.offset, POOLS_MAX, "list of cpupools");
	*offset = 0;
	return NULL;
}

static struct err *read_pools(struct sched *s)
{
	uint64_t va, offset = 0;
	struct chain c;

	ERR_TRY(err_prefix(pools_start(s, &c, &offset), "cpupools"));
	for (;;) {
		struct err *e = chain_next(&c, &va);

		if (!e && !va)
			return NULL;
		if (!e)
			e = add_pool(s, va - offset);
		ERR_TRY(sched_keep(s, e));
	}
}

/* ---- pcpus ---- */

static uint64_t current_vcpu_of(struct xen *x, unsigned int cpu)
{
	struct pcpu p;
	struct err *e = pcpu_read(x, cpu, &p);
	uint64_t va = 0;

	if (!e && value_ok(&p.current_vcpu))
		va = value_of(&p.current_vcpu);
	err_free(e);
	return va;
}

static struct err *add_pcpu(struct sched *s, unsigned int cpu)
{
	struct sched_pcpu *p;
	struct xen *x = s->x;
	uint64_t va = 0;
	struct err *e = pcpu_sched_resource(x, cpu, &va);
	const struct sched_kind *kind = NULL;

	if (e && err_reason(e) == ERR_NOT_FOUND) {
		err_free(e);	/* an absent pcpu */
		return NULL;
	}
	ERR_TRY(e);
	/* never started, or parked */
	if (!va)
		return NULL;
	ERR_TRY(xen_check_pointer(x, va, 8, "scheduling resource"));
	p = SCHED_ADD(&s->pcpus);
	if (!p)
		return err_nomem();
	p->id = cpu;
	p->va = va;
	p->unit = p->queue = SCHED_NONE;
	p->pool = sched_pool_of_pcpu(s, cpu);
	p->idle_vcpu = pcpu_idle_vcpu(x, cpu);
	p->current_vcpu = current_vcpu_of(x, cpu);
	if (p->pool != SCHED_NONE)
		kind = s->pools.at[p->pool].kind;
	ERR_TRY(record_read(x->records, x->space, &sched_pcpu_record, va, p));
	if (!kind || !kind->pcpu || !value_ok(&p->priv))
		return NULL;
	ERR_TRY(xen_check_pointer(x, value_of(&p->priv), 8, "sched_priv"));
	return record_read(x->records, x->space, kind->pcpu, value_of(&p->priv), p);
}

static struct err *read_pcpus(struct sched *s)
{
	unsigned int nr = s->x->nr_cpus < CPUMASK_MAX ? s->x->nr_cpus :
							CPUMASK_MAX;

	for (unsigned int cpu = 0; cpu < nr; cpu++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(sched_keep(s, err_prefix(add_pcpu(s, cpu), "pcpu %u",
						 cpu)));
	}
	return NULL;
}

/* ---- queues ---- */

static const char *queue_text(const struct sched *s, unsigned int n, char *buf,
			      size_t size)
{
	const struct sched_queue *q = &s->queues.at[n];

	if (q->number >= 0)
		snprintf(buf, size, "%s %" PRId64, q->name, q->number);
	else
		snprintf(buf, size, "%s", q->name);
	return buf;
}

/* Records that the unit with its priv at va has this position in queue n. */
static struct err *set_position(struct sched *s, unsigned int n, uint64_t va,
			      unsigned int position)
{
	struct sched_queue *q = &s->queues.at[n];
	struct sched_unit *u = sched_find_unit(s, va, true);
	char queue[40], text[SCHED_UNIT_TEXT];

	queue_text(s, n, queue, sizeof(queue));
	if (!u)
		return sched_problem(s, "%s: place %u has no vcpu (%" PRIx64 ")",
				     queue, position, va);
	sched_unit_text(u, text);
	if (u->place != SCHED_OUT)
		return sched_problem(s, "%s is on %s at place %u, although it %s",
				     text, queue, position,
				     sched_place_text(u->place));
	if (u->pool != q->pool)
		ERR_TRY(sched_problem(s, "%s is on %s of another cpupool",
				      text, queue));
	u->place = q->place;
	u->queue = n;
	u->position = position;
	q->count++;
	return NULL;
}

static struct err *walk_queue(struct sched *s, unsigned int n)
{
	const struct sched_queue *q = &s->queues.at[n];
	const struct sched_kind *kind = s->pools.at[q->pool].kind;
	struct place elem;
	struct chain c;
	uint64_t va;

	ERR_TRY(record_place(s->x->records, q->place == SCHED_PARKED ?
			     kind->parked_elem : kind->elem, &elem));
	chain_start_ring(&c, s->x, q->head, s->units.nr + 1, "list of units");
	for (unsigned int i = 0;; i++) {
		ERR_TRY(chain_next(&c, &va));
		if (!va)
			return NULL;
		ERR_TRY(set_position(s, n, va - elem.offset, i));
	}
}

static struct err *read_queues(struct sched *s)
{
	for (unsigned int i = 0; i < s->pools.nr; i++) {
		struct sched_pool *p = &s->pools.at[i];
		unsigned int errors = s->errors.nr;

		if (!p->kind || !p->kind->find_queues)
			continue;
		ERR_TRY(sched_keep(s, err_prefix(p->kind->find_queues(s, i),
						 "%s of cpupool %" PRIu64,
						 p->opt_name, value_of(&p->id))));
		p->incomplete = s->errors.nr != errors;
	}
	for (unsigned int i = 0; i < s->queues.nr; i++) {
		char text[40];
		struct err *e = walk_queue(s, i);

		if (e)
			s->pools.at[s->queues.at[i].pool].incomplete = true;
		ERR_TRY(sched_keep(s, err_prefix(e, "%s", queue_text(s, i, text,
							sizeof(text)))));
	}
	return NULL;
}

/* Sets the place of the units that run, and of those that null assigned to a pcpu. */
static void place_running(struct sched *s)
{
	for (unsigned int i = 0; i < s->pcpus.nr; i++) {
		struct sched_pcpu *p = &s->pcpus.at[i];
		struct sched_unit *u = NULL;

		if (value_ok(&p->curr))
			u = sched_find_unit(s, value_of(&p->curr), false);
		if (u) {
			u->place = SCHED_RUNS;
			p->unit = u - s->units.at;
		}
		u = NULL;
		if (value_ok(&p->assigned))
			u = sched_find_unit(s, value_of(&p->assigned), false);
		if (u && u->place == SCHED_OUT)
			u->place = SCHED_ASSIGNED;
	}
}

/* If no queues are read (arinc653 has none; sedf), runnable units count as waiting. */
static void place_queueless(struct sched *s)
{
	for (unsigned int i = 0; i < s->units.nr; i++) {
		struct sched_unit *u = &s->units.at[i];
		const struct sched_kind *kind = u->pool == SCHED_NONE ? NULL :
						s->pools.at[u->pool].kind;

		if (kind && !kind->find_queues && u->place == SCHED_OUT &&
		    u->runnable && !u->idle)
			u->place = SCHED_WAITS;
	}
}

static struct err *read_slots_of(struct sched *s, unsigned int pool)
{
	const struct sched_pool *p = &s->pools.at[pool];
	struct place entry;

	if (!value_ok(&p->slots) || !value_ok(&p->nr_slots))
		return NULL;
	ERR_TRY(record_resolve(s->x->records, "sched_entry_s", &entry));
	if (value_of(&p->nr_slots) > SLOTS_MAX)
		return err_new(ERR_CORRUPT, "invalid number of slots in a schedule: %" PRIu64,
			       value_of(&p->nr_slots));
	for (unsigned int i = 0; i < value_of(&p->nr_slots); i++) {
		struct sched_slot *t = SCHED_ADD(&s->slots);
		struct sched_unit *u;

		if (!t)
			return err_nomem();
		t->pool = pool;
		t->number = i;
		t->now = value_ok(&p->slot_now) && value_of(&p->slot_now) == i;
		ERR_TRY(record_read(s->x->records, s->x->space, &slot_record,
				    value_of(&p->slots) + i * entry.size, t));
		u = sched_find_unit(s, value_of(&t->unit), false);
		t->index = u ? (unsigned int)(u - s->units.at) : SCHED_NONE;
	}
	return NULL;
}

struct err *mem_sched_read(struct sched *s)
{
	ERR_TRY(read_pools(s));
	ERR_TRY(read_pcpus(s));
	ERR_TRY(sched_read_units(s));
	place_running(s);
	place_queueless(s);
	ERR_TRY(read_queues(s));
	for (unsigned int i = 0; i < s->pools.nr; i++)
		ERR_TRY(sched_keep(s, read_slots_of(s, i)));
	ERR_TRY(sched_sort_shown(s));
	return sched_check(s);
}

struct err *sched_read(struct xen *x, struct sched **ret)
{
	struct sched *s = calloc(1, sizeof(*s));
	struct err *e;

	if (!s)
		return err_nomem();
	s->x = x;
	e = x->source->sched_read(s);
	if (e)
		sched_destroy(s);
	else
		*ret = s;
	return e;
}
