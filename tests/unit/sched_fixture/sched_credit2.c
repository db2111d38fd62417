/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "types.h"

#define SCHED 6

/* Xen 4.4 uses the names of credit in its credit2. */
#if V < 405
#define C2(name) csched_##name
#else
#define C2(name) csched2_##name
#endif
#if V >= 413
#define C2_UNIT csched2_unit
#else
#define C2_UNIT C2(vcpu)
#endif

struct C2(runqueue_data) {
	int id, load;
	long avgload;
#if V >= 414
	struct list_head rql;
#endif
	struct list_head runq;
	cpumask_t active, idle, tickled;
	u32 max_weight;
};
struct C2(dom) {
	u16 weight;
#if V >= 410
	u16 cap;
#if V >= 413
	struct list_head parked_units;
#else
	struct list_head parked_vcpus;
#endif
#endif
};
struct C2_UNIT {
	struct C2(dom) *sdom;
	item_t *ITEM;
	struct C2(runqueue_data) *rqd;
	int credit;
	u32 weight, flags;
	long avgload;
#if V >= 410
	long budget, budget_quota;
	struct list_head parked_elem;
#endif
	struct list_head runq_elem;
};
struct C2(private) {
#if V >= 408
	u32 load_precision_shift, ratelimit_us;
#else
	u32 load_window_shift;
#endif
#if V >= 414
	u32 active_queues;
	struct list_head rql;
#else
	cpumask_t active_queues;
#if V >= 410
	struct C2(runqueue_data) *rqd;
#else
	struct C2(runqueue_data) rqd[2];
#endif
#endif
};
extern struct C2(private) prv;
extern struct C2_UNIT svc[7];

/* the second queue of two is the one in use in versions with an array */
#define RUNQ							\
	{ .id = 1, .load = 3, .avgload = 1 << 18,		\
	  .runq = RING_TWO(svc[1].runq_elem, svc[2].runq_elem),	\
	  .active = { { 3 } }, .idle = { { 2 } }, .max_weight = 256, RQL }
#if V >= 414
#define RQL .rql = { &prv.rql, &prv.rql }
#define RQD rq[1]
struct C2(runqueue_data) rq[2] = { [1] = RUNQ };
struct C2(private) prv = {
	18, 1000, 1, { &rq[1].rql, &rq[1].rql },
};
#elif V >= 410
#define RQL
#define RQD rq[1]
struct C2(runqueue_data) rq[2] = { [1] = RUNQ };
struct C2(private) prv = { 18, 1000, { { 2 } }, rq };
#else
#define RQL
#define RQD prv.rqd[1]
struct C2(private) prv = {
#if V >= 408
	18, 1000,
#else
	18,
#endif
	{ { 2 } }, { [1] = RUNQ }
};
#endif

#if V >= 413
struct C2(dom) sdom = { 256, 50, RING_NONE(sdom.parked_units) };
#elif V >= 410
struct C2(dom) sdom = { 256, 50, RING_NONE(sdom.parked_vcpus) };
#else
struct C2(dom) sdom = { 256 };
#endif
#if V >= 410
#define NO_CAP .budget = 0x7fffffffffffffff,
#else
#define NO_CAP
#endif

#define PCPU_PRIV(n) 0
#define SVC(n, nextp, dom, flags_, credit_)				\
	[n] = { .sdom = dom, .ITEM = ITEM_AT(n), .rqd = &RQD,		\
		.credit = credit_, .weight = 256, .flags = flags_,	\
		.avgload = 1 << 17, NO_CAP .runq_elem = { nextp, 0 } }
struct C2_UNIT svc[7] = {
	SVC(0, 0, &sdom, 2, 100),
	SVC(1, &svc[2].runq_elem, &sdom, 0, 90),
	SVC(2, &RQD.runq, &sdom, 0, 80),
	SVC(4, 0, &sdom, 0, 3),
	SVC(5, 0, 0, 0, -1), SVC(6, 0, 0, 0, -1),
};

#include "host.h"
