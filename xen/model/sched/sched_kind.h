/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that read schedulers. */
#ifndef XEN_MODEL_SCHED_KIND_H
#define XEN_MODEL_SCHED_KIND_H

#include "sched.h"

struct sched_kind {
	enum sched_id id;
	const struct record_type *pool;	/* at sched_pool.data */
	const struct record_type *pcpu;	/* at sched_pcpu.priv; or NULL */
	const struct record_type *unit;	/* at sched_unit.priv */
	const struct record_type *queue;	/* at sched_queue.va; or NULL */
	const struct field *elem;	/* a unit's link in a queue */
	const struct field *parked_elem;	/* its link while parked; or NULL */
	const char *const *flags;	/* by bit */
	unsigned int nr_flags;
	uint64_t in_transit;		/* flags that mark a unit between queues */
	/* Adds the queues of a pool; NULL: the scheduler has none. */
	struct err *(*find_queues)(struct sched *s, unsigned int pool);
	/* True when b may follow a in a queue; NULL: any order. */
	bool (*in_order)(const struct sched_unit *a, const struct sched_unit *b);
};

const struct sched_kind *sched_kind_find(uint64_t id);

/* Appends a zeroed element to a SCHED_LIST; NULL without memory. */
void *sched_list_add(void *list, size_t size);
#define SCHED_ADD(list) \
	((__typeof__((list)->at))sched_list_add((list), sizeof(*(list)->at)))

/* Adds e to ->errors; returns it if it is ERR_INTERRUPTED or ERR_NO_MEMORY. */
struct err *sched_keep(struct sched *s, struct err *e) ERR_MUST_CHECK;
/* Adds a contradiction to ->problems. */
struct err *sched_problem(struct sched *s, const char *fmt,
			  ...) ERR_PRINTF(2, 3) ERR_MUST_CHECK;

/* Limit: one queue per pcpu, and one of parked units per domain. */
#define SCHED_QUEUES_MAX	(CPUMASK_MAX + DOMAINS_MAX)

/* Returns the index of the pcpu's cpupool, or SCHED_NONE. */
unsigned int sched_pool_of_pcpu(const struct sched *s, unsigned int cpu);

/* sched_unit.c: fills ->units, ->by_va and ->by_priv; then ->shown. */
struct err *sched_read_units(struct sched *s) ERR_MUST_CHECK;
struct err *sched_sort_shown(struct sched *s) ERR_MUST_CHECK;

/* sched_check.c: fills ->problems. */
struct err *sched_check(struct sched *s) ERR_MUST_CHECK;

#endif
