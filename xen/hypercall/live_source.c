/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live_internal.h"

#include <stdlib.h>
#include <string.h>

static void live_close(void *data)
{
	struct live *l = data;

	live_guests_close(l);
	l->ops->close(l->priv);
	free(l);
}

/* Returns the hypercall's build-id if its address is read, to verify an image by it. */
static struct err *read_build_id(struct xen *x, uint64_t va, void *buf,
				 size_t len)
{
	struct live *l = live_of(x);

	if (!l->build_id || va != l->build_id || len != x->id.build_id_len)
		return space_read(x->space, va, buf, len);
	memcpy(buf, x->id.build_id, len);
	return NULL;
}

/*
 * evtchn_check_peer is left out: a running guest may close one end between two
 * hypercalls.
 */
const struct source_ops live_source = {
	.is_running = true,
	.close = live_close,
	.read_build_id = read_build_id,
	.domains_start = live_domains_start,
	.domains_next = live_domains_next,
	.domain_handle = live_domain_handle,
	.vcpus_start = live_vcpus_start,
	.vcpus_next = live_vcpus_next,
	.vcpu_find = live_vcpu_find,
	.vcpu_affinity = live_vcpu_affinity,
	.vcpu_name_on = live_vcpu_name_on,
	.context_read = live_context_read,
	.pcpu_read = live_pcpu_read,
	.sched_read = live_sched_read,
	.evtchns_start = live_evtchns_start,
	.evtchn_read = live_evtchn_read,
	.heap_open = live_heap_open,
	.heap_has_node = live_heap_has_node,
	.heap_zone_read = live_heap_zone_read,
	.m2p_read = live_m2p_read,
	.p2m_open = live_p2m_open,
	.p2m_open_iommu = live_p2m_open_iommu,
	.guest_walk = live_guest_walk,
	.guest_read = live_guest_read,
	.guest_map = live_guest_map,
	.guest_frame = live_guest_frame,
	.domain_pause = live_domain_pause,
	.domain_unpause = live_domain_unpause,
	.console_read = live_console_read,
	.console_read_new = live_console_read_new,
	.press_key = live_press_key,
	.sys_read = live_sys_read,
	.config_read = live_config_read,
	.livepatches_start = live_livepatches_start,
	.livepatches_next = live_livepatches_next,
	.store_read = live_store_read,
};
