/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pcpus and vcpus `xen bt` and `xen regs` show. */
#include <inttypes.h>
#include <string.h>

#include "bt.h"
#include "extensions/support/domains.h"

bool bt_option(struct session *s, struct bt_what *w, int c, const char *arg,
	       struct err **e)
{
	switch (c) {
	case 'a':
		w->all = true;
		break;
	case 'c':
		w->has_cpu = true;
		*e = parse_pcpu(s, arg, &w->cpu);
		break;
	case 'v':
		w->has_vcpu = true;
		*e = vcpu_argument(s, arg, &w->vcpu, &w->domain);
		break;
	case 'd':
		w->has_domain = true;
		*e = domain_argument(s, arg, &w->domain);
		break;
	default:
		return false;
	}
	if (!*e && w->all + w->has_cpu + w->has_vcpu + w->has_domain > 1)
		*e = command_usage("one of -a, -c, -v and -d only");
	return true;
}

/*
 * Who took the host down: the static of one_cpu_only() in common/kexec.c, to
 * which compilers append a number, or that of arch/x86/crash.c, which they may
 * do without. Names of files have no directory in Xen 4.11, and one in 4.14.
 */
static const char *const crashing_cpu[] = {
	"kexec.c#crashing_cpu", "kexec.c#crashing_cpu.0",
	"kexec.c#crashing_cpu.1", "kexec.c#crashing_cpu.2",
	"kexec.c#crashing_cpu.3", "crash.c#crashing_cpu",
};

/* 0 when nobody did, or when it is not known. */
static unsigned int crashed_pcpu(struct xen *x)
{
	struct err *e = NULL;
	uint64_t va;
	uint32_t cpu;
	size_t i;

	for (i = 0; i < sizeof(crashing_cpu) / sizeof(crashing_cpu[0]); i++) {
		err_free(e);
		e = xen_symbol(x, crashing_cpu[i], &va);
		if (!e)
			break;
	}
	if (!e)
		e = space_read_u32(x->space, va, &cpu);
	if (e) {
		err_free(e);
		return 0;
	}
	return cpu < x->nr_cpus ? cpu : 0;
}

static struct err *each_pcpu(struct session *s, struct out *o, unsigned int first,
			     unsigned int last, const struct bt_ops *ops, void *arg)
{
	unsigned int cpu;
	struct pcpu p;

	for (cpu = first; cpu <= last; cpu++) {
		struct err *e = pcpu_read(s->xen, cpu, &p);

		if (!e)
			e = ops->pcpu(s, o, &p, arg);
		if (e && (first == last || err_reason(e) == ERR_INTERRUPTED))
			return e;
		out_error(o, e);
		ERR_TRY(interrupt_check());
	}
	return NULL;
}

static struct err *each_vcpu(struct session *s, struct out *o,
			     const struct domain *d, const struct bt_ops *ops,
			     void *arg)
{
	struct vcpus walk;
	struct vcpu v;

	ERR_TRY(vcpus_start(&walk, s->xen, d));
	for (;;) {
		struct err *e = vcpus_next(&walk, &v);

		if (!e && walk.done)
			return NULL;
		if (!e)
			e = ops->vcpu(s, o, d, &v, arg);
		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		out_error(o, e);
	}
}

struct err *bt_each(struct session *s, struct out *o, const struct bt_what *w,
		    const struct bt_ops *ops, void *arg)
{
	unsigned int cpu = w->has_cpu ? w->cpu : 0;

	if (w->has_vcpu || w->has_domain)
		if (xen_reads_memory(s->xen) && !records_known(s->xen->records))
			return err_new(ERR_NO_TYPE, "vcpus need the hypervisor's types");
	if (w->has_vcpu)
		return ops->vcpu(s, o, &w->domain, &w->vcpu, arg);
	if (w->has_domain)
		return each_vcpu(s, o, &w->domain, ops, arg);
	if (w->all)
		return each_pcpu(s, o, 0, s->xen->nr_cpus - 1, ops, arg);
	if (!w->has_cpu)
		cpu = crashed_pcpu(s->xen);
	return each_pcpu(s, o, cpu, cpu, ops, arg);
}

const char *entry_text(unsigned int vector, unsigned int error_code, char *buf,
		       size_t size)
{
	unsigned int v = vector & 0xff;
	const char *name = vector_name(v);

	if (vector == ENTRY_UNKNOWN)
		snprintf(buf, size, "exception or interrupt");
	else if (vector & ENTRY_SYSCALL)
		snprintf(buf, size, "syscall");
	else if (name && vector_has_error(v))
		snprintf(buf, size, "%s, error %04x", name, error_code);
	else if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "interrupt 0x%02x", v);
	return buf;
}

const char *guest_address_text(struct session *s, const struct domain *d,
			       uint64_t va, char *buf, size_t size)
{
	const char *name = NULL;
	uint64_t offset;

	buf[0] = '\0';
	if (s->front->dom0_symbol && domain_is_hardware(s->xen, d))
		name = s->front->dom0_symbol(va, &offset);
	if (name)
		snprintf(buf, size, "%s+0x%" PRIx64, name, offset);
	return buf;
}
