/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "places.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "xen/base/array.h"

/* Limits of the search: usual places are smaller, whole systems may be larger. */
#define DIRS_MAX	512
#define FILES_MAX	4096

/*
 * File names. Debug directories contain thousands of *.debug of other packages:
 * only those of Xen are opened.
 */
static const char *const xen_names[] = {
	"xen", "xen-syms*", "xen-[0-9]*", "xen-dbg*", "xen*.gz", "xen*.xz",
	"xen*.zst", "xen*.efi", "xen*.efi.elf", "xen*.map", "xen*.debug", NULL
};
static const char *const split_names[] = { "*.debug", "*.debug.gz", NULL };
static const char *const other_names[] = {
	"*.config", "*.cfg", "*.conf", "*.so", "*.so.*", "*.ko", "*.ko.*",
	"*.tar.*", "*.txt*", "*.html*", NULL
};
/* Manual pages, and similar names of versions of Xen: xen-4.17.5.gz. */
static const char manual_page[] = "*.[1-9].gz";
static const char xen_version[] = "xen*[0-9].[1-9].gz";

enum place_base {
	BASE_SYSTEM,		/* a path or glob of the system */
	BASE_DUMP,		/* the directory of the dump */
	BASE_VMLINUX,		/* the directory of vmlinux */
};

/*
 * The places, in the order of the search. Xen's "make install" puts xen-syms into
 * DEBUG_DIR (/usr/lib/debug, /usr/local/lib/debug) or next to xen.gz.
 */
static const struct {
	enum place_base base;
	const char *path;
	unsigned int depth;	/* levels of directories below that are searched */
	bool split;		/* *.debug of any name */
} places[] = {
	{ BASE_DUMP, ".", 0, true },
	{ BASE_DUMP, ".debug", 0, true },
	{ BASE_VMLINUX, ".", 0, true },
	{ BASE_VMLINUX, ".debug", 0, true },
	{ BASE_SYSTEM, "/usr/lib/debug", 5, false },
	{ BASE_SYSTEM, "/usr/local/lib/debug", 3, false },
	{ BASE_SYSTEM, "/boot", 0, true },
	{ BASE_SYSTEM, "/boot/.debug", 0, true },
	{ BASE_SYSTEM, "/usr/lib/xen*/boot", 0, false },
	{ BASE_SYSTEM, "/usr/local/lib/xen*/boot", 0, false },
	{ BASE_SYSTEM, "/usr/share/efi/x86_64", 0, false },
	{ BASE_SYSTEM, "/usr/lib64/efi", 0, false },
	{ BASE_SYSTEM, "/boot/efi/EFI/*", 0, false },
};

/* Not searched below debug directories: large, without files of Xen. */
static const char *const skipped_dirs[] = {
	".build-id", ".dwz", "modules", "share", NULL
};

static bool fits(const char *const *patterns, const char *name)
{
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, name, 0))
			return true;
	return false;
}

static bool is_wanted(const char *name, bool split)
{
	if (fits(other_names, name))
		return false;
	if (!fnmatch(manual_page, name, 0) && fnmatch(xen_version, name, 0))
		return false;
	return fits(xen_names, name) || (split && fits(split_names, name));
}

struct err *places_add(struct place_list *l, const char *path,
		       const char *what)
{
	struct find_place *p;

	if (!ARRAY_GROW(l->place, l->nr_places))
		return err_nomem();
	p = &l->place[l->nr_places];
	p->path = strdup(path);
	p->what = strdup(what);
	l->nr_places++;
	return p->path && p->what ? NULL : err_nomem();
}

/* *added is false if the file is in the list under another name. */
static struct err *add_file(struct place_list *l, const char *path,
			    const struct stat *st, bool named, bool *added)
{
	*added = false;
	for (size_t i = 0; i < l->nr; i++) {
		if (l->file[i].dev != st->st_dev || l->file[i].ino != st->st_ino)
			continue;
		l->file[i].named |= named;
		return NULL;
	}
	if (l->nr >= FILES_MAX)
		return NULL;
	if (!ARRAY_GROW(l->file, l->nr))
		return err_nomem();
	l->file[l->nr].path = strdup(path);
	if (!l->file[l->nr].path)
		return err_nomem();
	l->file[l->nr].named = named;
	l->file[l->nr].dev = st->st_dev;
	l->file[l->nr].ino = st->st_ino;
	l->nr++;
	*added = true;
	return NULL;
}

struct walk_count {
	unsigned int entries, wanted;
};

static struct err *walk_dir(struct place_list *l, const char *dir,
			    unsigned int depth, bool split,
			    struct walk_count *count);

static struct err *walk_entry(struct place_list *l, const char *dir,
			      const char *name, unsigned int depth, bool split,
			      struct walk_count *count)
{
	bool wanted = is_wanted(name, split), added;
	struct stat st;
	struct err *e = NULL;
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return err_nomem();
	count->entries++;
	if ((wanted || depth) && !stat(path, &st)) {
		if (wanted && S_ISREG(st.st_mode)) {
			e = add_file(l, path, &st, false, &added);
			count->wanted++;
		} else if (depth && S_ISDIR(st.st_mode) &&
			   !fits(skipped_dirs, name)) {
			count->entries--;
			e = walk_dir(l, path, depth - 1, split, count);
		}
	}
	free(path);
	return e;
}

