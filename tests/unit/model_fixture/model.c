/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host's domains in the shape of one version of Xen, -DV=404 ... 423 (for 4.4
 * ... 4.23). It contains only the data that the model reads, with the names in
 * that version. It is compiled and read, never run.
 */
typedef unsigned char u8;
typedef unsigned short domid_t;
typedef unsigned int u32;
typedef unsigned long u64;
typedef u64 nodemask_bits[1];
typedef struct { int counter; } atomic_t;
typedef struct { u64 pfn; } pagetable_t;
typedef struct { u64 bits[NR_CPUS / 64]; } cpumask_t;
typedef struct { nodemask_bits bits; } nodemask_t;

/* a pointer when masks are big (include/xen/cpumask.h) */
#if NR_CPUS > 128
typedef cpumask_t *cpumask_var_t;
#define MASK(name, v) static cpumask_t name = { { v } };
#define MASK_VAR(name, v) &name
#else
typedef cpumask_t cpumask_var_t[1];
#define MASK(name, v)
#define MASK_VAR(name, v) { { { v } } }
#endif

#if V >= 405
#define BOOL _Bool
#else
#define BOOL char
#endif

struct domain;
struct vcpu;
struct cpupool { int cpupool_id; struct cpupool *next; };
struct waitqueue_vcpu { u64 pad; void *esp; };

struct arch_shared_info { u64 max_pfn, pfn_to_mfn_frame_list_list; };
struct shared_info { u8 vcpu_info[2048]; struct arch_shared_info arch; };
struct compat_arch_shared_info { u32 max_pfn, pfn_to_mfn_frame_list_list; };
struct compat_shared_info { u8 vcpu_info[2048]; struct compat_arch_shared_info arch; };
typedef union {
	struct shared_info native;
	struct compat_shared_info compat;
} shared_info_t;

typedef union { struct { u8 evtchn_upcall_pending, evtchn_upcall_mask; } native; } vcpu_info_t;
struct guest_area { void *pg; void *map; };

struct runstate { int state; u64 state_entry_time; u64 time[4]; };

struct sched_unit {
	struct domain *domain;
	void *priv;
	u32 unit_id;
	cpumask_var_t cpu_hard_affinity, cpu_soft_affinity;
};

struct vcpu {
	int vcpu_id;
	int processor;
#if V >= 418
	struct guest_area vcpu_info_area;
#else
	vcpu_info_t *vcpu_info;
#endif
	struct domain *domain;
	struct vcpu *next_in_list;
#if V >= 413
	struct sched_unit *sched_unit;
#else
	void *sched_priv;
#endif
	struct runstate runstate;
	BOOL is_initialised, is_running, is_urgent;
	BOOL defer_shutdown, paused_for_shutdown;
	u8 affinity_broken;
#if V >= 411
	u32 dirty_cpu;
#else
	cpumask_var_t vcpu_dirty_cpumask;
#endif
	int poll_evtchn;
	u64 pause_flags;
	atomic_t pause_count;
#if V >= 406
	atomic_t vm_event_pause_count;
#else
	atomic_t mem_event_pause_count;
#endif
#if V >= 405
	int controller_pause_count;
#endif
#if V < 405
	cpumask_var_t cpu_affinity;
#elif V < 413
	cpumask_var_t cpu_hard_affinity, cpu_soft_affinity;
#endif
	struct waitqueue_vcpu *waitqueue_vcpu;
	struct {
		pagetable_t guest_table_user, guest_table;
		u64 cr3;
	} arch;
};

enum guest_type {
	guest_type_pv,
#if V <= 408
	guest_type_pvh,
#endif
	guest_type_hvm
};
enum shutdown_state { SHUT_none, SHUT_in_progress, SHUT_complete };

