/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations on one domain. */
#include "internal.h"

#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#include <xen/hvm/save.h>

static const struct {
	uint32_t theirs, ours;
} flags[] = {
	{ XEN_DOMINF_dying, LIVE_DYING }, { XEN_DOMINF_hvm_guest, LIVE_HVM },
	{ XEN_DOMINF_shutdown, LIVE_SHUTDOWN },
	{ XEN_DOMINF_paused, LIVE_PAUSED },
	{ XEN_DOMINF_debugged, LIVE_DEBUGGED },
	{ XEN_DOMINF_xs_domain, LIVE_XENSTORE },
	{ XEN_DOMINF_hap, LIVE_HAP },
};

int guest_domain(void *priv, uint32_t first, struct live_domain *ret)
{
	struct live *l = priv;
	struct live_domain d = { 0 };
	xc_domaininfo_t i;
	unsigned int width;
	size_t n;
	int nr;

	nr = domain_from(l->xc, first, &i);
	if (nr < 0)
		return nr;
	if (!nr)
		return -ENOENT;
	d.domid = i.domain;
	for (n = 0; n < sizeof(flags) / sizeof(flags[0]); n++)
		if (i.flags & flags[n].theirs)
			d.flags |= flags[n].ours;
	d.shutdown_code = i.flags >> XEN_DOMINF_shutdownshift &
			  XEN_DOMINF_shutdownmask;
	d.max_vcpu_id = i.max_vcpu_id;
	d.cpupool = i.cpupool;
	d.tot_pages = i.tot_pages;
	d.max_pages = i.max_pages;
	d.outstanding_pages = i.outstanding_pages;
	d.shr_pages = i.shr_pages;
	d.paged_pages = i.paged_pages;
	d.emulation_flags = i.arch_config.emulation_flags;
	memcpy(d.handle, i.handle, sizeof(d.handle));
	/* in bytes */
	if (!xc_domain_get_guest_width(l->xc, d.domid, &width))
		d.width = width * 8;
	*ret = d;
	return 0;
}

int guest_vcpu(void *priv, uint32_t domid, uint32_t id, struct live_vcpu *ret)
{
	struct live *l = priv;
	xc_vcpuinfo_t v = { 0 };

	if (xc_vcpu_getinfo(l->xc, domid, id, &v))
		return errno == ESRCH ? -ENOENT : failed();
	*ret = (struct live_vcpu){ .online = v.online, .blocked = v.blocked,
				   .running = v.running, .cpu = v.cpu,
				   .cpu_time = v.cpu_time };
	return 0;
}

int guest_affinity(void *priv, uint32_t domid, uint32_t id, int soft, void *set,
		   size_t size)
{
	struct live *l = priv;
	xc_cpumap_t h = xc_cpumap_alloc(l->xc), s = xc_cpumap_alloc(l->xc);
	int n = xc_get_cpumap_size(l->xc), rc = 0;

	if (!h || !s || n < 0)
		rc = -ENOMEM;
	else if (xc_vcpu_getaffinity(l->xc, domid, id, h, s,
				     XEN_VCPUAFFINITY_HARD |
				     XEN_VCPUAFFINITY_SOFT))
		rc = failed();
	if (!rc) {
		memset(set, 0, size);
		memcpy(set, soft ? s : h, (size_t)n < size ? (size_t)n : size);
	}
	free(h);
	free(s);
	return rc;
}

/* Weight and cap belong to the domain, the parameters of RTDS to the vcpu. */
int guest_share(void *priv, uint32_t domid, uint32_t id, uint32_t scheduler,
		struct live_share *ret)
{
	struct live *l = priv;
	struct xen_domctl_sched_credit credit;
	struct xen_domctl_sched_credit2 credit2;
	struct xen_domctl_schedparam_vcpu rtds = { .vcpuid = id };

	switch (scheduler) {
	case XEN_SCHEDULER_CREDIT:
		if (xc_sched_credit_domain_get(l->xc, domid, &credit))
			return failed();
		*ret = (struct live_share){ .weight = credit.weight,
					    .cap = credit.cap };
		return 0;
	case XEN_SCHEDULER_CREDIT2:
		if (xc_sched_credit2_domain_get(l->xc, domid, &credit2))
			return failed();
		*ret = (struct live_share){ .weight = credit2.weight,
					    .cap = credit2.cap };
		return 0;
	case XEN_SCHEDULER_RTDS:
		if (xc_sched_rtds_vcpu_get(l->xc, domid, &rtds, 1))
			return failed();
		*ret = (struct live_share){ .period_us = rtds.u.rtds.period,
					    .budget_us = rtds.u.rtds.budget };
		return 0;
	default:
		return -ENOSYS;
	}
}

