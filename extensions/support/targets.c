/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "targets.h"

#include <stdlib.h>

#include "guests.h"
#include "xen/model/diagnosis/verdict.h"

/*
 * The pcpu that crashed: the static variable of one_cpu_only() in
 * common/kexec.c, to which compilers append a number, or that of
 * arch/x86/crash.c, which they may optimize away. Names of files have no
 * directory in Xen 4.11, but in 4.14.
 */
static const char *const crashing_cpu[] = {
	"kexec.c#crashing_cpu", "kexec.c#crashing_cpu.0",
	"kexec.c#crashing_cpu.1", "kexec.c#crashing_cpu.2",
	"kexec.c#crashing_cpu.3", "crash.c#crashing_cpu",
};

/* The pcpu that crashed according to the traces and the console, or -1. */
static int crashed_by_verdict(struct xen *x)
{
	struct verdict *v = malloc(sizeof(*v));
	struct err *e = v ? verdict_read(x, v) : err_nomem();
	int cpu = e ? -1 : v->pcpu;

	err_free(e);
	free(v);
	return cpu;
}

/* Returns 0 if no pcpu crashed, or if it is unknown, which is noted in o. */
static unsigned int crashed_pcpu(struct xen *x, struct out *o)
{
	struct err *e = NULL;
	uint64_t va;
	uint32_t cpu;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(crashing_cpu); i++) {
		err_free(e);
		e = xen_symbol(x, crashing_cpu[i], &va);
		if (!e)
			break;
	}
	if (!e)
		e = space_read_u32(x->space, va, &cpu);
	if (e) {
		int found = x->variables_found && x->nr_cpus > 1 ? crashed_by_verdict(x) : 0;

		if (found < 0)
			out_note(o, "the pcpu that crashed is not available (%s): this is pcpu 0, \"-a\" shows all",
				 err_text(e));
		err_free(e);
		return found > 0 && (unsigned int)found < x->nr_cpus ? found : 0;
	}
	return cpu < x->nr_cpus ? cpu : 0;
}

static struct err *each_pcpu(struct session *s, struct out *o,
			     const struct ranges *r,
			     const struct target_ops *ops, void *arg)
{
	bool one = s->xen->nr_cpus == 1 ||
		   (r->nr == 1 && r->range[0].from == r->range[0].to);
	struct pcpu p;

	for (unsigned int cpu = 0; cpu < s->xen->nr_cpus; cpu++) {
		struct err *e;

		ERR_TRY(interrupt_check());
		if (!ranges_has(r, cpu))
			continue;
		e = pcpu_read(s->xen, cpu, &p);
		if (!e)
			e = ops->pcpu(s, o, &p, arg);
		if (e && (one || err_is_final(e)))
			return e;
		out_error(o, e);
	}
	return NULL;
}

struct vcpu_call {
	const struct target_ops *ops;
	void *arg;
};

static struct err *vcpus_of_domain(struct session *s, struct out *o,
				   const struct domain *d, void *arg)
{
	const struct vcpu_call *call = arg;
	struct vcpus walk;
	struct vcpu v;

	ERR_TRY(guests_prepare(s, d));
	ERR_TRY(vcpus_start(&walk, s->xen, d));
	for (;;) {
		struct err *e = vcpus_next(&walk, &v);

		if (!e && walk.done)
			return NULL;
		if (!e)
			e = call->ops->vcpu(s, o, d, &v, call->arg);
		if (err_is_final(e))
			return e;
		out_error(o, e);
	}
}

static struct err *each_vcpu(struct session *s, struct out *o,
			     const struct args *a,
			     const struct target_ops *ops, void *arg)
{
	struct vcpu_call call = { ops, arg };
	unsigned int at = 0;
	struct domain d;
	const char *text;
	struct vcpu v;

	if (xen_reads_memory(s->xen) && !records_known(s->xen->records))
		return err_new(ERR_NO_TYPE,
			       "\"-v\" and \"-d\" require the hypervisor's types");
	while ((text = args_next(a, "v", &at))) {
		ERR_TRY(vcpu_argument(s, text, &v, &d));
		ERR_TRY(guests_prepare(s, &d));
		ERR_TRY(ops->vcpu(s, o, &d, &v, arg));
	}
	if (!a->domains.nr)
		return NULL;
	ERR_TRY(domains_check(s, &a->domains));
	return domains_show(s, o, &a->domains, false, vcpus_of_domain, &call);
}

bool targets_are_vcpus(const struct args *a)
{
	return args_has(a, "v") || a->domains.nr;
}

struct err *targets_each(struct session *s, struct out *o, const struct args *a,
			 const struct target_ops *ops, void *arg)
{
	struct ranges r = a->pcpus;
	unsigned int cpu;

	if (targets_are_vcpus(a))
		return each_vcpu(s, o, a, ops, arg);
	if (!r.nr && !args_has(a, "a")) {
		cpu = crashed_pcpu(s->xen, o);
		r.nr = 1;
		r.range[0] = (struct range){ cpu, cpu };
	}
	return each_pcpu(s, o, &r, ops, arg);
}
