/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls of xen-live.so (extensions/live), which links Xen's libraries. It
 * is opened only in a running dom0, so that dumps do not require Xen's
 * libraries. Operations use plain C types and return 0 or a negative errno.
 */
#ifndef XEN_HYPERCALL_LIVE_OPS_H
#define XEN_HYPERCALL_LIVE_OPS_H

#include <stddef.h>
#include <stdint.h>

#define LIVE_CPUS_MAX		8192

/* Incremented with any change below: both sides are built together. */
#define LIVE_OPS_VERSION	4
#define LIVE_OPS_SYMBOL		"xen_live_ops"

struct live_identity {
	unsigned int major, minor;
	char extra[64];
	char changeset[128];
	char compiler[128];
	char compile_date[64];
	char capabilities[1024];
	char command_line[1024];
	unsigned char build_id[64];
	unsigned int build_id_len;	/* 0 before Xen 4.7 */
	uint64_t phys_start;		/* maddr of XEN_VIRT_START; 0: not available */
};

struct live_host {
	unsigned int cpus_online;
	unsigned int cpus;		/* highest number, plus one */
	unsigned int nodes;		/* highest number, plus one */
	unsigned int scheduler;		/* XEN_SCHEDULER_* (public/domctl.h) */
	uint64_t cpu_khz;
	uint64_t total_pages, free_pages, claimed_pages;
	uint64_t max_page;		/* mfn after the last frame */
};

#define LIVE_DYING	(1U << 0)
#define LIVE_HVM	(1U << 1)
#define LIVE_SHUTDOWN	(1U << 2)
#define LIVE_PAUSED	(1U << 3)
#define LIVE_DEBUGGED	(1U << 4)
#define LIVE_XENSTORE	(1U << 5)
#define LIVE_HAP	(1U << 6)

struct live_domain {
	uint32_t domid;
	uint32_t flags;			/* LIVE_* */
	uint32_t shutdown_code;
	uint32_t max_vcpu_id;		/* ~0: the domain has no vcpus */
	uint32_t cpupool;
	uint32_t width;			/* width of addresses in bits; 0: not available */
	uint32_t emulation_flags;	/* XEN_X86_EMU_*; ~0: not available */
	uint64_t tot_pages, max_pages, outstanding_pages, shr_pages, paged_pages;
	unsigned char handle[16];
};

struct live_vcpu {
	uint8_t online, blocked, running;
	uint32_t cpu;
	uint64_t cpu_time;		/* ns */
};

struct live_pcpu {
	uint8_t online;
	uint32_t core, socket, node;
};

struct live_pool {
	uint32_t id, scheduler;		/* XEN_SCHEDULER_* */
	uint32_t nr_domains;
	uint8_t has_tslice, has_ratelimit;
	uint32_t tslice_us, ratelimit_us;
	uint64_t cpus[LIVE_CPUS_MAX / 64];
};

/* Parameters of a vcpu, by scheduler. */
struct live_share {
	uint32_t weight, cap;		/* credit, credit2 */
	uint32_t period_us, budget_us;	/* RTDS */
};

enum live_evtchn_state {
	LIVE_CLOSED, LIVE_UNBOUND, LIVE_INTERDOMAIN, LIVE_PIRQ, LIVE_VIRQ,
	LIVE_IPI,
};

struct live_evtchn {
	enum live_evtchn_state state;
	uint32_t vcpu;			/* the notified vcpu */
	uint32_t remote_domid;		/* unbound, interdomain */
	uint32_t remote_port;		/* interdomain */
	uint32_t irq;			/* pirq or virq */
};

struct live_livepatch {
	char name[128];
	uint32_t state;			/* LIVEPATCH_STATE_* (public/sysctl.h) */
	int32_t rc;
};

struct live_symbol {
	uint64_t address;
	char type;			/* as in nm */
	char name[256];
};

struct live_regs {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, rflags, cs, ss;
	uint64_t cr0, cr2, cr3, cr4;
	uint64_t fs_base, gs_base;	/* gs_base: the value in use */
	uint64_t efer;
	uint8_t has_efer;		/* registers of an HVM or PVH guest */
};

/*
 * A guest's memory by gfn; for a PV guest as the guest publishes it
 * (public/arch-x86/xen.h).
 */