/*
 * Xen refuses to return the registers of the calling vcpu, which is the cpu of
 * dom0 that runs this thread. Moves the thread to another cpu; false if there
 * is none. *back is the affinity to restore.
 */
static bool go_elsewhere(cpu_set_t *back)
{
	cpu_set_t others;
	int cpu = sched_getcpu();

	if (cpu < 0 || sched_getaffinity(0, sizeof(*back), back))
		return false;
	others = *back;
	CPU_CLR(cpu, &others);
	return CPU_COUNT(&others) &&
	       !sched_setaffinity(0, sizeof(others), &others);
}

static int get_context(struct live *l, uint32_t domid, uint32_t id,
		       vcpu_guest_context_any_t *c)
{
	cpu_set_t back;
	int rc;

	errno = 0;
	if (!xc_vcpu_getcontext(l->xc, domid, id, c))
		return 0;
	rc = failed();
	if (rc != -EINVAL || domid || !go_elsewhere(&back))
		return rc;
	rc = xc_vcpu_getcontext(l->xc, domid, id, c) ? failed() : 0;
	sched_setaffinity(0, sizeof(back), &back);
	return rc;
}

/* -EINVAL for PV guests, for which the context contains all registers. */
static void read_efer(struct live *l, uint32_t domid, uint32_t id,
		      struct live_regs *r)
{
	HVM_SAVE_TYPE(CPU) cpu;

	if (xc_domain_hvm_getcontext_partial(l->xc, domid, HVM_SAVE_CODE(CPU), id,
					     &cpu, sizeof(cpu)))
		return;
	r->efer = cpu.msr_efer;
	r->has_efer = 1;
}

int guest_registers(void *priv, uint32_t domid, uint32_t id,
		    struct live_regs *ret)
{
	struct live *l = priv;
	vcpu_guest_context_any_t *c = calloc(1, sizeof(*c));
	const vcpu_guest_context_x86_64_t *v;
	int rc;

	if (!c)
		return -ENOMEM;
	v = &c->x64;
	rc = get_context(l, domid, id, c);
	if (!rc) {
#define R(to, from) .to = v->user_regs.from
		*ret = (struct live_regs){
			R(rax, rax), R(rbx, rbx), R(rcx, rcx), R(rdx, rdx),
			R(rsi, rsi), R(rdi, rdi), R(rbp, rbp), R(rsp, rsp),
			R(r8, r8), R(r9, r9), R(r10, r10), R(r11, r11),
			R(r12, r12), R(r13, r13), R(r14, r14), R(r15, r15),
			R(rip, rip), R(rflags, rflags), R(cs, cs), R(ss, ss),
			.cr0 = v->ctrlreg[0], .cr2 = v->ctrlreg[2],
			.cr3 = v->ctrlreg[3], .cr4 = v->ctrlreg[4],
			.fs_base = v->fs_base,
			.gs_base = v->flags & VGCF_in_kernel || !(v->user_regs.cs & 3) ?
				   v->gs_base_kernel : v->gs_base_user,
		};
#undef R
		read_efer(l, domid, id, ret);
	}
	free(c);
	return rc;
}

int guest_evtchn(void *priv, uint32_t domid, uint32_t port,
		 struct live_evtchn *ret)
{
	struct live *l = priv;
	xc_evtchn_status_t s = { .dom = domid, .port = port };
	struct live_evtchn e = { 0 };

	if (xc_evtchn_status(l->xc, &s))
		return errno == EINVAL ? -ENOENT : failed();
	e.vcpu = s.vcpu;
	switch (s.status) {
	case EVTCHNSTAT_unbound:
		e.state = LIVE_UNBOUND;
		e.remote_domid = s.u.unbound.dom;
		break;
	case EVTCHNSTAT_interdomain:
		e.state = LIVE_INTERDOMAIN;
		e.remote_domid = s.u.interdomain.dom;
		e.remote_port = s.u.interdomain.port;
		break;
	case EVTCHNSTAT_pirq:
		e.state = LIVE_PIRQ;
		e.irq = s.u.pirq;
		break;
	case EVTCHNSTAT_virq:
		e.state = LIVE_VIRQ;
		e.irq = s.u.virq;
		break;
	case EVTCHNSTAT_ipi:
		e.state = LIVE_IPI;
		break;
	default:
		e.state = LIVE_CLOSED;
	}
	*ret = e;
	return 0;
}
