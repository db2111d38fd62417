/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "extensions/support/command.h"
#include "extensions/support/profiles.h"

static struct err *load(struct session *s, const char *path, bool force)
{
	struct err *e = session_load(s, path, force), *hint;

	if (!e || !path || force || (err_reason(e) != ERR_MISMATCH &&
				     err_reason(e) != ERR_REFUSED))
		return e;
	hint = err_new(err_reason(e), "%s; use \"load -f\" to load it anyway",
		       err_text(e));
	err_free(e);
	return hint;
}

static struct err *run_load(struct session *s, struct out *o,
			    const struct args *a)
{
	const char *profile = args_text(a, "l");

	if (profile && a->nr_words)
		return command_usage("unexpected argument \"%s\"", a->word[0]);
	if (profile)
		ERR_TRY(profiles_load(s, profile));
	else
		ERR_TRY(load(s, a->word[0], args_has(a, "f")));
	out_lines(o, "load");
	if (s->xen->image)
		out_line(o, "%s: %s", s->xen->image->path,
			 s->image_proof ? s->image_proof : "");
	if (s->types_from)
		out_line(o, "%s", s->types_from);
	out_end(o);
	return NULL;
}

static const struct option_spec options[] = {
	{ "f", .group = 1,
	  .help = "accept an image of another build; a warning remains visible, and values are marked with ~" },
	{ "l", OPTION_TEXT, .group = 1, .value = "PROFILE",
	  .help = "read types from this layout profile, if it passes its checks" },
	{ .name = NULL }
};

static const char *const description[] = {
	"  Reads the hypervisor's symbols and types from FILE, a xen-syms, plain or",
	"  compressed, or without FILE from the best image found (\"xen files\"). An",
	"  image that is not the build in memory is refused with the reason.",
	"",
	"  Without DWARF types are read from a layout profile: a text with the members",
	"  that the commands use, written by scripts/xen-layout from a build that has",
	"  DWARF. The profiles installed with xen.so are tried from the nearest on",
	"  (version, debug=y, .config), and one is accepted only if the dump passes its",
	"  checks: sizes and offsets in Xen's notes, ids, back pointers, ends of lists.",
	"  A heading that ends with ~ marks a member that no check proved. XEN_LAYOUTS",
	"  in the environment is another directory of profiles. Commands on any type",
	"  (struct, p, list, locks) require DWARF.",
	NULL
};

static const char *const example[] = {
	"    crash> xen load /boot/xen-syms-4.17.5",
	"    xen load: /boot/xen-syms-4.17.5: build-id in memory is ea92b67a6c..., in",
	"    /boot/xen-syms-4.17.5 is 3fd0262d30...; use \"load -f\" to load it anyway",
	NULL
};

const struct command command_load = {
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_load,
	.args = { .options = options, .words = { "[FILE]", .max = 1 } },
	.description = description,
	.example = example,
};
