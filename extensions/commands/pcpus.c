/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/pcpu.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "xen/model/regs.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/view.h"
#include "regs.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* The first four are those of crash's hypervisor mode. */
static const struct column list_columns[] = {
	{ .key = "pcpu", .title = "PCID" },
	{ .key = "cpu_info", .title = "PCPU" },
	{ .key = "current_vcpu", .title = "CUR-VCPU" },
	{ .key = "tss", .title = "TSS" },
	{ .key = "state", .title = "STATE" },
	{ .key = "stack", .title = "STACK" },
	{ .key = "loaded_vcpu", .title = "LOADED-VCPU" },
	{ .key = "rip", .title = "RIP" },
	{ .key = "symbol", .title = "SYMBOL" },
	{ .key = "runs", .title = "RUNS" },
};

static const struct column_input inputs[] = {
	{ "cpu_info", { &pcpu_info_record, VIEW_WHOLE } },
	{ "current_vcpu", { &pcpu_info_record, VIEW_WHOLE } },
	{ "runs", { &pcpu_info_record, VIEW_WHOLE } },
	{ "runs", { &vcpu_record, offsetof(struct vcpu, vcpu_id) } },
	{ "runs", { &domain_record, offsetof(struct domain, domain_id) } },
};

static void cell_pointer(struct out *o, uint64_t va)
{
	if (va)
		out_hex(o, va);
	else
		out_none(o);
}

static void cell_symbol(struct session *s, struct out *o, uint64_t va)
{
	char text[160];

	cell_text(o, symbols_describe(s->xen->symbols, va, text, sizeof(text)));
}

/* "idle" when none of the guests' vcpus runs there. */
static void cell_runs(struct session *s, struct out *o, const struct pcpu *p)
{
	char text[VCPU_NAME];
	struct err *e = vcpu_name_on(s->xen, p, text);

	if (e)
		out_none(o);
	else
		out_str(o, *text ? text : "idle");
	err_free(e);
}

static void pcpu_row(struct session *s, struct out *o, const struct pcpu *p)
{
	out_dec(o, p->id);
	cell_pointer(o, p->cpu_info);
	cell_hex(o, &p->current_vcpu);
	cell_pointer(o, p->tss);
	out_str(o, pcpu_state_text(p));
	cell_pointer(o, p->stack);
	cell_pointer(o, p->curr_vcpu);
	if (p->note) {
		out_hex(o, p->note->regs.rip);
		cell_symbol(s, o, p->note->regs.rip);
	} else {
		out_none(o);
		out_none(o);
	}
	cell_runs(s, o, p);
}

static struct err *run_pcpus(struct session *s, struct out *o, int argc,
			     char **argv)
{
	struct ranges only;
	unsigned int cpu;
	struct pcpu p;

	ERR_TRY(parse_only_pcpu(s, argc, argv, &only));
	view_plain_list(s, o, "pcpus", list_columns, N(list_columns), inputs,
			N(inputs));
	for (cpu = 0; cpu < s->xen->nr_cpus && !interrupt_pending; cpu++) {
		struct err *e;

		if (!ranges_has(&only, cpu))
			continue;
		e = pcpu_read(s->xen, cpu, &p);
		if (!e)
			pcpu_row(s, o, &p);
		else
			out_error(o, e);
	}
	out_end(o);
	return interrupt_check();
}

static const struct column card_columns[] = {
	{ .key = "pcpu", .title = "PCPU" },
	{ .key = "state", .title = "STATE" },
	{ .key = "cpu_info", .title = "CPU_INFO" },
	{ .key = "stack", .title = "STACK" },
	{ .key = "tss", .title = "TSS" },
	{ .key = "current_vcpu", .title = "CURRENT VCPU" },
	{ .key = "loaded_vcpu", .title = "LOADED VCPU" },
	{ .key = "idle_vcpu", .title = "IDLE VCPU" },
	{ .key = "cr0", .title = "CR0" },
	{ .key = "cr2", .title = "CR2" },
	{ .key = "cr3", .title = "CR3" },
	{ .key = "cr4", .title = "CR4" },
};

