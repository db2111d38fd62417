/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains, their vcpus and registers by hypercalls. */
#include "live_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "xen/model/domain/context.h"
#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"

/* XEN_DOMCTL_CDF_hvm, _hap and _xs_domain (public/domctl.h) */
static uint64_t options_of(const struct live_domain *l)
{
	return (l->flags & LIVE_HVM ? 1U << 0 : 0) |
	       (l->flags & LIVE_HAP ? 1U << 1 : 0) |
	       (l->flags & LIVE_XENSTORE ? 1U << 4 : 0);
}

static void fill_domain(const struct live_domain *l, struct domain *d)
{
	memset(d, 0, sizeof(*d));
	d->domain_id = live_known(l->domid);
	d->options = live_known(options_of(l));
	if (l->emulation_flags != UINT32_MAX)
		d->emulation_flags = live_known(l->emulation_flags);
	if (l->width)
		d->is_32bit = live_known(l->width == 32);
	d->is_xenstore = live_known(!!(l->flags & LIVE_XENSTORE));
	d->debugger_attached = live_known(!!(l->flags & LIVE_DEBUGGED));
	/* XEN_DOMCTL_getdomaininfo sets the flag once the domain is dead */
	d->is_dying = live_known(l->flags & LIVE_DYING ? 2 : 0);
	d->is_shut_down = live_known(!!(l->flags & LIVE_SHUTDOWN));
	d->shutdown_code = live_known(l->shutdown_code);
	d->controller_pause_count = live_known(!!(l->flags & LIVE_PAUSED));
	d->max_vcpus = live_known(l->max_vcpu_id + 1);
	d->tot_pages = live_known(l->tot_pages);
	d->max_pages = live_known(l->max_pages);
	d->outstanding_pages = live_known(l->outstanding_pages);
	d->shr_pages = live_known(l->shr_pages);
	d->paged_pages = live_known(l->paged_pages);
	if (l->cpupool != UINT32_MAX)
		d->cpupool_id = live_known(l->cpupool);
}

static struct err *next_domain(struct live *l, uint64_t first,
			       struct live_domain *ret)
{
	int rc;

	ERR_TRY(interrupt_check());
	if (first >= DOMID_FIRST_RESERVED)
		return err_new(ERR_NOT_FOUND, "no domain %" PRIu64, first);
	rc = l->ops->domain(l->priv, first, ret);
	if (rc == -ENOENT)
		return err_new(ERR_NOT_FOUND, "no domain %" PRIu64, first);
	return rc ? live_failed(rc, "asking the hypervisor for domains") : NULL;
}

struct err *live_domains_start(struct domains *w)
{
	(void)w;
	return NULL;
}

struct err *live_domains_next(struct domains *w, struct domain *ret)
{
	struct live_domain d;
	struct err *e = next_domain(live_of(w->x), w->next_id, &d);

	if (!e) {
		fill_domain(&d, ret);
		w->next_id = d.domid + 1ULL;
		return NULL;
	}
	/* the same hypercall would fail again */
	w->next_id = DOMAINS_MAX;
	if (err_reason(e) != ERR_NOT_FOUND)
		return e;
	err_free(e);
	w->done = true;
	return NULL;
}

struct err *live_domain_handle(struct xen *x, const struct domain *d,
			       unsigned char *ret)
{
	struct live_domain l;

	ERR_TRY(next_domain(live_of(x), value_of(&d->domain_id), &l));
	if (l.domid != value_of(&d->domain_id))
		return err_new(ERR_NOT_FOUND, "no domain %" PRIu64, value_of(&d->domain_id));
	memcpy(ret, l.handle, DOMAIN_HANDLE_SIZE);
	return NULL;
}

static struct err *read_vcpu(struct live *l, uint64_t domid, uint64_t id,
			     struct vcpu *ret)
{
	struct live_vcpu v;
	int rc;

	ERR_TRY(interrupt_check());
	rc = l->ops->vcpu(l->priv, domid, id, &v);
	if (rc == -ENOENT)
		return err_new(ERR_NOT_FOUND, "domain %" PRIu64 " has no vcpu %" PRIu64,
			       domid, id);
	if (rc)
		return live_failed(rc, "asking the hypervisor for a vcpu");
	memset(ret, 0, sizeof(*ret));
	ret->vcpu_id = live_known(id);
	ret->processor = live_known(v.cpu);
	ret->is_running = live_known(v.running);
	ret->time[RUNSTATE_RUNNING] = live_known(v.cpu_time);
	ret->pause_flags = live_known((v.blocked ? VPF_BLOCKED : 0) |
				 (v.online ? 0 : VPF_DOWN));
	return NULL;
}

struct err *live_vcpus_start(struct vcpus *w, const struct domain *d)
{
	if (value_of(&d->max_vcpus) > VCPUS_MAX)
		return err_new(ERR_CORRUPT, "domain %" PRIu64
			       ": max_vcpus is %" PRIu64 ", more than Xen allows",
			       w->domid, value_of(&d->max_vcpus));
	w->nr = value_of(&d->max_vcpus);
	return NULL;
}

