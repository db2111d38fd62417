/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole host of Xen 4.20: two pcpus with stacks, dom0 (PV) and d1 (HVM on
 * AMD), their pages in the frame table, interrupts, page tables. Every member
 * has a different value. It is compiled and read, never run; host.h opens it.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned short domid_t;
typedef unsigned int u32;
typedef unsigned long u64;
typedef u64 nodemask_bits[1];
typedef struct { int counter; } atomic_t;
typedef struct { u64 pfn; } pagetable_t;
typedef struct { u64 bits[1]; } cpumask_t;
typedef cpumask_t cpumask_var_t[1];
typedef struct { nodemask_bits bits; } nodemask_t;

#define PAGE __attribute__((aligned(4096)))
/* The image in the directmap, and its machine address as a table entry */
#define AT(object) (void *)((char *)&(object) + 0x2fc1000000UL)
#define TO(object) ((u64)&(object) - 0xffff82d040000000UL + 0x1000000UL + 0x63)

/* ---- code: 32 bytes each, a call through a register that returns to byte 18 ---- */

#define FUNCTION(name)						\
	".globl " #name "\n.type " #name ", @function\n"	\
	#name ": .skip 16, 0x90\ncall *%rax\n.skip 14, 0x90\n"	\
	".size " #name ", . - " #name "\n"

asm(".text\n.balign 32\n.globl _stext\n_stext:\n.skip 32, 0x90\n"
    FUNCTION(kexec_crash) FUNCTION(one_cpu_only) FUNCTION(panic)
    FUNCTION(fatal_trap) FUNCTION(do_page_fault) FUNCTION(do_invalid_op)
    FUNCTION(do_double_fault) FUNCTION(nmi_watchdog_tick) FUNCTION(do_nmi)
    FUNCTION(mc_panic) FUNCTION(do_crashdump_trigger) FUNCTION(hwdom_shutdown)
    FUNCTION(do_kexec_op) FUNCTION(keypress_action) FUNCTION(do_sysctl)
    FUNCTION(pv_hypercall) FUNCTION(do_mmuext_op) FUNCTION(do_softirq)
    FUNCTION(do_IRQ) FUNCTION(_spin_lock) FUNCTION(vcpu_sleep_sync)
    FUNCTION(svm_vmexit_handler) FUNCTION(idle_loop) FUNCTION(guilty)
    FUNCTION(innocent) FUNCTION(ept_get_entry) FUNCTION(p2m_pt_get_entry)
    FUNCTION(amd_iommu_domain_init) FUNCTION(intel_iommu_domain_init)
    FUNCTION(__ns16550_poll)
    /* entries and handlers of Xen 4.4 to 4.7 */
    FUNCTION(syscall_enter) FUNCTION(lstar_enter) FUNCTION(compat_hypercall)
    FUNCTION(hvm_do_hypercall) FUNCTION(do_sched_op)
    /* code.c has more code, and another end of it */
    ".weak _etext\n_etext:\n.skip 32, 0x90\n");

/* ---- registers and stacks ---- */

struct cpu_user_regs {
	u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	u32 error_code, entry_vector;
	u64 rip;
	u16 cs, pad0[1];
	u8 saved_upcall_mask, pad1[3];
	u64 rflags, rsp;
	u16 ss, pad2[3];
	u64 es, ds, fs, gs;
};

#define REGS(n)								\
	{ 0x100 + n, 0x200 + n, 0x300 + n, 0x400 + n, 0x500 + n, 0x600 + n, \
	  0x700 + n, 0x800 + n, 0x900 + n, 0xa00 + n, 0xb00 + n, 0xc00 + n, \
	  0xd00 + n, 0xe00 + n, 0xf00 + n, 0x10 + n, 0x20 + n, 0x1000 + n, \
	  0xe033, { 0 }, 0, { 0 }, 0x202, 0x2000 + n, 0xe02b, { 0 }, 0, 0, 0, 0 }

struct domain;
struct vcpu;

struct cpu_info {
	struct cpu_user_regs guest_cpu_user_regs;
	u32 processor_id;
	struct vcpu *current_vcpu;
	u64 per_cpu_offset, cr4;
};

struct stack_area {
	u8 room[0x8000 - sizeof(struct cpu_info)];
	struct cpu_info info;
};

