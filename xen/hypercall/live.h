/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running hypervisor as hypercalls show it. Its memory cannot be read that
 * way: the walks of the model ask here first while struct xen has a live, and
 * fill the same records, with VALUE_NO_FIELD for what no hypercall tells.
 */
#ifndef XEN_MODEL_LIVE_H
#define XEN_MODEL_LIVE_H

#include "xen/model/domain/context.h"
#include "xen/model/cpumask.h"
#include "xen/model/domain/domain.h"
#include "xen/model/channel/evtchn.h"
#include "xen/model/memory/heap.h"
#include "xen/model/host/livepatch.h"
#include "live_ops.h"
#include "xen/model/sched/sched.h"
#include "xen/model/host/sys.h"
#include "xen/model/domain/vcpu.h"
#include "xen/model/xen.h"

/* Stands for the va of an object that is known by hypercalls only. */
#define LIVE_VA		1

struct live;

/*
 * The hypervisor behind the hypercalls. priv is ops->open()'s and taken on
 * success. Where it tells no symbols there are no names.
 */
struct err *live_open(const struct live_ops *ops, void *priv,
		      struct xen **ret) ERR_MUST_CHECK;
void live_close(struct live *l);

/* domains_next(), domain_find(): the domain with the lowest id from first on */
struct err *live_domain_next(struct live *l, uint64_t first,
			     struct domain *ret) ERR_MUST_CHECK;
/* The handle, 16 bytes. */
struct err *live_domain_handle(struct live *l, uint64_t domid,
			       unsigned char *ret) ERR_MUST_CHECK;
/* ERR_NOT_FOUND: there is no such vcpu */
struct err *live_vcpu(struct live *l, uint64_t domid, uint64_t id,
		      struct vcpu *ret) ERR_MUST_CHECK;
/* See vcpu_affinity(); of nr pcpus. */
struct err *live_vcpu_affinity(struct live *l, uint64_t domid, uint64_t id,
			       bool soft, unsigned int nr,
			       struct cpumask *ret) ERR_MUST_CHECK;
struct err *live_context(struct live *l, uint64_t domid, const struct vcpu *v,
			 struct context *ret) ERR_MUST_CHECK;
/* See console_read(). */
struct err *live_console(struct live *l, char **text, size_t *len) ERR_MUST_CHECK;
/* What came since *index, 0 at first; to be freed, may be empty. */
struct err *live_console_more(struct live *l, uint32_t *index, char **text,
			      size_t *len) ERR_MUST_CHECK;
struct err *live_sys(struct live *l, struct sys *ret) ERR_MUST_CHECK;
/* "SMP Credit Scheduler" of one of the XEN_SCHEDULER_*; "" for others */
const char *live_scheduler_name(uint32_t id);
/*
 * Presses a debug key and gathers what that printed, to be freed: until the
 * console is quiet for a moment.
 */
struct err *live_key(struct live *l, char key, char **text) ERR_MUST_CHECK;

/* heap_open(), heap_zone_read(): what Xen counts, without the lists. */
struct err *live_heap(struct live *l, struct heap *h) ERR_MUST_CHECK;
struct err *live_heap_zone(struct live *l, struct heap_zone *z) ERR_MUST_CHECK;
/* Whether there is such a pcpu, and it is up. */
struct err *live_pcpu_online(struct live *l, unsigned int id,
			     bool *online) ERR_MUST_CHECK;
/* The vcpu that runs on a pcpu, by name; "" when it idles. */
struct err *live_pcpu_runs(struct xen *x, unsigned int pcpu,
			   char text[VCPU_NAME]) ERR_MUST_CHECK;
/* livepatches_next(): the n-th; va is 0 past the last. */
struct err *live_livepatch(struct live *l, unsigned int n,
			   struct livepatch *ret) ERR_MUST_CHECK;
/* The .config, to be freed. ERR_UNSUPPORTED where Xen does not tell it. */
struct err *live_config(struct live *l, char **text) ERR_MUST_CHECK;
/* See m2p_lookup(). */
struct err *live_m2p(struct live *l, uint64_t mfn, uint64_t *entry) ERR_MUST_CHECK;
/* Fills a struct sched that has its x: no addresses, no queues. */
struct err *live_sched(struct live *l, struct sched *s) ERR_MUST_CHECK;
/* How many ports a domain has; one of them, in use or not. */
struct err *live_evtchns(struct live *l, uint64_t domid,
			 unsigned int *nr) ERR_MUST_CHECK;
struct err *live_evtchn(struct live *l, uint64_t domid, unsigned int port,
			struct evtchn *ret) ERR_MUST_CHECK;

/* One frame of a guest's memory: an mfn of a PV guest, else a gfn. */
struct err *live_guest_page(struct live *l, uint64_t domid, uint64_t frame,
			    void *page) ERR_MUST_CHECK;
/* All of it as a memory, for page tables: by the addresses these hold. */
struct err *live_guest_memory(struct live *l, uint64_t domid,
			      struct memory **ret) ERR_MUST_CHECK;

#endif
