/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/host/console.h"

#include <stdlib.h>
#include <unistd.h>

#include "extensions/support/command.h"
#include "extensions/support/text.h"

#define FOLLOW_US	200000

/* Prints what Xen adds to the ring from now on, until ^C. */
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
			print_safe_bytes(s->fp, text, len);
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

/* The last nr lines of text: where they begin. A last line may have no end. */
static const char *last_lines(const char *text, size_t len, uint64_t nr)
{
	const char *at = text + len;

	if (at > text && at[-1] == '\n')
		at--;
	while (at > text && (at[-1] != '\n' || --nr))
		at--;
	return at;
}

static struct err *run_log(struct session *s, struct out *o,
			   const struct args *a)
{
	uint64_t nr = args_number(a, "n", 0);
	struct text text;
	const char *from;
	char *ring;
	size_t len;

	if (args_has(a, "f"))
		return follow(s);
	ERR_TRY(console_read(s->xen, &ring, &len));
	ERR_TRY(text_begin(&text));
	from = nr ? last_lines(ring, len, nr) : ring;
	fwrite(from, 1, ring + len - from, text.fp);
	free(ring);
	text_show(&text, o, "log");
	return interrupt_check();
}

static const struct option_spec options[] = {
	{ "f", OPTION_FLAG, .group = 1,
	  .help = "on a running host: print what is added from now on, until ^C" },
	{ "n", OPTION_DECIMAL, .group = 1, .value = "NUMBER",
	  .help = "only the last NUMBER lines; 0: all" },
	{ .name = NULL }
};

static const char *const description[] = {
	"  Shows the hypervisor's console ring, oldest line first: the text that \"xl",
	"  dmesg\" prints on the running host, up to the last line before the crash. The",
	"  size of the ring is conring_size= on Xen's command line.",
	NULL
};

static const char *const example[] = {
	"    crash> xen log -n 3",
	"    (XEN) 'C' pressed -> triggering crashdump",
	"    (XEN) Executing kexec image on cpu0",
	"    (XEN) Shot down all CPUs",
	NULL
};

const struct command command_log = {
	.live = true,
	.needs = NEEDS_SYMBOLS,
	.run = run_log,
	.args = { .options = options },
	.description = description,
	.example = example,
};
