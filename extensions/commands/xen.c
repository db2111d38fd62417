/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/domain/domain.h"
#include "xen/model/host/sys.h"
#include "xen/model/diagnosis/verdict.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct column columns[] = {
	{ .key = "version", .title = "XEN" },
	{ .key = "build_id", .title = "BUILD-ID" },
	{ .key = "image", .title = "IMAGE" },
	{ .key = "proof", .title = "PROOF" },
	{ .key = "dump", .title = "DUMP" },
	{ .key = "verdict", .title = "VERDICT" },
	{ .key = "pcpus", .title = "PCPUS" },
	{ .key = "domains", .title = "DOMAINS" },
	{ .key = "memory", .title = "MEMORY" },
	{ .key = "dom0", .title = "DOM0" },
};

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

/* What every statement of the verdict rests on. */
static const struct column statement_columns[] = {
	{ .key = "about" },
	{ .key = "statement" },
	{ .key = "sure" },
	{ .key = "evidence" },
};

static void list_statements(struct out *o, const struct verdict *v)
{
	unsigned int i;

	out_list(o, "statements", statement_columns, N(statement_columns));
	for (i = 0; i < v->nr; i++) {
		out_str(o, v->line[i].about);
		out_str(o, v->line[i].text);
		out_bool(o, v->line[i].sure);
		cell_text(o, v->line[i].evidence);
	}
}

/* For people two lines each: as columns they would be wider than any screen. */
static void write_statements(struct out *o, const struct verdict *v)
{
	const char *about = "";
	unsigned int i;

	out_lines(o, "statements");
	out_line(o, "%s", "");
	for (i = 0; i < v->nr; i++) {
		const struct verdict_line *l = &v->line[i];

		out_line(o, "%13s  %s%s", strcmp(about, l->about) ? l->about : "", l->text,
			 l->sure ? "" : " (not sure)");
		if (*l->evidence)
			out_line(o, "%13s    evidence: %s", "", l->evidence);
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

static void cell_domains(struct session *s, struct out *o)
{
	unsigned int count[DOMAIN_COW + 1] = { 0 }, all = 0, lost = 0;
	char kinds[128] = "";
	struct domains walk;
	size_t i, n = 0;
	struct err *e = domains_start(&walk, s->xen, false);

	while (!e) {
		struct domain d;

		e = domains_next(&walk, &d);
		if (!e && walk.done)
			break;
		if (!e) {
			all++;
			count[domain_type(&d)]++;
		} else if (err_reason(e) != ERR_INTERRUPTED) {
			lost++;
			err_free(e);
			e = NULL;
		}
	}
	if (e) {
		out_none(o);
		err_free(e);
		return;
	}
	for (i = 0; i <= DOMAIN_COW; i++)
		if (count[i])
			n += snprintf(kinds + n, sizeof(kinds) - n, "%s%u %s",
				      n ? ", " : "", count[i], domain_type_name(i));
	out_fmt(o, "%u (%s)%s", all, kinds, lost ? ", some unreadable" : "");
}

static void cells_host(struct session *s, struct out *o)
{
	struct sys sys = { .cpus_present = s->xen->nr_cpus };

	err_free(sys_read(s->xen, &sys));
	out_dec(o, sys.cpus_present);
	cell_domains(s, o);
	if (sys.total_pages.state == VALUE_OK)
		out_fmt(o, "%" PRIu64 " MiB", sys.total_pages.u >> 8);
	else
		cell_missing(o, &sys.total_pages);
}

static void cell_proof(struct session *s, struct out *o)
{
	if (!s->image_proof)
		out_none(o);
	else if (s->types_from)
		out_fmt(o, "%s; %s", s->image_proof, s->types_from);
	else
		out_str(o, s->image_proof);
}

static struct err *run_overview(struct session *s, struct out *o, int argc,
				char **argv)
{
	const struct xen_identity *id = &s->xen->id;
	char build_id[2 * BUILD_ID_MAX + 1];
	struct verdict *v = malloc(sizeof(*v));
	const char *dom0;
	struct err *e;

	(void)argc;
	(void)argv;
	if (!v)
		return err_nomem();
	e = verdict_read(s->xen, v);
	if (!e && !s->brief)
		e = verdict_troubles(s->xen, v);
	if (e) {
		free(v);
		return e;
	}
	out_card(o, "xen", columns, N(columns));
	out_fmt(o, "%u.%u%s%s", id->major, id->minor, id->extra, debug_text(s->xen));
	cell_text(o, build_id_text(id->build_id, id->build_id_len, build_id,
				   sizeof(build_id)));
	cell_text(o, s->xen->image ? s->xen->image->path : "");
	cell_proof(s, o);
	cell_text(o, dump_text(s->xen));
	out_str(o, v->text);
	cells_host(s, o);
	dom0 = s->front->dom0_state ? s->front->dom0_state(s) : NULL;
	cell_text(o, dom0 ? dom0 : "");
	out_end(o);
	show_statements(o, v);
	free(v);
	if (s->image_search)
		out_note(o, "%s", s->image_search);
	return NULL;
}

static const char *const help[] = {
	"  Shows the Xen hypervisor under this dom0. Alone: who it is, which image its",
	"  symbols and types are from and how that was proved, why it died, and counts.",
	"  \"xen COMMAND\" runs one of the commands below; \"help xen-COMMAND\" tells more.",
	"  Every command takes -j for JSON. Addresses are hexadecimal without 0x, ids",
	"  are decimal. crash's own rd, struct, p, dis, list and gdb work on addresses",
	"  of the hypervisor too.",
	"",
	"  The verdict is made of statements, each with what it rests on: the console's",
	"  last words, the traces of pcpus, crash notes, variables. Where two of them",
	"  disagree, or one is missing, the statement says that it is not sure. \"for\" is",
	"  the vcpu that was scheduled on the pcpu that died. What other pcpus waited for",
	"  stands out, and so do a deadlock, a grace period of RCU that cannot end, a heap",
	"  that is exhausted, a domain that cannot die, leaked grants, and what the",
	"  schedulers' queues contradict; the banner of a session leaves these out.",
	"",
	"    files load unload start       images, the session",
	"    log sys                       the host",
	"    doms dom vcpus vcpu           domains",
	"    pcpus pcpu bt regs            physical cpus, traces, registers",
	"    vtop m2p                      translations",
	"    sym struct rd dis p list      raw access",
	"    log decode                    the console, and what its addresses are",
	"",
	"EXAMPLE",
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
	.run_words = run_overview,
	.synopsis = "[-j] [COMMAND [ARGUMENTS]]",
	.help = help,
};

void session_banner(struct session *s, FILE *fp)
{
	if (!s->xen) {
		fprintf(fp, "xen: %s\n", s->why_no_xen);
		return;
	}
	s->brief = true;
	command_run(s, 0, NULL, fp);
	s->brief = false;
}
