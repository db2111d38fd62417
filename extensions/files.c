/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../xen/image/find.h"
#include "cells.h"
#include "command.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct column file_columns[] = {
	{ .key = "match", .title = "MATCH" },
	{ .key = "class", .title = "CLASS" },
	{ .key = "version", .title = "VERSION" },
	{ .key = "debug", .title = "DEBUG" },
	{ .key = "dwarf", .title = "DWARF" },
	{ .key = "build_id", .title = "BUILD-ID" },
	{ .key = "path", .title = "FILE" },
	{ .key = "verdict", .title = "VERDICT" },
};

static const struct column place_columns[] = {
	{ .key = "path", .title = "LOOKED AT" },
	{ .key = "what", .title = "FOUND" },
};

static const char *const match_texts[] = {
	[MATCH_PROVED] = "yes", [MATCH_OTHER] = "no", [MATCH_UNKNOWN] = "?",
};

static const char *const debug_texts[] = {
	[IMAGE_NO] = "n", [IMAGE_YES] = "y", [IMAGE_NOT_KNOWN] = "?",
};

static void file_row(struct out *o, const struct find_candidate *c)
{
	const struct image *img = c->image;
	char id[2 * BUILD_ID_MAX + 1];

	out_str(o, match_texts[c->verdict.kind]);
	if (!img) {
		out_none(o);
		out_none(o);
		out_none(o);
		out_none(o);
		out_none(o);
	} else {
		out_fmt(o, "%s%s%s", image_class_name(img->class),
			img->compression == FILE_PLAIN ? "" : ", ",
			img->compression == FILE_PLAIN ? "" :
			file_format_name(img->compression));
		cell_text(o, img->identity.version ? img->identity.version : "");
		out_str(o, image_is_xen(img) ? debug_texts[img->identity.debug] : "-");
		if (img->is_complete)
			out_bool(o, img->has_dwarf);
		else
			out_none(o);
		cell_text(o, build_id_text(img->build_id, img->build_id_len, id,
					   sizeof(id)));
	}
	out_str(o, c->path);
	cell_text(o, c->verdict.text);
}

/* What is shown of a file is worth unpacking it; a broken one says so itself. */
static void complete(struct find_candidate *c)
{
	if (c->image)
		err_free(image_complete(c->image));
}

static struct err *run_files(struct session *s, struct out *o, int argc,
			     char **argv)
{
	struct find_result *r;
	unsigned int i;
	bool verbose = false;
	int c;

	while ((c = getopt(argc, argv, "v")) != -1) {
		if (c != 'v')
			return command_usage("unknown option");
		verbose = true;
	}
	ERR_TRY(session_find(s, (const char *const *)argv + optind, argc - optind,
			     false, &r));
	out_list(o, "files", file_columns, N(file_columns));
	for (i = 0; i < r->nr_candidates && !interrupt_pending; i++) {
		complete(&r->candidate[i]);
		file_row(o, &r->candidate[i]);
	}
	out_end(o);
	if (verbose || !r->nr_candidates) {
		out_list(o, "places", place_columns, N(place_columns));
		for (i = 0; i < r->nr_places; i++) {
			out_str(o, r->place[i].path);
			cell_text(o, r->place[i].what);
		}
		out_end(o);
	}
	find_result_destroy(r);
	return interrupt_check();
}

static const char *const help[] = {
	"  Lists the images of a hypervisor that are found by themselves, or the files",
	"  and directories named: what each is, its build-id, and whether it is the build",
	"  in memory, with the proof or the first difference. The best comes first.",
	"    -v   also the places that were looked at",
	"",
	"EXAMPLE",
	"    crash> xen files",
	"    MATCH  CLASS      VERSION     DEBUG  DWARF  BUILD-ID       FILE             VERDICT",
	"    yes    xen-syms   4.20.4-pre  n      yes    ea92b67a6c...  /boot/xen-syms   build-id ea92b67a6c... is in memory at the same address",
	"    yes    xen, gzip  4.20.4-pre  n      no     ea92b67a6c...  /boot/xen.gz     build-id ea92b67a6c... is in memory at the same address",
	NULL
};

const struct command command_files = {
	.name = "files",
	.live = true,
	.needs = NEEDS_NOTHING,
	.run = run_files,
	.summary = "Xen images found, and which is the build in memory",
	.synopsis = "[-j] [-v] [PATH...]",
	.help = help,
};
