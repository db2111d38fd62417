/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory_source.h"

#include "xen.h"

static struct err *read_build_id(struct xen *x, uint64_t va, void *buf,
				 size_t len)
{
	return space_read(x->space, va, buf, len);
}

const struct source_ops memory_source = {
	.reads_memory = true,
	.read_build_id = read_build_id,
	.domains_start = mem_domains_start,
	.domains_next = mem_domains_next,
	.domain_handle = mem_domain_handle,
	.vcpus_start = mem_vcpus_start,
	.vcpus_next = mem_vcpus_next,
	.vcpu_find = mem_vcpu_find,
	.vcpu_affinity = mem_vcpu_affinity,
	.vcpu_name_on = mem_vcpu_name_on,
	.context_read = mem_context_read,
	.pcpu_read = mem_pcpu_read,
	.sched_read = mem_sched_read,
	.evtchns_start = mem_evtchns_start,
	.evtchn_read = mem_evtchn_read,
	.evtchn_check_peer = mem_evtchn_check_peer,
	.heap_open = mem_heap_open,
	.heap_has_node = mem_heap_has_node,
	.heap_zone_read = mem_heap_zone_read,
	.m2p_read = mem_m2p_read,
	.p2m_open = mem_p2m_open,
	.p2m_open_iommu = mem_p2m_open_iommu,
	.guest_walk = mem_guest_walk,
	.guest_read = mem_guest_read,
	.console_read = mem_console_read,
	.sys_read = mem_sys_read,
	.config_read = mem_config_read,
	.livepatches_start = mem_livepatches_start,
	.livepatches_next = mem_livepatches_next,
	.store_read = mem_store_read,
};
