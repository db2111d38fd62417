/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks, RCU and timers for the host of host.c: both pcpus hold a lock for
 * writing, no grace period is active. Tests add the problems.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
#define PERCPU __attribute__((aligned(8)))

typedef struct { struct { int counter; } cnts; } rwlock_t;
#define HELD_BY(n) { { 3 << 14 | (n) } }
rwlock_t lock_of_0 = HELD_BY(0), lock_of_1 = HELD_BY(1), lock_free;

struct rcu_ctrlblk {
	long cur, completed;
	int next_pending;
	struct { u64 bits[1]; } cpumask, idle_cpumask;
} rcu_ctrlblk = { 77, 77, 0, { { 0 } }, { { 0 } } };
struct rcu_head { struct rcu_head *next; void (*func)(struct rcu_head *); };
struct rcu_data {
	long quiescbatch;
	int qs_pending;
	long batch;
	struct rcu_head *nxtlist;
	long qlen;
	struct rcu_head *curlist, *donelist;
	u8 idle_timer_active, process_callbacks, barrier_active;
};

/* The variables of the two pcpus are 216 bytes apart: HOST_PERCPU. */
struct { struct rcu_data data; u8 pad[216 - sizeof(struct rcu_data)]; } per_cpu__rcu_data[2] PERCPU = {
	{ { .quiescbatch = 76, .batch = 76, .qlen = 3 }, { 0 } },
	{ { .quiescbatch = 76, .batch = 76, .qlen = 5 }, { 0 } },
};
struct { u32 count; u8 pad[212]; } per_cpu__rcu_lock_cnt[2] PERCPU;

struct timer {
	long expires;
	union { u32 heap_offset; struct timer *list_next; };
	void (*function)(void *);
	void *data;
	u16 cpu;
	u8 status;
};
struct list_head { struct list_head *next, *prev; };
struct timers { struct timer **heap, *list, *running; struct list_head inactive; };
struct timer first0 = { 1, { 1 }, 0, 0, 0, 3 }, first1 = { 1, { 1 }, 0, 0, 1, 3 };
static struct timer *heap0[2] = { (void *)(1UL | 7UL << 16), &first0 };
static struct timer *heap1[2] = { (void *)(1UL | 7UL << 16), &first1 };
struct { struct timers t; u8 pad[216 - sizeof(struct timers)]; } per_cpu__timers[2] PERCPU = {
	{ { .heap = heap0 }, { 0 } }, { { .heap = heap1 }, { 0 } },
};

/* No cpupools, and so no scheduler to examine */
struct cpupool *cpupool_list;
