/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/command.h"

static struct err *run_unload(struct session *s, struct out *o,
			      const struct args *a)
{
	(void)o;
	(void)a;
	return session_unload(s);
}

static const char *const description[] = {
	"  Removes the image: its symbols and types, also those added to crash's gdb.",
	"  \"xen load\" attaches an image again.",
	NULL
};

const struct command command_unload = {
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_unload,
	.description = description,
};
