/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between sched.c, sched_kind.c and sched_check.c. */
#ifndef XEN_MODEL_SCHED_KIND_H
#define XEN_MODEL_SCHED_KIND_H

#include "sched.h"

struct sched_kind {
	enum sched_id id;
	const struct record_type *pool;	/* at sched_pool.data */
	const struct record_type *pcpu;	/* at sched_pcpu.priv; or NULL */
	const struct record_type *unit;	/* at sched_unit.priv */
	const struct record_type *queue;	/* at sched_queue.va; or NULL */
	const struct field *elem;	/* a unit's place on a queue */
	const struct field *parked_elem;	/* the same while parked; or NULL */
	const char *const *flags;	/* by bit */
	unsigned int nr_flags;
	uint64_t in_transit;		/* flags of a unit between queues */
	/* Finds the queues of a pool; or NULL. */
	struct err *(*find_queues)(struct sched *s, unsigned int pool);
	/* Whether b may stand behind a in a queue; or NULL. */
	bool (*in_order)(const struct sched_unit *a, const struct sched_unit *b);
};

const struct sched_kind *sched_kind_find(uint64_t id);

/* Appends a zeroed element to a SCHED_LIST; NULL without memory. */
void *sched_list_add(void *list, size_t size);
#define SCHED_ADD(list) \
	((__typeof__((list)->at))sched_list_add((list), sizeof(*(list)->at)))

/* Keeps e, unless it ends everything: then it is returned. */
struct err *sched_keep(struct sched *s, struct err *e) ERR_MUST_CHECK;
/* Notes a contradiction. */
struct err *sched_problem(struct sched *s, const char *fmt,
			  ...) ERR_PRINTF(2, 3) ERR_MUST_CHECK;

/* Most queues there can be: one a pcpu, and one a domain for the parked. */
#define SCHED_QUEUES_MAX	(CPUMASK_MAX + DOMAINS_MAX)

/* Index of the cpupool that has a pcpu, or SCHED_NONE. */
unsigned int sched_pool_of_pcpu(const struct sched *s, unsigned int cpu);

/* Fills ->units, ->by_va and ->by_priv; then ->shown. (sched_unit.c) */
struct err *sched_read_units(struct sched *s) ERR_MUST_CHECK;
struct err *sched_sort_shown(struct sched *s) ERR_MUST_CHECK;
/* The unit at a va, or with priv the one whose priv is there; or NULL. */
struct sched_unit *sched_find_unit(struct sched *s, uint64_t va, bool priv);

/* Compares what was read with itself (sched_check.c). */
struct err *sched_check(struct sched *s) ERR_MUST_CHECK;

#endif
