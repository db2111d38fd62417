/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two domains with event channels and grants, and the timers of two pcpus, in
 * the shape of one version of Xen, -DV=404 ... 423 (for 4.4 ... 4.23); only
 * what the model reads. It is compiled and read, never run.
 *
 * Domain 0 uses 2-level channels, domain 1 FIFO ones. Domain 0 has mapped
 * grant 1 of domain 1 twice.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
struct list_head { struct list_head *next, *prev; };
#define PAGE __attribute__((aligned(4096)))

struct domain;
struct evtchn {
	u8 state;
	u8 xen_consumer : 3;
	u16 notify_vcpu_id;
	u32 port;
	union {
		struct { u16 remote_domid; } unbound;
		struct { u32 remote_port; struct domain *remote_dom; } interdomain;
		struct { u32 irq, next_port, prev_port; } pirq;
#if V >= 418
		u32 virq;
#else
		u16 virq;
#endif
	} u;
	u8 priority;
} __attribute__((aligned(64)));

struct evtchn_fifo_domain { u32 *event_array[128]; u32 num_evtchns; };
struct shared_info { u8 vcpu_info[2048]; u64 evtchn_pending[64], evtchn_mask[64]; };
struct compat_shared_info { u8 vcpu_info[2048]; u32 evtchn_pending[32], evtchn_mask[32]; };
typedef union { struct shared_info native; struct compat_shared_info compat; } shared_info_t;

struct active_grant_entry {
	u32 pin;
	u16 domid;
#if V >= 412
	u64 mfn;
#else
	u64 frame;
#endif
	u32 lock;
} __attribute__((aligned(32)));
struct grant_mapping {
	u32 ref;
	u16 flags, domid;
#if V >= 406
	u32 vcpu, pad;
#endif
};
struct grant_table {
	u32 gt_version, nr_grant_frames, nr_status_frames, maptrack_limit;
#if V >= 410
	u32 max_grant_frames, max_maptrack_frames;
#endif
	union { void **shared_raw; };
	struct active_grant_entry **active;
	struct grant_mapping **maptrack;
};
#if V < 410
u32 max_grant_frames = 64, max_maptrack_frames = 1024;
#define LIMITS
#else
#define LIMITS .max_grant_frames = 64, .max_maptrack_frames = 1024,
#endif

struct domain {
	u16 domain_id;
	u32 is_dying, max_vcpus;
	void **vcpu;
	struct domain *next_in_list;
	shared_info_t *shared_info;
#if V >= 413
	u32 options;
#else
	int guest_type;
#endif
	struct evtchn *evtchn;
	struct evtchn **evtchn_group[32];
#if V >= 406
	u32 valid_evtchns;
#else
	u32 max_evtchns;
#endif
	u32 max_evtchn_port;
#if V >= 410
	u32 active_evtchns, xen_evtchns;
#endif
	struct evtchn_fifo_domain *evtchn_fifo;
	struct grant_table *grant_table;
	struct { u8 has_32bit_shinfo; } arch;
	int controller_pause_count;
	_Bool is_shut_down;
};
#if V >= 406
#define PORTS(n) .valid_evtchns = (n)
#else
#define PORTS(n) .max_evtchns = (n)
#endif
#if V >= 410
#define ACTIVE(n) .active_evtchns = (n),
#else
#define ACTIVE(n)
#endif

extern struct domain dom0, dom1;

/* 64 to a bucket; port 70 is in the second one */
struct evtchn bucket0[64] PAGE = {
	[0] = { .state = 1 },
	[1] = { .state = 5, .port = 1, .u.virq = 2, .notify_vcpu_id = 1 },
	[2] = { .state = 3, .port = 2,
		.u.interdomain = { 3, &dom1 } },
	[5] = { .state = 4, .port = 5, .u.pirq = { .irq = 9 } },
};
struct evtchn bucket1[64] PAGE = {
	[6] = { .state = 2, .port = 70, .u.unbound = { 1 }, .xen_consumer = 1 },
};
struct evtchn bucket_of_1[64] PAGE = {
	[0] = { .state = 1 },
	[3] = { .state = 3, .port = 3, .priority = 7,
		.u.interdomain = { 2, &dom0 } },
	[4] = { .state = 6, .port = 4, .priority = 3 },
};
struct evtchn *group0[512] PAGE = { bucket0, bucket1 };
u32 words[1024] PAGE = { [3] = 0x80000000, [4] = 0x60000000 | 3 };
struct evtchn_fifo_domain fifo = { { words }, 1024 };
shared_info_t shared PAGE = { .native = {
	.evtchn_pending = { 1 << 5, 1 << 6 }, .evtchn_mask = { 1 << 2 } } };
