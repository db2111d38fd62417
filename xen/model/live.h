/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running hypervisor as hypercalls show it. Its memory cannot be read that
 * way: the walks of the model ask here first while struct xen has a live, and
 * fill the same records, with VALUE_NO_FIELD for what no hypercall tells.
 */
#ifndef XEN_MODEL_LIVE_H
#define XEN_MODEL_LIVE_H

#include "context.h"
#include "cpumask.h"
#include "domain.h"
#include "live_ops.h"
#include "sys.h"
#include "vcpu.h"
#include "xen.h"

/* Stands for the va of an object that is known by hypercalls only. */
#define LIVE_VA		1

struct live;

/*
 * The hypervisor behind the hypercalls. priv is ops->open()'s and taken on
 * success. xensyms is the path of its symbols ("/proc/xen/xensyms"); without
 * them, NULL or unreadable, there are no names.
 */
struct err *live_open(const struct live_ops *ops, void *priv,
		      const char *xensyms, struct xen **ret) ERR_MUST_CHECK;
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
/* The frame behind a guest's address, by the page tables of a vcpu. */
struct err *live_guest_frame(struct live *l, uint64_t domid, uint64_t vcpu,
			     uint64_t va, uint64_t *frame) ERR_MUST_CHECK;
/* One frame of a guest's memory: an mfn of a PV guest, else a gfn. */
struct err *live_guest_page(struct live *l, uint64_t domid, uint64_t frame,
			    void *page) ERR_MUST_CHECK;

#endif
