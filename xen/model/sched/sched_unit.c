/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The units of the schedulers, and the indexes to find them. */
#include "sched_kind.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "xen/model/words.h"

#define UNIT(m, path) FIELD(struct sched_unit, m, path)

static const struct field unit_fields[] FIELD_TABLE = {
	UNIT(is_running, "sched_unit.is_running | vcpu.is_running"),
	UNIT(pcpu, "sched_unit.res->master_cpu | vcpu.processor"),
};

const struct record_type sched_unit_itself_record =
	RECORD_TYPE("scheduling unit", unit_fields);

static unsigned int pool_at(const struct sched *s, uint64_t va)
{
	for (unsigned int i = 0; i < s->pools.nr; i++) {
		if (s->pools.at[i].va == va)
			return i;
	}
	return SCHED_NONE;
}

static bool is_zero(const struct value *v)
{
	return !value_ok(v) || !value_of(v);
}

/* Like vcpu_runnable() of include/xen/sched.h. */
static bool vcpu_is_runnable(const struct domain *d, const struct vcpu *v)
{
	return is_zero(&v->pause_flags) && is_zero(&v->pause_count) &&
	       is_zero(&d->pause_count);
}

/* Reads the scheduler's data; an idle unit has neither weight nor cap. */
static struct err *read_priv(struct sched *s, struct sched_unit *u)
{
	static const struct value none = { .state = VALUE_NO_FIELD };
	const struct sched_kind *kind = NULL;
	struct xen *x = s->x;

	if (u->pool != SCHED_NONE)
		kind = s->pools.at[u->pool].kind;
	if (!kind || !u->priv)
		return NULL;
	ERR_TRY(xen_check_pointer(x, u->priv, 8, "priv"));
	ERR_TRY(record_read(x->records, x->space, kind->unit, u->priv, u));
	if (value_ok(&u->sdom) && !value_of(&u->sdom))
		u->weight = u->cap = u->parked = none;
	/* STIME_MAX of credit2: the domain has no cap */
	if (value_ok(&u->budget) && value_of(&u->budget) == INT64_MAX)
		u->budget = u->quota = none;
	return NULL;
}

/* Runstate, or ~0: a replacing idle vcpu has that of another unit. */
static unsigned int runstate_in_unit(const struct vcpu *v)
{
	return value_ok(&v->runstate) && !value_of(&v->substitutes) ? value_of(&v->runstate) : ~0U;
}

/*
 * Drops members that were read by the second paths of unit_fields in a build or
 * profile with units but without the unit's members: these paths expect u->va
 * to be a vcpu.
 */
static void drop_places_of_vcpu(const struct vcpu *v, struct sched_unit *u)
{
	if (v->sched_unit.state == VALUE_NO_FIELD)
		return;
	if (u->is_running.alternative)
		u->is_running = (struct value){ .state = VALUE_NO_FIELD };
	if (u->pcpu.alternative)
		u->pcpu = (struct value){ .state = VALUE_NO_FIELD };
}

static struct err *add_unit(struct sched *s, const struct domain *d,
			    const struct vcpu *v)
{
	struct sched_unit *u = SCHED_ADD(&s->units);

	if (!u)
		return err_nomem();
	u->va = value_ok(&v->sched_unit) ? value_of(&v->sched_unit) : v->va;
	u->vcpu = v->va;
	u->nr_vcpus = 1;
	u->domid = value_of(&d->domain_id);
	u->id = value_of(&v->vcpu_id);
	u->idle = domain_type(d) == DOMAIN_IDLE;
	u->place = SCHED_OUT;
	u->pool = u->queue = SCHED_NONE;
	u->runnable = vcpu_is_runnable(d, v);
	u->runstate = runstate_in_unit(v);
	u->vcpu_is_running = v->is_running;
	u->processor = v->processor;
	u->since = v->state_entry_time;
	u->priv = value_ok(&v->sched_priv) ? value_of(&v->sched_priv) : 0;
	ERR_TRY(record_read(s->x->records, s->x->space, &sched_unit_itself_record,
			    u->va, u));
	drop_places_of_vcpu(v, u);
	/* the idle domain has no cpupool */
	if (u->idle)
		u->pool = value_ok(&u->pcpu) ?
			  sched_pool_of_pcpu(s, value_of(&u->pcpu)) : SCHED_NONE;
	else
		u->pool = value_ok(&d->cpupool) ?
			  pool_at(s, value_of(&d->cpupool)) : SCHED_NONE;
	return err_prefix(read_priv(s, u), "d%" PRIu64 "v%" PRIu64, u->domid,
			  u->id);
}

/* Adds v to the last unit if it belongs to it: the vcpus of a unit are adjacent. */
static bool joins_last(struct sched *s, const struct domain *d,
		       const struct vcpu *v)
{
	unsigned int runstate = runstate_in_unit(v);
	struct sched_unit *u;

	if (!s->units.nr || !value_ok(&v->sched_unit))
		return false;
	u = &s->units.at[s->units.nr - 1];
	if (u->va != value_of(&v->sched_unit) || u->domid != value_of(&d->domain_id))
		return false;
	u->nr_vcpus++;
	u->runnable |= vcpu_is_runnable(d, v);
	if (runstate < u->runstate)
		u->runstate = runstate;
	return true;
}

static struct err *add_units(struct sched *s, const struct domain *d)
{
	struct vcpus w;
	struct vcpu v;

