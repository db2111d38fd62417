/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../xen/model/console.h"

#include <stdlib.h>

#include "command.h"
#include "text.h"

static struct err *run_log(struct session *s, struct out *o, int argc,
			   char **argv)
{
	struct text text;
	char *ring;
	size_t len;

	(void)argv;
	if (argc > 1)
		return command_usage("log takes no arguments");
	ERR_TRY(console_read(s->xen, &ring, &len));
	ERR_TRY(text_begin(&text));
	fwrite(ring, 1, len, text.fp);
	free(ring);
	text_show(&text, o, "log");
	return interrupt_check();
}

static const char *const help[] = {
	"  Shows the hypervisor's console ring, oldest line first: what \"xl dmesg\"",
	"  printed while the host ran, and what Xen said when it died.",
	"  Its size is conring_size= on Xen's command line.",
	"",
	"EXAMPLE",
	"    crash> xen log | tail -2",
	"    (XEN) 'C' pressed -> triggering crashdump",
	"    (XEN) Executing kexec image on cpu1",
	NULL
};

const struct command command_log = {
	.name = "log",
	.live = true,
	.needs = NEEDS_SYMBOLS,
	.run = run_log,
	.summary = "the hypervisor's console ring",
	.synopsis = "[-j]",
	.help = help,
};
