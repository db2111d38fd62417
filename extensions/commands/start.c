/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/command.h"

static struct err *run_start(struct session *s, struct out *o,
			     const struct args *a)
{
	const struct start_request request = {
		.domain = args_text(a, "d"), .dump = a->word, .nr_dumps = a->nr_words,
		.pause = args_has(a, "P"),
	};

	(void)o;
	if (a->nr_words && !request.domain)
		return command_usage("VMCORE requires \"-d DOMID\"");
	if (request.pause && (!request.domain || a->nr_words))
		return command_usage("\"-P\" requires \"-d DOMID\" without VMCORE, on a running host");
	if (!s->front->start)
		return err_new(ERR_UNSUPPORTED, "%s has no session of a kernel; use crash",
			       s->front->name);
	return s->front->start(s, &request);
}

static const char *const description[] = {
	"  Completes a session on dom0's kernel that \"crash --minimal\" started.",
	"  It is required in two cases, and \"xencrash\" does both in one step:",
	"  - a dump of a host whose dom0 did not panic: crash 8.0.6 and later exit",
	"    during their start, except in minimal mode;",
	"  - a running PV dom0 with Linux 3.19 or later: crash exits with \"seek error:",
	"    physical address: ffffffffffffffff\", because it reads machine addresses",
	"    without Xen's M2P. Memory is read through /proc/kcore.",
	"  Afterwards ps, bt, mod, kmem, mount and the others work as in any session.",
	"",
	"  With -d the session is on the Linux of a guest, with VMCORE, the dump",
	"  of its host (all files of a split one). crash is started with a core of that",
	"  guest without its memory, which \"xen extract -n\" writes; everything else",
	"  (registers of the vcpus, KASLR) is in that core. Memory is read as in the",
	"  core that \"xen extract\" writes without -n: page tables of a PV guest with",
	"  its own frame numbers. The commands of \"xen\" show the host.",
	"  \"xencrash -d DOMID VMCORE\" does all of this, and finds the vmlinux.",
	"",
	"  With -d and without VMCORE the guest is one of the running host, read by",
	"  hypercalls; in its dom0, \"xencrash -d DOMID\" does all of this. With -P the",
	"  guest is paused until the session ends in any way (quit, a closed",
	"  terminal, kill -9), and then continues: a watchdog process ensures this.",
	"  Without -P it runs: memory is read at each command, tasks and registers",
	"  are those of the start, lists may change while they are read, and crash",
	"  does not look for a task that panicked. A guest that is shut down but kept",
	"  (on_crash=\"preserve\") is read like a paused one.",
	NULL
};

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .value = "DOMID",
	  .help = "the kernel of this domain (3, d3, a name), with the dump of the host" },
	{ "P", .help = "pause the guest of a running host while the session lasts" },
	{ .name = NULL }
};

static const char *const example[] = {
	"    $ crash --minimal vmlinux vmcore",
	"    crash> extend xen.so",
	"    crash> xen start",
	"",
	"    # crash --minimal vmlinux /proc/kcore",
	"    crash> extend xen.so",
	"    crash> xen start",
	"",
	"    $ xenview vmcore extract -n -d 1 d1.core",
	"    $ crash --minimal vmlinux d1.core",
	"    crash> extend xen.so",
	"    crash> xen start -d 1 vmcore",
	NULL
};

const struct command command_start = {
	.needs = NEEDS_NOTHING,
	.run = run_start,
	.args = { .options = options, .words = { .synopsis = "[VMCORE]..." } },
	.description = description,
	.example = example,
};