struct domain {
	domid_t domain_id;
	u32 max_vcpus;
#if V >= 420
	u64 unique_id;
#endif
	struct vcpu **vcpu;
	shared_info_t *shared_info;
	u32 tot_pages, xenheap_pages, outstanding_pages, max_pages;
#if V < 417
	atomic_t shr_pages, paged_pages;
#endif
	struct cpupool *cpupool;
	struct domain *next_in_list, *next_in_hashbucket;
#if V >= 413
	u32 options;
#else
	enum guest_type guest_type;
#endif
	enum { ALIVE, DYING, DEAD } is_dying;
#if V >= 405
	int controller_pause_count;
#else
	BOOL is_paused_by_controller;
#endif
	BOOL auto_node_affinity, is_privileged, creation_finished;
#if V >= 423
	enum shutdown_state shutdown_state;
#else
	BOOL is_shutting_down, is_shut_down;
#endif
	int shutdown_code;
	atomic_t pause_count, refcnt;
	cpumask_var_t dirty_cpumask;
	struct {
#if V >= 414
		union {
			struct { BOOL is_32bit; } pv;
			struct { u64 params[8]; } hvm;
		};
#else
		BOOL is_32bit_pv;
#endif
#if V >= 406
		u32 emulation_flags;
#endif
	} arch;
	u8 handle[16];
	nodemask_t node_affinity;
};

#define PAGE __attribute__((aligned(4096)))
extern struct domain dom0, dom1, dom2, dom3, the_idle;
extern struct vcpu d0v0, d0v1, d1v0, d2v0, d3v0, d3v2, idle0, idle1;

/* ---- forms of one fact, by version ---- */

#if V >= 413
#define TYPE(is_hvm, is_pvh) .options = (is_hvm)
#elif V <= 408
#define TYPE(is_hvm, is_pvh) .guest_type = (is_pvh) ? guest_type_pvh : (is_hvm) ? guest_type_hvm : guest_type_pv
#else
#define TYPE(is_hvm, is_pvh) .guest_type = (is_hvm) ? guest_type_hvm : guest_type_pv
#endif

/* PVH 4.4 to 4.8 was a guest type; then HVM with a local APIC alone */
#if V >= 406
#define EMULATED(flags) .emulation_flags = (flags),
#else
#define EMULATED(flags)
#endif
#if V >= 414
#define WIDE(b) .pv = { (b) },
#else
#define WIDE(b) .is_32bit_pv = (b),
#endif
#if V >= 405
#define CONTROLLER(n) .controller_pause_count = (n)
#else
#define CONTROLLER(n) .is_paused_by_controller = (n)
#endif
#if V >= 423
#define SHUT .shutdown_state = SHUT_complete
#define SHUTTING .shutdown_state = SHUT_in_progress
#else
#define SHUT .is_shutting_down = 1, .is_shut_down = 1
#define SHUTTING .is_shutting_down = 1
#endif

MASK(mask_none, 0)
MASK(mask_cpu1, 2)
/* bits past nr_cpu_ids are undefined */
MASK(mask_all, ~0UL)

static vcpu_info_t info = { { 1, 0 } };
static struct waitqueue_vcpu asleep = { 0, &asleep };
u64 scheduler_private;

#if V >= 418
#define INFO .vcpu_info_area = { 0, &info }
#else
#define INFO .vcpu_info = &info
#endif

#if V >= 413
#define UNIT(name, d, n, hard)					\
	static struct sched_unit unit_##name = {		\
		.domain = &d, .unit_id = n, .priv = &scheduler_private, \
		.cpu_hard_affinity = MASK_VAR(mask_cpu1, 2),	\
		.cpu_soft_affinity = MASK_VAR(mask_all, ~0UL),	\
	};
#define PLACED(name) .sched_unit = &unit_##name
#elif V >= 405
#define UNIT(name, d, n, hard)
#define PLACED(name) .sched_priv = &scheduler_private,		\
	.cpu_hard_affinity = MASK_VAR(mask_cpu1, 2),		\
	.cpu_soft_affinity = MASK_VAR(mask_all, ~0UL)
#else
#define UNIT(name, d, n, hard)
#define PLACED(name) .sched_priv = &scheduler_private,		\
	.cpu_affinity = MASK_VAR(mask_cpu1, 2)
#endif
#if V >= 411
#define DIRTY(n) .dirty_cpu = (n),
#else
#define DIRTY(n) .vcpu_dirty_cpumask = MASK_VAR(mask_cpu1, 2),
#endif

