/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/pcpu.h"

#include "xen/model/regs.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/registers.h"
#include "extensions/support/view.h"

static const struct column card_columns[] = {
	{ .key = "pcpu", .title = "PCPU", .help = "number of the pcpu" },
	{ .key = "state", .title = "STATE",
	  .help = "saved: wrote a crash note; lost: did not respond at the crash; without a crash online or offline" },
	{ .key = "cpu_info", .title = "CPU_INFO",
	  .help = "address of its struct cpu_info, on top of its stack" },
	{ .key = "stack", .title = "STACK",
	  .help = "lowest address of its stack" },
	{ .key = "tss", .title = "TSS",
	  .help = "address of its task state segment" },
	{ .key = "current_vcpu", .title = "CURRENT VCPU",
	  .help = "address of the scheduled vcpu: current_vcpu of its struct cpu_info" },
	{ .key = "loaded_vcpu", .title = "LOADED VCPU",
	  .help = "address of the vcpu whose registers are loaded: per_cpu(curr_vcpu); differs from the scheduled one while the pcpu idles" },
	{ .key = "idle_vcpu", .title = "IDLE VCPU",
	  .help = "address of its idle vcpu" },
	{ .key = "cr0", .title = "CR0",
	  .help = "control register in its crash note: modes of the processor" },
	{ .key = "cr2", .title = "CR2",
	  .help = "the same: address of the latest page fault" },
	{ .key = "cr3", .title = "CR3",
	  .help = "the same: machine address of the page table" },
	{ .key = "cr4", .title = "CR4",
	  .help = "the same: extensions in use" },
};

static void pcpu_card(struct out *o, const struct pcpu *p)
{
	const struct note_pcpu *n = p->note && p->note->has_cr ? p->note : NULL;

	out_card(o, "pcpu", card_columns, ARRAY_SIZE(card_columns));
	out_dec(o, p->id);
	out_str(o, pcpu_state_text(p));
	out_hex(o, p->cpu_info);
	out_hex(o, p->stack);
	cell_object(o, p->tss);
	cell_hex(o, &p->current_vcpu);
	cell_object(o, p->curr_vcpu);
	cell_object(o, p->idle_vcpu);
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

static struct err *show_pcpu(struct session *s, struct out *o, uint64_t id)
{
	struct regs regs;
	struct pcpu p;

	ERR_TRY(pcpu_read(s->xen, id, &p));
	pcpu_card(o, &p);
	if (p.note) {
		regs_from_note(&p.note->regs, &regs);
		regs_show(s, o, "saved_registers", "saved in its crash note", &regs);
	} else {
		out_note(o, "pcpu %u saved no registers %s", p.id,
			 xen_is_running(s->xen) ? "while it runs" : "when the host crashed");
	}
	ERR_TRY(regs_read(s->xen, p.guest_regs, &regs));
	regs_show(s, o, "guest_registers",
		  "of the guest, at the last entry from it (guest_cpu_user_regs)",
		  &regs);
	return NULL;
}

static struct err *run_pcpu(struct session *s, struct out *o,
			    const struct args *a)
{
	uint64_t id;

	ERR_TRY(parse_pcpu(s, a->word[0], &id));
	return show_pcpu(s, o, id);
}

static const struct column_table tables[] = {
	COLUMNS("pcpu", card_columns),
	COLUMNS("saved_registers", register_columns),
	COLUMNS("guest_registers", register_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows one physical cpu: its stack, its vcpus, and its registers from the",
	"  crash note and from the top of the stack.",
	NULL
};

static const char *const example[] = {
	"    crash> xen pcpu 0",
	"            PCPU: 0",
	"           STATE: saved",
	"        CPU_INFO: ffff830027d77ef8",
	"           STACK: ffff830027d70000",
	"             TSS: ffff82d040581040",
	"    CURRENT VCPU: ffff830027dfa000",
	"     LOADED VCPU: ffff830027dfa000",
	"       IDLE VCPU: ffff830027ecc000",
	"             CR0: 80050033",
	"             CR2: 563680df9168",
	"             CR3: 16352000",
	"             CR4: 660",
	"",
	"    ...",
	NULL
};

const struct command command_pcpu = {
	.needs = NEEDS_RECORDS,
	.run = run_pcpu,
	.args = {
		.words = { .synopsis = "PCPU", .min = 1, .max = 1 },
	},
	.tables = tables,
	.description = description,
	.example = example,
};
