/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains: struct domain of include/xen/sched.h, 4.4 to master.
 */
#ifndef XEN_MODEL_DOMAIN_H
#define XEN_MODEL_DOMAIN_H

#include "xen/model/chain.h"
#include "xen/model/xen.h"

#define DOMID_FIRST_RESERVED	0x7ff0	/* public/xen.h: first id of Xen's own domains */
#define DOMID_IO		0x7ff1
#define DOMID_XEN		0x7ff2
#define DOMID_COW		0x7ff3
#define DOMID_INVALID		0x7ff4
#define DOMID_IDLE		0x7fff

/* Number of possible ids, and thus of domains. */
#define DOMAINS_MAX		0x8000

/* xen_domain_handle_t, a UUID */
#define DOMAIN_HANDLE_SIZE	16

/* Members have Xen's names. */
struct domain {
	uint64_t va;
	struct value domain_id, unique_id;
	struct value handle;		/* va of the 16 bytes */
	struct value guest_type;	/* enum of 4.4 to 4.12 */
	struct value options;		/* XEN_DOMCTL_CDF_*, 4.13 and later */
	struct value emulation_flags;	/* XEN_X86_EMU_* */
	struct value is_32bit;		/* only of PV guests */
	struct value is_privileged, is_xenstore, is_console;
	struct value debugger_attached, creation_finished;
	struct value is_dying;		/* 0 alive, 1 dying, 2 dead */
	struct value is_shutting_down, is_shut_down, shutdown_state;
	struct value shutdown_code;	/* SHUTDOWN_*; valid once it shuts down */
	struct value controller_pause_count, pause_count;
	struct value refcnt;
	struct value max_vcpus, vcpu;	/* vcpu: va of the array of pointers */
	struct value tot_pages, max_pages, outstanding_pages, xenheap_pages;
	struct value extra_pages, shr_pages, paged_pages;
	struct value shared_info;	/* va */
	struct value frame_lists, frame_lists_compat;	/* mfn */
	struct value cpupool, cpupool_id;
	struct value auto_node_affinity, node_affinity;	/* va of the set */
	struct value dirty_cpumask;	/* va of the set */
	struct value target;		/* va of a struct domain, or 0 */
	struct value grant_table, evtchn;
	struct value vm_assist;
};

extern const struct record_type domain_record;

enum domain_type {
	DOMAIN_UNKNOWN, DOMAIN_PV, DOMAIN_PVH, DOMAIN_HVM, DOMAIN_IDLE,
	DOMAIN_IO, DOMAIN_XEN, DOMAIN_COW,
};

/*
 * Reads the domain at va. ERR_BAD_POINTER: va cannot be that of a domain;
 * ERR_CORRUPT: there is no domain at va.
 */
struct err *domain_read(struct xen *x, uint64_t va,
			struct domain *ret) ERR_MUST_CHECK;

/*
 * Walks the domains of Xen's list, then those that only domain_hash has, which
 * a damaged list hides, and, if system is set, then Xen's own domains.
 */
struct domains {
	struct xen *x;
	struct chain chain;
	bool system;
	unsigned int next_hidden, next_system;
	uint64_t next_id;	/* by hypercalls: the lowest id to request next */
	bool done;
};

struct err *domains_start(struct domains *w, struct xen *x,
			  bool system) ERR_MUST_CHECK;
/*
 * Returns the next domain; past the last w->done is set and ret unchanged. An
 * error affects one domain or the rest of the list, not the walk: the caller
 * continues until w->done, unless it is ERR_INTERRUPTED.
 */
struct err *domains_next(struct domains *w, struct domain *ret) ERR_MUST_CHECK;

/* Finds a domain by id, Xen's own included; ERR_NOT_FOUND lists the ids. */
struct err *domain_find(struct xen *x, uint64_t id,
			struct domain *ret) ERR_MUST_CHECK;

enum domain_type domain_type(const struct domain *d);
/* "PV", "PVH" ...; "?" for DOMAIN_UNKNOWN */
const char *domain_type_name(enum domain_type type);
bool domain_is_hvm(const struct domain *d);	/* true for PVH, too */

/* True for the hardware domain: dom0, or that of hardware_dom= (4.5+). */
bool domain_is_hardware(struct xen *x, const struct domain *d);

/* Well-known name that needs no xenstore: "Domain-0", "idle"; else NULL. */
const char *domain_name(const struct domain *d);
const char *domain_name_of_id(uint64_t id);

/* Formats the handle as a UUID, "" on failure; buf holds 37 bytes. */
const char *domain_uuid(struct xen *x, const struct domain *d, char *buf);

/* "poweroff", "reboot" ...; NULL for other codes (public/sched.h) */
const char *shutdown_code_name(uint64_t code);

/* True once it has crashed, powered off or been suspended: none of its vcpus runs. */
bool domain_is_shut_down(const struct domain *d);

/* "alive", "dying", "dead"; before dying "shutting down", "shut down: crash" */
void domain_life_text(const struct domain *d, char *buf, size_t size);

/* Return the names of roles and of set bits of options and emulation_flags; "" for none. */
const char *domain_flags_text(struct xen *x, const struct domain *d, char *buf,
			      size_t size);

/* The state that getdomaininfo() (common/domctl.c) computes from the vcpus. */
struct domain_state {
	bool running, blocked, paused, shutdown, dying;
	uint64_t shutdown_code;		/* valid with shutdown */
	unsigned int vcpus, online;	/* existing vcpus; those that are not down */
	uint64_t cpu_time;		/* ns running, up to the last state change */
	unsigned int lost;		/* number of vcpus that could not be read */
	bool no_flags, no_time;		/* a vcpu lacks pause_flags (then running and blocked are not known), or its time */
	bool unproved;			/* provenance of the members; see domain_state_use() */
};

/* Returns s; a value computed from its members is unproved if one of them is. */
static inline const struct domain_state *domain_state_use(const struct domain_state *s)
{
	provenance_use_if(s->unproved);
	return s;
}

/* Fails only with ERR_INTERRUPTED; unreadable vcpus are counted in lost. */
struct err *domain_state_read(struct xen *x, const struct domain *d,
			      struct domain_state *ret) ERR_MUST_CHECK;

/* As in `xl list`: running, blocked, paused, shutdown, reason, dying. */
#define DOMAIN_STATE_TEXT 7
const char *domain_state_text(const struct domain_state *s,
			      char buf[DOMAIN_STATE_TEXT]);

/* "d1"; of ids that Xen reserves "dom_io", "idle", "invalid" ...; returns buf. */
#define DOMID_TEXT 16
const char *domid_text(uint64_t domid, char buf[DOMID_TEXT]);

/*
 * Pauses a guest of the running host until domain_unpause() or the end of this
 * process, however it ends; pauses by others are not affected. ERR_UNSUPPORTED
 * on a dump, ERR_REFUSED for domains on which dom0 depends.
 */
struct err *domain_pause(struct xen *x, const struct domain *d) ERR_MUST_CHECK;
struct err *domain_unpause(struct xen *x, const struct domain *d) ERR_MUST_CHECK;

#endif