	ERR_TRY(vcpus_start(&w, s->x, d));
	for (;;) {
		struct err *e = vcpus_next(&w, &v);

		if (!e && w.done)
			return NULL;
		if (!e && !joins_last(s, d, &v))
			e = add_unit(s, d, &v);
		ERR_TRY(sched_keep(s, e));
	}
}

static struct err *read_domains(struct sched *s)
{
	struct domains w;
	struct domain d;

	ERR_TRY(domains_start(&w, s->x, true));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			return NULL;
		if (!e)
			e = add_units(s, &d);
		ERR_TRY(sched_keep(s, e));
	}
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_va(const void *a, const void *b, void *sched)
{
	const struct sched_unit *u = ((struct sched *)sched)->units.at;

	return compare(u[*(unsigned int *)a].va, u[*(unsigned int *)b].va);
}

static int by_priv(const void *a, const void *b, void *sched)
{
	const struct sched_unit *u = ((struct sched *)sched)->units.at;

	return compare(u[*(unsigned int *)a].priv, u[*(unsigned int *)b].priv);
}

/* Orders by pool, place, queue and position, then by domain. */
static int as_shown(const void *a, const void *b, void *sched)
{
	const struct sched_unit *at = ((struct sched *)sched)->units.at;
	const struct sched_unit *u = &at[*(unsigned int *)a];
	const struct sched_unit *v = &at[*(unsigned int *)b];
	const uint64_t keys[][2] = {
		{ u->pool, v->pool }, { u->place, v->place },
		{ u->place == SCHED_RUNS ? value_of(&u->pcpu) : 0,
		  v->place == SCHED_RUNS ? value_of(&v->pcpu) : 0 },
		{ u->queue, v->queue }, { u->position, v->position },
		{ u->domid, v->domid }, { u->id, v->id },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i][0] != keys[i][1])
			return compare(keys[i][0], keys[i][1]);
	}
	return 0;
}

static struct err *sorted(struct sched *s, unsigned int **ret,
			  int (*order)(const void *, const void *, void *))
{
	unsigned int *index = calloc(s->units.nr + 1, sizeof(*index));

	if (!index)
		return err_nomem();
	for (unsigned int i = 0; i < s->units.nr; i++)
		index[i] = i;
	qsort_r(index, s->units.nr, sizeof(*index), order, s);
	*ret = index;
	return NULL;
}

struct err *sched_read_units(struct sched *s)
{
	ERR_TRY(sched_keep(s, read_domains(s)));
	ERR_TRY(sorted(s, &s->by_va, by_va));
	return sorted(s, &s->by_priv, by_priv);
}

struct err *sched_sort_shown(struct sched *s)
{
	return sorted(s, &s->shown, as_shown);
}

struct sched_unit *sched_find_unit(struct sched *s, uint64_t va, bool priv)
{
	const unsigned int *index = priv ? s->by_priv : s->by_va;
	unsigned int low = 0, high = s->units.nr;

	while (va && low < high) {
		unsigned int mid = low + (high - low) / 2;
		struct sched_unit *u = &s->units.at[index[mid]];
		uint64_t key = priv ? u->priv : u->va;

		if (key == va)
			return u;
		if (key < va)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* ---- texts ---- */

const char *sched_unit_text(const struct sched_unit *u, char *buf)
{
	int n;

	if (u->idle)
		n = snprintf(buf, SCHED_UNIT_TEXT, "idle%" PRIu64, u->id);
	else
		n = snprintf(buf, SCHED_UNIT_TEXT, "d%" PRIu64 "v%" PRIu64,
			     u->domid, u->id);
	if (u->nr_vcpus > 1 && n > 0 && n < SCHED_UNIT_TEXT)
		snprintf(buf + n, SCHED_UNIT_TEXT - n, "-%" PRIu64,
			 u->id + u->nr_vcpus - 1);
	return buf;
}

const char *sched_place_text(enum sched_place place)
{
	static const char *const names[] = {
		[SCHED_RUNS] = "runs", [SCHED_WAITS] = "waits",
		[SCHED_DEPLETED] = "has no budget", [SCHED_PARKED] = "is parked",
		[SCHED_ASSIGNED] = "has its pcpu", [SCHED_OUT] = "sleeps",
	};

	return names[place];
}

const char *sched_flags_text(const struct sched_pool *p,
			     const struct sched_unit *u, char *buf,
			     size_t size)
{
	buf[0] = '\0';
	if (p->kind && value_ok(&u->flags))
		words_add_bits(buf, size, value_of(&u->flags), p->kind->flags,
			       p->kind->nr_flags);
	return buf;
}

bool sched_unit_is_parked(const struct sched_pool *p,
			  const struct sched_unit *u)
{
	if (u->place == SCHED_PARKED)
		return true;
	return p && value_ok(&p->sched_id) &&
	       value_of(&p->sched_id) == SCHED_CREDIT && value_ok(&u->flags) &&
	       value_of(&u->flags) & CREDIT_PARKED;
}

/* CSCHED_PRI_* (common/sched/credit.c) */
const char *sched_priority_name(int64_t pri)
{
	static const char *const names[] = { "boost", "under", "over" };

	if (pri == -64)
		return "idle";
	return pri <= 0 && pri >= -2 ? names[-pri] : NULL;
}

const char *sched_gran_name(uint64_t gran)
{
	static const char *const names[] = { "cpu", "core", "socket" };

	return gran < 3 ? names[gran] : NULL;
}
