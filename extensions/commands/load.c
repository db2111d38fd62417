/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "extensions/support/command.h"
#include "extensions/support/profiles.h"

static struct err *run_load(struct session *s, struct out *o, int argc,
			    char **argv)
{
	bool force = false, profile = false;
	int c;

	while ((c = getopt(argc, argv, "fl")) != -1) {
		if (c != 'f' && c != 'l')
			return command_usage("unknown option");
		force |= c == 'f';
		profile |= c == 'l';
	}
	if (argc - optind > 1 || (profile && (force || optind == argc)))
		return command_usage("load takes one file");
	if (profile)
		ERR_TRY(profiles_load(s, argv[optind]));
	else
		ERR_TRY(session_load(s, optind < argc ? argv[optind] : NULL, force));
	out_lines(o, "load");
	if (s->xen->image)
		out_line(o, "%s: %s", s->xen->image->path,
			 s->image_proof ? s->image_proof : "");
	if (s->types_from)
		out_line(o, "%s", s->types_from);
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
	"    -l   take the types from this layout profile, if it passes its checks",
	"",
	"  An image without DWARF, and a hypervisor without any image, get the types of",
	"  their structures from a layout profile: a small text with the members that the",
	"  commands need, written by scripts/xen-layout from a build that has DWARF. Those",
	"  that come with xen.so are tried from the nearest on (version, debug=y, .config).",
	"  One is taken only after the dump itself has shown that it is right: what Xen's",
	"  notes say of sizes and offsets, ids, back pointers, the ends of lists. A heading",
	"  with ~ behind it is of a member that no check could prove. XEN_LAYOUTS in the",
	"  environment names another directory of profiles. Commands on any type (struct, p,",
	"  list, locks) need DWARF.",
	"",
	"EXAMPLE",
	"    crash> xen load /boot/xen-syms-4.17.5",
	"    xen load: /boot/xen-syms-4.17.5: build-id in memory is ea92b67a6c..., in",
	"    /boot/xen-syms-4.17.5 is 3fd0262d30...; \"load -f\" takes it all the same",
	NULL
};

const struct command command_load = {
	.live = true,
	.needs = NEEDS_XEN,
	.run_words = run_load,
	.synopsis = "[-f] [FILE] | -l PROFILE",
	.help = help_load,
};

static const char *const help_unload[] = {
	"  Forgets the image: no symbols, no types, gdb's tables included.",
	NULL
};

const struct command command_unload = {
	.live = true,
	.needs = NEEDS_XEN,
	.run_words = run_unload,
	.synopsis = "",
	.help = help_unload,
};
