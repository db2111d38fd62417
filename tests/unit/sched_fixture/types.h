/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types that all schedulers share, in the shape of one version of Xen, -DV=404
 * ... 423 (for 4.4 ... 4.23); only what the model reads. The files that include
 * this have the names of Xen's own, because some types are found by their file.
 * They are compiled and read, never run.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef struct { int counter; } atomic_t;
typedef struct { u64 bits[1]; } cpumask_t;
typedef cpumask_t cpumask_var_t[1];
struct list_head { struct list_head *next, *prev; };

/* Rings of none, of two, and the places on the one of two. */
#define RING_NONE(head) { &(head), &(head) }
#define RING_TWO(first, second) { &(first), &(second) }

struct sched_ops { const char *name, *opt_name; u32 sched_id; };
struct scheduler {
#if V >= 423
	const struct sched_ops *ops;
#else
	const char *name, *opt_name;
	u32 sched_id;
#endif
	void *sched_data;
};

struct cpupool {
	u32 cpupool_id, n_dom;
	cpumask_var_t cpu_valid;
#if V >= 415
	struct list_head list;
#endif
	struct cpupool *next;
	struct scheduler *sched;
#if V >= 414
	u32 gran, sched_gran;
#endif
};

struct vcpu;
struct domain {
	u16 domain_id;
	u32 is_dying, max_vcpus;
	struct vcpu **vcpu;
	struct domain *next_in_list;
	struct cpupool *cpupool;
	atomic_t pause_count;
#if V >= 413
	u32 options;
#else
	int guest_type;
#endif
};

struct sched_resource;
struct sched_unit {
	struct domain *domain;
	struct vcpu *vcpu_list;
	void *priv;
	struct sched_resource *res;
	u32 unit_id;
	_Bool is_running;
};

struct vcpu {
	int vcpu_id, processor;
	struct domain *domain;
#if V >= 413
	struct sched_unit *sched_unit;
#else
	void *sched_priv;
#endif
	struct { int state; u64 state_entry_time, time[4]; } runstate;
	_Bool is_running;
	u64 pause_flags;
	atomic_t pause_count;
};

/* The unit of scheduling, and its name. */
#if V >= 413
typedef struct sched_unit item_t;
#define ITEM unit
#define ITEM_AT(n) (&units[n])
extern item_t units[7];
#else
typedef struct vcpu item_t;
#define ITEM vcpu
#define ITEM_AT(n) (&vcpus[n])
#endif
extern struct vcpu vcpus[7];

/* 0 d0v0, 1 d0v1, 2 d1v0, 3 d1v1, 4 d2v0, 5 and 6 idle */
