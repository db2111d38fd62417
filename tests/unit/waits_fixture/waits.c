/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks that three pcpus hold, and a grace period of RCU that pcpu 1 delays, in
 * the shape of one version of Xen, -DV=404 ... 420; only the data that the
 * model reads. It is compiled and read, never run.
 *
 * In a debug build pcpu 0 has lock_a, pcpu 1 lock_b and pcpu 2 lock_c. Pcpus 1
 * and 2 read grants_lock.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

/* ---- locks ---- */

union lock_debug { u32 val; struct { u32 cpu : 12, : 18, irq_safe : 1, unseen : 1; }; };
typedef struct { u16 head, tail; } spinlock_tickets_t;
typedef struct spinlock {
	spinlock_tickets_t tickets;
	u16 recurse_cpu : 12, recurse_cnt : 4;
	union lock_debug debug;
} spinlock_t;
typedef struct rwlock { struct { int counter; } cnts; spinlock_t lock; } rwlock_t;
typedef struct percpu_rwlock percpu_rwlock_t;
struct percpu_rwlock {
	rwlock_t rwlock;
	u8 writer_activating;
	percpu_rwlock_t **percpu_owner;
};
#define HELD_BY(n, waiting) \
	{ .tickets = { 5, 6 + (waiting) }, .debug = { .cpu = (n) } }

spinlock_t lock_a = HELD_BY(0, 1), lock_b = HELD_BY(1, 1), lock_c = HELD_BY(2, 1);
spinlock_t lock_free = { .tickets = { 7, 7 }, .debug = { .cpu = 0xfff } };
extern percpu_rwlock_t grants_lock;
/* 4096 bytes from each other, by the offsets below */
percpu_rwlock_t *per_cpu__grant_rwlock[3 * 512] __attribute__((aligned(4096))) = {
	[512] = &grants_lock, [1024] = &grants_lock,
};
/* pcpu 0 has the inner lock for writing */
percpu_rwlock_t grants_lock = {
	.rwlock = { .cnts = { 3 << 14 } }, .writer_activating = 1,
	.percpu_owner = per_cpu__grant_rwlock,
};

/* ---- RCU ---- */

struct rcu_head { struct rcu_head *next; void (*func)(struct rcu_head *); };
void free_it(struct rcu_head *h) { (void)h; }
struct rcu_head heads[4] = {
	{ &heads[1], free_it }, { &heads[2], free_it }, { 0, free_it },
	{ 0, free_it },
};
struct rcu_ctrlblk {
	long cur, completed;
	int next_pending;
	struct { u64 bits[1]; } cpumask;
#if V >= 410
	struct { u64 bits[1]; } idle_cpumask;
#endif
} rcu_ctrlblk = {
	.cur = -298, .completed = -299, .next_pending = 1, .cpumask = { { 1 << 1 } },
#if V >= 410
	.idle_cpumask = { { 1 << 2 } },
#endif
};
struct rcu_data {
	long quiescbatch;
	int qs_pending;
	long batch;
	struct rcu_head *nxtlist;
	long qlen;
	struct rcu_head *curlist, *donelist;
#if V >= 410
	u8 idle_timer_active;
#endif
#if V >= 414
	u8 process_callbacks, barrier_active;
#endif
} __attribute__((aligned(4096)));
struct rcu_data per_cpu__rcu_data[3] = {
	{ .quiescbatch = -298, .batch = -298, .qlen = 4, .nxtlist = &heads[3],
	  .curlist = &heads[0] },
	{ .quiescbatch = -299, .batch = -299 },
	{ .quiescbatch = -299, .batch = -299 },
};
#if V >= 414
u32 per_cpu__rcu_lock_cnt[3 * 1024] __attribute__((aligned(4096))) = { [1024] = 2 };
#endif

u64 __per_cpu_offset[3] = { 0, 4096, 8192 };
u32 nr_cpu_ids = 3;
