/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/image/boot_menu.h"
#include "xen/image/find.h"
#include "xen/model/host/livepatch.h"
#include "xen/model/host/sys.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"

static const struct column file_columns[] = {
	{ .key = "match", .title = "MATCH",
	  .help = "yes: the build in memory; no: another build; ?: undecidable" },
	{ .key = "class", .title = "CLASS",
	  .help = "kind of file, and its compression" },
	{ .key = "version", .title = "VERSION", .help = "version of Xen" },
	{ .key = "debug", .title = "DEBUG",
	  .help = "y: built with debug=y; n: without; ?: unknown" },
	{ .key = "dwarf", .title = "DWARF", .help = "yes: it has debuginfo" },
	{ .key = "build_id", .title = "BUILD-ID",
	  .help = "GNU build-id, hexadecimal" },
	{ .key = "path", .title = "FILE", .help = "its path" },
	{ .key = "verdict", .title = "VERDICT",
	  .help = "proof that it is the build in memory, or the first difference" },
};

static const struct column place_columns[] = {
	{ .key = "path", .title = "SEARCHED", .help = "file or directory searched" },
	{ .key = "what", .title = "FOUND", .help = "result of the search there" },
};

static const struct column text_columns[] = {
	{ .key = "path", .title = "FILE", .help = "image whose text is compared" },
	{ .key = "compared", .title = "COMPARED", .help = "bytes compared" },
	{ .key = "patched", .title = "PATCHED",
	  .help = "bytes that differ where Xen or a livepatch changes code" },
	{ .key = "unexplained", .title = "UNEXPLAINED",
	  .help = "bytes that differ elsewhere; 0 in the right file" },
	{ .key = "first", .title = "FIRST",
	  .help = "virtual address of the first unexplained byte" },
	{ .key = "unreadable", .title = "UNREADABLE",
	  .help = "bytes that are missing in memory" },
	{ .key = "places", .title = "PLACES",
	  .help = "places that Xen or a livepatch may change" },
};

static const struct column entry_columns[] = {
	{ .key = "booted", .title = "BOOTED",
	  .help = "yes: Xen's command line equals that of the entry; ?: it is unknown" },
	{ .key = "title", .title = "BOOT ENTRY", .help = "title of the entry" },
	{ .key = "xen", .title = "XEN", .help = "file that it starts" },
	{ .key = "options", .title = "OPTIONS",
	  .help = "command line that it gives Xen" },
	{ .key = "menu", .title = "MENU", .help = "file that contains the entry" },
	{ .key = "line", .title = "LINE", .help = "its line in that file" },
};

/* Menus of SLES 11; other GRUB legacy; SLES 12 and later, Fedora; Debian. */
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

/*
 * Unpacks the image for the columns that require its sections. An error is not
 * reported here, as the verdict contains it.
 */
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

/* Compares the code in memory with that of each image that has code. */
static struct err *list_texts(struct session *s, struct out *o,
			      const struct find_result *r)
{
	struct text_site sites[LIVEPATCH_SITES_MAX];
	struct text_compare compare;
	size_t nr = 0;
	struct err *e;

	if (!s->xen)
		return err_new(ERR_UNSUPPORTED, "no hypervisor in memory to compare with");
	out_error(o, livepatches_sites(s->xen, sites, LIVEPATCH_SITES_MAX, &nr));
	out_list(o, "texts", text_columns, ARRAY_SIZE(text_columns));
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

/* True if an entry starts a verified image of /boot, under any of its names. */
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

/* Lists the entries of this machine's boot menus that start the hypervisor in memory. */
static void list_boot_entries(struct session *s, struct out *o,
			      const struct find_result *r)
{
	struct boot_menu m = { .nr = 0 };
	struct sys sys = { .command_line = "" };
	unsigned int i, wanted = 0;

	for (i = 0; i < ARRAY_SIZE(menus); i++)
		err_free(boot_menu_read(&m, menus[i]));
	for (i = 0; i < m.nr; i++)
		wanted += is_in_memory(&m.entry[i], r);
	if (s->xen)
		err_free(sys_read(s->xen, &sys));
	if (!wanted && out_format(o) == OUT_TEXT) {
		boot_menu_clear(&m);
		return;
	}
	out_list(o, "boot_entries", entry_columns, ARRAY_SIZE(entry_columns));
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

static void list_files(struct out *o, const struct find_result *r)
{
	unsigned int i;

	out_list(o, "files", file_columns, ARRAY_SIZE(file_columns));
	for (i = 0; i < r->nr_candidates && !interrupt_pending; i++) {
		complete(&r->candidate[i]);
		file_row(o, &r->candidate[i]);
	}
	out_end(o);
}

static void list_places(struct out *o, const struct find_result *r)
{
	unsigned int i;

	out_list(o, "places", place_columns, ARRAY_SIZE(place_columns));
	for (i = 0; i < r->nr_places; i++) {
		out_str(o, r->place[i].path);
		cell_text(o, r->place[i].what);
	}
	out_end(o);
}

static struct err *run_files(struct session *s, struct out *o,
			     const struct args *a)
{
	struct find_result *r;
	struct err *e = NULL;

	ERR_TRY(session_find(s, a->word, a->nr_words, false, &r));
	list_files(o, r);
	if (args_has(a, "v") || !r->nr_candidates)
		list_places(o, r);
	if (args_has(a, "t"))
		e = list_texts(s, o, r);
	list_boot_entries(s, o, r);
	find_result_destroy(r);
	return e ? e : interrupt_check();
}

static const struct option_spec options[] = {
	{ "t", .help = "also compare the text (code) in memory with that of each file" },
	{ "v", .help = "also list the places searched" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("files", file_columns),
	COLUMNS("places", place_columns),
	COLUMNS("texts", text_columns),
	COLUMNS("boot_entries", entry_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the images of a hypervisor in the usual places, or the files and",
	"  directories given, and verifies which one is the build in memory. The best",
	"  is first. The proof is the build-id; without one (before Xen 4.7) it is",
	"  the code, byte by byte except the places that Xen patches at boot. Equal",
	"  version strings are not a proof.",
	"  The entries of this machine's boot menus that start a file which is the",
	"  build in memory are listed, too.",
	"  If DEBUGINFOD_URLS is set and no local file has symbols and types of",
	"  the build in memory, its build-id is sent to these servers.",
	"  For an image without DWARF types are read from a layout profile: see \"help",
	"  xen-load\".",
	NULL
};

static const char *const example[] = {
	"    crash> xen files",
	"    MATCH  CLASS      VERSION     DEBUG  DWARF  BUILD-ID       FILE             VERDICT",
	"    yes    xen-syms   4.20.5-pre  n      yes    576c0736b3...  /boot/xen-syms   build-id 576c0736b3... is in memory at the same address",
	"    yes    xen, gzip  4.20.5-pre  n      no     576c0736b3...  /boot/xen.gz     build-id 576c0736b3... is in memory at the same address",
	"    no     xen.efi    4.20.5-pre  n      yes    57aba64808...  /boot/xen.efi    build-id in memory is 576c0736b3..., in /boot/xen.efi is 57aba64808...",
	NULL
};

const struct command command_files = {
	.live = true,
	.needs = NEEDS_NOTHING,
	.run = run_files,
	.args = { .options = options, .words = { .synopsis = "[PATH]..." } },
	.tables = tables,
	.description = description,
	.example = example,
};