struct live_layout {
	uint64_t gfns;			/* highest gfn, plus one */
	uint64_t pod_pages;		/* populate-on-demand entries without memory */
	uint64_t list_list;		/* mfn of the three-level P2M; PV */
	uint64_t p2m_cr3, p2m_vaddr, p2m_generation;	/* mfn of the linear P2M; PV */
};

/* Maximum number of frames per call of guest_copy() and guest_types(). */
#define LIVE_COPY_MAX		64
#define LIVE_TYPES_MAX		1024

/* guest_types(): other values are the level of a page table, 0 for other memory. */
#define LIVE_NO_FRAME		0xff

struct live_ops {
	unsigned int version;		/* LIVE_OPS_VERSION */
	size_t size;			/* size of this structure */
	/* -ENOENT: no privcmd device; -EACCES, -EPERM: permission denied */
	int (*open)(void **priv);
	void (*close)(void *priv);
	int (*identity)(void *priv, struct live_identity *ret);
	int (*host)(void *priv, struct live_host *ret);
	/*
	 * Reads at most size bytes of console text after *index and advances it.
	 * Index 0 is the oldest text. The ring is not cleared.
	 */
	int (*log)(void *priv, char *buf, size_t size, uint32_t *index,
		   size_t *len);
	/* Presses a debug key, which prints to the console. */
	int (*key)(void *priv, char key);
	/* -ENOENT: no pcpu has that number */
	int (*pcpu)(void *priv, uint32_t id, struct live_pcpu *ret);
	/* Reads the cpupool with the lowest id from first on; -ENOENT: there is none. */
	int (*pool)(void *priv, uint32_t first, struct live_pool *ret);
	/* Reads the number of free pages in a zone of the heap: mfns of zone bits. */
	int (*zone)(void *priv, uint32_t node, uint32_t zone, uint64_t *pages);
	/*
	 * Reads the n-th livepatch, from 0; -ENOENT: past the last; -ENOSYS:
	 * not supported.
	 */
	int (*livepatch)(void *priv, uint32_t n, struct live_livepatch *ret);
	/* Reads the .config; the caller frees it. */
	int (*config)(void *priv, char **text);
	/* Reads the symbol of number *n, which is advanced; -ENOENT: past the last. */
	int (*symbol)(void *priv, uint32_t *n, struct live_symbol *ret);
	/* Reads the domain with the lowest id from first on; -ENOENT: there is none. */
	int (*domain)(void *priv, uint32_t first, struct live_domain *ret);
	/* -ENOENT: there is no such vcpu */
	int (*vcpu)(void *priv, uint32_t domid, uint32_t id,
		    struct live_vcpu *ret);
	/* Reads a set of pcpus, size bytes, lowest bit first. */
	int (*affinity)(void *priv, uint32_t domid, uint32_t id, int soft,
			void *set, size_t size);
	/* scheduler: XEN_SCHEDULER_*; -ENOSYS: it has no such parameters. */
	int (*share)(void *priv, uint32_t domid, uint32_t id, uint32_t scheduler,
		     struct live_share *ret);
	/* Pauses the vcpu briefly; -EINVAL for dom0's only vcpu, the caller's. */
	int (*registers)(void *priv, uint32_t domid, uint32_t id,
			 struct live_regs *ret);
	/*
	 * Copies n frames of a domain to buf, mfns of a PV guest, else gfns;
	 * result[i]: 0 or a negative errno. In an HVM or PVH guest only memory
	 * is copied; -ENOENT for a device.
	 */
	int (*guest_copy)(void *priv, uint32_t domid, int is_hvm,
			  const uint64_t *frame, unsigned int n, void *buf,
			  int *result);
	/* Reads the types of n frames of a guest; mfns of a PV guest, else gfns. */
	int (*guest_types)(void *priv, uint32_t domid, const uint64_t *frame,
			   unsigned int n, uint8_t *ret);
	int (*guest_layout)(void *priv, uint32_t domid, int is_hvm,
			    struct live_layout *ret);
	/*
	 * Pauses a guest, until unpause() or the end of this process, however
	 * it ends. A second pause of the same guest returns -EBUSY.
	 */
	int (*pause)(void *priv, uint32_t domid);
	int (*unpause)(void *priv, uint32_t domid);
	/* -ENOENT: the domain has no such port */
	int (*evtchn)(void *priv, uint32_t domid, uint32_t port,
		      struct live_evtchn *ret);
	/* Reads the M2P's entry of an mfn; -ENOENT: beyond the table. */
	int (*m2p)(void *priv, uint64_t mfn, uint64_t *entry);
};

#endif
