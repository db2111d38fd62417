/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/dom0/kernel.h"

#include "extensions/support/cells.h"
#include "extensions/support/command.h"

static const struct column columns[] = {
	{ .key = "release", .title = "RELEASE",
	  .help = "release of the kernel, as uname -r prints it" },
	{ .key = "build_id", .title = "BUILD-ID",
	  .help = "build-id of its vmlinux, hexadecimal" },
	{ .key = "banner", .title = "BANNER",
	  .help = "the kernel's linux_banner" },
};

static struct err *run_kernel(struct session *s, struct out *o,
			      const struct args *a)
{
	char build_id[2 * BUILD_ID_MAX + 1];
	struct kernel k;

	(void)a;
	ERR_TRY(kernel_find(s->xen, &k));
	out_card(o, "kernel", columns, ARRAY_SIZE(columns));
	cell_text(o, k.release);
	cell_text(o, build_id_text(k.build_id, k.build_id_len, build_id,
				   sizeof(build_id)));
	cell_text(o, k.banner);
	out_end(o);
	return NULL;
}

static const struct column_table tables[] = {
	COLUMNS("kernel", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the Linux kernel of dom0. It is found in dom0's memory, without a",
	"  vmlinux and without symbols, and identifies the vmlinux required by a dump.",
	NULL
};

static const char *const example[] = {
	"    crash> xen kernel",
	"         RELEASE: 6.12.107+deb13-amd64",
	"        BUILD-ID: 9c54a8e41141472ef75c7d0bef45c721ad398682",
	NULL
};

const struct command command_kernel = {
	.needs = NEEDS_XEN,
	.run = run_kernel,
	.tables = tables,
	.description = description,
	.example = example,
};
