/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "context.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/model/cpumask.h"
#include "xen/model/memory_source.h"
#include "xen/model/pcpu/guest_entry.h"

#define C(member, path) FIELD(struct control_regs, member, path)

/* Alternatives: 4.12 and later, 4.4 to 4.11. */
#define HVM(path) "vcpu.arch.hvm." path " | vcpu.arch.hvm_vcpu." path
#define VMCB(path) \
	"vcpu.arch.hvm.svm.vmcb->" path " | vcpu.arch.hvm_vcpu.u.svm.vmcb->" path
#define PV(path) "vcpu.arch.pv." path " | vcpu.arch.pv_vcpu." path

static const struct field pv_fields[] FIELD_TABLE = {
	C(cr0, PV("ctrlreg[0]")),
	C(cr3, "vcpu.arch.cr3"),
	C(cr4, PV("ctrlreg[4]")),
	C(fs_base, PV("fs_base")),
	C(gs_base, PV("gs_base_kernel")),
};

/* Kept by Xen for both VT-x and SVM; the rest of a VMCS is opaque. */
static const struct field hvm_fields[] FIELD_TABLE = {
	C(cr0, HVM("guest_cr[0]")),
	C(cr2, HVM("guest_cr[2]")),
	C(cr3, HVM("guest_cr[3]")),
	C(cr4, HVM("guest_cr[4]")),
	C(efer, HVM("guest_efer")),
};

static const struct field svm_fields[] FIELD_TABLE = {
	C(cr0, HVM("guest_cr[0]")),
	C(cr2, VMCB("_cr2")),
	C(cr3, VMCB("_cr3")),
	C(cr4, HVM("guest_cr[4]")),
	C(efer, HVM("guest_efer")),
	C(fs_base, VMCB("fs.base")),
	C(gs_base, VMCB("gs.base")),
	C(cs, VMCB("cs.sel")),
	C(ss, VMCB("ss.sel")),
};

/*
 * Since 4.12 svm_vmexit_handler() copies these to the stack only after STGI,
 * which admits pending interrupts: on the NMI of a crash the stack still has
 * older values of a running guest, and rax the machine address of the VMCB.
 */
struct exit_regs {
	struct value vmcb_pa, rax, rip, rsp, rflags;
};

#define E(member, path) FIELD(struct exit_regs, member, path)

static const struct field exit_fields[] FIELD_TABLE = {
	E(vmcb_pa, "vcpu.arch.hvm.svm.vmcb_pa | vcpu.arch.hvm_vcpu.u.svm.vmcb_pa"),
	E(rax, VMCB("rax")),
	E(rip, VMCB("rip")),
	E(rsp, VMCB("rsp")),
	E(rflags, VMCB("rflags")),
};

static const struct record_type exit_record =
	RECORD_TYPE("registers at exit", exit_fields);

/* cr2 of a PV guest is in its vcpu_info (public/arch-x86/xen.h). */
static const struct field info_fields[] FIELD_TABLE = {
	C(cr2, "struct vcpu_info.arch.cr2"),
};

static const struct record_type info_record =
	RECORD_TYPE("vcpu_info", info_fields);

enum guest_kind { GUEST_PV, GUEST_HVM, GUEST_SVM };

static const struct {
	struct record_type record;
	const char *from;
} controls[] = {
	[GUEST_PV] = { RECORD_TYPE("pv registers", pv_fields), "struct vcpu" },
	[GUEST_HVM] = { RECORD_TYPE("hvm registers", hvm_fields), "struct vcpu" },
	[GUEST_SVM] = { RECORD_TYPE("svm registers", svm_fields), "VMCB" },
};

struct hvm_funcs {
	struct value name;
};

static const struct field hvm_funcs_fields[] FIELD_TABLE = {
	FIELD(struct hvm_funcs, name, "struct hvm_function_table.name"),
};

static const struct record_type hvm_funcs_record =
	RECORD_TYPE("hvm_function_table", hvm_funcs_fields);

static const struct {
	const char *text;
	bool on_pcpu;
} places[] = {
	[PLACE_SAVED] = { "descheduled", false },
	[PLACE_RUNNING] = { "running on", true },
	[PLACE_LAZY] = { "descheduled, still loaded on", true },
	[PLACE_SWITCH_FROM] = { "being switched away from", true },
	[PLACE_SWITCH_TO] = { "being switched to", true },
	[PLACE_LOST] = { "running on lost", true },
	[PLACE_IDLE] = { "idle vcpu of", true },
};

