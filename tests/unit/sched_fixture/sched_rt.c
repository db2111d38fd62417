/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "types.h"

#define SCHED 8

#if V >= 413
#define RT_UNIT rt_unit
#else
#define RT_UNIT rt_vcpu
#endif

struct rt_dom { int some; } sdom;
struct RT_UNIT {
	struct list_head q_elem;
	struct rt_dom *sdom;
	item_t *ITEM;
	long period, budget, cur_budget, cur_deadline;
#if V >= 412
	u32 priority_level;
#endif
	u32 flags;
};
extern struct RT_UNIT svc[7];
struct rt_private {
	struct list_head runq, depletedq;
} prv = {
	RING_TWO(svc[1].q_elem, svc[2].q_elem), RING_NONE(prv.depletedq),
};

#define PCPU_PRIV(n) 0
#define SVC(n, next, dom, deadline, flags_)				\
	[n] = { .q_elem = { next, 0 }, .sdom = dom, .ITEM = ITEM_AT(n),	\
		.period = 10000000, .budget = 4000000,			\
		.cur_budget = 1000, .cur_deadline = deadline, .flags = flags_ }
struct RT_UNIT svc[7] = {
	SVC(0, 0, &sdom, 100, 2),
	SVC(1, &svc[2].q_elem, &sdom, 100, 16),
	SVC(2, &prv.runq, &sdom, 200, 16),
	SVC(4, 0, &sdom, 300, 0),
	SVC(5, 0, 0, 0, 0), SVC(6, 0, 0, 0, 0),
};

#include "host.h"
