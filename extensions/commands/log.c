/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/host/console.h"

#include <stdlib.h>
#include <unistd.h>

#include "extensions/support/command.h"
#include "extensions/support/text.h"

#define FOLLOW_US	200000

/* What Xen prints from now on, as it comes, until ^C. */
static struct err *follow(struct session *s)
{
	uint32_t index = 0;
	bool first = true;

	for (;;) {
		struct err *e;
		char *text;
		size_t len;

		ERR_TRY(console_read_new(s->xen, &index, &text, &len));
		if (!first)
			fwrite(text, 1, len, s->fp);
		free(text);
		first = false;
		if (fflush(s->fp))
			return NULL;
		usleep(FOLLOW_US);
		e = interrupt_check();
		if (e) {
			err_free(e);
			return NULL;
		}
	}
}

static struct err *run_log(struct session *s, struct out *o, int argc,
			   char **argv)
{
	struct text text;
	char *ring;
	size_t len;

	int c;

	while ((c = getopt(argc, argv, "f")) != -1) {
		if (c != 'f')
			return command_usage("unknown option");
		return follow(s);
	}
	if (optind < argc)
		return command_usage("log takes no %s", argv[optind]);
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
	"    -f   in a running host: what is added from now on, until ^C",
	"",
	"EXAMPLE",
	"    crash> xen log | tail -2",
	"    (XEN) 'C' pressed -> triggering crashdump",
	"    (XEN) Executing kexec image on cpu1",
	NULL
};

const struct command command_log = {
	.live = true,
	.needs = NEEDS_SYMBOLS,
	.run_words = run_log,
	.synopsis = "[-j] [-f]",
	.help = help,
};
