/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The source that reads the hypervisor's structures from memory. Each operation
 * is defined in the file of the structure it reads; source.h documents the
 * contracts.
 */
#ifndef XEN_MODEL_MEMORY_SOURCE_H
#define XEN_MODEL_MEMORY_SOURCE_H

#include "source.h"

/* For xen_open(). */
extern const struct source_ops memory_source;

struct err *mem_domains_start(struct domains *w) ERR_MUST_CHECK;
struct err *mem_domains_next(struct domains *w,
			     struct domain *ret) ERR_MUST_CHECK;
struct err *mem_domain_handle(struct xen *x, const struct domain *d,
			      unsigned char *ret) ERR_MUST_CHECK;

struct err *mem_vcpus_start(struct vcpus *w,
			    const struct domain *d) ERR_MUST_CHECK;
struct err *mem_vcpus_next(struct vcpus *w, struct vcpu *ret) ERR_MUST_CHECK;
struct err *mem_vcpu_find(struct xen *x, const struct domain *d, uint64_t id,
			  struct vcpu *ret) ERR_MUST_CHECK;
struct err *mem_vcpu_affinity(struct xen *x, const struct domain *d,
			      const struct vcpu *v, bool soft,
			      struct cpumask *ret) ERR_MUST_CHECK;
struct err *mem_vcpu_name_on(struct xen *x, const struct pcpu *p,
			     char *buf) ERR_MUST_CHECK;
struct err *mem_context_read(struct xen *x, const struct domain *d,
			     const struct vcpu *v,
			     struct context *ret) ERR_MUST_CHECK;

struct err *mem_pcpu_read(struct xen *x, struct pcpu *ret) ERR_MUST_CHECK;

struct err *mem_sched_read(struct sched *s) ERR_MUST_CHECK;

struct err *mem_evtchns_start(struct evtchns *w,
			      const struct domain *d) ERR_MUST_CHECK;
struct err *mem_evtchn_read(struct evtchns *w, unsigned int port,
			    struct evtchn *ret) ERR_MUST_CHECK;
struct err *mem_evtchn_check_peer(struct evtchns *w, struct evtchns *peers,
				  const struct evtchn *ch) ERR_MUST_CHECK;

struct err *mem_heap_open(struct heap *h) ERR_MUST_CHECK;
struct err *mem_heap_has_node(struct heap *h, unsigned int node,
			      bool *has) ERR_MUST_CHECK;
struct err *mem_heap_zone_read(struct heap *h, struct pages *p,
			       struct heap_zone *z,
			       void (*problem)(void *arg, struct err *e),
			       void *arg) ERR_MUST_CHECK;

struct err *mem_m2p_read(struct xen *x, uint64_t mfn, uint64_t va,
			 uint64_t *entry) ERR_MUST_CHECK;
struct err *mem_p2m_open(struct xen *x, const struct domain *d,
			 struct p2m *ret) ERR_MUST_CHECK;
struct err *mem_p2m_open_iommu(struct xen *x, const struct domain *d,
			       struct p2m *ret) ERR_MUST_CHECK;
struct err *mem_guest_walk(struct p2m *p, const struct vcpu *v, uint64_t va,
			   struct guest_walk *ret) ERR_MUST_CHECK;
struct err *mem_guest_read(struct xen *x, const struct domain *d,
			   const struct vcpu *v, bool is_virtual,
			   uint64_t address, void *buf,
			   size_t len) ERR_MUST_CHECK;

struct err *mem_console_read(struct xen *x, char **text,
			     size_t *len) ERR_MUST_CHECK;
struct err *mem_sys_read(struct xen *x, struct sys *ret) ERR_MUST_CHECK;
struct err *mem_config_read(struct xen *x, char **text) ERR_MUST_CHECK;
struct err *mem_livepatches_start(struct livepatches *w) ERR_MUST_CHECK;
struct err *mem_livepatches_next(struct livepatches *w,
				 struct livepatch *ret) ERR_MUST_CHECK;

struct err *mem_store_read(struct xen *x, const char *path, unsigned int flags,
			   struct store *ret) ERR_MUST_CHECK;

#endif
