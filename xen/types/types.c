/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of names in an image's DWARF, a hash table. Every unit repeats the
 * headers it includes: the 224k top-level entries of Xen 4.20 have about 12k
 * names. Units are added in their order until the name that is searched for is
 * defined, which for most types of Xen's headers is in the first few.
 */
#include "types.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/hash.h"
#include "xen/symbols/dwarf_open.h"
#include "xen/symbols/units.h"
#include "entries.h"
#include "enum_table.h"
#include "internal.h"

struct entry {
	const char *name;	/* in the image's strings */
	Dwarf_Die die;
	uint32_t unit;		/* number of the unit of die */
	uint8_t class;
	uint8_t rank;
};

struct types {
	Dwarf *dwarf;
	struct units units;	/* those not yet in the index; all zero: none is */
	uint32_t nr_units;	/* number of those in the index */
	bool common;		/* the rest is in units_common_file() */
	struct entry *entries;
	size_t nr_entries;
	struct hash names;	/* of entries, by class and name */
	struct hash places;	/* of entries, by class and address of the name */
	struct entries walk;	/* of the unit that is added */
	Dwarf_Die *enums;	/* all enums: constants are also searched without a tag */
	size_t nr_enums;
	struct source_files *files;	/* NULL until the first lookup of "FILE#NAME" */
	struct enum_tables *enum_tables;
	bool indexed, constants_indexed;	/* all units */
};

struct enum_tables **types_enum_tables(struct types *t)
{
	return &t->enum_tables;
}

static const struct {
	int tag;
	enum type_class class;
} tag_classes[] = {
	{ DW_TAG_structure_type, CLASS_STRUCT },
	{ DW_TAG_union_type, CLASS_UNION },
	{ DW_TAG_typedef, CLASS_TYPEDEF },
	{ DW_TAG_enumeration_type, CLASS_ENUM },
	{ DW_TAG_base_type, CLASS_BASE },
	{ DW_TAG_variable, CLASS_VARIABLE },
	{ DW_TAG_subprogram, CLASS_FUNCTION },
	{ DW_TAG_enumerator, CLASS_CONSTANT },
};

enum type_class class_of_tag(int tag)
{
	for (size_t i = 0; i < ARRAY_SIZE(tag_classes); i++)
		if (tag_classes[i].tag == tag)
			return tag_classes[i].class;
	return NR_CLASSES;
}

struct err *types_from_elf(Elf *elf, struct types **ret)
{
	struct types *t;
	Dwarf *dwarf;

	ERR_TRY(dwarf_open(elf, &dwarf));
	t = calloc(1, sizeof(*t));
	if (!t) {
		dwarf_end(dwarf);
		return err_nomem();
	}
	t->dwarf = dwarf;
	*ret = t;
	return NULL;
}

static void index_clear(struct types *t)
{
	free(t->entries);
	hash_clear(&t->names);
	hash_clear(&t->places);
	entries_free(&t->walk);
	free(t->enums);
	t->entries = NULL;
	t->enums = NULL;
	t->nr_entries = 0;
	t->nr_enums = 0;
	t->units = (struct units){ .dwarf = NULL };
	t->nr_units = 0;
	t->common = false;
	t->indexed = t->constants_indexed = false;
}

void types_destroy(struct types *t)
{
	if (!t)
		return;
	index_clear(t);
	source_files_destroy(t->files);
	enum_tables_destroy(t->enum_tables);
	dwarf_end(t->dwarf);
	free(t);
}

/* Finds the entry of a name, or NULL. */
static struct entry *find_entry(const struct types *t, enum type_class class,
				const char *name)
{
	const struct hash_slot *slot;

	slot = hash_first(&t->names, hash_text(name, class));
	for (; slot; slot = hash_next(&t->names, slot)) {
		struct entry *e = &t->entries[slot->number];

		/* pointers first: linkers merge equal strings */
		if (e->class == class && (e->name == name || !strcmp(e->name, name)))
			return e;
	}
	return NULL;
}

enum rank die_rank(enum type_class class, const Dwarf_Die *die)
{
	Dwarf_Die d = *die;

	/* not integrated: a definition may refer to its declaration */
	if (dwarf_hasattr(&d, DW_AT_declaration))
		return RANK_DECLARATION;
	if ((class == CLASS_VARIABLE || class == CLASS_FUNCTION) &&
	    !die_flag(die, DW_AT_external))
		return RANK_STATIC;
	return RANK_DEFINITION;
}

static uint32_t place_value(enum type_class class, const char *name)
{
	return (uint32_t)(uintptr_t)name * NR_CLASSES + class;
}

/* Finds the entry of a name that is at the same place in the file; NULL: none. */
static struct entry *find_by_place(const struct types *t, enum type_class class,
				   const char *name)
{
	const struct hash_slot *slot = hash_first(&t->places, place_value(class, name));

	for (; slot; slot = hash_next(&t->places, slot)) {
		struct entry *e = &t->entries[slot->number];

		if (e->name == name && e->class == class)
			return e;
	}
	return NULL;
}