struct tss_page {
	u8 before[0x40];
	struct { u32 back; u64 rsp0, rsp1, rsp2, reserved, ist[7]; }
		__attribute__((packed)) tss;
};

struct sched_unit {
	struct domain *domain;
	u32 unit_id;
	void *priv;
	cpumask_var_t cpu_hard_affinity, cpu_soft_affinity;
};

typedef struct { struct { u16 head, tail; } tickets; } spinlock_t;

struct sched_resource {
	void *scheduler;
	spinlock_t *schedule_lock;
	struct sched_unit *curr, *sched_unit_idle;
};

struct list_head { struct list_head *next, *prev; };

struct percpu_area {
	struct tss_page tss_page;
	struct sched_resource *sched_res;
	struct vcpu *curr_vcpu;
	u64 tasklet_work_to_do;
	struct list_head tasklet_list, softirq_tasklet_list;
};

asm(".globl per_cpu__tss_page, per_cpu__sched_res, per_cpu__curr_vcpu\n"
    ".globl per_cpu__tasklet_work_to_do, per_cpu__tasklet_list, per_cpu__softirq_tasklet_list\n"
    ".set per_cpu__tss_page, percpu_areas\n"
    ".set per_cpu__sched_res, percpu_areas + 160\n"
    ".set per_cpu__curr_vcpu, percpu_areas + 168\n"
    ".set per_cpu__tasklet_work_to_do, percpu_areas + 176\n"
    ".set per_cpu__tasklet_list, percpu_areas + 184\n"
    ".set per_cpu__softirq_tasklet_list, percpu_areas + 200\n");
_Static_assert(sizeof(struct tss_page) == 156, "per_cpu__sched_res is behind it");
_Static_assert(sizeof(struct percpu_area) == 216, "HOST_PERCPU");

/* ---- domains and vcpus ---- */

struct cpupool { int cpupool_id; struct cpupool *next; };
struct waitqueue_vcpu { u64 pad; void *esp; };

struct vcpu_info {
	u8 evtchn_upcall_pending, evtchn_upcall_mask;
	u64 evtchn_pending_sel;
	struct { u64 cr2, pad; } arch;
};
struct guest_area { void *pg; struct vcpu_info *map; };

struct vmcb_struct {
	u64 pad, rax, rip, rsp, rflags, _cr2, _cr3;
	struct { u16 sel; u64 base; } cs, ss, fs, gs;
};

struct vcpu {
	int vcpu_id, processor;
	struct guest_area vcpu_info_area;
	struct domain *domain;
	struct vcpu *next_in_list;
	struct sched_unit *sched_unit;
	struct { int state; u64 state_entry_time; u64 time[4]; } runstate;
	_Bool is_initialised, is_running, is_urgent, defer_shutdown, paused_for_shutdown;
	u8 affinity_broken;
	u32 dirty_cpu;
	int poll_evtchn, controller_pause_count;
	atomic_t vm_event_pause_count;
	u64 pause_flags;
	atomic_t pause_count;
	struct waitqueue_vcpu *waitqueue_vcpu;
	spinlock_t virq_lock;
	struct {
		pagetable_t guest_table_user, guest_table;
		u64 cr3;
		struct cpu_user_regs user_regs;
		union {
			struct { u64 ctrlreg[8], fs_base, gs_base_kernel; } pv;
			struct {
				u64 guest_cr[5], guest_efer;
				struct { struct vmcb_struct *vmcb; u64 vmcb_pa; } svm;
			} hvm;
		};
	} arch;
};

/* Frame numbers of CONFIG_BIGMEM have 64 bits. */
#ifdef BIGMEM
typedef u64 pdx_t;
#else
typedef u32 pdx_t;
#endif
struct page_list { pdx_t next, prev; };
struct page_info {
	union { struct page_list list; u64 up; };
	u64 count_info;
	union {
		struct { u64 type_info; } inuse;
		struct { u32 first_dirty; } free;
	} u;
	union { struct { pdx_t _domain; } inuse; struct { u32 order; } free; } v;
	u32 tlbflush_timestamp;
};
struct page_list_head { struct page_info *next, *tail; };

