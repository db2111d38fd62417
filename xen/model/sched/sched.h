/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The schedulers: cpupools, the units that run on pcpus and wait in queues. Xen
 * 4.13 and later schedule units of one or more vcpus on scheduling resources of
 * one or more pcpus (common/sched/core.c), older versions vcpus on pcpus; there
 * a unit is the vcpu.
 */
#ifndef XEN_MODEL_SCHED_H
#define XEN_MODEL_SCHED_H

#include "xen/model/cpumask.h"
#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"
#include "xen/model/xen.h"

/* XEN_SCHEDULER_* (public/domctl.h), 4.4 to master */
enum sched_id {
	SCHED_SEDF = 4,		/* up to 4.5 */
	SCHED_CREDIT = 5, SCHED_CREDIT2 = 6, SCHED_ARINC653 = 7, SCHED_RTDS = 8,
	SCHED_NULL = 9,
};

/* CSCHED_FLAG_UNIT_PARKED of csched_unit.flags (common/sched/credit.c, 4.4+) */
#define CREDIT_PARKED	1

/* Index that means "none". */
#define SCHED_NONE	(~0U)

/* The record types and queues of one scheduler (sched_kind.c). */
struct sched_kind;

struct sched_pool {
	uint64_t va;			/* struct cpupool */
	struct value id, nr_domains;
	struct value gran;		/* enum sched_gran; 4.13+ */
	struct value gran_pcpus;	/* pcpus per resource; 4.13+ */
	struct value cpus;		/* va of the set */
	struct value sched;		/* va of struct scheduler */
	struct value sched_id;		/* enum sched_id */
	struct value data;		/* va of the scheduler's data */
	struct value name_va, opt_name_va;
	char name[64];			/* "SMP Credit Scheduler" */
	char opt_name[32];		/* "credit" */
	const struct sched_kind *kind;	/* NULL: unknown scheduler */
	struct cpumask mask;		/* set of cpus */
	bool incomplete;		/* a queue could not be read to its end */

	/* of the whole scheduler; each scheduler has some of these */
	struct value ratelimit;		/* us in credit2, ns in credit */
	struct value tslice;		/* ns */
	struct value sort;		/* credit: counter of changes of priorities */
	struct value credit_balance, total_weight, master;
	struct value load_shift;	/* credit2: a load of 1 is 1 << load_shift */
	struct value queues;		/* credit2: va of the list, or the array */
	struct value queues_active;	/* credit2 to 4.13: va of a set */
	struct value runq, depletedq;	/* rtds; va */
	struct value waitq;		/* null; va */
	struct value cpus_free;		/* null; va of the set */
	struct value slots, nr_slots;	/* arinc653; va, count */
	struct value slot_now;		/* arinc653: the slot that runs; 4.14+ */
	struct value major_frame, next_major_frame;	/* arinc653; ns */
};

struct sched_pcpu {
	unsigned int id;
	unsigned int pool;		/* index, or SCHED_NONE: in no pool */
	uint64_t va;			/* sched_resource; schedule_data <= 4.12 */
	struct value scheduler, priv;	/* va */
	struct value curr;		/* va of the unit that runs */
	struct value master;		/* lowest pcpu of the resource; 4.13+ */
	struct value lock;		/* va of the lock in use */
	struct value assigned;		/* null: va of the unit assigned to the pcpu */
	uint64_t current_vcpu;		/* va; 0: unknown */
	uint64_t idle_vcpu;		/* va; 0: unknown */
	struct value tick;		/* credit */
	unsigned int unit;		/* index of curr, or SCHED_NONE */
	unsigned int queue;		/* index of its queue, or SCHED_NONE */
};

/* The place of a unit, in the order of a listing. */
enum sched_place {
	SCHED_RUNS, SCHED_WAITS, SCHED_DEPLETED, SCHED_PARKED, SCHED_ASSIGNED,
	SCHED_OUT,			/* sleeps, not on a queue */
};

struct sched_unit {
	uint64_t va;			/* va of struct sched_unit, or vcpu */
	uint64_t vcpu;			/* va of the first vcpu */
	unsigned int nr_vcpus;
	uint64_t domid, id;		/* id: that of the first vcpu */
	bool idle;			/* a unit of the idle domain */
	bool runnable;			/* neither paused nor blocked */
	unsigned int runstate;		/* enum runstate, of the busiest vcpu */
	/* of the first vcpu; since: ns since Xen's boot of its last change of runstate */
	struct value vcpu_is_running, processor, since;
	struct value is_running;
	struct value pcpu;		/* the pcpu it is assigned to */
	unsigned int pool;		/* index, or SCHED_NONE */
	enum sched_place place;
	unsigned int queue, position;	/* index, or SCHED_NONE; from 0 */

