/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files that implement struct source_ops by hypercalls; source.h
 * documents the contracts.
 */
#ifndef XEN_HYPERCALL_LIVE_INTERNAL_H
#define XEN_HYPERCALL_LIVE_INTERNAL_H

#include "live_ops.h"
#include "xen/model/source.h"
#include "xen/model/xen.h"

struct live {
	const struct live_ops *ops;
	void *priv;
	struct live_identity id;
	struct live_host host;
	uint64_t build_id;	/* va; 0: unknown */
	int left;		/* error of closing a method whose changes remain; 0: none */
	struct guest_memory *guests;	/* live_guest.c */
	bool has_gdbsx;		/* found by the running hypervisor's own symbols */
	/* live_memory.c: memory_source, and operations that only hypercalls provide */
	struct source_ops memory;
};

extern const struct source_ops live_source;

/* A memory of which no page can be read. */
struct err *live_no_memory(struct memory **ret) ERR_MUST_CHECK;

static inline struct live *live_of(const struct xen *x)
{
	return x->source_data;
}

/* Returns the error of an operation; what: "asking the hypervisor for ..." */
static inline struct err *live_failed(int rc, const char *what)
{
	return err_io(-rc, "%s", what);
}

static inline struct value live_known(uint64_t u)
{
	return (struct value){ .raw = u, .state = VALUE_OK };
}

/* Like context_read(), without a check of the guest's width. */
struct err *live_registers(struct live *l, uint64_t domid,
			   const struct vcpu *v,
			   struct context *ret) ERR_MUST_CHECK;
/* Returns "SMP Credit Scheduler" for one of XEN_SCHEDULER_*; "" for other values */
const char *live_scheduler_name(uint32_t id);

struct err *live_domains_start(struct domains *w) ERR_MUST_CHECK;
struct err *live_domains_next(struct domains *w,
			      struct domain *ret) ERR_MUST_CHECK;
struct err *live_domain_handle(struct xen *x, const struct domain *d,
			       unsigned char *ret) ERR_MUST_CHECK;
struct err *live_vcpus_start(struct vcpus *w,
			     const struct domain *d) ERR_MUST_CHECK;
struct err *live_vcpus_next(struct vcpus *w, struct vcpu *ret) ERR_MUST_CHECK;
struct err *live_vcpu_find(struct xen *x, const struct domain *d, uint64_t id,
			   struct vcpu *ret) ERR_MUST_CHECK;
struct err *live_vcpu_affinity(struct xen *x, const struct domain *d,
			       const struct vcpu *v, bool soft,
			       struct cpumask *ret) ERR_MUST_CHECK;
struct err *live_vcpu_name_on(struct xen *x, const struct pcpu *p,
			      char *buf) ERR_MUST_CHECK;
struct err *live_context_read(struct xen *x, const struct domain *d,
			      const struct vcpu *v,
			      struct context *ret) ERR_MUST_CHECK;
struct err *live_pcpu_read(struct xen *x, struct pcpu *ret) ERR_MUST_CHECK;
struct err *live_sched_read(struct sched *s) ERR_MUST_CHECK;
struct err *live_evtchns_start(struct evtchns *w,
			       const struct domain *d) ERR_MUST_CHECK;
struct err *live_evtchn_read(struct evtchns *w, unsigned int port,
			     struct evtchn *ret) ERR_MUST_CHECK;
struct err *live_heap_open(struct heap *h) ERR_MUST_CHECK;
struct err *live_heap_has_node(struct heap *h, unsigned int node,
			       bool *has) ERR_MUST_CHECK;
struct err *live_heap_zone_read(struct heap *h, struct pages *p,
				struct heap_zone *z,
				void (*problem)(void *arg, struct err *e),
				void *arg) ERR_MUST_CHECK;
struct err *live_m2p_read(struct xen *x, uint64_t mfn, uint64_t va,
			  uint64_t *entry) ERR_MUST_CHECK;
struct err *live_p2m_open(struct xen *x, const struct domain *d,
			  struct p2m *ret) ERR_MUST_CHECK;
struct err *live_p2m_open_iommu(struct xen *x, const struct domain *d,
				struct p2m *ret) ERR_MUST_CHECK;
struct err *live_guest_walk(struct p2m *p, const struct vcpu *v, uint64_t va,
			    struct guest_walk *ret) ERR_MUST_CHECK;
struct err *live_guest_read(struct xen *x, const struct domain *d,
			    const struct vcpu *v, bool is_virtual,
			    uint64_t address, void *buf,
			    size_t len) ERR_MUST_CHECK;
void live_guests_close(struct live *l);
struct err *live_guest_map(struct xen *x, const struct domain *d,
			   const struct page_progress *progress,
			   struct guest_map *ret) ERR_MUST_CHECK;
struct err *live_guest_frame(struct p2m *p, uint64_t gfn, bool with_kind,
			     struct guest_frame *ret) ERR_MUST_CHECK;
struct err *live_domain_pause(struct xen *x,
			      const struct domain *d) ERR_MUST_CHECK;
struct err *live_domain_unpause(struct xen *x,
				const struct domain *d) ERR_MUST_CHECK;
struct err *live_console_read(struct xen *x, char **text,
			      size_t *len) ERR_MUST_CHECK;
struct err *live_console_read_new(struct xen *x, uint32_t *index, char **text,
				  size_t *len) ERR_MUST_CHECK;
struct err *live_press_key(struct xen *x, char key, char **text) ERR_MUST_CHECK;
struct err *live_sys_read(struct xen *x, struct sys *ret) ERR_MUST_CHECK;
struct err *live_config_read(struct xen *x, char **text) ERR_MUST_CHECK;
struct err *live_livepatches_start(struct livepatches *w) ERR_MUST_CHECK;
struct err *live_livepatches_next(struct livepatches *w,
				  struct livepatch *ret) ERR_MUST_CHECK;
struct err *live_store_read(struct xen *x, const char *path,
			    unsigned int flags,
			    struct store *ret) ERR_MUST_CHECK;

#endif
