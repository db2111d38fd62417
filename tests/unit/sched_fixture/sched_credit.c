/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "types.h"

#define SCHED 5

struct csched_pcpu {
	struct list_head runq;
	u32 runq_sort_last;
	u32 nr_runnable, tick;
};
struct csched_dom { u16 weight, cap; };
#if V >= 413
struct csched_unit {
#else
struct csched_vcpu {
#endif
	struct list_head runq_elem;
	struct csched_dom *sdom;
	item_t *ITEM;
	u32 flags;
	int pri;
	atomic_t credit;
};
struct csched_private {
	u32 runq_sort, weight, master;
	int credit_balance;
	long ratelimit, tslice;
} prv = { .runq_sort = 7, .weight = 512, .credit_balance = -5 };

struct csched_dom sdom = { 256, 50 }, sdom_small = { 64, 0 };
#if V >= 413
extern struct csched_unit svc[7];
#else
extern struct csched_vcpu svc[7];
#endif
struct csched_pcpu spc[2] = {
	{ RING_TWO(svc[1].runq_elem, svc[5].runq_elem), 7, 2, 0 },
	{ RING_NONE(spc[1].runq), 7, 0, 0 },
};
#define PCPU_PRIV(n) (&spc[n])
#define SVC(n, next, dom, flags, pri, credit) \
	[n] = { { next, 0 }, dom, ITEM_AT(n), flags, pri, { credit } }
#if V >= 413
struct csched_unit svc[7] = {
#else
struct csched_vcpu svc[7] = {
#endif
	SVC(0, 0, &sdom, 0, -1, 100),
	SVC(1, &svc[2].runq_elem, &sdom, 0, -1, 90),
	SVC(2, &svc[5].runq_elem, &sdom, 0, -2, -80),
	SVC(4, 0, &sdom, 8, -1, 3),
	SVC(5, &spc[0].runq, 0, 0, -64, 0),
	SVC(6, 0, 0, 0, -64, 0),
};

#include "host.h"