static struct err *walk_dir(struct place_list *l, const char *dir,
			    unsigned int depth, bool split,
			    struct walk_count *count)
{
	struct err *e = interrupt_check();
	struct dirent *entry;
	DIR *d;

	if (e || l->dirs++ >= DIRS_MAX)
		return e;
	d = opendir(dir);
	if (!d)
		return NULL;
	while (!e && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			e = walk_entry(l, dir, entry->d_name, depth, split,
				       count);
	closedir(d);
	return e;
}

/* A place that may exist. */
static struct err *look_into(struct place_list *l, const char *dir,
			     unsigned int depth, bool split)
{
	struct walk_count count = { 0 };
	char what[96];
	struct stat st;

	if (stat(dir, &st) || !S_ISDIR(st.st_mode))
		return places_add(l, dir, "not there");
	ERR_TRY(walk_dir(l, dir, depth, split, &count));
	snprintf(what, sizeof(what), "%u of %u files have fitting names",
		 count.wanted, count.entries);
	return places_add(l, dir, what);
}

static struct err *look_into_glob(struct place_list *l, const char *pattern,
				  unsigned int depth, bool split)
{
	struct err *e = NULL;
	glob_t g = { 0 };

	if (glob(pattern, GLOB_ONLYDIR, NULL, &g) || !g.gl_pathc)
		e = places_add(l, pattern, "not there");
	for (size_t i = 0; !e && i < g.gl_pathc; i++)
		e = look_into(l, g.gl_pathv[i], depth, split);
	globfree(&g);
	return e;
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, slash - path);
}

static struct err *look_beside(struct place_list *l, const char *path,
			       const char *sub, bool split)
{
	char *dir = directory_of(path), *below;
	struct err *e = NULL;
	struct stat st;

	if (!dir)
		return err_nomem();
	if (!strcmp(sub, ".")) {
		e = look_into(l, dir, 0, split);
	} else if (asprintf(&below, "%s/%s", dir, sub) < 0) {
		e = err_nomem();
	} else {
		/* rare place: no line if it is absent */
		if (!stat(below, &st))
			e = look_into(l, below, 0, split);
		free(below);
	}
	free(dir);
	return e;
}

/* Adds the debug file that packages name after the build-id. */
static struct err *look_by_build_id(const struct find_request *r,
				    struct place_list *l)
{
	static const char *const suffixes[] = { ".debug", "" };
	const char *root = r->root ? r->root : "";
	char id[2 * BUILD_ID_MAX + 1], *path;
	struct err *e = NULL;
	bool added;
	struct stat st;

	if (r->build_id_len < 2 || r->build_id_len > BUILD_ID_MAX)
		return NULL;
	build_id_text(r->build_id, r->build_id_len, id, sizeof(id));
	for (size_t i = 0; !e && i < 2; i++) {
		bool there;

		if (asprintf(&path, "%s/usr/lib/debug/.build-id/%.2s/%s%s", root,
			     id, id + 2, suffixes[i]) < 0)
			return err_nomem();
		there = !stat(path, &st) && S_ISREG(st.st_mode);
		if (there)
			e = add_file(l, path, &st, false, &added);
		if (!e && (there || !i))
			e = places_add(l, path, there ? "there" : "not there");
		free(path);
	}
	return e;
}

static struct err *look_at_extra(struct place_list *l, const char *path)
{
	struct stat st;
	bool added;

	if (stat(path, &st))
		return places_add(l, path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return look_into(l, path, 1, true);
	ERR_TRY(add_file(l, path, &st, true, &added));
	return places_add(l, path, "named");
}

static struct err *look_at_places(const struct find_request *r,
				  struct place_list *l)
{
	const char *root = r->root ? r->root : "";
	const char *const beside[] = {
		[BASE_DUMP] = r->dump_path,
		[BASE_VMLINUX] = r->vmlinux_path,
	};
	struct err *e = NULL;
	char *path;

	for (size_t i = 0; !e && i < ARRAY_SIZE(places); i++) {
		if (places[i].base != BASE_SYSTEM) {
			if (beside[places[i].base])
				e = look_beside(l, beside[places[i].base],
						places[i].path,
						places[i].split);
			continue;
		}
		if (asprintf(&path, "%s%s", root, places[i].path) < 0)
			return err_nomem();
		e = look_into_glob(l, path, places[i].depth, places[i].split);
		free(path);
	}
	return e;
}

struct err *places_collect(const struct find_request *r,
			   struct place_list *list)
{
	for (unsigned int i = 0; i < r->nr_extra; i++)
		ERR_TRY(look_at_extra(list, r->extra[i]));
	if (r->extra_only)
		return NULL;
	ERR_TRY(look_by_build_id(r, list));
	return look_at_places(r, list);
}

void places_clear(struct place_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		free(list->file[i].path);
	for (size_t i = 0; i < list->nr_places; i++) {
		free(list->place[i].path);
		free(list->place[i].what);
	}
	free(list->file);
	free(list->place);
	memset(list, 0, sizeof(*list));
}
