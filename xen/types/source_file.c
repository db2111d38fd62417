/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of one source file ("FILE#NAME"). The units of the image, and the
 * names of units that were searched, are kept: a command may look up each
 * of Xen's 1500 static variables.
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/hash.h"
#include "xen/symbols/units.h"
#include "entries.h"
#include "internal.h"

/* Limit of units whose files have one name, without their folders: each is compared. */
#define SAME_FILE_MAX	256

/* The best entry of a name. */
struct named {
	const char *name;
	Dwarf_Die die;
	enum type_class class;
	enum rank rank;
};

struct unit {
	Dwarf_Die die;
	const char *name, *dir;		/* NULL: none */
	struct named *named;		/* set by the first search */
	size_t nr_named;
	struct hash names;		/* of named, by class and name */
	bool searched;
};

struct source_files {
	Dwarf *dwarf;
	struct entries walk;		/* of the unit that is searched */
	struct unit *units;
	size_t nr_units;
	struct hash names;		/* of units, by the last part of their names */
};

static void clear_names(struct unit *u)
{
	free(u->named);
	hash_clear(&u->names);
	u->named = NULL;
	u->nr_named = 0;
}

static uint32_t file_value(const char *path)
{
	const char *slash = strrchr(path, '/');

	return hash_text(slash ? slash + 1 : path, 0);
}

void source_files_destroy(struct source_files *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->nr_units; i++)
		clear_names(&f->units[i]);
	hash_clear(&f->names);
	entries_free(&f->walk);
	free(f->units);
	free(f);
}

static struct err *add_units(struct source_files *f, Dwarf *dwarf)
{
	struct units units = { .dwarf = dwarf };
	Dwarf_Die die;

	while (units_next(&units, &die)) {
		struct unit u = { .die = die, .name = die_name(&die) };

		ERR_TRY(interrupt_check());
		if (!ARRAY_GROW(f->units, f->nr_units))
			return err_nomem();
		if (!u.name || hash_count(&f->names, file_value(u.name)) >= SAME_FILE_MAX)
			continue;
		if (!hash_add(&f->names, file_value(u.name), f->nr_units))
			return err_nomem();
		u.dir = die_text(&die, DW_AT_comp_dir);
		f->units[f->nr_units++] = u;
	}
	return NULL;
}

struct err *source_files_create(Dwarf *dwarf, struct source_files **ret)
{
	struct source_files *f = calloc(1, sizeof(*f));
	struct err *e = f ? add_units(f, dwarf) : err_nomem();

	if (f)
		f->dwarf = dwarf;
	if (e) {
		source_files_destroy(f);
		return e;
	}
	*ret = f;
	return NULL;
}

/* True if the len bytes are a whole path or its end after a slash. */
static bool path_ends(const char *path, const char *end, size_t len)
{
	size_t path_len = strlen(path);

	if (path_len < len || strncmp(path + path_len - len, end, len))
		return false;
	return path_len == len || path[path_len - len - 1] == '/';
}

/*
 * True if unit was compiled from file, a whole name or its tail. Up to 4.14 make
 * enters each directory: the start of a name is in the compilation directory.
 */
static bool unit_is_file(const struct unit *u, const char *file)
{
	size_t len, file_len = strlen(file);

	if (path_ends(u->name, file, file_len))
		return true;
	len = strlen(u->name);
	if (len >= file_len || !path_ends(file, u->name, len))
		return false;
	return u->dir && path_ends(u->dir, file, file_len - len - 1);
}

static struct named *find_named(const struct unit *u, enum type_class class,
				const char *name)
{
	const struct hash_slot *slot = hash_first(&u->names, hash_text(name, class));

	for (; slot; slot = hash_next(&u->names, slot)) {
		struct named *n = &u->named[slot->number];

		if (n->class == class && (n->name == name || !strcmp(n->name, name)))
			return n;
	}
	return NULL;
}

/* Of the entries of one name the first with the highest rank is kept. */
static struct err *add_named(struct unit *u, const struct named *new)
{
	struct named *old = find_named(u, new->class, new->name);

	if (old) {
		if (new->rank > old->rank)
			*old = *new;
		return NULL;
	}
	if (!ARRAY_GROW(u->named, u->nr_named) ||
	    !hash_add(&u->names, hash_text(new->name, new->class), u->nr_named))
		return err_nomem();
	u->named[u->nr_named++] = *new;
	return NULL;
}

static struct err *index_unit(struct source_files *f, struct unit *u)
{
	struct top_entry entry;
	struct err *e;

	if (u->searched)
		return NULL;
	e = entries_start(&f->walk, f->dwarf, &u->die);
	while (!e && entries_next(&f->walk, &entry)) {
		struct named n = { .die = entry.die, .class = entry.class,
				   .name = entry_name(&entry) };

		e = interrupt_check();
		if (e || !n.name)
			continue;
		n.rank = entry_rank(&entry);
		e = add_named(u, &n);
	}
	if (e)
		clear_names(u);
	u->searched = !e;
	return e;
}

struct err *source_files_find(struct source_files *f, const char *file,
			      const enum type_class *classes,
			      unsigned int nr_classes, const char *name,
			      bool *file_seen, bool *found, Dwarf_Die *ret)
{
	const struct hash_slot *slot;

	*file_seen = *found = false;
	for (slot = hash_first(&f->names, file_value(file)); slot && !*found;
	     slot = hash_next(&f->names, slot)) {
		struct unit *u = &f->units[slot->number];

		if (!unit_is_file(u, file))
			continue;
		*file_seen = true;
		/*
		 * names of the ELF symbol table with a dot are made by the
		 * compiler: "__func__.1"
		 */
		if (strchr(name, '.'))
			continue;
		ERR_TRY(index_unit(f, u));
		for (unsigned int j = 0; j < nr_classes && !*found; j++) {
			const struct named *n = find_named(u, classes[j], name);

			*found = n != NULL;
			if (n)
				*ret = n->die;
		}
	}
	return NULL;
}
