/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simple properties of a debugging information entry (DIE). libdw's functions
 * take pointers to a mutable DIE, so each works on a copy.
 */
#include <dwarf.h>
#include <string.h>

#include "xen/symbols/units.h"
#include "internal.h"

/* Limit, for names of types as well as for paths of source files. */
#define NAME_LEN_MAX	4096

int die_tag(const Dwarf_Die *die)
{
	Dwarf_Die d = *die;

	return d.addr ? dwarf_tag(&d) : DW_TAG_invalid;
}

const char *bounded_name(const char *text, size_t max)
{
	if (max > NAME_LEN_MAX)
		max = NAME_LEN_MAX;
	return text && strnlen(text, max) < max ? text : NULL;
}

static const char *bounded(const char *text)
{
	return bounded_name(text, NAME_LEN_MAX);
}

const char *die_name(const Dwarf_Die *die)
{
	Dwarf_Die d = *die;

	return bounded(dwarf_diename(&d));
}

const char *die_text(const Dwarf_Die *die, unsigned int attribute)
{
	Dwarf_Die d = *die;
	Dwarf_Attribute attr;

	return bounded(dwarf_formstring(dwarf_attr(&d, attribute, &attr)));
}

bool die_flag(const Dwarf_Die *die, unsigned int attribute)
{
	Dwarf_Die d = *die;
	Dwarf_Attribute attr;
	bool set;

	return dwarf_attr_integrate(&d, attribute, &attr) &&
	       !dwarf_formflag(&attr, &set) && set;
}

bool die_unsigned(const Dwarf_Die *die, unsigned int attribute, uint64_t *ret)
{
	Dwarf_Die d = *die;
	Dwarf_Attribute attr;
	Dwarf_Word value;

	if (!dwarf_attr_integrate(&d, attribute, &attr) ||
	    dwarf_formudata(&attr, &value))
		return false;
	*ret = value;
	return true;
}

bool die_constant(const Dwarf_Die *die, int64_t *ret)
{
	Dwarf_Die d = *die;
	Dwarf_Attribute attr;
	Dwarf_Sword value;
	Dwarf_Word word;

	if (!dwarf_attr(&d, DW_AT_const_value, &attr))
		return false;
	switch (dwarf_whatform(&attr)) {
	case DW_FORM_sdata:
	case FORM_IMPLICIT_CONST:
		if (dwarf_formsdata(&attr, &value))
			return false;
		*ret = value;
		return true;
	default:
		/* gcc and clang encode negative bounds as sdata, 200 as data1 */
		if (dwarf_formudata(&attr, &word))
			return false;
		*ret = (int64_t)word;
		return true;
	}
}

struct type die_type(struct types *types, const Dwarf_Die *die)
{
	Dwarf_Die d = *die;
	Dwarf_Attribute attr;
	struct type t = { .types = types };

	if (!dwarf_attr_integrate(&d, DW_AT_type, &attr))
		return t;
	if (!dwarf_formref_die(&attr, &t.die)) {
		t.die.addr = NULL;
		return t;
	}
	/* placeholder for a type in a type unit (-fdebug-types-section) */
	if (dwarf_attr(&t.die, DW_AT_signature, &attr) &&
	    dwarf_formref_die(&attr, &d))
		t.die = d;
	return t;
}

bool die_next_child(const Dwarf_Die *parent, Dwarf_Die *child)
{
	Dwarf_Die d, next;

	if (!child->addr) {
		d = *parent;
		if (!d.addr || dwarf_child(&d, &next))
			return false;
	} else {
		d = *child;
		/* a sibling at a lower offset would cause a loop */
		if (dwarf_siblingof(&d, &next) ||
		    (char *)next.addr <= (char *)d.addr)
			return false;
	}
	*child = next;
	return true;
}
