/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/pcpu/pcpu.h"

#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/pcpus.h"
#include "extensions/support/view.h"
#include "xen/model/domain/context.h"

/* The first four columns are those of crash's hypervisor mode. */
static const struct column columns[] = {
	{ .key = "pcpu", .title = "PCID", .help = "number of the pcpu" },
	{ .key = "cpu_info", .title = "PCPU",
	  .help = "address of its struct cpu_info, on top of its stack" },
	{ .key = "current_vcpu", .title = "CUR-VCPU",
	  .help = "address of the scheduled vcpu: current_vcpu of its struct cpu_info" },
	{ .key = "tss", .title = "TSS",
	  .help = "address of its task state segment" },
	{ .key = "state", .title = "STATE",
	  .help = "saved: wrote a crash note; lost: did not respond at the crash; without a crash online or offline" },
	{ .key = "stack", .title = "STACK",
	  .help = "lowest address of its stack" },
	{ .key = "loaded_vcpu", .title = "LOADED-VCPU",
	  .help = "address of the vcpu whose registers are loaded: per_cpu(curr_vcpu); differs from the scheduled one while the pcpu idles" },
	{ .key = "rip", .title = "RIP",
	  .help = "address of the instruction at which it saved its crash note" },
	{ .key = "symbol", .title = "SYMBOL", .help = "symbol of that address" },
	{ .key = "runs", .title = "RUNS",
	  .help = "name of the vcpu that is scheduled there (CUR-VCPU), or idle" },
};

/* "idle" if no vcpu of a guest runs */
static void cell_runs(struct session *s, struct out *o, const struct pcpu *p)
{
	struct provenance before = provenance_enter();
	char text[VCPU_NAME];
	struct err *e = vcpu_name_on(s->xen, p, text);

	if (e)
		out_none(o);
	else
		out_str(o, *text ? text : "idle");
	provenance_leave(before);
	err_free(e);
}

static void pcpu_row(struct session *s, struct out *o, const struct pcpu *p)
{
	char text[160];

	out_dec(o, p->id);
	cell_object(o, p->cpu_info);
	cell_hex(o, &p->current_vcpu);
	cell_object(o, p->tss);
	out_str(o, pcpu_state_text(p));
	cell_object(o, p->stack);
	cell_object(o, p->curr_vcpu);
	if (p->note) {
		out_hex(o, p->note->regs.rip);
		cell_text(o, symbols_describe(s->xen->symbols,
					      p->note->regs.rip, text,
					      sizeof(text)));
	} else {
		out_none(o);
		out_none(o);
	}
	cell_runs(s, o, p);
}

static struct err *show_pcpu(struct session *s, struct out *o,
			     unsigned int cpu, void *arg)
{
	struct pcpu p;

	(void)arg;
	ERR_TRY(pcpu_read(s->xen, cpu, &p));
	pcpu_row(s, o, &p);
	return NULL;
}

static struct err *run_pcpus(struct session *s, struct out *o,
			     const struct args *a)
{
	out_list(o, "pcpus", columns, ARRAY_SIZE(columns));
	ERR_TRY(show_each_pcpu(s, o, &a->pcpus, show_pcpu, NULL));
	out_end(o);
	return NULL;
}

static const struct option_spec options[] = {
	PCPUS_OPTION,
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("pcpus", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the physical cpus: the vcpu that is scheduled on each, the vcpu whose",
	"  registers are loaded, and the code at which it saved its crash note. On a",
	"  running host hypercalls return only which pcpus are online and their",
	"  vcpus.",
	NULL
};

static const char *const example[] = {
	"    crash> xen pcpus",
	"    PCID              PCPU          CUR-VCPU               TSS  STATE             STACK       LOADED-VCPU               RIP  SYMBOL                     RUNS",
	"       0  ffff830027d77ef8  ffff830027dfa000  ffff82d040581040  saved  ffff830027d70000  ffff830027dfa000  ffff82d0402301b2  kexec_crash_save_cpu+0xb2  d0v1",
	"       1  ffff830027d5fef8  ffff830026414000  ffff830027ec8040  saved  ffff830027d58000  ffff830026414000  ffff82d0402301b2  kexec_crash_save_cpu+0xb2  d1v0",
	NULL
};

const struct command command_pcpus = {
	.live = true,
	.live_unknown = "addresses, and the code that the pcpu executes: hypercalls return only which pcpus are online and their vcpus",
	.needs = NEEDS_RECORDS,
	.run = run_pcpus,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
