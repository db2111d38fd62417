/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen-live.so: hypercalls for xen.so, through the libraries of the running Xen,
 * whose administrative interface is bound to one release. The hypercalls in
 * this library only read (except debug keys and the pause of a guest), and none
 * is known to crash a hypervisor.
 */
#include "internal.h"
#include "quiet.h"

#include <stdlib.h>

static void live_close(void *priv)
{
	struct live *l = priv;

	pause_close(l);
	m2p_close(l);
	if (l->call)
		xencall_close(l->call);
	if (l->fmem)
		xenforeignmemory_close(l->fmem);
	if (l->xc)
		xc_interface_close(l->xc);
	free(l);
}

static int live_open(void **priv)
{
	struct live *l = calloc(1, sizeof(*l));
	int rc;

	if (!l)
		return -ENOMEM;
	errno = 0;
	l->xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	if (l->xc)
		l->fmem = xenforeignmemory_open(quiet_logger(), 0);
	if (l->fmem)
		l->call = xencall_open(quiet_logger(), 0);
	if (!l->call) {
		rc = failed();
		live_close(l);
		return rc;
	}
	*priv = l;
	return 0;
}

__attribute__((visibility("default")))
const struct live_ops xen_live_ops = {
	.version = LIVE_OPS_VERSION,
	.size = sizeof(struct live_ops),
	.open = live_open,
	.close = live_close,
	.identity = host_identity,
	.host = host_size,
	.log = host_log,
	.key = host_key,
	.pcpu = host_pcpu,
	.pool = host_pool,
	.zone = host_zone,
	.livepatch = host_livepatch,
	.config = host_config,
	.symbol = host_symbol,
	.domain = guest_domain,
	.vcpu = guest_vcpu,
	.affinity = guest_affinity,
	.share = guest_share,
	.registers = guest_registers,
	.guest_copy = guest_copy,
	.guest_types = guest_types,
	.guest_layout = guest_layout,
	.pause = pause_guest,
	.unpause = unpause_guest,
	.evtchn = guest_evtchn,
	.m2p = m2p_entry,
};