struct arch_shared_info {
	u64 max_pfn, pfn_to_mfn_frame_list_list, pad, p2m_cr3, p2m_vaddr, p2m_generation;
};
struct compat_arch_shared_info {
	u32 max_pfn, pfn_to_mfn_frame_list_list, pad, p2m_cr3, p2m_vaddr, p2m_generation;
};
typedef union {
	struct { u8 vcpu_info[2048]; struct arch_shared_info arch; } native;
	struct { u8 vcpu_info[2048]; struct compat_arch_shared_info arch; } compat;
} shared_info_t;

struct evtchn { u8 state; u32 port; };
struct grant_table { u32 pad; struct domain *domain; spinlock_t lock; };
struct p2m_domain {
	u64 pad;
	struct domain *domain;
	spinlock_t lock;
	pagetable_t phys_table;
	void *get_entry;
	u64 max_mapped_pfn;
};
struct radix_tree_root { u32 height; void *rnode; };
struct radix_tree_node { u32 height; void *slots[64]; };
struct pirq { u32 pad, evtchn; u8 masked; };

struct iommu_ops { void (*init)(void); };
void amd_iommu_domain_init(void), intel_iommu_domain_init(void);
struct iommu_ops amd_ops = { amd_iommu_domain_init }, vtd_ops = { intel_iommu_domain_init };

struct domain {
	domid_t domain_id;
	u32 max_vcpus;
	u64 unique_id;
	struct vcpu **vcpu;
	shared_info_t *shared_info;
	struct page_list_head page_list, extra_page_list, xenpage_list;
	u32 tot_pages, xenheap_pages, outstanding_pages, max_pages, extra_pages;
	struct cpupool *cpupool;
	struct domain *next_in_list;
	struct evtchn *evtchn;
	struct grant_table *grant_table;
	u32 options;
	enum { ALIVE, DYING, DEAD } is_dying;
	int controller_pause_count;
	struct domain *target;
	u64 vm_assist;
	_Bool is_xenstore, is_console, debugger_attached;
	_Bool auto_node_affinity, is_privileged, creation_finished;
	_Bool is_shutting_down, is_shut_down;
	int shutdown_code;
	atomic_t pause_count, refcnt;
	struct radix_tree_root pirq_tree;
	spinlock_t domain_lock, page_alloc_lock;
	struct {
		struct iommu_ops *platform_ops;
		_Bool hap_pt_share;
		struct {
			union {
				struct { u64 pgd_maddr; u32 agaw; } vtd;
				struct { u32 paging_mode; void *root_table; } amd;
			};
		} arch;
	} iommu;
	cpumask_var_t dirty_cpumask;
	struct {
		union { struct { _Bool is_32bit; } pv; };
		u32 emulation_flags;
		struct p2m_domain *p2m;
		struct radix_tree_root irq_pirq;
		struct { u32 total_pages, p2m_pages; } paging;
	} arch;
	u8 handle[16];
	nodemask_t node_affinity;
};

extern struct domain dom0, dom1, the_idle, the_xen, the_io;
extern struct vcpu d0v0, d0v1, d0v2, d1v0, idle0, idle1;

