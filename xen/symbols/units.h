/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units of an image's DWARF, by functions that libdw 0.158 (SLES 12) has:
 * dwarf_get_units() came with 0.171, dwarf_getalt() with 0.159. A program that
 * refers to a newer function is refused by the dynamic linker as a whole, so
 * the old ones are used with every libdw.
 */
#ifndef XEN_SYMBOLS_UNITS_H
#define XEN_SYMBOLS_UNITS_H

#include <elfutils/libdw.h>
#include <stdbool.h>

/* DWARF 5 (7.5.3, 7.5.6), which dwarf.h of libdw 0.158 lacks */
#define TAG_ATOMIC_TYPE		0x47
#define FORM_IMPLICIT_CONST	0x21

/* All zero except dwarf before the first call. */
struct units {
	Dwarf *dwarf;
	Dwarf_Off next;
	bool types;	/* in .debug_types, which follows .debug_info */
};

/*
 * Returns the next unit: compile, partial or type unit; false after the last
 * one, and at a corrupt one.
 */
bool units_next(struct units *u, Dwarf_Die *ret);

/*
 * Returns the file to which dwz moved the common parts of units; NULL if there
 * is none, and with libdw before 0.159.
 */
Dwarf *units_common_file(Dwarf *dwarf);

#endif
