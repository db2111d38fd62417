/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/version.h"
#include "xen/model/domain/domain.h"
#include "xen/model/dom0/kernel.h"
#include "xen/model/host/sys.h"
#include "xen/model/diagnosis/verdict.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"

static const struct column columns[] = {
	{ .key = "version", .title = "XEN",
	  .help = "version of the hypervisor, and whether it was built with debug=y" },
	{ .key = "build_id", .title = "BUILD-ID",
	  .help = "build-id of the hypervisor in memory, hexadecimal" },
	{ .key = "image", .title = "IMAGE",
	  .help = "file of symbols and types" },
	{ .key = "proof", .title = "PROOF",
	  .help = "proof that the file is the build in memory, and the source of types if it has none" },
	{ .key = "dump", .title = "DUMP", .help = "kind of the dump" },
	{ .key = "verdict", .title = "VERDICT",
	  .help = "cause of the crash, in one sentence" },
	{ .key = "pcpus", .title = "PCPUS", .help = "number of physical cpus" },
	{ .key = "domains", .title = "DOMAINS",
	  .help = "number of domains, and of each type" },
	{ .key = "vcpus", .title = "VCPUS",
	  .help = "number of vcpus of these domains" },
	{ .key = "memory", .title = "MEMORY", .help = "memory of the host in MiB" },
	{ .key = "program", .help = "this program and its version" },
	{ .key = "dom0", .title = "DOM0", .help = "dom0's kernel: state of the session on it, or its release" },
	{ .key = "guest", .title = "GUEST",
	  .help = "the guest of a session on a guest's kernel, and its state (\"xencrash -d\")" },
};

/* Only in such a session. */
#define NR_GUEST_COLUMNS 1

static const char *debug_text(const struct xen *x)
{
	static const char *const texts[] = {
		[IMAGE_NO] = ", debug=n", [IMAGE_YES] = ", debug=y",
		[IMAGE_NOT_KNOWN] = "",
	};

	return x->image ? texts[x->image->identity.debug] : "";
}

static const char *dump_text(const struct xen *x)
{
	if (!x->notes)
		return "";
	if (notes_are_xen(x->notes))
		return "of a crash kernel, with Xen's notes";
	return x->notes->from_qemu ? "of the whole machine, with QEMU's notes" :
				     "of the whole machine, without notes";
}

static const struct column statement_columns[] = {
	{ .key = "about", .help = "subject: death, pcpu, function, for, taint ..." },
	{ .key = "statement", .help = "the statement" },
	{ .key = "sure", .help = "false where evidence is missing or conflicting" },
	{ .key = "evidence", .help = "evidence for the statement" },
};

static void list_statements(struct out *o, const struct verdict *v)
{
	unsigned int i;

	out_list(o, "statements", statement_columns, ARRAY_SIZE(statement_columns));
	for (i = 0; i < v->nr; i++) {
		struct provenance before = provenance_enter();

		out_str(o, v->line[i].about);
		provenance_use_if(v->line[i].unproved);
		out_str(o, v->line[i].text);
		out_bool(o, v->line[i].sure);
		cell_text(o, v->line[i].evidence);
		provenance_leave(before);
	}
}

/* In text each command has two lines: columns would be wider than a screen. */
static void write_statements(struct out *o, const struct verdict *v)
{
	const char *about = "";
	unsigned int i;

	out_lines(o, "statements");
	out_line(o, "%s", "");
	for (i = 0; i < v->nr; i++) {
		const struct verdict_line *l = &v->line[i];
		struct provenance before = provenance_enter();

		provenance_use_if(l->unproved);
		out_line(o, "%13s%s %s%s", strcmp(about, l->about) ? l->about : "",
			 l->unproved ? "~" : " ", l->text, l->sure ? "" : " (not sure)");
		if (*l->evidence)
			out_line(o, "%13s    evidence: %s", "", l->evidence);
		provenance_leave(before);
		about = l->about;
	}
}

