/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of xen-live.so: the operations of live_ops.h, by file. */
#ifndef LIVE_INTERNAL_H
#define LIVE_INTERNAL_H

#include <errno.h>
#include <string.h>

#include <xencall.h>
#include <xenctrl.h>
#include <xenforeignmemory.h>

#include "xen/hypercall/live_ops.h"
#include "domain_info.h"

#define LIVE_PAGE	4096

struct live {
	xc_interface *xc;
	xenforeignmemory_handle *fmem;
	xencall_handle *call;
	/* m2p.c: the pieces of the M2P, mapped when first needed */
	uint64_t **m2p;
	xen_pfn_t *m2p_at;
	unsigned long nr_m2p;
	struct hold *holds;	/* pause.c: the guests that are paused */
};

/* host.c */
int host_identity(void *priv, struct live_identity *ret);
int host_size(void *priv, struct live_host *ret);
int host_log(void *priv, char *buf, size_t size, uint32_t *index, size_t *len);
int host_key(void *priv, char key);
int host_pcpu(void *priv, uint32_t id, struct live_pcpu *ret);
int host_pool(void *priv, uint32_t first, struct live_pool *ret);
int host_zone(void *priv, uint32_t node, uint32_t zone, uint64_t *pages);
int host_livepatch(void *priv, uint32_t n, struct live_livepatch *ret);
int host_config(void *priv, char **text);
int host_symbol(void *priv, uint32_t *n, struct live_symbol *ret);

/* guest.c */
int guest_domain(void *priv, uint32_t first, struct live_domain *ret);
int guest_vcpu(void *priv, uint32_t domid, uint32_t id, struct live_vcpu *ret);
int guest_affinity(void *priv, uint32_t domid, uint32_t id, int soft, void *set,
		   size_t size);
int guest_share(void *priv, uint32_t domid, uint32_t id, uint32_t scheduler,
		struct live_share *ret);
int guest_registers(void *priv, uint32_t domid, uint32_t id,
		    struct live_regs *ret);
int guest_evtchn(void *priv, uint32_t domid, uint32_t port,
		 struct live_evtchn *ret);

/* guest_frames.c */
int guest_copy(void *priv, uint32_t domid, int is_hvm, const uint64_t *frame,
	       unsigned int n, void *buf, int *result);
int guest_types(void *priv, uint32_t domid, const uint64_t *frame,
		unsigned int n, uint8_t *ret);
int guest_layout(void *priv, uint32_t domid, int is_hvm,
		 struct live_layout *ret);

/* pause.c */
int pause_guest(void *priv, uint32_t domid);
int unpause_guest(void *priv, uint32_t domid);
void pause_close(struct live *l);

/* m2p.c */
int m2p_entry(void *priv, uint64_t mfn, uint64_t *entry);
void m2p_close(struct live *l);

#endif
