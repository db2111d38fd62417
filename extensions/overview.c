/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../xen/model/console.h"
#include "../xen/model/domain.h"
#include "../xen/model/sys.h"
#include "../xen/model/verdict.h"
#include "cells.h"
#include "command.h"

static const struct column columns[] = {
	{ .key = "version", .title = "XEN" },
	{ .key = "build_id", .title = "BUILD-ID" },
	{ .key = "image", .title = "IMAGE" },
	{ .key = "proof", .title = "PROOF" },
	{ .key = "verdict", .title = "VERDICT" },
	{ .key = "evidence", .title = "EVIDENCE" },
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

static void cell_verdict(struct session *s, struct out *o)
{
	struct verdict v;
	char *text;
	size_t len;
	struct err *e = console_read(s->xen, &text, &len);

	if (e) {
		out_none(o);
		out_none(o);
		out_note(o, "no verdict: %s", err_text(e));
		err_free(e);
		return;
	}
	verdict_from_console(text, &v);
	free(text);
	if (v.pcpu >= 0)
		out_fmt(o, "%s, on pcpu %d", v.text, v.pcpu);
	else
		out_str(o, v.text);
	cell_text(o, v.evidence);
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
		if (!e && !d.va)
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
	struct sys sys = { .cpus_present = 0 };

	if (s->xen->symbols)
		err_free(sys_read(s->xen, &sys));
	out_dec(o, s->xen->symbols ? sys.cpus_present : s->xen->nr_cpus);
	cell_domains(s, o);
	if (sys.total_pages.state == VALUE_OK)
		out_fmt(o, "%" PRIu64 " MiB", sys.total_pages.u >> 8);
	else
		cell_missing(o, &sys.total_pages);
}

static struct err *run_overview(struct session *s, struct out *o, int argc,
				char **argv)
{
	const struct xen_identity *id = &s->xen->id;
	char build_id[2 * BUILD_ID_MAX + 1];
	const char *dom0;

	(void)argc;
	(void)argv;
	out_card(o, "xen", columns, sizeof(columns) / sizeof(columns[0]));
	out_fmt(o, "%u.%u%s%s", id->major, id->minor, id->extra, debug_text(s->xen));
	cell_text(o, build_id_text(id->build_id, id->build_id_len, build_id,
				   sizeof(build_id)));
	cell_text(o, s->xen->image ? s->xen->image->path : "");
	cell_text(o, s->image_proof ? s->image_proof : "");
	cell_verdict(s, o);
	cells_host(s, o);
	dom0 = s->host->dom0_state ? s->host->dom0_state(s) : NULL;
	cell_text(o, dom0 ? dom0 : "");
	out_end(o);
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
	"    files load unload start       images, the session",
	"    log sys                       the host",
	"    doms dom vcpus vcpu           domains",
	"    pcpus pcpu                    physical cpus",
	"    vtop m2p                      translations",
	"    sym struct rd dis p list      raw access",
	NULL
};

const struct command command_overview = {
	.name = "xen",
	.needs = NEEDS_XEN,
	.run = run_overview,
	.summary = "the Xen hypervisor under this dom0",
	.synopsis = "[-j] [COMMAND [ARGUMENTS]]",
	.help = help,
};

void session_banner(struct session *s, FILE *fp)
{
	if (!s->xen) {
		fprintf(fp, "xen: %s\n", s->why_no_xen);
		return;
	}
	command_run(s, 0, NULL, fp);
}
