/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "types.h"

#define SCHED 9

#if V >= 413
#define NULL_UNIT null_unit
#else
#define NULL_UNIT null_vcpu
#endif

struct NULL_UNIT {
	struct list_head waitq_elem;
	item_t *ITEM;
};
struct null_pcpu { item_t *ITEM; } npc[2] = { { ITEM_AT(0) }, { ITEM_AT(4) } };
extern struct NULL_UNIT svc[7];
struct null_private {
	struct list_head waitq;
	cpumask_t cpus_free;
} prv = { RING_TWO(svc[1].waitq_elem, svc[2].waitq_elem), { { 0 } } };

#define PCPU_PRIV(n) (&npc[n])
#define SVC(n, next) [n] = { { next, 0 }, ITEM_AT(n) }
struct NULL_UNIT svc[7] = {
	SVC(0, &svc[0].waitq_elem), SVC(1, &svc[2].waitq_elem),
	SVC(2, &prv.waitq), SVC(4, &svc[4].waitq_elem), SVC(5, 0), SVC(6, 0),
};

#include "host.h"
