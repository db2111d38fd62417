/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/guest/guest_core.h"

#include <inttypes.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "extensions/support/progress.h"
#include "xen/model/host/xen_core.h"

static const struct column columns[] = {
	{ .key = "file", .title = "FILE", .help = "the core" },
	{ .key = "domid", .title = "DOMID", .help = "id of the domain" },
	{ .key = "type", .title = "TYPE", .help = "type of the domain" },
	{ .key = "pages", .title = "PAGES", .help = "pages of the domain's memory, 4 KiB each" },
	{ .key = "unreadable", .title = "UNREADABLE",
	  .help = "pages of these that are not in the dump: zeros in an ELF core, absent with -z" },
	{ .key = "vcpus", .title = "VCPUS", .help = "vcpus, whose registers are in the core" },
	{ .key = "tables", .title = "TABLES",
	  .help = "page tables of a PV guest that were rewritten to its own frames; - for others" },
	{ .key = "cleared", .title = "CLEARED",
	  .help = "entries in them that map frames of other domains or of Xen, set to 0; - for others" },
	{ .key = "vmcoreinfo", .title = "VMCOREINFO", .help = "the core has the kernel's VMCOREINFO" },
	{ .key = "release", .title = "RELEASE", .help = "the Linux kernel in it; - for other systems" },
	{ .key = "build_id", .title = "BUILD-ID",
	  .help = "build-id of the vmlinux that opens the core, hexadecimal" },
};

static const struct column xen_columns[] = {
	{ .key = "file", .title = "FILE", .help = "the core" },
	{ .key = "frames", .title = "FRAMES", .help = "frames of 4 KiB in the core" },
	{ .key = "dom0", .title = "DOM0", .help = "of these, frames of dom0, with -X" },
	{ .key = "unreadable", .title = "UNREADABLE",
	  .help = "frames to be kept that are not in the dump: those of the crash kernel, holes of the memory map" },
	{ .key = "domains", .title = "DOMAINS", .help = "frames left out that domains own" },
	{ .key = "free", .title = "FREE", .help = "frames left out that are free" },
	{ .key = "others", .title = "OTHERS",
	  .help = "frames left out of other kinds: offline frames, shadow page tables, frames without an entry" },
};

static struct err *extract_xen(struct session *s, struct out *o, const struct args *a)
{
	unsigned int flags = (args_has(a, "X") ? XEN_CORE_DOM0 : 0) |
			     (args_has(a, "z") ? XEN_CORE_COMPRESSED : 0);
	const char *path = a->word[0];
	struct progress p;
	const struct page_progress progress = { progress_step, &p };
	struct xen_core result;
	struct err *e;

	if (!xen_reads_memory(s->xen))
		return err_new(ERR_UNSUPPORTED, "\"-x\" and \"-X\" read the frame table, which is not accessible on a running host; use a dump");
	progress_start(&p, path);
	e = xen_core_write(s->xen, path, flags, &progress, &result);
	progress_end(&p);
	if (e)
		return e;
	out_card(o, "extract", xen_columns, ARRAY_SIZE(xen_columns));
	out_str(o, path);
	out_dec(o, result.kept);
	out_dec(o, result.dom0);
	out_dec(o, result.lost);
	out_dec(o, result.guests);
	out_dec(o, result.free);
	out_dec(o, result.others);
	out_end(o);
	if (args_has(a, "X") && !result.dom0)
		out_note(o, "no page of dom0 is readable: its memory was left out of this dump, and FILE is like that of \"-x\"");
	return NULL;
}

static void show(struct session *s, struct out *o, const char *path,
		 const struct domain *d, const struct guest_core *c)
{
	const struct guest *g = guest_known(s->xen, d);
	bool pv = domain_type(d) == DOMAIN_PV, is_linux = g && g->confirmed;

	out_card(o, "extract", columns, ARRAY_SIZE(columns));
	out_str(o, path);
	out_dec(o, value_of(&d->domain_id));
	out_str(o, domain_type_name(domain_type(d)));
	out_dec(o, c->pages);
	out_dec(o, c->lost);
	out_dec(o, c->vcpus);
	if (pv) {
		out_dec(o, c->tables);
		out_dec(o, c->cleared);
	} else {
		out_none(o);
		out_none(o);
	}
	out_bool(o, c->has_vmcoreinfo);
	cell_text(o, is_linux ? g->release : "");
	cell_text(o, is_linux ? g->build_id : "");
	out_end(o);
}

