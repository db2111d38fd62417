/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of one source file ("FILE#NAME"). The units of the image, and the
 * variables of units that were searched, are kept: a command may look up each
 * of Xen's 1500 static variables.
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/symbols/units.h"
#include "internal.h"

struct unit {
	Dwarf_Die die;
	const char *name, *dir;		/* NULL: none */
	Dwarf_Die *variables;		/* set after a search */
	size_t nr_variables;
	bool searched;
};

struct source_files {
	struct unit *units;
	size_t nr_units;
};

void source_files_destroy(struct source_files *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->nr_units; i++)
		free(f->units[i].variables);
	free(f->units);
	free(f);
}

static struct err *add_units(struct source_files *f, Dwarf *dwarf)
{
	struct units units = { .dwarf = dwarf };
	Dwarf_Attribute attr;
	Dwarf_Die die;

	while (units_next(&units, &die)) {
		struct unit u = { .die = die, .name = die_name(&die) };

		ERR_TRY(interrupt_check());
		if (!ARRAY_GROW(f->units, f->nr_units))
			return err_nomem();
		u.dir = dwarf_formstring(dwarf_attr(&die, DW_AT_comp_dir, &attr));
		f->units[f->nr_units++] = u;
	}
	return NULL;
}

struct err *source_files_create(Dwarf *dwarf, struct source_files **ret)
{
	struct source_files *f = calloc(1, sizeof(*f));
	struct err *e = f ? add_units(f, dwarf) : err_nomem();

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

	if (!u->name)
		return false;
	if (path_ends(u->name, file, file_len))
		return true;
	len = strlen(u->name);
	if (len >= file_len || !path_ends(file, u->name, len))
		return false;
	return u->dir && path_ends(u->dir, file, file_len - len - 1);
}

/* Returns the better of a DIE and the best one so far, by rank; the first among equals. */
static void take_better(enum type_class class, const Dwarf_Die *die, int *best,
			Dwarf_Die *ret)
{
	int rank = die_rank(class, die);

	if (rank > *best) {
		*best = rank;
		*ret = *die;
	}
}

/* Finds the best entry of that name among the top-level entries of one unit. */
static bool walk_unit(const struct unit *u, enum type_class class,
		      const char *name, Dwarf_Die *ret)
{
	Dwarf_Die die = { .addr = NULL };
	int best = -1;

	while (die_next_child(&u->die, &die)) {
		const char *n;

		if (class_of_tag(dwarf_tag(&die)) != class)
			continue;
		n = dwarf_diename(&die);
		if (n && !strcmp(n, name))
			take_better(class, &die, &best, ret);
	}
	return best >= 0;
}

static struct err *collect_variables(struct unit *u)
{
	Dwarf_Die die = { .addr = NULL };

	if (u->searched)
		return NULL;
	u->nr_variables = 0;
	while (die_next_child(&u->die, &die)) {
		if (dwarf_tag(&die) != DW_TAG_variable)
			continue;
		if (!ARRAY_GROW(u->variables, u->nr_variables))
			return err_nomem();
		u->variables[u->nr_variables++] = die;
	}
	u->searched = true;
	return NULL;
}

static struct err *find_in_unit(struct unit *u, enum type_class class,
				const char *name, bool *found, Dwarf_Die *ret)
{
	int best = -1;

	if (class != CLASS_VARIABLE) {
		*found = walk_unit(u, class, name, ret);
		return NULL;
	}
	ERR_TRY(collect_variables(u));
	for (size_t i = 0; i < u->nr_variables; i++) {
		const char *n = die_name(&u->variables[i]);

		if (n && !strcmp(n, name))
			take_better(class, &u->variables[i], &best, ret);
	}
	*found = best >= 0;
	return NULL;
}

struct err *source_files_find(struct source_files *f, const char *file,
			      const enum type_class *classes,
			      unsigned int nr_classes, const char *name,
			      bool *file_seen, bool *found, Dwarf_Die *ret)
{
	*file_seen = *found = false;
	for (size_t i = 0; i < f->nr_units && !*found; i++) {
		struct unit *u = &f->units[i];

		if (!unit_is_file(u, file))
			continue;
		*file_seen = true;
		/*
		 * names of the ELF symbol table with a dot are made by the
		 * compiler: "__func__.1"
		 */
		for (unsigned int j = 0; j < nr_classes && !*found && !strchr(name, '.'); j++)
			ERR_TRY(find_in_unit(u, classes[j], name, found, ret));
	}
	return NULL;
}
