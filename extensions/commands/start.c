/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/command.h"

static struct err *run_start(struct session *s, struct out *o, int argc,
			     char **argv)
{
	(void)o;
	(void)argv;
	if (argc > 1)
		return command_usage("start takes no arguments");
	if (!s->front->start)
		return err_new(ERR_UNSUPPORTED, "%s has no dom0 session", s->front->name);
	return s->front->start(s);
}

static const char *const help[] = {
	"  Completes a session of dom0's kernel that was begun with \"crash --minimal\".",
	"  crash 8.0.6 and later exit at once on the dump of a host in which dom0 was not",
	"  the one that panicked; in minimal mode they do not, and from there this does",
	"  what crash left out. Afterwards ps, bt, mod, kmem, mount ... work as ever.",
	"  In a running PV dom0 no crash gets through its start by itself (\"seek error:",
	"  physical address: ffffffffffffffff\", Linux 3.19 and later): there the same",
	"  does, over /proc/kcore. The command xencrash does all of it in one step.",
	"",
	"EXAMPLE",
	"    $ crash --minimal vmlinux vmcore",
	"    crash> extend xen.so",
	"    crash> xen start",
	"",
	"    # crash --minimal vmlinux /proc/kcore",
	"    crash> extend xen.so",
	"    crash> xen start",
	NULL
};

const struct command command_start = {
	.needs = NEEDS_NOTHING,
	.run_words = run_start,
	.synopsis = "",
	.help = help,
};