struct err *live_vcpus_next(struct vcpus *w, struct vcpu *ret)
{
	while (w->next < w->nr) {
		struct err *e = read_vcpu(live_of(w->x), w->domid, w->next++,
					  ret);

		/* an unused number, or a vcpu that was removed meanwhile */
		if (!e || err_reason(e) != ERR_NOT_FOUND)
			return e;
		err_free(e);
	}
	w->done = true;
	return NULL;
}

struct err *live_vcpu_find(struct xen *x, const struct domain *d, uint64_t id,
			   struct vcpu *ret)
{
	return read_vcpu(live_of(x), value_of(&d->domain_id), id, ret);
}

/* Clears the bits from nr on, which Xen leaves undefined. */
static void limit_mask(struct cpumask *m, unsigned int nr)
{
	unsigned int i;

	m->nr = nr;
	for (i = nr; i < CPUMASK_MAX; i++)
		m->bits[i / 64] &= ~(1ULL << i % 64);
}

struct err *live_vcpu_affinity(struct xen *x, const struct domain *d,
			       const struct vcpu *v, bool soft,
			       struct cpumask *ret)
{
	struct live *l = live_of(x);
	int rc;

	if (x->nr_cpus > CPUMASK_MAX)
		return err_new(ERR_CORRUPT, "too many pcpus for a mask: %u, the maximum is %u",
			       x->nr_cpus, CPUMASK_MAX);
	rc = l->ops->affinity(l->priv, value_of(&d->domain_id), value_of(&v->vcpu_id), soft,
			      ret->bits, sizeof(ret->bits));
	if (rc)
		return live_failed(rc, "asking the hypervisor for an affinity");
	limit_mask(ret, x->nr_cpus);
	return NULL;
}

static const struct {
	size_t from, to;
	bool control;
} registers[] = {
#define R(m) { offsetof(struct live_regs, m), offsetof(struct regs, m), false }
#define C(m) { offsetof(struct live_regs, m), offsetof(struct control_regs, m), true }
	R(rax), R(rbx), R(rcx), R(rdx), R(rsi), R(rdi), R(rbp), R(rsp),
	R(r8), R(r9), R(r10), R(r11), R(r12), R(r13), R(r14), R(r15),
	R(rip), R(rflags), R(cs), R(ss), C(cr0), C(cr2), C(cr3), C(cr4),
	C(fs_base), C(gs_base),
#undef R
#undef C
};

struct err *live_registers(struct live *l, uint64_t domid,
			   const struct vcpu *v, struct context *ret)
{
	struct context c;
	struct live_regs r;
	size_t i;
	int rc = l->ops->registers(l->priv, domid, value_of(&v->vcpu_id), &r);

	if (rc == -EINVAL)
		return err_new(ERR_UNSUPPORTED,
			       "registers of d%" PRIu64 "v%" PRIu64 " are not available: it is dom0's only vcpu, and no vcpu can read its own",
			       domid, value_of(&v->vcpu_id));
	if (rc)
		return live_failed(rc, "asking the hypervisor for registers");
	memset(&c, 0, sizeof(c));
	c.place = value_of(&v->is_running) ? PLACE_RUNNING : PLACE_SAVED;
	c.pcpu.id = value_of(&v->processor);
	c.control_from = "XEN_DOMCTL_getvcpucontext";
	if (r.has_efer)
		c.control.efer = live_known(r.efer);
	for (i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		char *base = registers[i].control ? (char *)&c.control :
						    (char *)&c.regs;

		*(struct value *)(base + registers[i].to) =
			live_known(*(uint64_t *)((char *)&r + registers[i].from));
	}
	*ret = c;
	return NULL;
}

struct err *live_context_read(struct xen *x, const struct domain *d,
			      const struct vcpu *v, struct context *ret)
{
	if (!domain_is_hvm(d) && value_of(&d->is_32bit))
		return err_new(ERR_UNSUPPORTED,
			       "registers of 32-bit PV guests are not available on a running host");
	return live_registers(live_of(x), value_of(&d->domain_id), v, ret);
}

/* Sets buf to the name of the domain's vcpu that runs on a pcpu, if any. */
static struct err *find_running(struct xen *x, const struct domain *d,
				unsigned int pcpu, char *buf)
{
	struct vcpus w;
	struct vcpu v;

	ERR_TRY(vcpus_start(&w, x, d));
	for (;;) {
		ERR_TRY(vcpus_next(&w, &v));
		if (w.done)
			return NULL;
		if (value_of(&v.is_running) && value_of(&v.processor) == pcpu)
			vcpu_name(d, &v, buf);
	}
}

struct err *live_vcpu_name_on(struct xen *x, const struct pcpu *p, char *buf)
{
	struct domains w;
	struct domain d;

	if (!p->online)
		return err_new(ERR_NOT_FOUND, "pcpu %u is offline", p->id);
	buf[0] = '\0';
	ERR_TRY(domains_start(&w, x, false));
	for (;;) {
		ERR_TRY(domains_next(&w, &d));
		if (w.done)
			return NULL;
		ERR_TRY(find_running(x, &d, p->id, buf));
	}
}
