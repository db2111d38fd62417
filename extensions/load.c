/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "command.h"

static struct err *run_load(struct session *s, struct out *o, int argc,
			    char **argv)
{
	bool force = false;
	int c;

	while ((c = getopt(argc, argv, "f")) != -1) {
		if (c != 'f')
			return command_usage("unknown option");
		force = true;
	}
	if (argc - optind > 1)
		return command_usage("load takes one file");
	ERR_TRY(session_load(s, optind < argc ? argv[optind] : NULL, force));
	out_lines(o, "load");
	if (s->xen->image)
		out_line(o, "%s: %s", s->xen->image->path,
			 s->image_proof ? s->image_proof : "");
	out_end(o);
	return NULL;
}

static struct err *run_unload(struct session *s, struct out *o, int argc,
			      char **argv)
{
	(void)o;
	(void)argv;
	if (argc > 1)
		return command_usage("unload takes no arguments");
	return session_unload(s);
}

static const char *const help_load[] = {
	"  Takes the hypervisor's symbols and types from FILE, a xen-syms, plain or",
	"  compressed, or from the best image that is found when no FILE is given.",
	"  An image that is not the build in memory is refused with the reason.",
	"    -f   take it all the same; a warning stays visible",
	"",
	"EXAMPLE",
	"    crash> xen load /boot/xen-syms-4.17.5",
	"    xen load: /boot/xen-syms-4.17.5: build-id in memory is ea92b67a6c..., in",
	"    /boot/xen-syms-4.17.5 is 3fd0262d30...; \"load -f\" takes it all the same",
	NULL
};

const struct command command_load = {
	.name = "load",
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_load,
	.summary = "take symbols and types from an image",
	.synopsis = "[-f] [FILE]",
	.help = help_load,
};

static const char *const help_unload[] = {
	"  Forgets the image: no symbols, no types, gdb's tables included.",
	NULL
};

const struct command command_unload = {
	.name = "unload",
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_unload,
	.summary = "forget the image",
	.synopsis = "",
	.help = help_unload,
};
