/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "xen/model/diagnosis/backtrace.h"
#include "extensions/support/registers.h"
#include "extensions/support/targets.h"

struct run {
	struct backtrace *bt;
	struct trace trace;
};

static void ERR_PRINTF(5, 6) show_set(struct session *s, struct out *o,
				      const char *key, const struct regs *regs,
				      const char *fmt, ...)
{
	char where[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(where, sizeof(where), fmt, ap);
	va_end(ap);
	regs_show(s, o, key, where, regs);
}

static struct err *show_vcpu(struct session *s, struct out *o,
			     const struct domain *d, const struct vcpu *v, void *arg)
{
	char name[VCPU_NAME], where[80], text[200], at[160] = "";
	struct context c;

	(void)arg;
	vcpu_name(d, v, name);
	ERR_TRY(err_prefix(context_read(s->xen, d, v, &c), "%s", name));
	context_text(&c, where, sizeof(where));
	if (c.place == PLACE_IDLE) {
		out_note(o, "%s is the %s: \"xen regs -c %u\" shows the hypervisor's registers",
			 name, where, c.pcpu.id);
		return NULL;
	}
	if (!c.regs.va)
		snprintf(text, sizeof(text), "%s, %s; by %s", name, where,
			 c.control_from);
	else
		snprintf(text, sizeof(text),
			 "%s, %s; at %" PRIx64 ", control registers of %s", name,
			 where, c.regs.va, c.control_from);
	if (value_ok(&c.regs.rip))
		guest_address_text(s, d, value_of(&c.regs.rip), at, sizeof(at));
	regs_show_guest(o, "vcpus[]", text, &c.regs, &c.control, at);
	return NULL;
}

/* Shows the guest whose registers are on the stack of a pcpu. */
static struct err *show_loaded(struct session *s, struct out *o,
			       const struct pcpu *p)
{
	struct domain d;
	struct vcpu v;

	if (!records_known(s->xen->records) || !p->curr_vcpu || p->curr_vcpu == p->idle_vcpu)
		return NULL;
	ERR_TRY(vcpu_read(s->xen, p->curr_vcpu, &v));
	ERR_TRY(domain_read(s->xen, value_of(&v.domain), &d));
	return show_vcpu(s, o, &d, &v, NULL);
}

/* Shows the sets from the newest to the oldest: each interrupted the next one. */
static struct err *show_pcpu(struct session *s, struct out *o,
			     const struct pcpu *p, void *arg)
{
	struct run *r = arg;
	enum trace_start start;
	struct regs regs;
	unsigned int i;
	char text[80];

	if (p->note) {
		regs_from_note(&p->note->regs, &regs);
		show_set(s, o, "pcpus[]", &regs, "pcpu %u, saved in its crash note",
			 p->id);
	} else {
		out_note(o, "pcpu %u saved no registers %s", p->id,
			 xen_is_running(s->xen) ? "while it runs" : "when the host crashed");
	}
	ERR_TRY(backtrace_pcpu(r->bt, p, &r->trace, &start));
	for (i = 0; i < r->trace.nr; i++) {
		const struct frame *f = &r->trace.frame[i];

		if (f->kind != FRAME_ENTRY)
			continue;
		regs_from_entry(&f->entry, &regs);
		show_set(s, o, "pcpus[]", &regs, "pcpu %u, interrupted by %s; at %" PRIx64,
			 p->id, entry_text(f->entry.vector, f->entry.error_code, text,
					   sizeof(text)), f->entry.va);
	}
	return show_loaded(s, o, p);
}

static struct err *run_regs(struct session *s, struct out *o,
			    const struct args *a)
{
	static const struct target_ops ops = {
		.pcpu = show_pcpu, .vcpu = show_vcpu,
	};
	struct run *r = calloc(1, sizeof(*r));
	struct err *e = NULL;

	if (!r)
		return err_nomem();
	if (xen_reads_memory(s->xen) || !targets_are_vcpus(a))
		e = backtrace_create(s->xen, &r->bt);
	if (!e) {
		e = targets_each(s, o, a, &ops, r);
		backtrace_destroy(r->bt);
	}
	free(r);
	return e;
}

static const struct option_spec options[] = { TARGET_OPTIONS, { .name = NULL } };

static const struct column_table tables[] = {
	COLUMNS("pcpus", register_columns),
	COLUMNS("vcpus", register_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows registers of pcpus and of vcpus, read from the place where they are.",
	"",
	"  For a pcpu: those in its crash note, which are the hypervisor's own at the",
	"  crash; then those saved by each exception or interrupt on its stack,",
	"  the newest first; then those of the guest whose vcpu is loaded on it.",
	"",
	"  For a vcpu: the guest's registers. They are on the stack of the pcpu while",
	"  the vcpu runs, and remain there while the pcpu idles, until another vcpu is",
	"  loaded; otherwise they are in struct vcpu. Control registers of HVM guests",
	"  are from the VMCB on AMD, and so are RIP, RSP, RFLAGS and RAX of one that",
	"  ran at the crash.",
	NULL
};

static const char *const example[] = {
	"    crash> xen regs -v d0v0",
	"       REGISTERS: d0v0, descheduled; at ffff830027d40280, control registers of struct vcpu",
	"             RIP: ffffffff81d0b069      RSP: ffffffff82c03dc0   RFLAGS: 0000000000000246",
	"             RAX: 0000000000000000      RBX: 0000000000000000      RCX: ffffffff81d0b069",
	"             RDX: 0000000000000037      RSI: 0000000000000000      RDI: 0000000000000001",
	"             RBP: ffffffff82c10940       R8: ffffffff82c03d48       R9: 0000000000000007",
	"             R10: 0000000000000001      R11: 0000000000000246      R12: 0000000000000000",
	"             R13: 0000000000000000      R14: 0000000000000000      R15: 0000000000000000",
	"              CS: e033       SS: e02b   VECTOR: 0100    ERROR: 0000",
	"             CR0: 0000000000000000      CR2: 000000003aca69a0      CR3: 00000000270d3000",
	"             CR4: 0000000000000660     EFER: -",
	"          FSBASE: 0000000000000000   GSBASE: ffff88800f600000",
	NULL
};

const struct command command_regs = {
	.live = true,
	.live_unknown = "descriptors of segments: hypercalls return general, control and segment registers, and the bases of fs and gs",
	.needs = NEEDS_SYMBOLS,
	.run = run_regs,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
