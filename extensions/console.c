/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "../xen/model/console.h"
#include "command.h"

static struct err *run_log(struct session *s, struct out *o, int argc,
			   char **argv)
{
	char *text, *line, *rest;
	size_t len, i;

	(void)argv;
	if (argc > 1)
		return command_usage("log takes no arguments");
	ERR_TRY(console_read(s->xen, &text, &len));
	/* Bytes of the ring nobody wrote yet would end the text here. */
	for (i = 0; i < len; i++)
		if (!text[i])
			text[i] = ' ';
	out_lines(o, "log");
	rest = text;
	while (!interrupt_pending && (line = strsep(&rest, "\n")))
		if (rest || *line)
			out_line(o, "%s", line);
	out_end(o);
	free(text);
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
	.needs = NEEDS_SYMBOLS,
	.run = run_log,
	.summary = "the hypervisor's console ring",
	.synopsis = "[-j]",
	.help = help,
};