static void pcpu_card(struct session *s, struct out *o, const struct pcpu *p)
{
	const struct note_pcpu *n = p->note && p->note->has_cr ? p->note : NULL;

	view_plain_card(s, o, "pcpu", card_columns, N(card_columns), inputs,
			N(inputs));
	out_dec(o, p->id);
	out_str(o, pcpu_state_text(p));
	out_hex(o, p->cpu_info);
	out_hex(o, p->stack);
	cell_pointer(o, p->tss);
	cell_hex(o, &p->current_vcpu);
	cell_pointer(o, p->curr_vcpu);
	cell_pointer(o, p->idle_vcpu);
	if (n) {
		out_hex(o, n->cr0);
		out_hex(o, n->cr2);
		out_hex(o, n->cr3);
		out_hex(o, n->cr4);
	} else {
		out_none(o);
		out_none(o);
		out_none(o);
		out_none(o);
	}
	out_end(o);
}

static struct err *run_pcpu(struct session *s, struct out *o, int argc,
			    char **argv)
{
	struct regs regs;
	struct pcpu p;
	uint64_t id;

	if (argc != 2)
		return command_usage("which pcpu?");
	ERR_TRY(parse_pcpu(s, argv[1], &id));
	ERR_TRY(pcpu_read(s->xen, id, &p));
	pcpu_card(s, o, &p);
	if (p.note) {
		regs_from_note(&p.note->regs, &regs);
		regs_show(s, o, "saved_registers", "saved in its crash note", &regs);
	} else {
		out_note(o, "pcpu %u saved no registers %s", p.id,
			 xen_is_running(s->xen) ? "while it runs" : "when the host died");
	}
	ERR_TRY(regs_read(s->xen, p.guest_regs, &regs));
	regs_show(s, o, "guest_registers",
		  "of the guest, at the last entry from it (guest_cpu_user_regs)",
		  &regs);
	return NULL;
}

static const char *const help_pcpus[] = {
	"  Lists the physical cpus: the struct cpu_info at the top of the stack (PCPU),",
	"  the vcpu that is scheduled, the vcpu whose registers are loaded (another one",
	"  while the pcpu idles), and where the pcpu was when it saved its crash note.",
	"  STATE is \"saved\" for a pcpu that left a crash note, \"lost\" for one that did not",
	"  answer when the host died; without a crash it is \"online\" or \"offline\". RUNS",
	"  names the vcpu that is scheduled; a running host tells no more than that.",
	"    -c PCPU   only this one",
	"",
	"EXAMPLE",
	"    crash> xen pcpus",
	"    PCID              PCPU          CUR-VCPU               TSS  STATE             STACK       LOADED-VCPU               RIP  SYMBOL                     RUNS",
	"       0  ffff830027d77ef8  ffff830027dfa000  ffff82d040581040  saved  ffff830027d70000  ffff830027dfa000  ffff82d040230072  kexec_crash_save_cpu+0xb2  d0v1",
	"       1  ffff830027d5fef8  ffff830027e57000  ffff830027ec8040  saved  ffff830027d58000  ffff830027e57000  ffff82d040230072  kexec_crash_save_cpu+0xb2  d2v0",
	NULL
};

const struct command command_pcpus = {
	.live = true,
	.live_unknown = "addresses, and what the pcpu executes: hypercalls tell who is up, and which vcpu runs where",
	.needs = NEEDS_RECORDS,
	.run_words = run_pcpus,
	.synopsis = "[-j] [-c PCPU]",
	.help = help_pcpus,
};

static const char *const help_pcpu[] = {
	"  Shows one physical cpu: its stack, its vcpus, and its registers from the",
	"  crash note and from the top of the stack.",
	NULL
};

const struct command command_pcpu = {
	.needs = NEEDS_RECORDS,
	.run_words = run_pcpu,
	.synopsis = "[-j] PCPU",
	.help = help_pcpu,
};
