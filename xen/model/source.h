/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interface between a dump and a running host: the operations in which the
 * two differ. memory_source (memory_source.h) reads Xen's structures from
 * memory, of a dump or of a running host; live_source (xen/hypercall) makes
 * hypercalls. Callers use the functions of the model (domains_next(),
 * heap_open() ...), which contain the common part and document the contracts.
 */
#ifndef XEN_MODEL_SOURCE_H
#define XEN_MODEL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

struct context;
struct cpumask;
struct domain;
struct domains;
struct evtchn;
struct evtchns;
struct guest_frame;
struct guest_map;
struct guest_walk;
struct heap;
struct heap_zone;
struct livepatch;
struct livepatches;
struct p2m;
struct page_progress;
struct pages;
struct pcpu;
struct sched;
struct store;
struct sys;
struct vcpu;
struct vcpus;
struct xen;

/* Operations marked "optional" are NULL where a source lacks them. */
struct source_ops {
	bool reads_memory;	/* see xen_reads_memory() */
	bool is_running;	/* see xen_is_running() */

	/* Optional: releases xen->source_data. */
	void (*close)(void *data);
	struct err *(*read_build_id)(struct xen *x, uint64_t va, void *buf,
				     size_t len);

	/* domain/domain.h; walkers are zeroed except for their arguments */
	struct err *(*domains_start)(struct domains *w);
	struct err *(*domains_next)(struct domains *w, struct domain *ret);
	/* ret: DOMAIN_HANDLE_SIZE bytes */
	struct err *(*domain_handle)(struct xen *x, const struct domain *d,
				     unsigned char *ret);

	/* domain/vcpu.h, domain/context.h */
	struct err *(*vcpus_start)(struct vcpus *w, const struct domain *d);
	struct err *(*vcpus_next)(struct vcpus *w, struct vcpu *ret);
	struct err *(*vcpu_find)(struct xen *x, const struct domain *d,
				 uint64_t id, struct vcpu *ret);
	struct err *(*vcpu_affinity)(struct xen *x, const struct domain *d,
				     const struct vcpu *v, bool soft,
				     struct cpumask *ret);
	struct err *(*vcpu_name_on)(struct xen *x, const struct pcpu *p,
				    char *buf);
	/* Optional. The domain is not dom0; unpause has no effect without a pause */
	struct err *(*domain_pause)(struct xen *x, const struct domain *d);
	struct err *(*domain_unpause)(struct xen *x, const struct domain *d);
	struct err *(*context_read)(struct xen *x, const struct domain *d,
				    const struct vcpu *v, struct context *ret);

	/* pcpu/pcpu.h; ret->id is set, and in range */
	struct err *(*pcpu_read)(struct xen *x, struct pcpu *ret);

	/* sched/sched.h; s is zeroed except for s->x */
	struct err *(*sched_read)(struct sched *s);

	/* channel/evtchn.h */
	struct err *(*evtchns_start)(struct evtchns *w, const struct domain *d);
	/* port is in range; on failure it may increase w->resume */
	struct err *(*evtchn_read)(struct evtchns *w, unsigned int port,
				   struct evtchn *ret);
	/* Optional. */
	struct err *(*evtchn_check_peer)(struct evtchns *w,
					 struct evtchns *peers,
					 const struct evtchn *ch);

	/* memory/heap.h; h->x, z->node and z->zone are set */
	struct err *(*heap_open)(struct heap *h);
	struct err *(*heap_has_node)(struct heap *h, unsigned int node,
				     bool *has);
	struct err *(*heap_zone_read)(struct heap *h, struct pages *p,
				      struct heap_zone *z,
				      void (*problem)(void *arg, struct err *e),
				      void *arg);

	/* memory/p2m.h; va: of the M2P's entry */
	struct err *(*m2p_read)(struct xen *x, uint64_t mfn, uint64_t va,
				uint64_t *entry);
	struct err *(*p2m_open)(struct xen *x, const struct domain *d,
				struct p2m *ret);
	struct err *(*p2m_open_iommu)(struct xen *x, const struct domain *d,
				      struct p2m *ret);
	struct err *(*guest_walk)(struct p2m *p, const struct vcpu *v,
				  uint64_t va, struct guest_walk *ret);

	/* memory/guest_memory.h; is_virtual: GUEST_VIRTUAL; within one page */
	struct err *(*guest_read)(struct xen *x, const struct domain *d,
				  const struct vcpu *v, bool is_virtual,
				  uint64_t address, void *buf, size_t len);

	/*
	 * Optional: find the frames of a domain without Xen's structures
	 * (guest/guest_map.h, guest/guest_pages.h). guest_map: lists them in
	 * any order; guest_frame: finds the frame of a gfn, and its kind only
	 * if with_kind is set.
	 */
	struct err *(*guest_map)(struct xen *x, const struct domain *d,
				 const struct page_progress *progress,
				 struct guest_map *ret);
	struct err *(*guest_frame)(struct p2m *p, uint64_t gfn, bool with_kind,
				   struct guest_frame *ret);

	/* host/console.h, host/sys.h, host/livepatch.h */
	struct err *(*console_read)(struct xen *x, char **text, size_t *len);
	/* Optional. */
	struct err *(*console_read_new)(struct xen *x, uint32_t *index,
					char **text, size_t *len);
	/* Optional. */
	struct err *(*press_key)(struct xen *x, char key, char **text);
	struct err *(*sys_read)(struct xen *x, struct sys *ret);
	/* Optional. Lets the host run for ms milliseconds; *ns: a clock of it. */
	struct err *(*let_run)(struct xen *x, unsigned int ms, uint64_t *ns);
	struct err *(*config_read)(struct xen *x, char **text);
	struct err *(*livepatches_start)(struct livepatches *w);
	struct err *(*livepatches_next)(struct livepatches *w,
					struct livepatch *ret);

	/* Optional. dom0/xenstore.h; the caller releases ret on success */
	struct err *(*store_read)(struct xen *x, const char *path,
				  unsigned int flags, struct store *ret);
};

#endif