#define VCPU(name, d, n, cpu, state_, running, flags, ...)		\
	UNIT(name, d, n, 0)						\
	struct vcpu name = {						\
		.vcpu_id = n, .processor = cpu, .domain = &d, INFO,	\
		PLACED(name), DIRTY(cpu) .is_initialised = 1,		\
		.is_running = running, .pause_flags = flags,		\
		.runstate = { state_, 5000, { 1000 + n, 20, 30, 40 } },	\
		.arch = { { 0x111 }, { 0x222 }, 0x333000 },		\
		__VA_ARGS__						\
	};

VCPU(d0v0, dom0, 0, 0, 0, 1, 0)
VCPU(d0v1, dom0, 1, 1, 2, 0, 1, .poll_evtchn = 7)
VCPU(d1v0, dom1, 0, 1, 3, 0, 2 | 16, .pause_count = { 2 }, .paused_for_shutdown = 1)
VCPU(d2v0, dom2, 0, 0, 1, 0, 0, .waitqueue_vcpu = &asleep)
VCPU(d3v0, dom3, 0, 0, 2, 0, 1)
VCPU(d3v2, dom3, 2, 1, 2, 0, 1 | 4 | 1UL << 40, .poll_evtchn = -1)
VCPU(idle0, the_idle, 0, 0, 0, 1, 0)
VCPU(idle1, the_idle, 1, 1, 1, 0, 0)

struct vcpu *d0_vcpus[2] = { &d0v0, &d0v1 };
struct vcpu *d1_vcpus[1] = { &d1v0 };
struct vcpu *d2_vcpus[1] = { &d2v0 };
struct vcpu *d3_vcpus[4] = { &d3v0, 0, &d3v2, 0 };
struct vcpu *idle_vcpu[2] = { &idle0, &idle1 };

static shared_info_t shared0 = { .native = { .arch = { 5, 0xabc } } };
static shared_info_t shared3 = { .compat = { .arch = { 5, 0xdef } } };
static struct cpupool pool = { 3, 0 };

#define COMMON(array, nr)						\
	.max_vcpus = nr, .vcpu = array, .tot_pages = 1000, .max_pages = 2000, \
	.xenheap_pages = 3, .refcnt = { 4 }, .creation_finished = 1,	\
	.cpupool = &pool, .node_affinity = { { 1 } },			\
	.dirty_cpumask = MASK_VAR(mask_none, 0)

struct domain dom0 PAGE = {
	.domain_id = 0, COMMON(d0_vcpus, 2), TYPE(0, 0), .next_in_list = &dom1,
	.is_privileged = 1, .shared_info = &shared0, .arch = { WIDE(0) },
	.auto_node_affinity = 1,
};
struct domain dom1 PAGE = {
	.domain_id = 1, COMMON(d1_vcpus, 1), TYPE(1, 0), .next_in_list = &dom2,
	SHUT, .shutdown_code = 3, CONTROLLER(1), .arch = { EMULATED(0x1ff) },
	.handle = { 0xb7, 0xce, 0xf8, 0x76, 0xe5, 0x5e, 0x11, 0xf1, 0xb6, 0xf6,
		    0xdd, 0x19, 0x99, 0x44, 0x2e, 0x8b },
};
struct domain dom2 PAGE = {
	.domain_id = 2, COMMON(d2_vcpus, 1), TYPE(1, 1), .next_in_list = &dom3,
	.is_dying = DEAD, .arch = { EMULATED(1) },
};
struct domain dom3 PAGE = {
	.domain_id = 300, COMMON(d3_vcpus, 4), TYPE(0, 0), SHUTTING,
	.shutdown_code = 1, .arch = { WIDE(1) }, .shared_info = &shared3,
};
static struct domain the_io PAGE = { .domain_id = 0x7ff1 };
static struct domain the_xen PAGE = { .domain_id = 0x7ff2 };
struct domain the_idle PAGE = {
	.domain_id = 0x7fff, .max_vcpus = 2, .vcpu = idle_vcpu,
};

struct domain *domain_list = &dom0;
struct domain *domain_hash[256] = { &dom0, &dom1, &dom2, [300 % 256] = &dom3 };
#if V >= 405
struct domain *hardware_domain = &dom0;
#endif
struct domain *dom_io = &the_io, *dom_xen = &the_xen;
/* A page to be left out, without other contents. */
u64 lonely[512] PAGE = { 1 };
u8 last PAGE = 1;