static void show_statements(struct out *o, const struct verdict *v)
{
	if (out_format(o) == OUT_TEXT)
		write_statements(o, v);
	else
		list_statements(o, v);
	out_end(o);
	if (v->left_out)
		out_note(o, "%u more statements on pcpus are left out; \"xen bt -a\" shows them all",
			 v->left_out);
}

struct count {
	unsigned int domains, type[DOMAIN_COW + 1], vcpus, lost;
};

static struct err *count_domain(struct xen *x, const struct domain *d,
				struct count *c)
{
	struct domain_state state;

	c->domains++;
	c->type[domain_type(d)]++;
	ERR_TRY(domain_state_read(x, d, &state));
	c->vcpus += domain_state_use(&state)->vcpus;
	return NULL;
}

/* Domains that cannot be read are counted in lost. */
static struct err *count_domains(struct xen *x, struct count *c)
{
	struct domains walk;
	struct domain d;

	ERR_TRY(domains_start(&walk, x, false));
	for (;;) {
		struct err *e = domains_next(&walk, &d);

		if (!e && walk.done)
			return NULL;
		if (!e)
			e = count_domain(x, &d, c);
		if (err_is_final(e))
			return e;
		c->lost += e != NULL;
		err_free(e);
	}
}

static void cells_domains(struct session *s, struct out *o)
{
	struct count c = { 0 };
	struct err *e = count_domains(s->xen, &c);
	char types[128] = "";
	size_t i, n = 0;

	if (e) {
		out_none(o);
		out_none(o);
		err_free(e);
		return;
	}
	for (i = 0; i <= DOMAIN_COW; i++)
		if (c.type[i])
			n += snprintf(types + n, sizeof(types) - n, "%s%u %s",
				      n ? ", " : "", c.type[i], domain_type_name(i));
	out_fmt(o, "%u%s%s%s%s", c.domains, n ? " (" : "", types, n ? ")" : "",
		c.lost ? ", some unreadable" : "");
	out_dec(o, c.vcpus);
}

static void cells_host(struct session *s, struct out *o)
{
	struct sys sys = { .cpus_present = s->xen->nr_cpus };
	struct provenance before;

	err_free(sys_read(s->xen, &sys));
	cell_positive(o, sys.cpus_present);
	before = provenance_enter();
	cells_domains(s, o);
	provenance_leave(before);
	if (value_ok(&sys.total_pages))
		out_fmt(o, "%" PRIu64 " MiB", value_of(&sys.total_pages) >> 8);
	else
		cell_missing(o, &sys.total_pages);
}

static void cell_proof(struct session *s, struct out *o)
{
	const char *proof = s->image_warning ? s->image_warning : s->image_proof;

	if (!proof)
		out_none(o);
	else if (s->types_from)
		out_fmt(o, "%s; %s", proof, s->types_from);
	else
		out_str(o, proof);
}

/*
 * In a session of crash the state of its kernel, else the release of dom0's
 * kernel. Empty if both are unknown.
 */
static struct err *dom0_text(struct session *s, char *text, size_t size)
{
	const char *state;
	struct kernel k;
	struct err *e;

	text[0] = '\0';
	if (s->front->dom0_state) {
		state = s->front->dom0_state(s);
		snprintf(text, size, "%s", state ? state : "");
		return NULL;
	}
	e = kernel_find(s->xen, &k);
	if (!e && k.release[0])
		snprintf(text, size, "Linux %s", k.release);
	return err_drop(e);
}

