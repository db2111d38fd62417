/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "xen/model/host/sys.h"
#include "extensions/support/command.h"

/* A line is shown if it contains one of the words, in any case. */
static bool is_wanted(const char *line, const struct args *a)
{
	unsigned int i;

	for (i = 0; i < a->nr_words; i++)
		if (strcasestr(line, a->word[i]))
			return true;
	return !a->nr_words;
}

/* Uses the image's .config if that in memory is not in the dump. */
static struct err *config_text(struct session *s, char **text, bool *from_file)
{
	struct err *e, *file;

	*from_file = false;
	e = config_read(s->xen, text);
	if (!e || !s->xen->image || err_is_final(e))
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

static struct err *run_config(struct session *s, struct out *o,
			      const struct args *a)
{
	char *text, *line, *rest;
	unsigned int shown = 0;
	bool from_file;

	ERR_TRY(config_text(s, &text, &from_file));
	out_lines(o, "config");
	for (rest = text; rest && *rest;) {
		line = strsep(&rest, "\n");
		if (is_wanted(line, a)) {
			out_line(o, "%s", line);
			shown++;
		}
	}
	out_end(o);
	free(text);
	if (from_file)
		out_note(o, "from the file %s; not readable in memory",
			 s->xen->image->path);
	if (!shown)
		return err_new(ERR_NOT_FOUND, "no line of the .config contains \"%s\"%s",
			       a->nr_words ? a->word[0] : "",
			       a->nr_words > 1 ? " or another of the words" : "");
	return interrupt_check();
}

static const char *const description[] = {
	"  Shows the configuration (.config) with which the hypervisor was built. Xen",
	"  4.14 and later contain it in memory. With WORD, only the lines that",
	"  contain one of the words are shown, in upper or lower case.",
	NULL
};

static const char *const example[] = {
	"    crash> xen config livepatch pv32",
	"    # CONFIG_PV32 is not set",
	"    CONFIG_LIVEPATCH=y",
	NULL
};

const struct command command_config = {
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_config,
	.args = { .words = { .synopsis = "[WORD]..." } },
	.description = description,
	.example = example,
};