/* True for SVM, false for VT-x (hvm_funcs.name, asm/hvm/hvm.h). */
static bool host_is_svm(struct xen *x)
{
	struct hvm_funcs f;
	char name[8] = "";
	uint64_t va;
	struct err *e = xen_symbol(x, "hvm_funcs", &va);

	if (!e)
		e = record_read(x->records, x->space, &hvm_funcs_record, va, &f);
	if (!e && value_ok(&f.name) && value_of(&f.name))
		e = space_read_string(x->space, value_of(&f.name), name, sizeof(name));
	err_free(e);
	return !strcmp(name, "SVM");
}

static enum guest_kind kind_of(struct xen *x, const struct domain *d)
{
	if (!domain_is_hvm(d))
		return GUEST_PV;
	return host_is_svm(x) ? GUEST_SVM : GUEST_HVM;
}

/*
 * True if the registers of the vcpu are loaded on the pcpu. Without curr_vcpu,
 * a variable that may not be found in a dump without xen-syms, the vcpu
 * contains the number of the pcpu: dirty_cpu (4.11 to master) or a set of one
 * (vcpu_dirty_cpumask, up to 4.10).
 */
static bool is_loaded(struct xen *x, const struct pcpu *p, const struct vcpu *v)
{
	struct cpumask m;
	struct err *e;
	bool loaded;

	if (p->curr_vcpu)
		return p->curr_vcpu == v->va;
	if (value_ok(&v->dirty_cpu))
		return (uint32_t)value_of(&v->dirty_cpu) == p->id;
	if (!value_ok(&v->dirty_cpumask))
		return false;
	e = cpumask_read(x, value_of(&v->dirty_cpumask), x->nr_cpus, &m);
	loaded = !e && cpumask_has(&m, p->id);
	err_free(e);
	return loaded;
}

/*
 * context_switch() (arch/x86/domain.c) sets current first, then curr_vcpu after
 * it has exchanged the registers; before an idle vcpu it defers the exchange.
 */
static bool place_on(struct xen *x, const struct pcpu *p, const struct vcpu *v,
		     enum vcpu_place *ret)
{
	bool loaded = is_loaded(x, p, v);
	bool current = value_ok(&p->current_vcpu) &&
		       value_of(&p->current_vcpu) == v->va;

	if (v->va == p->idle_vcpu)
		*ret = PLACE_IDLE;
	else if (loaded && current)
		*ret = p->lost ? PLACE_LOST : PLACE_RUNNING;
	else if (current)
		*ret = PLACE_SWITCH_TO;
	else if (loaded)
		*ret = value_of(&p->current_vcpu) == p->idle_vcpu ? PLACE_LAZY :
							   PLACE_SWITCH_FROM;
	else
		return false;
	return true;
}

struct err *context_place(struct xen *x, const struct vcpu *v, struct pcpu *pcpu,
			  enum vcpu_place *ret)
{
	unsigned int cpu;
	struct pcpu p;

	for (cpu = 0; cpu < x->nr_cpus; cpu++) {
		struct err *e;

		ERR_TRY(interrupt_check());
		e = pcpu_read(x, cpu, &p);
		if (!e && place_on(x, &p, v, ret)) {
			*pcpu = p;
			return NULL;
		}
		err_free(e);
	}
	*ret = PLACE_SAVED;
	return NULL;
}

static void read_pv_cr2(struct xen *x, const struct domain *d,
			const struct vcpu *v, struct control_regs *control)
{
	struct control_regs info;

	/* 32-bit guests use another layout */
	if (!value_ok(&v->vcpu_info) || !value_of(&v->vcpu_info) ||
	    (value_ok(&d->is_32bit) && value_of(&d->is_32bit)))
		return;
	err_free(record_read(x->records, x->space, &info_record, value_of(&v->vcpu_info),
			     &info));
	control->cr2 = info.cr2;
}

/* Replaces registers of the stack by newer values from the VMCB. */
static void read_exit_regs(struct xen *x, const struct vcpu *v, struct regs *regs)
{
	struct exit_regs at_exit;
	struct err *e = record_read(x->records, x->space, &exit_record, v->va,
				    &at_exit);

	if (!e && value_ok(&at_exit.vmcb_pa) &&
	    value_ok(&regs->rax) && value_of(&regs->rax) == value_of(&at_exit.vmcb_pa)) {
		regs->rax = at_exit.rax;
		regs->rip = at_exit.rip;
		regs->rsp = at_exit.rsp;
		regs->rflags = at_exit.rflags;
	}
	err_free(e);
}

