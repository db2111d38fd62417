/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/dom0/kernel.h"

#include "extensions/support/cells.h"
#include "extensions/support/command.h"

static const struct column columns[] = {
	{ .key = "release", .title = "RELEASE" },
	{ .key = "build_id", .title = "BUILD-ID" },
	{ .key = "banner", .title = "BANNER" },
};

static struct err *run_kernel(struct session *s, struct out *o, int argc,
			      char **argv)
{
	char build_id[2 * BUILD_ID_MAX + 1];
	struct kernel k;

	(void)argv;
	if (argc > 1)
		return command_usage("kernel takes no arguments");
	ERR_TRY(kernel_find(s->xen, &k));
	out_card(o, "kernel", columns, sizeof(columns) / sizeof(columns[0]));
	cell_text(o, k.release);
	cell_text(o, build_id_text(k.build_id, k.build_id_len, build_id,
				   sizeof(build_id)));
	cell_text(o, k.banner);
	out_end(o);
	return NULL;
}

static const char *const help[] = {
	"  Shows which Linux dom0 runs, found in its memory without vmlinux or symbols,",
	"  to find the vmlinux that fits a dump.",
	"",
	"EXAMPLE",
	"    crash> xen kernel",
	"         RELEASE: 6.12.107+deb13-amd64",
	"        BUILD-ID: 9c54a8e41141472ef75c7d0bef45c721ad398682",
	NULL
};

const struct command command_kernel = {
	.needs = NEEDS_XEN,
	.run_words = run_kernel,
	.synopsis = "[-j]",
	.help = help,
};