static struct err *add_entry(struct types *t, const char *name, const struct top_entry *new)
{
	if (!ARRAY_GROW(t->entries, t->nr_entries) ||
	    !hash_add(&t->names, hash_text(name, new->class), t->nr_entries) ||
	    !hash_add(&t->places, place_value(new->class, name), t->nr_entries))
		return err_nomem();
	t->entries[t->nr_entries++] = (struct entry){
		name, new->die, t->nr_units, new->class, entry_rank(new),
	};
	return NULL;
}

static struct err *index_add(struct types *t, const struct top_entry *new)
{
	struct entry *e = new->text ? find_by_place(t, new->class, new->text) : NULL;
	enum rank rank;

	if (!e) {
		const char *name = entry_name(new);

		if (!name)
			return NULL;
		e = find_entry(t, new->class, name);
		if (!e)
			return add_entry(t, name, new);
	}
	if (e->rank == RANK_DEFINITION)
		return NULL;
	rank = entry_rank(new);
	if (rank > e->rank) {
		e->rank = rank;
		e->die = new->die;
		e->unit = t->nr_units;
	}
	return NULL;
}

static struct err *remember_enum(struct types *t, const Dwarf_Die *die)
{
	if (!ARRAY_GROW(t->enums, t->nr_enums))
		return err_nomem();
	t->enums[t->nr_enums++] = *die;
	return NULL;
}

static struct err *index_unit(struct types *t, const Dwarf_Die *unit)
{
	struct top_entry entry;

	ERR_TRY(entries_start(&t->walk, t->units.dwarf, unit));
	while (entries_next(&t->walk, &entry)) {
		if (entry.class == CLASS_ENUM)
			ERR_TRY(remember_enum(t, &entry.die));
		ERR_TRY(index_add(t, &entry));
	}
	return NULL;
}

/*
 * Compile units, type units, partial units made by dwz, and then the units of
 * the file to which dwz moved common ones, if libdw found it.
 */
static bool next_unit(struct types *t, Dwarf_Die *ret)
{
	if (!t->units.dwarf)
		t->units.dwarf = t->dwarf;
	while (!units_next(&t->units, ret)) {
		Dwarf *common = t->common ? NULL : units_common_file(t->dwarf);

		if (!common)
			return false;
		t->common = true;
		t->units = (struct units){ .dwarf = common };
	}
	return true;
}

/* Adds the next unit; *more: there was one. An error clears the index. */
static struct err *index_more(struct types *t, bool *more)
{
	struct err *e = t->indexed ? NULL : interrupt_check();
	Dwarf_Die unit;

	*more = !t->indexed && !e && next_unit(t, &unit);
	if (*more) {
		e = index_unit(t, &unit);
		t->nr_units++;
	}
	if (e) {
		index_clear(t);
		return err_prefix(e, "cannot index the types");
	}
	t->indexed = !*more;
	return NULL;
}

static struct err *index_names(struct types *t)
{
	bool more;

	do {
		ERR_TRY(index_more(t, &more));
	} while (more);
	return NULL;
}

static struct err *index_constants(struct types *t)
{
	ERR_TRY(index_names(t));
	if (t->constants_indexed)
		return NULL;
	for (size_t i = 0; i < t->nr_enums; i++) {
		Dwarf_Die die = { .addr = NULL };

		ERR_TRY(interrupt_check());
		while (die_next_child(&t->enums[i], &die)) {
			struct top_entry constant = {
				.die = die, .class = CLASS_CONSTANT, .ask = true,
			};

			if (dwarf_tag(&die) == DW_TAG_enumerator)
				ERR_TRY(index_add(t, &constant));
		}
	}
	t->constants_indexed = true;
	return NULL;
}

bool types_definition(struct types *t, enum type_class class, const char *name,
		      Dwarf_Die *ret)
{
	const struct entry *e;
	bool more = true;

	while (!(e = find_entry(t, class, name)) || e->rank != RANK_DEFINITION) {
		err_free(index_more(t, &more));
		if (!more)
			break;
	}
	if (!e || e->rank == RANK_DECLARATION)
		return false;
	*ret = e->die;
	return true;
}

/* A lookup: classes in the order in which they are tried. */
struct query {
	const enum type_class *classes;
	unsigned int nr_classes;
	const char *name;
	const char *file;	/* of "FILE#NAME"; NULL: any file */
	const char *what, *text;	/* for messages: "type", "struct domain" */
};

static struct err *find_in_file(struct types *t, const struct query *q,
				Dwarf_Die *ret)
{
	bool file_seen, found;

	if (!t->files)
		ERR_TRY(source_files_create(t->dwarf, &t->files));
	ERR_TRY(source_files_find(t->files, q->file, q->classes, q->nr_classes, q->name,
				  &file_seen, &found, ret));
	if (found)
		return NULL;
	if (!file_seen)
		return err_new(ERR_NO_TYPE, "no source file \"%s\" in this build",
			       q->file);
	return err_new(ERR_NO_TYPE, "no %s \"%s\" in %s", q->what, q->name,
		       q->file);
}