static struct err *saved_regs(struct xen *x, const struct vcpu *v, uint64_t *ret)
{
	struct place m;

	ERR_TRY(record_resolve(x->records, "vcpu.arch.user_regs", &m));
	*ret = v->va + m.offset;
	return NULL;
}

struct err *context_read(struct xen *x, const struct domain *d,
			 const struct vcpu *v, struct context *ret)
{
	return x->source->context_read(x, d, v, ret);
}

struct err *mem_context_read(struct xen *x, const struct domain *d,
			     const struct vcpu *v, struct context *ret)
{
	enum guest_kind kind;
	struct context c;
	uint64_t va = 0;

	memset(&c, 0, sizeof(c));
	kind = kind_of(x, d);
	ERR_TRY(context_place(x, v, &c.pcpu, &c.place));
	if (c.place == PLACE_IDLE) {
		*ret = c;
		return NULL;
	}
	if (c.place == PLACE_SAVED || c.place == PLACE_SWITCH_TO)
		ERR_TRY(saved_regs(x, v, &va));
	else
		va = c.pcpu.guest_regs;
	ERR_TRY(regs_read(x, va, &c.regs));
	/*
	 * registers on the stack are those of the last entry; those in QEMU's
	 * notes are current
	 */
	if (c.place == PLACE_RUNNING && pcpu_in_guest(&c.pcpu))
		regs_from_note(&c.pcpu.note->regs, &c.regs);
	else if (c.place == PLACE_RUNNING && kind == GUEST_PV)
		guest_entry_complete(x, &c.pcpu, &c.regs);
	c.control_from = controls[kind].from;
	err_free(record_read(x->records, x->space, &controls[kind].record, v->va,
			     &c.control));
	if (kind == GUEST_SVM)
		read_exit_regs(x, v, &c.regs);
	if (kind == GUEST_PV)
		read_pv_cr2(x, d, v, &c.control);
	if (c.place != PLACE_SAVED)
		c.control.fs_base = c.control.gs_base =
			(struct value){ .state = VALUE_NO_FIELD };
	if (kind != GUEST_PV) {
		c.regs.cs = c.control.cs;
		c.regs.ss = c.control.ss;
		/* an exit of an HVM guest stores neither */
		c.regs.entry_vector = c.regs.error_code =
			(struct value){ .state = VALUE_NO_FIELD };
	}
	*ret = c;
	return NULL;
}

const char *context_text(const struct context *c, char *buf, size_t size)
{
	if (places[c->place].on_pcpu)
		snprintf(buf, size, "%s pcpu %u", places[c->place].text, c->pcpu.id);
	else
		snprintf(buf, size, "%s", places[c->place].text);
	return buf;
}

const char *vcpu_name(const struct domain *d, const struct vcpu *v,
		      char buf[VCPU_NAME])
{
	if (domain_type(d) == DOMAIN_IDLE)
		snprintf(buf, VCPU_NAME, "d[IDLE]v%u", (unsigned int)value_of(&v->vcpu_id));
	else
		snprintf(buf, VCPU_NAME, "d%uv%u", (unsigned int)value_of(&d->domain_id),
			 (unsigned int)value_of(&v->vcpu_id));
	return buf;
}

const char *vcpu_name_at(struct xen *x, uint64_t va, char buf[VCPU_NAME])
{
	struct domain d;
	struct vcpu v;
	struct err *e = vcpu_read(x, va, &v);

	if (!e)
		e = domain_read(x, value_of(&v.domain), &d);
	if (e)
		snprintf(buf, VCPU_NAME, "?");
	else
		vcpu_name(&d, &v, buf);
	err_free(e);
	return buf;
}

struct err *vcpu_name_on(struct xen *x, const struct pcpu *p,
			 char buf[VCPU_NAME])
{
	return x->source->vcpu_name_on(x, p, buf);
}

struct err *mem_vcpu_name_on(struct xen *x, const struct pcpu *p, char *buf)
{
	if (!value_ok(&p->current_vcpu))
		return err_new(ERR_NO_TYPE, "no current_vcpu");
	vcpu_name_at(x, value_of(&p->current_vcpu), buf);
	return NULL;
}
