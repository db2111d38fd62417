/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes and registers in the format of "xl dump-core" (Xen,
 * docs/misc/dump-core-format.txt, public/elfnote.h, public/arch-x86/xen.h; the
 * same from 4.4 to 4.22), of PV guests of 64 bits.
 */
#include "guest_core_internal.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_NONE		0x2000000
#define NOTE_HEADER		0x2000001
#define NOTE_XEN_VERSION	0x2000002
#define NOTE_FORMAT_VERSION	0x2000003

#define MAGIC_PV		0xf00febed
#define FORMAT_VERSION		1	/* 0.1 */
#define VIRT_START		0xffff800000000000ULL

struct header {
	uint64_t magic, vcpus, pages, page_size;
};

/* Sizes of the texts that the hypercall xen_version returns (public/version.h). */
struct version {
	uint64_t major, minor;
	char extra[16];
	char compiler[64], compile_by[16], compile_domain[32], compile_date[32];
	char capabilities[1024];
	char changeset[64];
	uint64_t virt_start, page_size;
};

/* struct vcpu_guest_context: its size, and offsets of the members that are set here. */
#define CONTEXT_SIZE		5168
#define CONTEXT_FLAGS		512
#define CONTEXT_REGS		520
#define CONTEXT_CTRLREG		4984
#define CONTEXT_FS_BASE		5144
#define CONTEXT_GS_BASE_KERNEL	5152

#define FLAG_IN_KERNEL		(1ULL << 2)
#define FLAG_ONLINE		(1ULL << 5)

/* struct cpu_user_regs begins with r15 to rdi in the order of pr_reg. */
#define REGS_FIRST		(15 * sizeof(uint64_t))
#define REGS_RIP		128
#define REGS_CS			136
#define REGS_RFLAGS		144
#define REGS_RSP		152
#define REGS_SS			160

static void copy_text(char *to, size_t size, const char *from)
{
	memcpy(to, from, strnlen(from, size - 1));
}

static struct err *add_note(struct guest_core_xc *c, uint32_t type,
			    const void *desc, size_t size)
{
	return core_add_note(&c->notes, &c->notes_len, "Xen", type, desc, size);
}

static struct err *add_notes(const struct xen *x, unsigned int vcpus,
			     struct guest_core_xc *c)
{
	const struct header header = {
		MAGIC_PV, vcpus, c->sections.nr_frames, XPAGE_SIZE,
	};
	const uint64_t format = FORMAT_VERSION;
	struct version version = {
		.major = x->id.major, .minor = x->id.minor,
		.virt_start = VIRT_START, .page_size = XPAGE_SIZE,
	};

	copy_text(version.extra, sizeof(version.extra), x->id.extra);
	copy_text(version.compiler, sizeof(version.compiler), x->id.compiler);
	copy_text(version.compile_date, sizeof(version.compile_date), x->id.compile_date);
	copy_text(version.changeset, sizeof(version.changeset), x->id.changeset);
	ERR_TRY(add_note(c, NOTE_NONE, "", 0));
	ERR_TRY(add_note(c, NOTE_HEADER, &header, sizeof(header)));
	ERR_TRY(add_note(c, NOTE_XEN_VERSION, &version, sizeof(version)));
	return add_note(c, NOTE_FORMAT_VERSION, &format, sizeof(format));
}

static void set_word(unsigned char *context, size_t at, uint64_t value)
{
	memcpy(context + at, &value, sizeof(value));
}

static void set_control(unsigned char *context, unsigned int nr,
			const struct value *v)
{
	if (value_ok(v))
		set_word(context, CONTEXT_CTRLREG + nr * sizeof(uint64_t), value_of(v));
}

/* PV guests run in ring 3: kernel mode is recognised by the address. */
static void set_context(unsigned char *context, const struct note_regs *r,
			const struct control_regs *control)
{
	unsigned char *regs = context + CONTEXT_REGS;
	bool in_kernel = r->rip >> 63;

	set_word(context, CONTEXT_FLAGS, FLAG_ONLINE | (in_kernel ? FLAG_IN_KERNEL : 0));
	memcpy(regs, r, REGS_FIRST);
	set_word(regs, REGS_RIP, r->rip);
	set_word(regs, REGS_CS, r->cs);
	set_word(regs, REGS_RFLAGS, r->rflags);
	set_word(regs, REGS_RSP, r->rsp);
	set_word(regs, REGS_SS, r->ss);
	set_control(context, 0, &control->cr0);
	set_control(context, 2, &control->cr2);
	set_control(context, 3, &control->cr3);
	set_control(context, 4, &control->cr4);
	set_word(context, CONTEXT_FS_BASE, r->fs_base);
	if (in_kernel)
		set_word(context, CONTEXT_GS_BASE_KERNEL, r->gs_base);
}

struct contexts {
	struct guest_core_xc *c;
	struct guest_core *counts;
};

static struct err *add_context(void *arg, const struct note_regs *regs,
			       const struct control_regs *control)
{
	struct contexts *v = arg;
	size_t len = v->c->sections.contexts_len;
	unsigned char *p = realloc(v->c->contexts, len + CONTEXT_SIZE);

	if (!p)
		return err_nomem();
	v->c->contexts = p;
	v->c->sections.contexts_len = len + CONTEXT_SIZE;
	memset(p + len, 0, CONTEXT_SIZE);
	v->counts->vcpus++;
	if (control)
		set_context(p + len, regs, control);
	else
		v->counts->lost_vcpus++;
	return NULL;
}

struct err *guest_core_xc_make(struct xen *x, const struct domain *d,
			       const struct guest_map *m, struct guest_core_xc *ret,
			       struct guest_core *counts)
{
	struct contexts v = { ret, counts };

	memset(ret, 0, sizeof(*ret));
	ret->frame = calloc(m->nr, sizeof(*ret->frame));
	if (!ret->frame)
		return err_nomem();
	for (uint64_t i = 0; i < m->nr; i++)
		ret->frame[i] = (struct core_frame){ m->frame[i].gfn, m->frame[i].mfn };
	ret->sections.frame = ret->frame;
	ret->sections.nr_frames = m->nr;
	ERR_TRY(guest_core_each_vcpu(x, d, add_context, &v, &counts->lost_vcpus));
	ret->sections.contexts = ret->contexts;
	return add_notes(x, counts->vcpus, ret);
}

void guest_core_xc_free(struct guest_core_xc *c)
{
	free(c->notes);
	free(c->contexts);
	free(c->frame);
}