/*
 * The definition in the first unit with one, in this unit that of the first
 * class: it does not depend on how many units are in the index. NULL: none yet.
 */
static const struct entry *find_definition(const struct types *t, const struct query *q)
{
	const struct entry *best = NULL;

	for (unsigned int i = 0; i < q->nr_classes; i++) {
		const struct entry *e = find_entry(t, q->classes[i], q->name);

		if (e && e->rank == RANK_DEFINITION && (!best || e->unit < best->unit))
			best = e;
	}
	return best;
}

/* Of a name that no unit defines: a static object, else a declaration. */
static const struct entry *find_other(const struct types *t, const struct query *q)
{
	const struct entry *declared = NULL;

	for (unsigned int i = 0; i < q->nr_classes; i++) {
		const struct entry *e = find_entry(t, q->classes[i], q->name);

		if (e && e->rank != RANK_DECLARATION)
			return e;
		if (e && !declared)
			declared = e;
	}
	return declared;
}

static struct err *find(struct types *t, const struct query *q, Dwarf_Die *ret)
{
	const struct entry *e;
	bool more = true;

	if (q->file)
		return find_in_file(t, q, ret);
	while (!(e = find_definition(t, q)) && more)
		ERR_TRY(index_more(t, &more));
	if (!e)
		e = find_other(t, q);
	if (!e)
		return err_new(ERR_NO_TYPE, "no %s \"%s\" in this build",
			       q->what, q->text);
	*ret = e->die;
	return NULL;
}

/* Splits "FILE#NAME" in place. */
static char *split_file(char *text, const char **file)
{
	char *hash = strchr(text, '#');

	*file = NULL;
	if (!hash)
		return text;
	*hash = '\0';
	*file = text;
	return hash + 1;
}

static const struct {
	const char *word;
	enum type_class class;
} keywords[] = {
	{ "struct", CLASS_STRUCT }, { "union", CLASS_UNION }, { "enum", CLASS_ENUM },
};

static const enum type_class bare_classes[] = {
	CLASS_STRUCT, CLASS_UNION, CLASS_TYPEDEF, CLASS_ENUM, CLASS_BASE,
};

static struct err *find_base(struct types *t, const char *name, bool *found,
			     Dwarf_Die *ret)
{
	const char *const *names = base_type_names(name);

	*found = false;
	if (!names)
		return NULL;
	for (int i = 0; i < BASE_TYPE_NAMES && names[i] && !*found; i++)
		*found = types_definition(t, CLASS_BASE, names[i], ret);
	return NULL;
}

struct err *types_find(struct types *t, const char *name, struct type *ret)
{
	struct query q = { bare_classes, ARRAY_SIZE(bare_classes),
			   .what = "type", .text = name };
	char buf[TYPE_NAME_SIZE], *p = buf, *end;
	Dwarf_Die die;
	bool base;

	if (strlen(name) >= sizeof(buf))
		return err_new(ERR_NO_TYPE, "type name is too long: %zu characters",
			       strlen(name));
	strcpy(buf, name);
	p = split_file(buf, &q.file);
	p += strspn(p, " \t");
	for (end = p + strlen(p); end > p && strchr(" \t", end[-1]); end--)
		end[-1] = '\0';
	if (!strcmp(p, "void")) {
		*ret = (struct type){ .types = t };
		return NULL;
	}
	ERR_TRY(find_base(t, p, &base, &die));
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		size_t len = strlen(keywords[i].word);

		if (!strncmp(p, keywords[i].word, len) && p[len] &&
		    strchr(" \t", p[len])) {
			p += len + strspn(p + len, " \t");
			q.classes = &keywords[i].class;
			q.nr_classes = 1;
			break;
		}
	}
	q.name = p;
	if (!base)
		ERR_TRY(find(t, &q, &die));
	*ret = (struct type){ .die = die, .types = t };
	return NULL;
}

struct err *types_variable(struct types *t, const char *name, struct type *ret)
{
	static const enum type_class classes[] = {
		CLASS_VARIABLE, CLASS_FUNCTION,
	};
	struct query q = { classes, 2, .what = "type of variable", .text = name };
	char buf[TYPE_NAME_SIZE];
	Dwarf_Die die;

	if (strlen(name) >= sizeof(buf))
		return err_new(ERR_NO_TYPE, "the name of a variable has %zu characters: too long",
			       strlen(name));
	strcpy(buf, name);
	q.name = split_file(buf, &q.file);
	ERR_TRY(find(t, &q, &die));
	/* the DIE of a function is its type: it has parameters and a result */
	if (die_tag(&die) == DW_TAG_variable)
		*ret = die_type(t, &die);
	else
		*ret = (struct type){ .die = die, .types = t };
	return NULL;
}

struct err *types_enum_value(struct types *t, const char *name, int64_t *ret)
{
	const struct entry *e;

	ERR_TRY(index_constants(t));
	e = find_entry(t, CLASS_CONSTANT, name);
	if (!e || !die_constant(&e->die, ret))
		return err_new(ERR_NO_TYPE, "no enum constant \"%s\" in this build",
			       name);
	return NULL;
}
