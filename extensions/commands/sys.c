/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/host/sys.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"

#define NS 1000000000ULL

static void cell_uptime(struct out *o, const struct value *v)
{
	uint64_t s = value_of(v) / NS;

	if (!value_ok(v))
		cell_missing(o, v);
	else
		out_fmt(o, "%" PRIu64 " days, %02u:%02u:%02u", s / 86400,
			(unsigned int)(s / 3600 % 24), (unsigned int)(s / 60 % 60),
			(unsigned int)(s % 60));
}

static void cell_date(struct out *o, const struct value *v)
{
	time_t t = value_of(v);
	struct tm tm;
	char text[64];

	if (!value_ok(v) || !gmtime_r(&t, &tm) ||
	    !strftime(text, sizeof(text), "%F %T UTC", &tm))
		cell_missing(o, v);
	else
		out_str(o, text);
}

static void cell_pages(struct out *o, const struct value *v)
{
	if (!value_ok(v))
		cell_missing(o, v);
	else
		out_fmt(o, "%" PRIu64 " MiB (%" PRIu64 " pages)", value_of(v) >> 8, value_of(v));
}

/* The same in JSON */
static void cell_seconds_up(struct out *o, const struct value *v)
{
	if (value_ok(v))
		out_dec(o, value_of(v) / NS);
	else
		cell_missing(o, v);
}

static const struct column columns[] = {
	{ .key = "version", .title = "XEN", .help = "version of the hypervisor" },
	{ .key = "build_id", .title = "BUILD-ID", .help = "its build-id, hexadecimal" },
	{ .key = "changeset", .title = "CHANGESET",
	  .help = "source revision of the build" },
	{ .key = "compiler", .title = "COMPILER", .help = "compiler that built it" },
	{ .key = "compile_date", .title = "COMPILED", .help = "date of the build" },
	{ .key = "command_line", .title = "COMMAND LINE",
	  .help = "options passed to Xen by the boot loader" },
	{ .key = "capabilities", .title = "CAPABILITIES",
	  .help = "guest ABIs supported (xen_caps of \"xl info\")" },
	{ .key = "scheduler", .title = "SCHEDULER",
	  .help = "scheduler of the default cpupool" },
	{ .key = "date", .title = "DATE",
	  .help = "wall clock at UPTIME, UTC" },
	{ .key = "uptime",
	  .help = "latest time in the dump since Xen's start, in s; the host stopped then or later" },
	{ .title = "UPTIME",
	  .help = "latest time in the dump since Xen's start; the host stopped then or later" },
	{ .key = "pcpus", .title = "PCPUS", .help = "number of pcpus present" },
	{ .key = "cpu_khz", .title = "CPU KHZ",
	  .help = "frequency of the time stamp counter, in kHz" },
	{ .key = "memory", .title = "MEMORY",
	  .help = "RAM that Xen found (total_pages), in MiB and pages of 4 KiB" },
	{ .key = "free", .title = "FREE",
	  .help = "free memory of the heap (total_avail_pages), in MiB and pages" },
	{ .key = "max_page", .title = "MAX MFN",
	  .help = "mfn after the last frame of RAM, hexadecimal" },
	{ .key = "tainted", .title = "TAINTED",
	  .help = "bits of TAINT_ (xen/lib.h), hexadecimal; 0: not tainted" },
	{ .key = "xen_phys_start", .title = "PHYS START",
	  .help = "machine address of Xen's image" },
	{ .key = "xen_virt_start", .title = "VIRT START",
	  .help = "virtual address of Xen's image" },
};

static struct err *run_sys(struct session *s, struct out *o,
			   const struct args *a)
{
	const struct xen_identity *id = &s->xen->id;
	const struct space_params *space = space_params(s->xen->space);
	char build_id[2 * BUILD_ID_MAX + 1];
	struct sys sys = { .cpus_present = 0 };
	struct err *e;

	(void)a;
	e = sys_read(s->xen, &sys);
	if (e && err_reason(e) != ERR_NO_SYMBOL)
		return e;
	if (e)
		out_note(o, "most values require symbols; load a xen-syms by \"xen load FILE\"");
	err_free(e);
	out_card(o, "sys", columns, ARRAY_SIZE(columns));
	out_fmt(o, "%u.%u%s", id->major, id->minor, id->extra);
	cell_text(o, build_id_text(id->build_id, id->build_id_len, build_id,
				   sizeof(build_id)));
	cell_text(o, id->changeset);
	cell_text(o, id->compiler);
	cell_text(o, id->compile_date);
	cell_text(o, sys.command_line);
	cell_text(o, sys.capabilities);
	cell_text_at(o, &sys.scheduler_va, sys.scheduler);
	cell_scope(o, &sys.wall_clock, cell_date);
	cell_scope(o, &sys.uptime, cell_seconds_up);
	cell_scope(o, &sys.uptime, cell_uptime);
	cell_positive(o, sys.cpus_present);
	cell_dec(o, &sys.cpu_khz);
	cell_scope(o, &sys.total_pages, cell_pages);
	cell_scope(o, &sys.free_pages, cell_pages);
	cell_hex(o, &sys.max_page);
	cell_hex(o, &sys.tainted);
	out_hex(o, space->phys_start);
	out_hex(o, space->virt_start);
	out_end(o);
	return NULL;
}

static const struct column_table tables[] = {
	COLUMNS("sys", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the hypervisor and the host as a whole. DATE and UPTIME are those of",
	"  the latest time in the dump: of the last calibration of the clocks, at most",
	"  a second before the dump was made, or of a vcpu's last change of its state.",
	NULL
};

static const char *const example[] = {
	"    crash> xen sys",
	"             XEN: 4.20.5-pre",
	"        BUILD-ID: 576c0736b3e38388c5afe9aaccc43a18d514e88e",
	"       CHANGESET: -",
	"        COMPILER: x86_64-linux-gnu-gcc (Debian 14.2.0-19) 14.2.0",
	"        COMPILED: Tue Nov  3 20:11:50 UTC 2026",
	"    COMMAND LINE: com1=115200,8n1 console=com1 loglvl=all dom0_mem=256M,max:256M",
	"    CAPABILITIES: xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64",
	"       SCHEDULER: SMP Credit Scheduler rev2",
	"            DATE: 2026-11-28 19:31:08 UTC",
	"          UPTIME: 0 days, 00:09:02",
	"           PCPUS: 2",
	"         CPU KHZ: 2096006",
	"          MEMORY: 639 MiB (163705 pages)",
	"            FREE: 83 MiB (21370 pages)",
	"         MAX MFN: 27fda",
	"         TAINTED: 0",
	"      PHYS START: 27800000",
	"      VIRT START: ffff82d040000000",
	NULL
};

const struct command command_sys = {
	.live = true,
	.live_unknown = "values that no hypercall returns: uptime, taint",
	.needs = NEEDS_XEN,
	.run = run_sys,
	.tables = tables,
	.description = description,
	.example = example,
};
