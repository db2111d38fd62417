/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/command.h"

static struct err *run_start(struct session *s, struct out *o,
			     const struct args *a)
{
	(void)o;
	(void)a;
	if (!s->front->start)
		return err_new(ERR_UNSUPPORTED, "%s has no dom0 session; use crash",
			       s->front->name);
	return s->front->start(s);
}

static const char *const description[] = {
	"  Completes a session of dom0's kernel that was begun with \"crash --minimal\".",
	"  It is required in two cases, and \"xencrash\" does both in one step:",
	"  - a dump of a host whose dom0 did not panic: crash 8.0.6 and later exit",
	"    while they start, except in minimal mode;",
	"  - a running PV dom0 with Linux 3.19 or later: crash exits with \"seek error:",
	"    physical address: ffffffffffffffff\", because it reads machine addresses",
	"    without Xen's M2P. Memory is read through /proc/kcore.",
	"  Afterwards ps, bt, mod, kmem, mount and the others work as in any session.",
	NULL
};

static const char *const example[] = {
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
	.run = run_start,
	.description = description,
	.example = example,
};
