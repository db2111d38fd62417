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
	uint64_t s = v->u / NS;

	if (v->state != VALUE_OK)
		cell_missing(o, v);
	else
		out_fmt(o, "%" PRIu64 " days, %02u:%02u:%02u", s / 86400,
			(unsigned int)(s / 3600 % 24), (unsigned int)(s / 60 % 60),
			(unsigned int)(s % 60));
}

static void cell_date(struct out *o, const struct value *v)
{
	time_t t = v->u;
	struct tm tm;
	char text[64];

	if (v->state != VALUE_OK || !gmtime_r(&t, &tm) ||
	    !strftime(text, sizeof(text), "%F %T UTC", &tm))
		cell_missing(o, v);
	else
		out_str(o, text);
}

static void cell_pages(struct out *o, const struct value *v)
{
	if (v->state != VALUE_OK)
		cell_missing(o, v);
	else
		out_fmt(o, "%" PRIu64 " MiB (%" PRIu64 " pages)", v->u >> 8, v->u);
}

static const struct column columns[] = {
	{ .key = "version", .title = "XEN" },
	{ .key = "build_id", .title = "BUILD-ID" },
	{ .key = "changeset", .title = "CHANGESET" },
	{ .key = "compiler", .title = "COMPILER" },
	{ .key = "compile_date", .title = "COMPILED" },
	{ .key = "command_line", .title = "COMMAND LINE" },
	{ .key = "capabilities", .title = "CAPABILITIES" },
	{ .key = "scheduler", .title = "SCHEDULER" },
	{ .key = "date", .title = "DATE" },
	{ .key = "uptime", .title = "UPTIME" },
	{ .key = "pcpus", .title = "PCPUS" },
	{ .key = "cpu_khz", .title = "CPU KHZ" },
	{ .key = "memory", .title = "MEMORY" },
	{ .key = "free", .title = "FREE" },
	{ .key = "max_page", .title = "MAX MFN" },
	{ .key = "tainted", .title = "TAINTED" },
	{ .key = "xen_phys_start", .title = "XEN PHYS START" },
	{ .key = "xen_virt_start", .title = "XEN VIRT START" },
};

static struct err *run_sys(struct session *s, struct out *o, int argc,
			   char **argv)
{
	const struct xen_identity *id = &s->xen->id;
	const struct space_params *space = space_params(s->xen->space);
	char build_id[2 * BUILD_ID_MAX + 1];
	struct sys sys = { .cpus_present = 0 };
	struct err *e;

	(void)argv;
	if (argc > 1)
		return command_usage("sys takes no arguments");
	e = sys_read(s->xen, &sys);
	if (e && err_reason(e) != ERR_NO_SYMBOL)
		return e;
	if (e)
		out_note(o, "no symbols are loaded: \"xen load FILE\" tells more");
	err_free(e);
	out_card(o, "sys", columns, sizeof(columns) / sizeof(columns[0]));
	out_fmt(o, "%u.%u%s", id->major, id->minor, id->extra);
	cell_text(o, build_id_text(id->build_id, id->build_id_len, build_id,
				   sizeof(build_id)));
	cell_text(o, id->changeset);
	cell_text(o, id->compiler);
	cell_text(o, id->compile_date);
	cell_text(o, sys.command_line);
	cell_text(o, sys.capabilities);
	cell_text(o, sys.scheduler);
	cell_date(o, &sys.wall_clock);
	cell_uptime(o, &sys.uptime);
	out_dec(o, sys.cpus_present);
	cell_dec(o, &sys.cpu_khz);
	cell_pages(o, &sys.total_pages);
	cell_pages(o, &sys.free_pages);
	cell_hex(o, &sys.max_page);
	cell_hex(o, &sys.tainted);
	out_hex(o, space->phys_start);
	out_hex(o, space->virt_start);
	out_end(o);
	return NULL;
}

static const char *const help[] = {
	"  Shows the host as the hypervisor knows it. UPTIME and DATE are those of the",
	"  last clock calibration, at most a second before the end.",
	NULL
};

const struct command command_sys = {
	.live = true,
	.live_unknown = "what Xen keeps in its memory: its uptime, what it is tainted by",
	.needs = NEEDS_XEN,
	.run_words = run_sys,
	.synopsis = "[-j]",
	.help = help,
};
