/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "xen/model/host/sys.h"
#include "extensions/support/command.h"

/* Whether a line is about what was asked: an option's name, or a part of it. */
static bool is_asked(const char *line, char **word, int nr)
{
	int i;

	if (!nr)
		return true;
	for (i = 0; i < nr; i++)
		if (strcasestr(line, word[i]))
			return true;
	return false;
}

/* The image's own one, when that of the memory is not in the dump. */
static struct err *config_text(struct session *s, char **text, bool *from_file)
{
	struct err *e, *file;

	*from_file = false;
	e = config_read(s->xen, text);
	if (!e || !s->xen->image || err_reason(e) == ERR_INTERRUPTED)
		return e;
	file = image_config(s->xen->image, text);
	if (file) {
		err_free(file);
		return e;
	}
	err_free(e);
	*from_file = true;
	return NULL;
}

static struct err *run_config(struct session *s, struct out *o, int argc,
			      char **argv)
{
	char *text, *line, *rest;
	unsigned int shown = 0;
	bool from_file;

	ERR_TRY(config_text(s, &text, &from_file));
	out_lines(o, "config");
	for (rest = text; rest && *rest;) {
		line = strsep(&rest, "\n");
		if (is_asked(line, argv + 1, argc - 1)) {
			out_line(o, "%s", line);
			shown++;
		}
	}
	out_end(o);
	free(text);
	if (from_file)
		out_note(o, "from the file %s: in memory it cannot be read",
			 s->xen->image->path);
	if (!shown)
		return err_new(ERR_NOT_FOUND, "no line of the .config has it");
	return interrupt_check();
}

static const char *const help[] = {
	"  Shows the .config the hypervisor was built with, which it carries since Xen",
	"  4.14, out of its memory. With words only the lines that have one of them.",
	"",
	"EXAMPLE",
	"    crash> xen config livepatch pv32",
	"    # CONFIG_PV32 is not set",
	"    CONFIG_LIVEPATCH=y",
	NULL
};

const struct command command_config = {
	.live = true,
	.needs = NEEDS_XEN,
	.run_words = run_config,
	.synopsis = "[-j] [WORD]...",
	.help = help,
};
