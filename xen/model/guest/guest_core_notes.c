/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_core_internal.h"

#include <elf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* struct elf_prstatus of x86_64 */
#define PRSTATUS_PID	32

/*
 * QEMUCPUState of QEMU's target/i386/arch_dump.c; crash only tests whether the
 * note exists.
 */
#define QEMU_SIZE	440

static void set_regs(const struct context *c, struct note_regs *r)
{
	const struct {
		uint64_t *to;
		const struct value *from;
	} copy[] = {
		{ &r->r15, &c->regs.r15 }, { &r->r14, &c->regs.r14 },
		{ &r->r13, &c->regs.r13 }, { &r->r12, &c->regs.r12 },
		{ &r->rbp, &c->regs.rbp }, { &r->rbx, &c->regs.rbx },
		{ &r->r11, &c->regs.r11 }, { &r->r10, &c->regs.r10 },
		{ &r->r9, &c->regs.r9 }, { &r->r8, &c->regs.r8 },
		{ &r->rax, &c->regs.rax }, { &r->rcx, &c->regs.rcx },
		{ &r->rdx, &c->regs.rdx }, { &r->rsi, &c->regs.rsi },
		{ &r->rdi, &c->regs.rdi }, { &r->rip, &c->regs.rip },
		{ &r->rflags, &c->regs.rflags }, { &r->rsp, &c->regs.rsp },
		{ &r->cs, &c->regs.cs }, { &r->ss, &c->regs.ss },
		{ &r->cs, &c->control.cs }, { &r->ss, &c->control.ss },
		{ &r->fs_base, &c->control.fs_base },
		{ &r->gs_base, &c->control.gs_base },
	};

	r->orig_rax = ~0ULL;
	for (size_t i = 0; i < ARRAY_SIZE(copy); i++)
		if (value_ok(copy[i].from))
			*copy[i].to = value_of(copy[i].from);
}

/* Registers are zeros if they cannot be read: the core has as many notes as vcpus. */
static struct err *pass_vcpu(struct xen *x, const struct domain *d,
			     const struct vcpu *v, guest_vcpu_fn *fn, void *arg)
{
	struct note_regs regs = { 0 };
	struct context c;
	struct err *e = context_read(x, d, v, &c);

	if (err_is_final(e))
		return e;
	if (!e)
		set_regs(&c, &regs);
	else
		err_free(e);
	return fn(arg, &regs, e ? NULL : &c.control);
}

struct err *guest_core_each_vcpu(struct xen *x, const struct domain *d,
				 guest_vcpu_fn *fn, void *arg,
				 unsigned int *missing)
{
	struct vcpus walk;
	struct vcpu v;

	ERR_TRY(vcpus_start(&walk, x, d));
	for (;;) {
		struct err *e = vcpus_next(&walk, &v);

		if (!e && walk.done)
			return NULL;
		if (err_is_final(e))
			return e;
		if (e) {
			++*missing;
			err_free(e);
			continue;
		}
		ERR_TRY(pass_vcpu(x, d, &v, fn, arg));
	}
}

struct notes_made {
	unsigned char **notes;
	size_t *len;
	struct guest_core *ret;
};

static struct err *add_vcpu(void *arg, const struct note_regs *regs,
			    const struct control_regs *control)
{
	unsigned char desc[PRSTATUS_SIZE] = { 0 };
	struct notes_made *m = arg;
	uint32_t pid = ++m->ret->vcpus;

	if (!control) {
		m->ret->lost_vcpus++;
	} else {
		memcpy(desc + PRSTATUS_REGS, regs, sizeof(*regs));
		memcpy(desc + PRSTATUS_PID, &pid, sizeof(pid));
	}
	return core_add_note(m->notes, m->len, "CORE", NT_PRSTATUS, desc, sizeof(desc));
}

static struct err *add_vcpus(struct xen *x, const struct domain *d,
			     unsigned char **notes, size_t *len,
			     struct guest_core *ret)
{
	static const unsigned char zeros[QEMU_SIZE];
	struct notes_made m = { notes, len, ret };

	ERR_TRY(guest_core_each_vcpu(x, d, add_vcpu, &m, &ret->lost_vcpus));
	for (unsigned int i = 0; i < ret->vcpus; i++)
		ERR_TRY(core_add_note(notes, len, "QEMU", 0, zeros, sizeof(zeros)));
	return NULL;
}

struct regs_read {
	struct note_regs *regs;
	unsigned int max, nr;
};

static struct err *keep_regs(void *arg, const struct note_regs *regs,
			     const struct control_regs *control)
{
	struct regs_read *r = arg;

	(void)control;
	if (r->nr < r->max)
		r->regs[r->nr++] = *regs;
	return NULL;
}

struct err *guest_core_registers(struct xen *x, const struct domain *d,
				 struct note_regs *regs, unsigned int max,
				 unsigned int *nr)
{
	struct regs_read r = { regs, max, 0 };
	unsigned int missing = 0;

	ERR_TRY(guest_core_each_vcpu(x, d, keep_regs, &r, &missing));
	*nr = r.nr;
	return NULL;
}

static struct err *add_own(const struct domain *d, bool empty,
			   unsigned char **notes, size_t *len)
{
	char text[512];

	snprintf(text, sizeof(text), "domain %u of a Xen host, %s%s%s",
		 (unsigned int)value_of(&d->domain_id), domain_type_name(domain_type(d)),
		 empty ? "; the memory is not in this file" : "",
		 domain_type(d) == DOMAIN_PV ?
		 "; changed: the page tables hold the guest's own frame numbers instead of machine frames, entries for frames of other domains and of Xen are 0, and so is xen_start_info" :
		 "");
	return core_add_note(notes, len, OWN_NOTE_NAME,
			     empty ? OWN_NOTE_EMPTY : OWN_NOTE_DOMAIN, text, strlen(text) + 1);
}

struct err *guest_core_notes(struct xen *x, const struct domain *d,
			     const struct guest *g, unsigned char **notes,
			     size_t *len, struct guest_core *ret)
{
	struct err *e;

	*notes = NULL;
	*len = 0;
	e = add_vcpus(x, d, notes, len, ret);
	if (!e && g && g->info) {
		e = core_add_note(notes, len, "VMCOREINFO", 0, g->info->text, g->info->len);
		ret->has_vmcoreinfo = true;
	}
	if (!e)
		e = add_own(d, ret->empty, notes, len);
	if (e) {
		free(*notes);
		*notes = NULL;
	}
	return e;
}