static void add_notes(struct out *o, const struct domain *d, const struct guest *g,
		      const struct guest_core *c)
{
	if (c->zeros && c->zeros + c->lost == c->pages)
		out_note(o, "all pages have only zeros: this dump leaves the memory of the domain out, or it was never used");
	if (domain_type(d) == DOMAIN_PV && c->has_vmcoreinfo && !c->hidden && !c->empty && !c->xc)
		out_note(o, "xen_start_info was not found and is unchanged: crash interprets the core as that of a PV kernel and does not open it");
	if (!c->has_vmcoreinfo && !c->xc)
		out_note(o, "%s%s: the core has only memory and registers",
			 g && g->info ? "Linux was recognised, but is not used: " : "no Linux kernel was recognised",
			 g && g->info ? g->how : "");
	if (c->lost_vcpus)
		out_note(o, "%u vcpus without registers", c->lost_vcpus);
	if (c->holes)
		out_note(o, "%" PRIu64 " pages outside of the domain's memory are zeros: it has too many gaps for separate segments",
			 c->holes);
	if (c->above)
		out_note(o, "left out: %" PRIu64 " pages from frame %" PRIx64 " on, above the memory of the kernel; without \"-z\" the core has them",
			 c->above, c->end);
	if (c->twice || c->no_gfn)
		out_note(o, "left out: %" PRIu64 " frames whose number another frame has, %" PRIu64 " without a number",
			 c->twice, c->no_gfn);
}

/* Pauses the domain during the write, if requested. */
static struct err *write_core(struct session *s, const struct domain *d,
			      const char *path, bool pause,
			      enum guest_core_form form,
			      const struct page_progress *progress,
			      struct guest_core *ret)
{
	struct err *e, *after;

	if (pause)
		ERR_TRY(domain_pause(s->xen, d));
	e = guest_core_write(s->xen, d, path, form, progress, ret);
	after = pause ? domain_unpause(s->xen, d) : NULL;
	if (!e)
		return after;
	err_free(after);
	return e;
}

static struct err *check_form(const struct args *a, enum guest_core_form *ret)
{
	const char *form = args_text(a, "f");
	bool empty = args_has(a, "n"), packed = args_has(a, "z"), of_domain = args_has(a, "d");

	if (args_has(a, "P") && !of_domain)
		return command_usage("\"-P\" requires \"-d DOMID\"");
	if (empty && (!of_domain || packed))
		return command_usage("\"-n\" requires \"-d DOMID\" and excludes \"-z\"");
	if (form && strcmp(form, "xc_core"))
		return command_usage("unknown format \"%s\"; known: xc_core", form);
	if (form && (!of_domain || packed || empty))
		return command_usage("\"-f\" requires \"-d DOMID\" and excludes \"-n\" and \"-z\"");
	*ret = form ? GUEST_CORE_XC : empty ? GUEST_CORE_EMPTY :
	       packed ? GUEST_CORE_COMPRESSED : GUEST_CORE_ELF;
	return NULL;
}

