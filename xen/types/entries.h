/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The top-level entries of a unit that may have a name, for an index of all units. libdw
 * decodes the attributes of an entry again for each that is asked for, and the
 * abbreviations of each unit one by one; here an entry is passed once, by the sizes of
 * its attributes. A unit with a form of unknown size is passed by libdw.
 */
#ifndef XEN_TYPES_ENTRIES_H
#define XEN_TYPES_ENTRIES_H

#include "internal.h"

struct entry_bytes {
	const uint8_t *at;
	size_t len;
};

/* All zero before the first unit. */
struct entries {
	Dwarf *dwarf;		/* of these sections */
	struct entry_bytes info, types, tables, strings;
	/* the table of abbreviations, by their numbers from 1 on */
	struct abbrev *abbrevs;
	size_t nr_abbrevs;
	struct part *parts;	/* of all abbreviations */
	size_t nr_parts;
	uint64_t table;		/* its offset; valid if there are abbreviations */
	uint8_t address_size, offset_size;
	uint16_t version;
	bool known;		/* all forms of the table have a known size */
	/* the unit */
	Dwarf_Die unit;
	const uint8_t *start, *at, *end;	/* at NULL: by libdw */
	Dwarf_Die last;		/* by libdw: the last entry, addr NULL before the first */
};

struct top_entry {
	Dwarf_Die die;
	enum type_class class;
	/*
	 * Place of the name in the file's strings, where few names are twice, or in the
	 * entry; entry_name() verifies it. NULL: there is none, or entry_name() has to be called.
	 */
	const char *text;
	size_t text_max;	/* bytes up to the end of the section */
	bool external, declaration;
	bool ask;		/* libdw for all of them */
};

/* Starts with the first entry of a unit of the file. */
struct err *entries_start(struct entries *w, Dwarf *dwarf,
			  const Dwarf_Die *unit) ERR_MUST_CHECK;
/* Returns the next entry of a class; false after the last one, and at a corrupt one. */
bool entries_next(struct entries *w, struct top_entry *ret);
void entries_free(struct entries *w);

/* The same as die_name() and die_rank(). */
const char *entry_name(const struct top_entry *e);
enum rank entry_rank(const struct top_entry *e);

#endif