static struct err *run_overview(struct session *s, struct out *o,
				const struct args *a)
{
	const struct xen_identity *id = &s->xen->id;
	char build_id[2 * BUILD_ID_MAX + 1];
	struct provenance before;
	struct verdict *v;
	char dom0[256];
	struct err *e;

	/* after "--" */
	if (a->nr_words)
		return command_usage("unexpected argument \"%s\"", a->word[0]);
	v = malloc(sizeof(*v));
	if (!v)
		return err_nomem();
	e = dom0_text(s, dom0, sizeof(dom0));
	if (!e)
		e = verdict_read(s->xen, v);
	if (!e && !s->brief)
		e = verdict_troubles(s->xen, s->front->dom0_thread, v);
	if (e) {
		free(v);
		return e;
	}
	out_card(o, "xen", columns, ARRAY_SIZE(columns) -
		 (s->front->guest_state ? 0 : NR_GUEST_COLUMNS));
	out_fmt(o, "%u.%u%s%s", id->major, id->minor, id->extra, debug_text(s->xen));
	cell_text(o, build_id_text(id->build_id, id->build_id_len, build_id,
				   sizeof(build_id)));
	cell_text(o, s->xen->image ? s->xen->image->path : "");
	cell_proof(s, o);
	cell_text(o, dump_text(s->xen));
	before = provenance_enter();
	provenance_use_if(v->unproved);
	out_str(o, v->text);
	provenance_leave(before);
	cells_host(s, o);
	out_fmt(o, "crash-xen %s", crash_xen_version);
	cell_text(o, dom0);
	if (s->front->guest_state)
		cell_text(o, s->front->guest_state(s));
	out_end(o);
	show_statements(o, v);
	free(v);
	if (s->image_search)
		out_note(o, "%s", s->image_search);
	return NULL;
}

static const struct column_table tables[] = {
	COLUMNS("xen", columns),
	COLUMNS("statements", statement_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Alone: shows the Xen hypervisor under dom0, the image of its symbols and",
	"  types, the cause of its crash, and counts. \"xen COMMAND\" runs one of the",
	"  commands below; \"help xen-COMMAND\", or \"xen help COMMAND\", describes it.",
	"  Every command takes -j for JSON. Addresses are hexadecimal without 0x, ids",
	"  are decimal. A domain is given as 3, d3 or by its name, after -d or, if the",
	"  synopsis shows \"[-d]\", without it.",
	"",
	"  The verdict consists of statements with their evidence: the last messages",
	"  on the console, the traces of pcpus, crash notes, variables. A statement",
	"  whose evidence is conflicting or missing is marked as not sure. \"for\" is the",
	"  vcpu that was scheduled on the pcpu that crashed. Further statements report",
	"  pcpus that wait, a deadlock, an RCU stall, an exhausted heap,",
	"  a zombie domain, leaked grants, contradictions in the schedulers' queues,",
	"  starved vcpus and lost events, or that nothing stands out; of these the",
	"  banner of a session has only pcpus that wait. Of a running host, whose",
	"  memory has to be readable (\"xen help source\"), heap, domains, spinlocks that",
	"  do not move while pcpus wait for them, waits, devices and interrupts are",
	"  examined.",
	NULL
};

static const char *const example[] = {
	"    crash> xen",
	"    ...",
	"            death  page fault in the hypervisor, read of ffff82cffffff018 (vmap),",
	"                   not mapped",
	"                     evidence: console: \"FATAL PAGE FAULT\"; pcpu 0 went through",
	"                     do_page_fault(); console: Faulting linear address; error code",
	"                     0000 on the stack at ffff830027d77e08",
	"             pcpu  0",
	"                     evidence: kexec_crash() in its trace; console: Panic on CPU 0;",
	"                     console: Executing kexec image on cpu0",
	"         function  hvm_vcpu_has_pending_irq+0xc at arch/x86/hvm/irq.c:512",
	"                     evidence: registers saved by the exception at ffff830027d77e08",
	"              for  d1v0, entering the guest",
	"                     evidence: current_vcpu of pcpu 0; its trace",
	"            taint  none",
	"                     evidence: crash note",
	NULL
};

const struct command command_xen = {
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_overview,
	.args = {
		.words = { .synopsis = "[COMMAND [ARGUMENT]...]" },
	},
	.tables = tables,
	.description = description,
	.example = example,
};