/* NAME is LAST: NULL of the list of vcpus, or the next vcpu */
#define VCPU(name, d, n, cpu, state_, running, flags, next, ...)	\
	static struct vcpu_info info_##name = {				\
		1, 0, 0x77, { 0x44000 + n, 0x55 },			\
	};								\
	struct sched_unit unit_##name = {				\
		.domain = AT(d), .unit_id = n, .priv = (void *)(0xffff830001000100UL + n), \
		.cpu_hard_affinity = { { { 1UL << n } } },		\
		.cpu_soft_affinity = { { { 3 } } },			\
	};								\
	struct vcpu name PAGE = {					\
		.vcpu_id = n, .processor = cpu, .domain = AT(d),	\
		.vcpu_info_area = { 0, AT(info_##name) },		\
		.next_in_list = next, .sched_unit = AT(unit_##name),	\
		.is_initialised = 1, .is_running = running,		\
		.dirty_cpu = cpu, .pause_flags = flags,			\
		.runstate = { state_, 5000 + n, { 10, 20, 30, 40 } },	\
		__VA_ARGS__						\
	};

#define PV_STATE(n)							\
	.arch = { { 0x111 + n }, { 0x222 + n }, 0x222000 + n * 0x1000,	\
		  REGS(n), { .pv = { { 0x80050033, 0, 0, 0, 0x2660 },	\
				     0xf5000 + n, 0x65000 + n } } }

VCPU(d0v0, dom0, 0, 0, 0, 1, 0, AT(d0v1), PV_STATE(0))
VCPU(d0v1, dom0, 1, 1, 2, 0, 1, AT(d0v2), .poll_evtchn = 17, .affinity_broken = 2, .is_urgent = 1,
     .virq_lock = { { 5, 6 } }, PV_STATE(1))
VCPU(d0v2, dom0, 2, 1, 1, 0, 0, 0, PV_STATE(2))

static struct vmcb_struct vmcb = {
	0x1, 0xaaa1, 0xaaa2, 0xaaa3, 0x246, 0xaaa4, 0xaaa5000,
	{ 0x10, 0xbbb0 }, { 0x18, 0xbbb1 }, { 0x20, 0xbbb2 }, { 0x28, 0xbbb3 },
};
VCPU(d1v0, dom1, 0, 1, 2, 0, 1, 0, .pause_count = { 6 }, .controller_pause_count = 4,
     .vm_event_pause_count = { 5 }, .defer_shutdown = 1, .arch = {
	.guest_table = { 0x333 }, .user_regs = REGS(3),
	.hvm = { { 0x80000011, 0, 0xcc2, 0xcc3000, 0x6f0 }, 0xd01,
		 { AT(vmcb), 0x7777000 } },
})
VCPU(idle0, the_idle, 0, 0, 1, 0, 0, AT(idle1))
VCPU(idle1, the_idle, 1, 1, 0, 1, 0, 0)

static struct vcpu *d0_vcpus[3] = { AT(d0v0), AT(d0v1), AT(d0v2) };
static struct vcpu *d1_vcpus[1] = { AT(d1v0) };
struct vcpu *idle_vcpu[2] = { AT(idle0), AT(idle1) };

struct { const char *name; } *no_hvm;
struct hvm_function_table { const char *name; } hvm_funcs = { "SVM" };

shared_info_t shared0 PAGE = { { { 1 } } }, shared1 PAGE = { { { 2 } } };
static struct cpupool pool = { 5 };
struct cpupool *cpupool0 = AT(pool);

#define EVTCHNS { { 1, 0 }, { 2, 1 }, { 3, 2 }, { 4, 3 }, { 5, 4 }, { 6, 5 }, { 1, 6 }, { 2, 7 } }
static struct evtchn evtchns0[8] = EVTCHNS, evtchns1[8] = EVTCHNS;
static struct grant_table grants0 = { 7, AT(dom0) }, grants1 = { 8, AT(dom1), { { 3, 4 } } };
void ept_get_entry(void), p2m_pt_get_entry(void);
struct p2m_domain p2m1 = {
	9, AT(dom1), .lock = { { 1, 2 } }, .get_entry = p2m_pt_get_entry, .max_mapped_pfn = 0x203,
};
/* Flags and permissions fit both formats: NPT has 7 bits for the type, EPT 6. */
#define TYPE(n) ((u64)(n) << 52)
u64 p2m_l1[512] PAGE = {
	0x1070007, TYPE(4), TYPE(13) | 1UL << 58 | 0x1071007, 0, TYPE(3) | 0x1072005,
	1UL << 63,
};
/* a superpage at gfn 200 */
u64 p2m_l2[512] PAGE = { TO(p2m_l1), TYPE(0) | 0x4000087 };
u64 p2m_l3[512] PAGE = { TO(p2m_l2) }, p2m_l4[512] PAGE = { TO(p2m_l3) };

/* irq 2 is pirq 23 of dom0, port 6; -1 - 23 would be an emulated one */
static struct pirq pirq23 = { 0x99, 6, 1 };
static struct radix_tree_node irq_node = { 1, { [2] = (void *)(23UL << 2 | 2) } };
static struct radix_tree_node pirq_node = { 1, { [23] = AT(pirq23) } };
/* two levels: 0x1000 + 5, 0x1000 + 6 and 3 */
static struct radix_tree_node leaf0 = { 1, { [3] = (void *)0x3333UL } };
static struct radix_tree_node leaf1 = { 1, { [5] = (void *)0x5555UL, [6] = (void *)0x6666UL } };
struct radix_tree_node top = { 2, { [0] = AT(leaf0), [63] = AT(leaf1) } };
struct radix_tree_root tree2 = { 2, (char *)AT(top) + 1 };
struct radix_tree_root tree0 = { 0, (void *)0x4444UL }, tree_empty;

#define FRAME(pfn) ((void *)(0xffff82e000000000UL + (pfn) * sizeof(struct page_info)))
/* Frames 1000 to 107f; 1070 to 1075 are pages of domains outside of the image. */
#define NO_PAGE ((pdx_t)~0UL)
u64 max_page = 0x1080, max_pdx = 0x1080;
#define USED(n) 1UL << 63 | (n)
struct page_info frames[128] PAGE = {
	[0x70] = { { { 0x1071, NO_PAGE } }, USED(2), { { 7UL << 61 | 1 } } },
	[0x71] = { { { NO_PAGE, 0x1070 } }, USED(1), { { 0 } } },
	[0x72] = { { { NO_PAGE, NO_PAGE } }, USED(1) | 1UL << 61, { { 0 } } },
	[0x73] = { { { 0x1074, NO_PAGE } }, USED(1), { { 4UL << 61 | 1UL << 59 | 3 } } },
	/* d1's grant table: a page of Xen's heap, shared and writable */
	[0x75] = { { { NO_PAGE, NO_PAGE } }, USED(3) | 1UL << 62, { { 7UL << 61 | 1 } } },
	/* free ones: clean, and an order of 2 pages of which the second is dirty */
	[0x76] = { { { NO_PAGE, NO_PAGE } }, 3UL << 58, { .free = { 7 } }, { .free = { 0 } } },
	[0x78] = { { { NO_PAGE, NO_PAGE } }, 3UL << 58, { .free = { 1 } }, { .free = { 1 } } },
	[0x79] = { .count_info = 1UL << 63 | 3UL << 58 },
	[0x74] = { { { NO_PAGE, 0x1073 } }, USED(1), { { 1UL << 61 | 2 } } },
};

struct domain dom0 PAGE = {
	.domain_id = 0, .max_vcpus = 3, .unique_id = 0x1234, .vcpu = AT(d0_vcpus),
	.shared_info = AT(shared0), .tot_pages = 1000, .max_pages = 2000,
	.xenheap_pages = 12, .cpupool = AT(pool), .next_in_list = AT(dom1),
	.page_list = { FRAME(0x1073), FRAME(0x1074) },
	.evtchn = AT(evtchns0), .grant_table = AT(grants0), .is_privileged = 1,
	.refcnt = { 4 }, .creation_finished = 1, .vm_assist = 0x21, .is_console = 1,
	.outstanding_pages = 13, .auto_node_affinity = 1,
	.handle = { 0xd0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	.pirq_tree = { 1, (char *)AT(pirq_node) + 1 },
	.arch = { .irq_pirq = { 1, (char *)AT(irq_node) + 1 } },
	.node_affinity = { { 1 } },
};
struct domain dom1 PAGE = {
	.domain_id = 1, .max_vcpus = 1, .unique_id = 0x5678, .vcpu = AT(d1_vcpus),
	.shared_info = AT(shared1), .tot_pages = 3, .extra_pages = 1,
	.page_list = { FRAME(0x1070), FRAME(0x1071) },
	.extra_page_list = { FRAME(0x1072), FRAME(0x1072) },
	.xenpage_list = { FRAME(0x1075), FRAME(0x1075) },
	.max_pages = 600, .cpupool = AT(pool), .evtchn = AT(evtchns1),
	.grant_table = AT(grants1), .options = 1, .refcnt = { 6 },
	.creation_finished = 1, .xenheap_pages = 14, .pause_count = { 7 },
	.domain_lock = { { 11, 12 } }, .page_alloc_lock = { { 17, 17 } },
	.is_shutting_down = 1, .shutdown_code = 2, .target = AT(dom0),
	.handle = { 0xd1, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 },
	.node_affinity = { { 1 } },
	.arch = { .emulation_flags = 0x1ff, .p2m = AT(p2m1) },
};
struct domain the_io PAGE = { .domain_id = 0x7ff1, .node_affinity = { { 9 } } };
struct domain the_xen PAGE = { .domain_id = 0x7ff2, .node_affinity = { { 9 } } };
struct domain the_idle PAGE = {
	.domain_id = 0x7fff, .max_vcpus = 2, .vcpu = idle_vcpu,
	.node_affinity = { { 9 } },
};
struct domain *domain_list = AT(dom0), *hardware_domain = AT(dom0);
struct domain *dom_io = AT(the_io), *dom_xen = AT(the_xen);

/* ---- pcpus ---- */

void kexec_crash(void);
struct tasklet {
	struct list_head list;
	int scheduled_on;
	u8 is_softirq, is_running, is_dead;
	void *func;
	u64 data;
};
extern struct tasklet work0, soft1;

struct stack_area stack0 __attribute__((aligned(0x8000))) = {
	.info = { REGS(0x40), 0, AT(d0v0), 0, 0x3526e0 },
};
struct stack_area stack1 __attribute__((aligned(0x8000))) = {
	.info = { REGS(0x50), 1, AT(idle1), sizeof(struct percpu_area), 0x3526e0 },
};
spinlock_t lock0 = { { 7, 8 } };
static struct sched_resource resource0 = { 0, AT(lock0), AT(unit_d0v0), AT(unit_idle0) };
static struct sched_resource resource1 = { 0, AT(lock0), AT(unit_idle1), AT(unit_idle1) };

#define TSS(n) { { 0 }, { 0, (u64)&stack##n.info.guest_cpu_user_regs.es + 0x2fc1000000UL, \
			  0, 0, 0, { (u64)&stack##n + 0x2fc1000000UL + 0x2000 } } }
#define EMPTY(n, list) { &percpu_areas[n].list, &percpu_areas[n].list }
#define HAS(tasklet) { &tasklet.list, &tasklet.list }
struct percpu_area percpu_areas[2] = {
	{ TSS(0), AT(resource0), AT(d0v0), 1, HAS(work0), EMPTY(0, softirq_tasklet_list) },
	{ TSS(1), AT(resource1), AT(d0v1), 2, EMPTY(1, tasklet_list), HAS(soft1) },
};
struct tasklet work0 = {
	{ &percpu_areas[0].tasklet_list, &percpu_areas[0].tasklet_list }, 0, 0, 1, 0,
	(void *)0xffff82d040001020UL, 0x1234,
};
struct tasklet soft1 = {
	{ &percpu_areas[1].softirq_tasklet_list, &percpu_areas[1].softirq_tasklet_list },
	1, 1, 0, 1, (void *)0xffff82d040001040UL, 0x5678,
};

enum {
	TIMER_SOFTIRQ, RCU_SOFTIRQ, SCHED_SLAVE_SOFTIRQ, SCHEDULE_SOFTIRQ,
	NEW_TLBFLUSH_CLOCK_PERIOD_SOFTIRQ, TASKLET_SOFTIRQ,
} softirqs;
void (*softirq_handlers[8])(void) = { [6] = kexec_crash };
typedef struct {
	u32 __softirq_pending, __local_irq_count, nmi_count, mce_count;
	u8 in_mwait;
} irq_cpustat_t;
irq_cpustat_t irq_stat[2] = { { 1 << 3 | 1 << 6, 11, 12, 13, 0 }, { 1 << 0 | 1 << 7, 21, 22, 23, 1 } };
u64 __per_cpu_offset[2] = { 0, sizeof(struct percpu_area) };
void *stack_base[2] = { AT(stack0), AT(stack1) };
cpumask_t cpu_online_map = { { 3 } }, cpu_present_map = { { 7 } };
u32 cpu_khz = 2500000;
u32 tainted;

/* ---- interrupts ---- */

struct hw_interrupt_type { const char *typename; };
struct hw_interrupt_type no_irq_type = { "none" };
static struct hw_interrupt_type ioapic = { "IO-APIC-edge" }, msi = { "PCI-MSI" };
extern struct msi_desc msi0;
struct irqaction { void *handler; const char *name; };
typedef struct {
	u8 nr_guests, in_flight, shareable, ack_type;
	struct domain *guest[2];
} irq_guest_action_t;
static struct irqaction timer = { (void *)0xffff82d040001000UL, "timer" };
static irq_guest_action_t bound = { 1, 3, 0, 2, { AT(dom0) } };
struct irq_desc {
	u32 status;
	struct hw_interrupt_type *handler;
	void *msi_desc;
	void *action;
	struct {
		short vector, old_vector;
		cpumask_var_t cpu_mask;
		u8 move_in_progress : 1;
		u16 creator_domid;
	} arch;
	cpumask_var_t affinity;
	u32 rl_cnt;
	u64 rl_quantum_start;
	struct list_head rl_link;
	spinlock_t lock;
};

static struct irq_desc irqs[4] = {
	{ .status = 2, .handler = &no_irq_type },
	{ .handler = &ioapic, .action = &timer,
	  .arch = { 0x31, -1, { { { 1 } } }, 0, 0x7ff4 }, .affinity = { { { 3 } } },
	  .lock = { { 9, 10 } } },
	{ .status = 0x10 | 8, .handler = &msi, .msi_desc = AT(msi0), .action = AT(bound),
	  .arch = { 0x42, 0x43, { { { 2 } } }, 1, 0x7ff3 }, .affinity = { { { 2 } } },
	  .rl_cnt = 50, .rl_quantum_start = 1000000000,
	  .rl_link = { AT(irqs[2].rl_link), AT(irqs[2].rl_link) } },
};
struct irq_desc *irq_desc = AT(irqs);
u32 nr_irqs = 4, nr_irqs_gsi = 3;
struct irq_pin_list { int apic, pin; u32 next; };
/* irq 1 has two pins, the second behind the table's first half */
static struct irq_pin_list pins[4] = { { 0, -1, 0 }, { 1, 11, 3 }, { 0, -1, 0 }, { 2, 12, 0 } };
struct irq_pin_list *irq_2_pin = AT(pins);

/* ---- page tables: image and directmap in large pages, one page of frames ---- */

/* gfns of the frames from 1000 on */
u64 m2p[512] PAGE = {
	[0 ... 511] = ~0UL, [0x70] = 0, [0x71] = 2, [0x72] = 4,
};
u64 m2p_l1[512] PAGE = { [8] = TO(m2p) }, m2p_l2[512] PAGE = { TO(m2p_l1) };

/* dom0's P2M: a frame, a foreign one, an identity, none. Tests publish it. */
u64 pv_p2m[512] PAGE = { 0x1073, 0x1074 | 1UL << 62, 0xfee00 | 1UL << 63, ~0UL };
u64 pv_list[512] PAGE = { 0, ~0UL }, pv_list_list[512] PAGE;

/* Tables of dom0: frame 1070 at 8080604000, and in a superpage at 8080a70000 */
u64 guest_l1[512] PAGE = { [4] = 0x1070067, [5] = TO(pv_p2m) + 4 };
u64 guest_l2[512] PAGE = { [3] = TO(guest_l1) + 4, [5] = 0x10000e7 };
u64 guest_l3[512] PAGE = { [2] = TO(guest_l2) + 4 };
u64 guest_l4[512] PAGE = { [1] = TO(guest_l3) + 4 };

#define FRAMES_PAGE (0x1000 * sizeof(struct page_info) / 4096)
u64 frame_l1[512] PAGE = {
	[FRAMES_PAGE] = TO(frames), [FRAMES_PAGE + 1] = TO(frames) + 4096 * (sizeof(frames) > 4096),
};
u64 frame_l2[512] PAGE = { [0] = TO(frame_l1) };
u64 image_l2[512] PAGE = { [0] = 0x10000e3 };
/* After the page of headers, which large pages map, too; the linker defines _end */
void _start(void) { }
u64 image_l3[512] PAGE = { [0] = TO(m2p_l2), [321] = TO(image_l2), [384] = TO(frame_l2) };
u64 direct_l2[512] PAGE = { [8] = 0x10000e3 };
u64 direct_l3[512] PAGE = { [0] = TO(direct_l2) };
u64 idle_pg_table[512] PAGE = { [261] = TO(image_l3), [262] = TO(direct_l3) };
u8 last PAGE = 1;
