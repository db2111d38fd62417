/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/guest/guest.h"

#include <inttypes.h>
#include <stdlib.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/guests.h"

static const struct column columns[] = {
	{ .key = "domid", .title = "DOMID", .help = "id of the domain" },
	{ .key = "type", .title = "TYPE", .help = "type of the domain" },
	{ .key = "os", .title = "OS",
	  .help = "operating system: Linux, Windows, FreeBSD, NetBSD, Mini-OS, Solo5, hvmloader; - if unknown" },
	{ .key = "release", .title = "RELEASE", .help = "its release, as uname -r prints it" },
	{ .key = "build_id", .title = "BUILD-ID", .help = "build-id of its vmlinux, hexadecimal" },
	{ .key = "kaslr", .title = "KASLR",
	  .help = "offset of the kernel's addresses from those in its vmlinux, hexadecimal" },
	{ .key = "phys_base", .title = "PHYS BASE",
	  .help = "offset of the kernel in guest physical memory from its linked address, decimal bytes (crash: -m phys_base=)" },
	{ .key = "levels", .title = "LEVELS", .help = "number of levels of its page tables" },
	{ .key = "hostname", .title = "HOSTNAME", .help = "its host name, as uname -n prints it" },
	{ .key = "version", .help = "its version, as uname -v prints it" },
	{ .key = "evidence", .title = "MFN", .help = "frame with the VMCOREINFO note or the text; on a running host of an HVM or PVH guest its gfn" },
	{ .key = "found", .title = "FOUND BY", .help = "evidence for the system, or why it is unknown" },
};

static void row(struct out *o, const struct guest *g)
{
	out_dec(o, value_of(&g->domain.domain_id));
	out_str(o, domain_type_name(domain_type(&g->domain)));
	if (g->os == GUEST_UNKNOWN)
		out_none(o);
	else
		out_str(o, guest_os_name(g->os));
	cell_text(o, g->release);
	cell_text(o, g->build_id);
	if (g->has_kaslr)
		out_hex(o, g->kaslr);
	else
		out_none(o);
	if (g->has_phys_base)
		out_sdec(o, g->phys_base);
	else
		out_none(o);
	if (g->levels)
		out_dec(o, g->levels);
	else
		out_none(o);
	cell_text(o, g->hostname);
	cell_text(o, g->version);
	if (g->evidence)
		out_hex(o, g->evidence);
	else
		out_none(o);
	out_str(o, g->how);
}

/* Returns the domains of the arguments; all of them without arguments. */
struct wanted {
	struct domain *domain;
	unsigned int nr;
};

static struct err *add_domain(struct session *s, struct out *o,
			      const struct domain *d, void *arg)
{
	struct wanted *w = arg;

	(void)s;
	(void)o;
	if (!ARRAY_GROW(w->domain, w->nr))
		return err_nomem();
	w->domain[w->nr++] = *d;
	return NULL;
}

static struct err *wanted_domains(struct session *s, struct out *o,
				  const struct args *a, struct wanted *w)
{
	struct domain_filter all = { 0 };
	unsigned int at = 0;
	const char *text;
	struct domain d;

	if (!args_has(a, "d"))
		return domains_show(s, o, &all, false, add_domain, w);
	while ((text = args_next(a, "d", &at))) {
		ERR_TRY(domain_argument(s, text, &d));
		ERR_TRY(add_domain(s, o, &d, w));
	}
	return NULL;
}

static void show_info(struct out *o, const struct guest *g)
{
	const char *line = g->info->text;

	out_lines(o, "vmcoreinfo");
	while (*line && !interrupt_pending) {
		const char *end = strchrnul(line, '\n');

		out_line(o, "%.*s", (int)(end - line), line);
		line = *end ? end + 1 : end;
	}
	out_end(o);
}

static struct err *show(struct session *s, struct out *o, const struct args *a,
			const struct wanted *w)
{
	bool info = args_has(a, "i");

	if (!info)
		out_list(o, "guests", columns, ARRAY_SIZE(columns));
	for (unsigned int i = 0; i < w->nr; i++) {
		const struct guest *g = guest_known(s->xen, &w->domain[i]);

		if (g && !info)
			row(o, g);
		else if (g && g->info)
			show_info(o, g);
		else if (g)
			out_error(o, err_new(ERR_NOT_FOUND, "domain %" PRIu64
					     ": no Linux kernel with VMCOREINFO (%s)",
					     value_of(&g->domain.domain_id), g->how));
	}
	if (!info)
		out_end(o);
	return interrupt_check();
}

static struct err *run_guest(struct session *s, struct out *o,
			     const struct args *a)
{
	struct wanted w = { 0 };
	struct err *e = wanted_domains(s, o, a, &w);

	if (!e)
		e = guests_find(s, w.domain, w.nr);
	if (!e)
		e = show(s, o, a, &w);
	free(w.domain);
	return e;
}

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .value = "DOMID", .many = true, .word = true,
	  .help = "only this domain (3, d3, a name)" },
	{ "i", .help = "print the kernel's VMCOREINFO, with addresses and offsets of its structures" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("guests", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the operating system of each domain, or of DOMID (3, d3, a name), dom0",
	"  included. A Linux kernel is recognised by its VMCOREINFO note, which every",
	"  kernel with CONFIG_VMCORE_INFO (CONFIG_CRASH_CORE, CONFIG_KEXEC before) has",
	"  in memory; it is looked for in the frames that the domain owns and confirmed",
	"  by the kernel's own uts name, through its page tables. Windows is recognised",
	"  by the id that it gives to Xen, other systems by a text in their memory. The",
	"  first call reads all frames of the domains; the result is kept. On a running",
	"  host guests are read by hypercalls, at each call; dom0 is not.",
	NULL
};

static const char *const example[] = {
	"    crash> xen guest",
	"    DOMID  TYPE  OS     RELEASE               BUILD-ID                                  KASLR  PHYS BASE  LEVELS  HOSTNAME    MFN  FOUND BY",
	"        0  PV    Linux  6.12.117+deb13-amd64  b1d7a9114053a488ef493f85f85e9fc75ba9f632      0          0       4  (none)    14f14  VMCOREINFO, confirmed by init_uts_ns",
	"        2  PVH   Linux  6.12.117+deb13-amd64  b1d7a9114053a488ef493f85f85e9fc75ba9f632      0          0       4  (none)     a1a8  VMCOREINFO, confirmed by init_uts_ns",
	NULL
};

const struct command command_guest = {
	.live = true,
	.needs = NEEDS_RECORDS,
	.run = run_guest,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
