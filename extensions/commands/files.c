/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xen/image/boot_menu.h"
#include "xen/image/find.h"
#include "xen/model/host/livepatch.h"
#include "xen/model/host/sys.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* Functions that livepatches replaced; more than any host has. */
#define SITES_MAX 1024

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

static const struct column text_columns[] = {
	{ .key = "path", .title = "TEXT OF" },
	{ .key = "compared", .title = "COMPARED" },
	{ .key = "patched", .title = "PATCHED" },
	{ .key = "unexplained", .title = "UNEXPLAINED" },
	{ .key = "first", .title = "FIRST" },
	{ .key = "unreadable", .title = "NOT READ" },
	{ .key = "places", .title = "PLACES" },
};

static const struct column entry_columns[] = {
	{ .key = "booted", .title = "BOOTED" },
	{ .key = "title", .title = "BOOT ENTRY" },
	{ .key = "xen", .title = "XEN" },
	{ .key = "options", .title = "OPTIONS" },
	{ .key = "menu", .title = "MENU" },
	{ .key = "line", .title = "LINE" },
};

/* SLES 11; other GRUB legacy; SLES 12 and later, Fedora; Debian. */
static const char *const menus[] = {
	"/boot/grub/menu.lst", "/boot/grub/grub.conf", "/boot/grub2/grub.cfg",
	"/boot/grub/grub.cfg",
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

static void text_row(struct out *o, const char *path, const struct text_compare *c)
{
	out_str(o, path);
	out_dec(o, c->compared);
	out_dec(o, c->explained);
	out_dec(o, c->unexplained);
	if (c->first)
		out_hex(o, c->first);
	else
		out_none(o);
	out_dec(o, c->unreadable);
	if (c->knows_sites)
		out_dec(o, c->sites);
	else
		out_none(o);
}

/* The code in memory, byte by byte, with that of each image that has some. */
static struct err *list_texts(struct session *s, struct out *o,
			      const struct find_result *r)
{
	struct text_site sites[SITES_MAX];
	struct text_compare compare;
	size_t nr = 0;
	struct err *e;

	if (!s->xen)
		return err_new(ERR_UNSUPPORTED, "there is no hypervisor in memory to compare with");
	out_error(o, livepatches_sites(s->xen, sites, SITES_MAX, &nr));
	out_list(o, "texts", text_columns, N(text_columns));
	for (unsigned int i = 0; i < r->nr_candidates; i++) {
		const struct find_candidate *c = &r->candidate[i];

		if (!c->image || !image_is_xen(c->image) || !c->image->has_bytes)
			continue;
		e = image_compare_text(c->image, image_read_space, s->xen->space,
				       sites, nr, &compare);
		if (e)
			out_error(o, err_prefix(e, "%s", c->path));
		else
			text_row(o, c->path, &compare);
	}
	out_end(o);
	return interrupt_check();
}

/* The proved image in /boot that an entry starts, under this or another name. */
static bool is_in_memory(const struct boot_entry *e, const struct find_result *r)
{
	const char *base = strrchr(e->xen, '/');
	char path[PATH_MAX], *real;
	bool found = false;

	snprintf(path, sizeof(path), "/boot/%s", base ? base + 1 : e->xen);
	real = realpath(path, NULL);
	for (unsigned int i = 0; real && i < r->nr_candidates && !found; i++) {
		char *other = realpath(r->candidate[i].path, NULL);

		found = other && r->candidate[i].verdict.kind == MATCH_PROVED &&
			!strcmp(real, other);
		free(other);
	}
	free(real);
	return found;
}

/* Which entry of this machine's boot menus started the hypervisor in memory. */
static void list_boot_entries(struct session *s, struct out *o,
			      const struct find_result *r)
{
	struct boot_menu m = { .nr = 0 };
	struct sys sys = { .command_line = "" };
	unsigned int i, wanted = 0;

	for (i = 0; i < N(menus); i++)
		err_free(boot_menu_read(&m, menus[i]));
	for (i = 0; i < m.nr; i++)
		wanted += is_in_memory(&m.entry[i], r);
	if (s->xen)
		err_free(sys_read(s->xen, &sys));
	if (!wanted && out_format(o) == OUT_TEXT) {
		boot_menu_clear(&m);
		return;
	}
	out_list(o, "boot_entries", entry_columns, N(entry_columns));
	for (i = 0; i < m.nr; i++) {
		const struct boot_entry *e = &m.entry[i];

		if (!is_in_memory(e, r))
			continue;
		out_str(o, !*sys.command_line ? "?" :
			boot_entry_has_options(e, sys.command_line) ? "yes" : "no");
		out_str(o, e->title);
		out_str(o, e->xen);
		cell_text(o, e->options);
		out_str(o, e->menu);
		out_dec(o, e->line);
	}
	out_end(o);
	boot_menu_clear(&m);
}

static struct err *run_files(struct session *s, struct out *o, int argc,
			     char **argv)
{
	struct find_result *r;
	unsigned int i;
	bool verbose = false, texts = false;
	struct err *e = NULL;
	int c;

	while ((c = getopt(argc, argv, "tv")) != -1) {
		if (c == 't')
			texts = true;
		else if (c == 'v')
			verbose = true;
		else
			return command_usage("unknown option");
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
	if (texts)
		e = list_texts(s, o, r);
	list_boot_entries(s, o, r);
	find_result_destroy(r);
	return e ? e : interrupt_check();
}

static const char *const help[] = {
	"  Lists the images of a hypervisor that are found by themselves, or the files",
	"  and directories named: what each is, its build-id, and whether it is the build",
	"  in memory, with the proof or the first difference. The best comes first.",
	"    -t   also how many bytes of the text (code) in memory are not those of each",
	"         file: PATCHED in the PLACES where Xen itself or a livepatch changes code,",
	"         UNEXPLAINED elsewhere, which in the right file are none",
	"    -v   also the places that were looked at",
	"  Entries of this machine's boot menus that start a file which is the build in",
	"  memory are listed, too; BOOTED is yes where Xen's command line is the entry's.",
	"",
	"  An image without DWARF gets types from a layout profile: see \"help xen-load\".",
	"",
	"EXAMPLE",
	"    crash> xen files",
	"    MATCH  CLASS      VERSION     DEBUG  DWARF  BUILD-ID       FILE             VERDICT",
	"    yes    xen-syms   4.20.4-pre  n      yes    ea92b67a6c...  /boot/xen-syms   build-id ea92b67a6c... is in memory at the same address",
	"    yes    xen, gzip  4.20.4-pre  n      no     ea92b67a6c...  /boot/xen.gz     build-id ea92b67a6c... is in memory at the same address",
	NULL
};

const struct command command_files = {
	.live = true,
	.needs = NEEDS_NOTHING,
	.run_words = run_files,
	.synopsis = "[-j] [-t] [-v] [PATH...]",
	.help = help,
};
