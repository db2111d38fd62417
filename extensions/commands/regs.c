/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "regs.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bt.h"
#include "extensions/support/cells.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

#define REG(name, heading) { #name, heading, offsetof(struct regs, name), 16 }
#define SHORT(name, heading, digits) \
	{ #name, heading, offsetof(struct regs, name), digits }
#define CONTROL(name, heading) \
	{ #name, heading, sizeof(struct regs) + offsetof(struct control_regs, name), 16 }

/* In the order of the text, three a line. */
static const struct shown {
	const char *key, *title;
	size_t at;		/* in struct both */
	int digits;
} shown[] = {
	REG(rip, "RIP"), REG(rsp, "RSP"), REG(rflags, "RFLAGS"),
	REG(rax, "RAX"), REG(rbx, "RBX"), REG(rcx, "RCX"),
	REG(rdx, "RDX"), REG(rsi, "RSI"), REG(rdi, "RDI"),
	REG(rbp, "RBP"), REG(r8, "R8"), REG(r9, "R9"),
	REG(r10, "R10"), REG(r11, "R11"), REG(r12, "R12"),
	REG(r13, "R13"), REG(r14, "R14"), REG(r15, "R15"),
	SHORT(cs, "CS", 4), SHORT(ss, "SS", 4),
	SHORT(entry_vector, "VECTOR", 4), SHORT(error_code, "ERROR", 4),
	CONTROL(cr0, "CR0"), CONTROL(cr2, "CR2"), CONTROL(cr3, "CR3"),
	CONTROL(cr4, "CR4"), CONTROL(efer, "EFER"),
	CONTROL(fs_base, "FSBASE"), CONTROL(gs_base, "GSBASE"),
};

/* How many of them stand in each line of the text. */
static const uint8_t lines[] = { 3, 3, 3, 3, 3, 3, 4, 3, 2, 2 };

struct both {
	struct regs regs;
	struct control_regs control;
};

_Static_assert(offsetof(struct both, control) == sizeof(struct regs), "struct both");

static const struct value *value_of(const struct both *b, const struct shown *r)
{
	return (const void *)((const char *)b + r->at);
}

/* "0000000000000246  RAX 0000..." behind the title of the first one */
static void line_text(const struct both *b, unsigned int first, unsigned int nr,
		      char *buf, size_t size)
{
	unsigned int i;
	size_t n = 0;

	for (i = first; i < first + nr && n < size; i++) {
		const struct value *v = value_of(b, &shown[i]);
		char text[20] = "-";

		if (v->state == VALUE_OK)
			snprintf(text, sizeof(text), "%0*" PRIx64, shown[i].digits, v->u);
		else if (v->state == VALUE_UNREADABLE)
			snprintf(text, sizeof(text), "%s", err_mark(v->why));
		if (i > first)
			n += snprintf(buf + n, size - n, "%*s: ", 9, shown[i].title);
		if (n < size)
			n += snprintf(buf + n, size - n, "%-*s", shown[i].digits, text);
	}
	/* the last one needs no blanks behind it */
	n = strlen(buf);
	while (n && buf[n - 1] == ' ')
		buf[--n] = '\0';
}

/* A line that has nothing to tell is left out. */
static bool line_has_any(const struct both *b, unsigned int first, unsigned int nr)
{
	unsigned int i;

	for (i = first; i < first + nr; i++)
		if (value_of(b, &shown[i])->state != VALUE_NO_FIELD)
			return true;
	return false;
}

static void show(struct out *o, const char *key, const char *where, const char *at,
		 const struct both *b)
{
	struct column columns[2 + N(shown) + N(lines)];
	unsigned int i, first, nr = 0;
	char text[160];

	columns[nr++] = (struct column){ .key = "where", .title = "REGISTERS" };
	/* in the text only lines that tell something, in JSON always all */
	columns[nr++] = (struct column){ .key = "symbol", .title = *at ? "AT" : NULL };
	for (i = first = 0; i < N(lines); first += lines[i++])
		if (line_has_any(b, first, lines[i]))
			columns[nr++] = (struct column){ .title = shown[first].title };
	for (i = 0; i < N(shown); i++)
		columns[nr++] = (struct column){ .key = shown[i].key };
	out_card(o, key, columns, nr);
	out_str(o, where);
	cell_text(o, at);
	for (i = first = 0; i < N(lines); first += lines[i++]) {
		if (!line_has_any(b, first, lines[i]))
			continue;
		line_text(b, first, lines[i], text, sizeof(text));
		out_str(o, text);
	}
	for (i = 0; i < N(shown); i++)
		cell_hex(o, value_of(b, &shown[i]));
	out_end(o);
}

void regs_show(struct session *s, struct out *o, const char *key,
	       const char *where, const struct regs *regs)
{
	struct both b = { .regs = *regs };
	char text[160] = "";

	if (regs->rip.state == VALUE_OK)
		symbols_describe(s->xen->symbols, regs->rip.u, text, sizeof(text));
	show(o, key, where, text, &b);
}

void regs_show_guest(struct session *s, struct out *o, const char *key,
		     const char *where, const struct regs *regs,
		     const struct control_regs *control, const char *at)
{
	struct both b = { .regs = *regs, .control = *control };

	(void)s;
	show(o, key, where, at, &b);
}

void regs_from_entry(const struct entry *e, struct regs *ret)
{
	const struct {
		struct value *to;
		enum x64_reg reg;
	} copy[] = {
		{ &ret->rax, X64_RAX }, { &ret->rbx, X64_RBX }, { &ret->rcx, X64_RCX },
		{ &ret->rdx, X64_RDX }, { &ret->rsi, X64_RSI }, { &ret->rdi, X64_RDI },
		{ &ret->rbp, X64_RBP }, { &ret->rsp, X64_RSP }, { &ret->r8, X64_R8 },
		{ &ret->r9, X64_R9 }, { &ret->r10, X64_R10 }, { &ret->r11, X64_R11 },
		{ &ret->r12, X64_R12 }, { &ret->r13, X64_R13 }, { &ret->r14, X64_R14 },
		{ &ret->r15, X64_R15 }, { &ret->rip, X64_RIP },
	};
	const struct {
		struct value *to;
		uint64_t from;
	} others[] = {
		{ &ret->rflags, e->rflags }, { &ret->cs, e->cs }, { &ret->ss, e->ss },
		{ &ret->entry_vector, e->vector }, { &ret->error_code, e->error_code },
	};
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->va = e->va;
	for (i = 0; i < N(copy); i++)
		*copy[i].to = (struct value){
			.u = e->state.r[copy[i].reg],
			.state = state_has(&e->state, copy[i].reg) ? VALUE_OK :
								     VALUE_NO_FIELD,
		};
	/* without its own part an entry does not tell what it was */
	for (i = 0; i < N(others); i++)
		if (i < 3 || e->vector != ENTRY_UNKNOWN)
			*others[i].to = (struct value){ .u = others[i].from,
							.state = VALUE_OK };
}

/* ---- xen regs ---- */

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
	if (c.regs.rip.state == VALUE_OK)
		guest_address_text(s, d, c.regs.rip.u, at, sizeof(at));
	regs_show_guest(s, o, "vcpus[]", text, &c.regs, &c.control, at);
	return NULL;
}

/* The guest whose registers are on the stack of a pcpu. */
static struct err *show_loaded(struct session *s, struct out *o,
			       const struct pcpu *p)
{
	struct domain d;
	struct vcpu v;

	if (!records_known(s->xen->records) || !p->curr_vcpu || p->curr_vcpu == p->idle_vcpu)
		return NULL;
	ERR_TRY(vcpu_read(s->xen, p->curr_vcpu, &v));
	ERR_TRY(domain_read(s->xen, v.domain.u, &d));
	return show_vcpu(s, o, &d, &v, NULL);
}

/* From the newest to the oldest: each was interrupted by the one before. */
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
		show_set(s, o, "pcpus[]", &regs, "pcpu %u, as it saved them in its crash note",
			 p->id);
	} else {
		out_note(o, "pcpu %u saved no registers %s", p->id,
			 xen_is_running(s->xen) ? "while it runs" : "when the host died");
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

static struct err *run_regs(struct session *s, struct out *o, int argc, char **argv)
{
	static const struct bt_ops ops = { .pcpu = show_pcpu, .vcpu = show_vcpu };
	struct bt_what what = { .all = false };
	struct run *r;
	struct err *e = NULL;
	int c;

	while ((c = getopt(argc, argv, BT_OPTIONS)) != -1) {
		if (!bt_option(s, &what, c, optarg, &e))
			return command_usage("unknown option");
		if (e)
			return e;
	}
	if (optind < argc)
		return command_usage("regs takes no %s", argv[optind]);
	r = calloc(1, sizeof(*r));
	if (!r)
		return err_nomem();
	if (xen_reads_memory(s->xen) || !(what.has_vcpu || what.has_domain))
		e = backtrace_create(s->xen, &r->bt);
	if (!e) {
		e = bt_each(s, o, &what, &ops, r);
		backtrace_destroy(r->bt);
	}
	free(r);
	return e;
}

static const char *const help[] = {
	"  Shows registers, of pcpus and of vcpus, from where they truly are.",
	"  Of a pcpu: those in its crash note, which are the hypervisor's own while it",
	"  died; then those that each exception or interrupt on its stack saved, the",
	"  newest first; then those of the guest that is loaded on it.",
	"  Of a vcpu: the guest's registers. They are on the stack of the pcpu while it",
	"  runs, and stay there when the pcpu idles, until another guest comes; else they",
	"  are in struct vcpu. Control registers of HVM guests are from the VMCB on AMD,",
	"  and so are RIP, RSP, RFLAGS and RAX of one that ran when the host died.",
	"    -a         all pcpus",
	"    -c PCPU    this one; without any option the pcpu that crashed",
	"    -v D:V     this vcpu",
	"    -d DOMID   all vcpus of this domain",
	"",
	"EXAMPLE",
	"    crash> xen regs -v 0:0",
	"       REGISTERS: d0v0, descheduled; at ffff830027d40280, control registers of struct vcpu",
	"              AT: xen_hypercall_pv+0x9",
	"             RIP: ffffffff81cfeba9      RSP: ffffffff82c03dc0   RFLAGS: 0000000000000246",
	"             RAX: 0000000000000000      RBX: 0000000000000000      RCX: ffffffff81cfeba9",
	"             RDX: 0000000000000000      RSI: 0000000000000000      RDI: 0000000000000001",
	"             RBP: ffffffff82c10940       R8: 0000000000000000       R9: 0000000000000001",
	"             R10: 0000000000007ff0      R11: 0000000000000246      R12: 0000000000000000",
	"             R13: 0000000000000000      R14: 0000000000000000      R15: 0000000000000000",
	"              CS: e033       SS: e02b   VECTOR: 0100    ERROR: 0000",
	"             CR0: 0000000000000000      CR2: 000000002cfe59a0      CR3: 0000000027576000",
	"             CR4: 0000000000000660     EFER: -",
	"          FSBASE: 0000000000000000   GSBASE: ffff88800f600000",
	NULL
};

const struct command command_regs = {
	.live = true,
	.live_unknown = "base addresses of segments: hypercalls tell general, control and segment registers",
	.needs = NEEDS_SYMBOLS,
	.run_words = run_regs,
	.synopsis = "[-j] [-a | -c PCPU | -v DOMID:VCPU | -d DOMID]",
	.help = help,
};