void consumer(void) { }
void (*xen_consumers[8])(void) = { consumer };

struct active_grant_entry active0[128] PAGE, active1[128] PAGE = {
	[1] = { .pin = 0x00000102, .domid = 0, 0x1234 },
};
struct active_grant_entry *active_of_0[] = { active0 }, *active_of_1[] = {
	active1, active0, active0, active0,
};
/* For a damaged table: the same page repeatedly, all of it in use */
struct active_grant_entry full[128] PAGE = { [0 ... 127] = { .pin = 1 } };
struct active_grant_entry *active_of_many[1100] = { [0 ... 1099] = full };
u64 shared1[512] PAGE = { [1] = 0x0000abcd00000019 };
void *shared_of_1[] = { shared1 };
struct grant_mapping maps[512] PAGE = {
	{ .ref = ~0u }, { 1, 2, 1 }, { 1, 2, 1 }, { 1, 6, 1 },
};
struct grant_mapping *maptrack_of_0[] = { maps };
/* Likewise: mappings of a grant that is not in use */
struct grant_mapping maps_full[4096 / sizeof(struct grant_mapping)] PAGE = {
	[0 ... 4096 / sizeof(struct grant_mapping) - 1] = { 7, 2, 1 },
};
struct grant_mapping *maptrack_of_many[300] = { [0 ... 299] = maps_full };
struct grant_table table0 = {
	.gt_version = 1, .maptrack_limit = 4096 / sizeof(maps[0]), LIMITS
	.active = active_of_0, .maptrack = maptrack_of_0,
};
struct grant_table table1 = {
	.gt_version = 1, .nr_grant_frames = 1, LIMITS
	.shared_raw = shared_of_1, .active = active_of_1,
};

struct domain dom0 PAGE = {
	.domain_id = 0, .next_in_list = &dom1, .shared_info = &shared,
	.evtchn = bucket0, .evtchn_group = { group0 }, PORTS(128), ACTIVE(4)
	.max_evtchn_port = 0x7fffffff, .grant_table = &table0,
};
struct domain dom1 PAGE = {
	.domain_id = 1, .evtchn = bucket_of_1, PORTS(64), ACTIVE(2)
	.max_evtchn_port = 1023, .evtchn_fifo = &fifo, .grant_table = &table1,
};
struct domain *domain_list = &dom0, *hardware_domain = &dom0;

struct timer {
	long expires;
	union { u32 heap_offset; struct timer *list_next; struct list_head inactive; };
	void (*function)(void *);
	void *data;
	u16 cpu;
	u8 status;
};
#define IN_HEAP(place, when) { when, { .heap_offset = place }, 0, 0, 0, 3 }
struct timers {
	struct timer **heap, *list, *running;
	struct list_head inactive;
};
extern struct timers per_cpu__timers[2];
struct timer timer[6] = {
	IN_HEAP(1, 100), IN_HEAP(2, 300), IN_HEAP(3, 200), { .status = 4 },
	{ .status = 1, .inactive = { &per_cpu__timers[0].inactive } },
};
struct timer *heap0[8] = {
	(void *)(3UL | 7UL << 16), &timer[0], &timer[1], &timer[2],
};
struct timers per_cpu__timers[2] = {
	{ heap0, &timer[3], &timer[2],
	  { &timer[4].inactive, &timer[4].inactive } },
};
long per_cpu__timer_deadline = 90;
u64 __per_cpu_offset[2] = { 0, 0x8000000000000000 };
u32 nr_cpu_ids = 2;