	uint64_t priv;			/* va of the scheduler's data; 0: none */
	struct value back;		/* va of the unit or vcpu; must be the member va */
	struct value sdom;		/* va of the scheduler's domain; 0: idle */
	struct value flags, weight, cap;
	struct value credit;
	struct value pri;		/* credit */
	struct value rqd, load;		/* credit2; va, see load_shift */
	struct value budget, quota;	/* credit2 with a cap, rtds; ns */
	struct value period, budget_left, deadline, priority;	/* rtds, sedf; ns */
	struct value parked;		/* credit2: va of the list of its domain */
	struct value awake;		/* arinc653 */
};

struct sched_queue {
	const char *name;		/* "runq", "depletedq", "parked", "waitq" */
	unsigned int pool;		/* index */
	enum sched_place place;		/* place of its units */
	uint64_t head;			/* va of the list_head */
	uint64_t va;			/* va of the structure with the head */
	int64_t number;			/* credit2: id; credit: pcpu; -1: the only queue */
	unsigned int count;		/* number of units on it */
	bool ordered;

	/* credit: of csched_pcpu; credit2: of csched2_runqueue_data */
	struct value runq, id;
	struct value active, idle, tickled, smt_idle;	/* va of the sets */
	struct value nr_cpus, load, avgload, max_weight, pick_bias;
	struct value sorted;		/* credit: value of the pool's .sort at the last sorting */
	struct value nr_runnable;	/* credit */
};

/* arinc653: a slot of the major frame. */
struct sched_slot {
	unsigned int pool, number;	/* index; from 0 */
	bool now;
	struct value handle;		/* va of the 16 bytes */
	struct value unit_id, runtime;	/* ns */
	struct value unit;		/* va; 0: no such vcpu exists */
	unsigned int index;		/* index of the unit, or SCHED_NONE */
};

#define SCHED_LIST(type) struct { type *at; unsigned int nr, room; }

/* All schedulers together, as queues, units and pcpus refer to each other. */
struct sched {
	struct xen *x;
	SCHED_LIST(struct sched_pool) pools;
	SCHED_LIST(struct sched_pcpu) pcpus;
	SCHED_LIST(struct sched_queue) queues;
	SCHED_LIST(struct sched_unit) units;
	unsigned int *shown;	/* units in the order of a listing */
	unsigned int *by_va, *by_priv;	/* units, sorted */
	SCHED_LIST(struct sched_slot) slots;
	SCHED_LIST(struct err *) errors;	/* objects that could not be read */
	SCHED_LIST(char *) problems;		/* contradictions; see sched_check() */
};

extern const struct record_type sched_pool_record, sched_pcpu_record;
/* Members of sched_unit, which under credit are at .priv */
extern const struct record_type sched_credit_unit_record;
/* Members of the unit itself. */
extern const struct record_type sched_unit_itself_record;

/*
 * Reads all schedulers. Fails when there are no cpupools, without memory, or
 * with ERR_INTERRUPTED; other errors are in ret->errors.
 */
struct err *sched_read(struct xen *x, struct sched **ret) ERR_MUST_CHECK;
void sched_destroy(struct sched *s);

/*
 * Finds a unit of schedulers in memory by its va or, if priv is set, by the va of its
 * priv; NULL: none.
 */
struct sched_unit *sched_find_unit(struct sched *s, uint64_t va, bool priv);

/* Returns the record type of the scheduler's data of a unit; NULL: unknown scheduler. */
const struct record_type *sched_unit_record(const struct sched_pool *p);
/* Returns the record type of the scheduler's data of a queue; never NULL. */
const struct record_type *sched_queue_record(const struct sched_pool *p);

/* "d1v0", "d1v0-1" of a unit of two vcpus, "idle3"; returns buf. */
#define SCHED_UNIT_TEXT 32
const char *sched_unit_text(const struct sched_unit *u, char *buf);
/* "runs", "waits" ... */
const char *sched_place_text(enum sched_place place);
/* Names of the set flags, "" for none; returns buf. */
const char *sched_flags_text(const struct sched_pool *p,
			     const struct sched_unit *u, char *buf,
			     size_t size);
/*
 * True for a unit that has used up the cap of its domain: it is paused until it
 * gains credit (credit) or budget (credit2).
 */
bool sched_unit_is_parked(const struct sched_pool *p,
			  const struct sched_unit *u);
/*
 * Like vcpu_pause_text(), with "parked (cap)" added for a vcpu that is paused
 * because its domain has used up its cap.
 */
const char *sched_pause_text(struct xen *x, const struct domain *d,
			     const struct vcpu *v, char *buf, size_t size);
/* Priorities of credit: "boost", "under", "over", "idle"; NULL: unknown. */
const char *sched_priority_name(int64_t pri);
/* enum sched_gran: "cpu", "core", "socket"; NULL: unknown. */
const char *sched_gran_name(uint64_t gran);

#endif