static struct err *run_extract(struct session *s, struct out *o,
			       const struct args *a)
{
	const char *domid = args_text(a, "d"), *path = a->word[0];
	enum guest_core_form form = GUEST_CORE_ELF;
	struct progress p;
	const struct page_progress progress = { progress_step, &p };
	struct guest_core result;
	struct domain d;
	struct err *e;

	ERR_TRY(check_form(a, &form));
	if (args_has(a, "x") || args_has(a, "X"))
		return extract_xen(s, o, a);
	if (!domid)
		return command_usage("missing \"-d DOMID\", \"-x\" or \"-X\"");
	ERR_TRY(domain_argument(s, domid, &d));
	progress_start(&p, path);
	e = write_core(s, &d, path, args_has(a, "P"), form, &progress, &result);
	progress_end(&p);
	if (e)
		return err_prefix(e, "domain %" PRIu64, value_of(&d.domain_id));
	show(s, o, path, &d, &result);
	add_notes(o, &d, guest_known(s->xen, &d), &result);
	if (xen_is_running(s->xen) && !args_has(a, "P") && !result.empty && !domain_is_shut_down(&d))
		out_note(o, "the domain was running while its memory was read: parts of the core are from different times; -P pauses it");
	return NULL;
}

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .group = 1, .value = "DOMID", .help = "the domain (3, d3, a name), dom0 included" },
	{ "P", .help = "on a running host: pause the domain while it is read" },
	{ "n", .help = "with -d, not -z: only headers and notes, without the memory" },
	{ "f", OPTION_TEXT, .value = "FORMAT", .help = "with -d of a PV guest: xc_core, the format of \"xl dump-core\"" },
	{ "x", .group = 1, .help = "the hypervisor alone, without the memory of domains" },
	{ "X", .group = 1, .help = "the hypervisor and dom0, without the memory of guests" },
	{ "z", .help = "compressed, in makedumpfile's format (kdump, zlib)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("extract of a domain", columns),
	COLUMNS("extract of the hypervisor", xen_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Writes a core of one domain to FILE, which crash opens with the vmlinux of",
	"  that domain (\"xen guest\" shows its build-id), without this extension; from",
	"  a dump of the host, or on a running host (-d only). It is an ELF",
	"  core with the guest's physical addresses, the registers of its vcpus",
	"  and its VMCOREINFO. Pages of zeros are holes. FILE must not exist; it",
	"  appears when it is complete.",
	"",
	"  The page tables of a PV guest contain machine frames. In the core they",
	"  contain the guest's own frames, entries for frames of other domains and of",
	"  Xen are 0, and so is the kernel's variable xen_start_info: a note in the",
	"  core states it.",
	"",
	"  With -f xc_core the memory of a PV guest is unaltered, in the format of",
	"  \"xl dump-core\": by the guest's frames, with the machine frame of each in",
	"  the section .xen_p2m. crash opens it with the same vmlinux. The registers",
	"  in .xen_prstatus are general, segment and control registers and the bases",
	"  of fs and gs; members for traps, descriptors and the FPU are 0.",
	"",
	"  A guest of a running host changes while it is read; with -P it is paused",
	"  for that time, and continues however this command ends. Its memory is read",
	"  by hypercalls; that of a PV guest is found by the P2M that it publishes.",
	"",
	"  With -n the file has everything except the memory, and is small:",
	"  \"xencrash -d\" starts crash on it, and the memory comes from the dump",
	"  (\"help xen-start\").",
	"",
	"  With -x, FILE is a small core of the hypervisor: its image, frame table,",
	"  M2P, heap and page tables, with all notes of the dump and no page that a",
	"  domain owns. It opens like the dump; data in",
	"  memory of domains is \"not in the dump\": event channel",
	"  words, registered vcpu_info, the P2M lists of PV domains, kernels. A note",
	"  in FILE lists the parts left out. If dom0's kernel panicked, another note",
	"  has the message of the panic, up to 199 characters that dom0 printed: the",
	"  verdict and the signature are those of the dump. With -X the pages that",
	"  dom0 owns are included: it opens in a session like the dump, without any",
	"  guest's page.",
	"",
	"  Of a task that was in user mode, plain crash prints the frames of an earlier",
	"  entry into the kernel (\"help -n\" has the true registers), \"xencrash -d\"",
	"  the registers.",
	"",
	"  With -z, FILE has makedumpfile's compressed format, which crash and drgn",
	"  open, and this program; without -z pages of zeros take no space. Pages",
	"  above the memory of a guest's kernel, which Xen and the firmware use, are",
	"  left out with -z: makedumpfile would not read the file.",
	NULL
};

static const char *const example[] = {
	"    crash> xen extract -d 1 pv1.core",
	"            FILE: pv1.core",
	"           DOMID: 1",
	"            TYPE: PV",
	"           PAGES: 24576",
	"      UNREADABLE: 0",
	"           VCPUS: 1",
	"          TABLES: 159",
	"         CLEARED: 2",
	"      VMCOREINFO: yes",
	"         RELEASE: 6.12.117+deb13-amd64",
	"        BUILD-ID: b1d7a9114053a488ef493f85f85e9fc75ba9f632",
	"    $ crash vmlinux pv1.core",
	"",
	"    crash> xen extract -x xen.core",
	"            FILE: xen.core",
	"          FRAMES: 3058",
	"            DOM0: 0",
	"      UNREADABLE: 24672",
	"         DOMAINS: 114702",
	"            FREE: 21370",
	"          OTHERS: 0",
	NULL
};

const struct command command_extract = {
	.live = true,
	.needs = NEEDS_RECORDS,
	.run = run_extract,
	.args = { .options = options, .words = { .synopsis = "FILE", .min = 1, .max = 1 } },
	.tables = tables,
	.description = description,
	.example = example,
};
